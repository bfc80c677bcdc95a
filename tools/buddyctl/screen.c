// SPDX-License-Identifier: GPL-2.0
/*
 * Where output goes.
 */
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "units.h"

#define DEFAULT_WIDTH 80
#define MIN_WIDTH 24
#define MAX_WIDTH 1000

/* Of the 256 colours of xterm: greens for what is free, growing brighter. */
static const unsigned char free_colors[SCREEN_SHADES] = {
	22, 28, 29, 35, 72, 115,
};

#define OWN_COLOR 25
#define OTHER_COLOR 130
#define LIGHT_TEXT 255
#define DARK_TEXT 16

/* On shades from this one on, dark text can be read better. */
#define FIRST_LIGHT_SHADE 3

/*
 * COLUMNS comes first: a serial console has no size, and who sets the variable
 * knows better.
 */
static unsigned int find_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	__u64 width = 0;

	if (columns && parse_number(columns, &width) && width)
		;
	else if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		width = size.ws_col;
	else
		width = DEFAULT_WIDTH;
	if (width < MIN_WIDTH)
		return MIN_WIDTH;
	return width < MAX_WIDTH ? width : MAX_WIDTH;
}

/*
 * From the locale's name rather than from its tables: those are often missing
 * in an initramfs, where the terminal is UTF-8 all the same.
 */
static bool find_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		value = getenv(names[i]);
		if (value && *value)
			return strcasestr(value, "utf-8") ||
			       strcasestr(value, "utf8");
	}
	return false;
}

static bool find_color(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	if (!term || !strcmp(term, "dumb"))
		return false;
	return isatty(STDOUT_FILENO);
}

/**
 * screen_init() - find out what standard output can show
 * @screen: filled in
 * @color: what the user said about colour
 * @ascii: the user wants nothing but ASCII
 */
void screen_init(struct screen *screen, enum screen_color color, bool ascii)
{
	screen->width = find_width();
	screen->utf8 = !ascii && find_utf8();
	screen->color = color == SCREEN_COLOR_ALWAYS ||
			(color == SCREEN_COLOR_AUTO && find_color());
}

static unsigned int color_of(enum screen_hue hue, unsigned int shade)
{
	if (hue == SCREEN_OWN)
		return OWN_COLOR;
	if (hue == SCREEN_OTHER)
		return OTHER_COLOR;
	return free_colors[shade < SCREEN_SHADES ? shade : SCREEN_SHADES - 1];
}

/**
 * screen_paint() - text from here on is about something of this kind
 * @screen: the screen
 * @hue: the kind; SCREEN_PLAIN ends the colouring
 * @shade: of SCREEN_FREE: less than SCREEN_SHADES
 */
void screen_paint(const struct screen *screen, enum screen_hue hue,
		  unsigned int shade)
{
	unsigned int text = LIGHT_TEXT;

	if (!screen->color)
		return;
	if (hue == SCREEN_PLAIN) {
		fputs("\033[m", stdout);
		return;
	}
	if (hue == SCREEN_FREE && shade >= FIRST_LIGHT_SHADE)
		text = DARK_TEXT;
	printf("\033[0;48;5;%u;38;5;%um", color_of(hue, shade), text);
}

/**
 * screen_paint_bar() - a bar from here on, that says how much of a cell is used
 * @screen: the screen
 * @hue: by whom
 * @shade: of the free rest behind the bar, or -1 if there is none
 */
void screen_paint_bar(const struct screen *screen, enum screen_hue hue,
		      int shade)
{
	unsigned int bar = hue == SCREEN_OWN ? 39 : 172;

	if (!screen->color)
		return;
	printf("\033[0;38;5;%um", bar);
	if (shade >= 0)
		printf("\033[48;5;%um", color_of(SCREEN_FREE, shade));
}

/**
 * screen_bold() - stress what follows
 * @screen: the screen
 * @on: or stop doing so
 */
void screen_bold(const struct screen *screen, bool on)
{
	if (screen->color)
		fputs(on ? "\033[1m" : "\033[m", stdout);
}

/**
 * screen_dim() - play what follows down
 * @screen: the screen
 * @on: or stop doing so
 */
void screen_dim(const struct screen *screen, bool on)
{
	if (screen->color)
		fputs(on ? "\033[2m" : "\033[m", stdout);
}
