// SPDX-License-Identifier: GPL-2.0
/*
 * The picture of a large pool: cells that each stand for many pages.
 *
 * A cell shows how much of it is allocated, as a bar. Where a free block covers
 * whole cells, they are dots, and the first ones are the block's order; where a
 * block of the session does, they are full, and the first ones are its name.
 */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#include "units.h"

/**
 * struct cell - some pages
 * @used: of these, allocated
 * @own: of these, to this session
 * @order: of the largest free block in it, or of which it is a part; -1 if none
 * @text: a character of an order or a name that stands here instead, or NUL
 */
struct cell {
	__u64 used;
	__u64 own;
	int order;
	char text;
};

/**
 * struct cells - the picture
 * @map: what is drawn
 * @screen: where
 * @cells: all cells
 * @count: how many
 * @row: cells in a row
 * @pages: pages in a cell, a power of two
 */
struct cells {
	const struct map *map;
	const struct screen *screen;
	struct cell *cells;
	__u64 count;
	__u64 row;
	__u64 pages;
};

/* How a cell is painted; to some of these, a shade is added, which can be -1. */
enum {
	LOOK_NONE,
	LOOK_FREE = 100,
	LOOK_BAR = 200,
	LOOK_OWN_BAR = 300,
	LOOK_OWN = 400,
};

/* From a little to everything. */
#define LEVELS 8

static const char *const utf8_levels[LEVELS] = {
	"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
};

static const char *const ascii_levels[LEVELS] = {
	"-", "~", ":", "=", "+", "*", "%", "#",
};

/* Write into the cells that a block covers as a whole, if it has any. */
static void write_text(struct cells *cells, const struct run *piece,
		       const char *text)
{
	__u64 cell = (piece->first + cells->pages - 1) / cells->pages;
	const __u64 end = piece->end / cells->pages;

	/* Rather nothing than a part of a number, or a number that ends nowhere. */
	if (piece->is_free && (cell >= end || end - cell <= strlen(text)))
		return;
	while (*text && cell < end)
		cells->cells[cell++].text = *text++;
}

/* Over all the pieces of a block of the session, of which this is the first. */
static void write_name(struct cells *cells, const struct run *piece)
{
	const __u64 pages = cells->map->info->pages;
	struct run whole = *piece;

	whole.end = piece->owner->end < pages ? piece->owner->end : pages;
	write_text(cells, &whole, piece->owner->name);
}

static void add_to_cell(struct cell *cell, const struct run *piece, __u64 pages)
{
	if (piece->is_free && (int)piece->order > cell->order)
		cell->order = piece->order;
	if (!piece->is_free)
		cell->used += pages;
	if (piece->owner)
		cell->own += pages;
}

static void add_piece(struct cells *cells, const struct run *piece)
{
	__u64 page = piece->first;
	char text[16];

	while (page < piece->end) {
		const __u64 index = page / cells->pages;
		__u64 end = (index + 1) * cells->pages;

		if (end > piece->end)
			end = piece->end;
		add_to_cell(&cells->cells[index], piece, end - page);
		page = end;
	}
	snprintf(text, sizeof(text), "%u", piece->order);
	if (piece->is_free)
		write_text(cells, piece, text);
	else if (piece->owner && !piece->goes_on)
		write_name(cells, piece);
}

static __u64 pages_of(const struct cells *cells, __u64 index)
{
	const __u64 first = index * cells->pages;
	const __u64 left = cells->map->info->pages - first;

	return left < cells->pages ? left : cells->pages;
}

static const char *level(const struct cells *cells, __u64 used, __u64 pages)
{
	unsigned int index = LEVELS - 1;

	/* Full is only what is full. */
	if (used < pages)
		index = used * (LEVELS - 1) / pages;
	return (cells->screen->utf8 ? utf8_levels : ascii_levels)[index];
}

/*
 * What decides how a cell is painted, in one number: a serial console is slow,
 * so only what changes is said.
 */
static int look_of(const struct cells *cells, const struct cell *cell,
		   __u64 pages)
{
	int shade = -1;

	if (cell->own == pages)
		return LOOK_OWN;
	if (cell->order >= 0)
		shade = map_shade(cells->map, cell->order);
	if (!cell->used)
		return LOOK_FREE + shade;
	if (cell->own * 2 > cell->used)
		return LOOK_OWN_BAR + shade;
	return LOOK_BAR + shade;
}

static void paint(const struct screen *screen, int look)
{
	if (look == LOOK_OWN)
		screen_paint(screen, SCREEN_OWN, 0);
	else if (look >= LOOK_OWN_BAR - 1)
		screen_paint_bar(screen, SCREEN_OWN, look - LOOK_OWN_BAR);
	else if (look >= LOOK_BAR - 1)
		screen_paint_bar(screen, SCREEN_OTHER, look - LOOK_BAR);
	else
		screen_paint(screen, SCREEN_FREE,
			     look < LOOK_FREE ? 0 : look - LOOK_FREE);
}

static const char *own_sign(const struct screen *screen)
{
	if (screen->color)
		return " ";
	return screen->utf8 ? "▓" : "@";
}

static void draw_cell(const struct cells *cells, __u64 index, int look)
{
	const struct screen *screen = cells->screen;
	const struct cell *cell = &cells->cells[index];

	if (cell->text)
		putchar(cell->text);
	else if (look == LOOK_OWN)
		fputs(own_sign(screen), stdout);
	else if (cell->used)
		fputs(level(cells, cell->used, pages_of(cells, index)), stdout);
	else
		fputs(screen->utf8 ? "·" : ".", stdout);
}

static void draw_row(const struct cells *cells, __u64 first)
{
	__u64 end = first + cells->row;
	int look, last = LOOK_NONE;
	__u64 index;

	if (end > cells->count)
		end = cells->count;
	map_margin(cells->screen,
		   first * cells->pages * cells->map->info->page_size);
	for (index = first; index < end; index++) {
		look = look_of(cells, &cells->cells[index],
			       pages_of(cells, index));
		if (look != last)
			paint(cells->screen, look);
		draw_cell(cells, index, look);
		last = look;
	}
	screen_paint(cells->screen, SCREEN_PLAIN, 0);
	putchar('\n');
}

static void draw_bars(const struct screen *screen, enum screen_hue hue)
{
	int i;

	screen_paint_bar(screen, hue, -1);
	for (i = 0; i < LEVELS; i++)
		fputs((screen->utf8 ? utf8_levels : ascii_levels)[i], stdout);
	screen_paint(screen, SCREEN_PLAIN, 0);
}

static void draw_shades(const struct cells *cells)
{
	const struct screen *screen = cells->screen;
	unsigned int i;

	if (!screen->color) {
		fputs(screen->utf8 ? "5··" : "5..", stdout);
		return;
	}
	for (i = 0; i < SCREEN_SHADES; i++) {
		screen_paint(screen, SCREEN_FREE, i);
		putchar(' ');
	}
	screen_paint(screen, SCREEN_PLAIN, 0);
}

static void draw_legend(const struct cells *cells)
{
	const struct screen *screen = cells->screen;
	const bool has_own = cells->map->nr_owned;

	printf("%*s", MAP_MARGIN, "");
	draw_shades(cells);
	fputs(" free, by order   ", stdout);
	draw_bars(screen, SCREEN_OTHER);
	fputs(" allocated", stdout);
	if (has_own) {
		fputs("   ", stdout);
		screen_paint(screen, SCREEN_OWN, 0);
		printf("a%s%s", own_sign(screen), own_sign(screen));
		screen_paint(screen, SCREEN_PLAIN, 0);
		fputs(" ours, by name", stdout);
	}
	printf("\n%*sa cell is %s", MAP_MARGIN, "",
	       size_long(cells->pages * cells->map->info->page_size).s);
	printf(", a row %s\n", size_long(cells->pages * cells->row *
					 cells->map->info->page_size)
				       .s);
}

static void choose_scale(struct cells *cells)
{
	const __u64 pages = cells->map->info->pages;

	cells->row = map_row_pages(cells->screen->width - MAP_MARGIN, pages);
	cells->pages = 1;
	while (cells->pages * cells->row * MAP_MAX_ROWS < pages)
		cells->pages *= 2;
	cells->count = (pages + cells->pages - 1) / cells->pages;
}

static void fill_cells(struct cells *cells)
{
	struct map_walk walk;
	struct run piece;
	__u64 i;

	cells->cells = calloc(cells->count, sizeof(*cells->cells));
	if (!cells->cells)
		out_of_memory();
	for (i = 0; i < cells->count; i++)
		cells->cells[i].order = -1;
	map_walk_start(&walk, cells->map);
	while (map_walk_next(&walk, &piece))
		add_piece(cells, &piece);
}

/**
 * map_draw_cells() - draw a pool as cells
 * @map: the pool
 * @screen: the screen
 */
void map_draw_cells(const struct map *map, const struct screen *screen)
{
	struct cells cells = { .map = map, .screen = screen };
	__u64 first;

	choose_scale(&cells);
	fill_cells(&cells);
	for (first = 0; first < cells.count; first += cells.row)
		draw_row(&cells, first);
	draw_legend(&cells);
	free(cells.cells);
}
