/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where output goes: how wide it is, and what it can show.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>

enum screen_color {
	SCREEN_COLOR_AUTO,
	SCREEN_COLOR_ALWAYS,
	SCREEN_COLOR_NEVER,
};

/**
 * struct screen - what standard output can show
 * @width: columns
 * @utf8: characters beyond ASCII
 * @color: colours
 */
struct screen {
	unsigned int width;
	bool utf8;
	bool color;
};

/* What something on the screen stands for; decides its colour. */
enum screen_hue {
	SCREEN_PLAIN,
	SCREEN_FREE,
	SCREEN_OWN,
	SCREEN_OTHER,
};

void screen_init(struct screen *screen, enum screen_color color, bool ascii);
void screen_paint(const struct screen *screen, enum screen_hue hue,
		  unsigned int shade);
void screen_paint_bar(const struct screen *screen, enum screen_hue hue,
		      int shade);
void screen_bold(const struct screen *screen, bool on);
void screen_dim(const struct screen *screen, bool on);

/* Shades of SCREEN_FREE, from the smallest order to the largest. */
#define SCREEN_SHADES 6

#endif /* SCREEN_H */
