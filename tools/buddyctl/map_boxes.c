// SPDX-License-Identifier: GPL-2.0
/*
 * The picture of a small pool: a box for each block.
 *
 * A page is some columns wide, the first of which is its left border. The
 * picture is made from the run that each page belongs to: wherever two
 * neighbouring pages belong to different runs there is a line between them, and
 * the lines around a corner decide how it looks. So also an allocation that
 * goes around the end of a row gets its proper outline.
 */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#include "units.h"

/* A page is no wider than this, or a pool of one page would look silly. */
#define MAX_PAGE_COLUMNS 16

/* Where a corner has lines. */
#define UP 1
#define DOWN 2
#define LEFT 4
#define RIGHT 8

#define NO_RUN (-1)

/**
 * struct boxes - the picture
 * @map: what is drawn
 * @screen: where
 * @runs: blocks and allocations
 * @nr_runs: how many
 * @of_page: the run of each page
 * @cut: for each page: a piece of an allocation starts here
 * @row_pages: pages in a row
 * @rows: how many
 * @nr_pages: of the pool
 * @page_columns: columns of a page
 */
struct boxes {
	const struct map *map;
	const struct screen *screen;
	struct run *runs;
	int nr_runs;
	int *of_page;
	bool *cut;
	int row_pages;
	int rows;
	int nr_pages;
	int page_columns;
};

/* Lines by UP, DOWN, LEFT, RIGHT; nobody sees the first one. */
static const char *const utf8_corners[16] = {
	" ", "╵", "╷", "│", "╴", "┘", "┐", "┤",
	"╶", "└", "┌", "├", "─", "┴", "┬", "┼",
};

static const char *const ascii_corners[16] = {
	" ", "|", "|", "|", "-", "+", "+", "+",
	"-", "+", "+", "+", "-", "+", "+", "+",
};

static int run_at(const struct boxes *boxes, int row, int column)
{
	int page = row * boxes->row_pages + column;

	if (row < 0 || row >= boxes->rows || column < 0 ||
	    column >= boxes->row_pages || page >= boxes->nr_pages)
		return NO_RUN;
	return boxes->of_page[page];
}

/* Is there a line above this page? */
static bool line_above(const struct boxes *boxes, int row, int column)
{
	return run_at(boxes, row - 1, column) != run_at(boxes, row, column);
}

/* Is there a line to the left of this page? */
static bool line_left(const struct boxes *boxes, int row, int column)
{
	return run_at(boxes, row, column - 1) != run_at(boxes, row, column);
}

/* The lines that meet at the upper left corner of a page. */
static unsigned int lines_at(const struct boxes *boxes, int row, int column)
{
	unsigned int lines = 0;

	if (line_left(boxes, row - 1, column))
		lines |= UP;
	if (line_left(boxes, row, column))
		lines |= DOWN;
	if (line_above(boxes, row, column - 1))
		lines |= LEFT;
	if (line_above(boxes, row, column))
		lines |= RIGHT;
	return lines;
}

static const char *corner(const struct boxes *boxes, int row, int column)
{
	return (boxes->screen->utf8 ?
			utf8_corners :
			ascii_corners)[lines_at(boxes, row, column)];
}

/* Start to paint a run; with colours, its inside is blank. */
static const char *fill(const struct boxes *boxes, int index)
{
	const struct run *run = &boxes->runs[index];
	const bool utf8 = boxes->screen->utf8;

	if (run->is_free)
		screen_paint(boxes->screen, SCREEN_FREE,
			     map_shade(boxes->map, run->order));
	else
		screen_paint(boxes->screen,
			     run->owner ? SCREEN_OWN : SCREEN_OTHER, 0);
	if (run->is_free || boxes->screen->color)
		return " ";
	if (run->owner)
		return utf8 ? "▒" : "=";
	return utf8 ? "░" : "#";
}

static void repeat(const char *text, int count)
{
	while (count-- > 0)
		fputs(text, stdout);
}

/*
 * What stands in a box: for one that is free its order, for one that is not its
 * name; and the size where there is room.
 */
static void make_label(const struct boxes *boxes, const struct run *run,
		       int room, char *label, size_t size)
{
	const char *sign = boxes->screen->utf8 ? " · " : ": ";
	const __u64 bytes =
		(run->end - run->first) * boxes->map->info->page_size;
	char name[40] = "";
	int len;

	if (run->is_free)
		snprintf(name, sizeof(name), "%u", run->order);
	else if (run->owner)
		snprintf(name, sizeof(name), "%s", run->owner->name);
	len = snprintf(label, size, "%s%s%s", name, *name ? sign : "",
		       size_short(bytes).s);
	/* The dot is two bytes and one column. */
	if (len - (boxes->screen->utf8 && *name ? 1 : 0) > room)
		snprintf(label, size, "%.*s", room, name);
}

/* The columns of a run in one row, from its left border to the next one. */
static void draw_run(const struct boxes *boxes, int row, int column, int pages)
{
	const int index = run_at(boxes, row, column);
	const int page = row * boxes->row_pages + column;
	const struct run *run = &boxes->runs[index];
	const char *inside = fill(boxes, index);
	char label[64] = "";
	int used, i, room;

	room = pages * boxes->page_columns - 1;
	if (page == (int)run->first)
		make_label(boxes, run, room, label, sizeof(label));
	fputs(label, stdout);
	used = strlen(label);
	if (strstr(label, "·"))
		used--;
	for (i = used; i < room; i++) {
		const bool border = (i + 1) % boxes->page_columns == 0;
		const int next = page + (i + 1) / boxes->page_columns;

		if (border && boxes->cut[next])
			fputs(boxes->screen->utf8 ? "┊" : ":", stdout);
		else
			fputs(inside, stdout);
	}
	screen_paint(boxes->screen, SCREEN_PLAIN, 0);
}

static void draw_row(const struct boxes *boxes, int row)
{
	const int page = row * boxes->row_pages;
	int column = 0, pages;

	map_margin(boxes->screen, page * (__u64)boxes->map->info->page_size);
	while (run_at(boxes, row, column) != NO_RUN) {
		fputs(boxes->screen->utf8 ? "│" : "|", stdout);
		pages = 1;
		while (run_at(boxes, row, column) ==
		       run_at(boxes, row, column + pages))
			pages++;
		draw_run(boxes, row, column, pages);
		column += pages;
	}
	puts(boxes->screen->utf8 ? "│" : "|");
}

static bool has_lines(const struct boxes *boxes, int row)
{
	int column;

	for (column = 0; column < boxes->row_pages; column++)
		if (line_above(boxes, row, column))
			return true;
	return false;
}

/* The last column that has a page above or below the line. */
static int line_end(const struct boxes *boxes, int row)
{
	int column = boxes->row_pages;

	while (run_at(boxes, row - 1, column - 1) == NO_RUN &&
	       run_at(boxes, row, column - 1) == NO_RUN)
		column--;
	return column;
}

/* What lies above a row, and below the one before it. */
static void draw_line(const struct boxes *boxes, int row)
{
	const int end = line_end(boxes, row);
	const int inside = boxes->page_columns - 1;
	int column;

	printf("%*s", MAP_MARGIN, "");
	for (column = 0; column < end; column++) {
		const bool line = line_above(boxes, row, column);
		const char *with = boxes->screen->utf8 ? "─" : "-";

		/* A run that both rows have goes on through the line. */
		if (!line)
			with = fill(boxes, run_at(boxes, row, column));
		if (lines_at(boxes, row, column))
			fputs(corner(boxes, row, column), stdout);
		else
			fputs(with, stdout);
		repeat(with, inside);
		if (!line)
			screen_paint(boxes->screen, SCREEN_PLAIN, 0);
	}
	puts(corner(boxes, row, end));
}

static void add_piece(struct boxes *boxes, const struct run *piece)
{
	struct run *last = NULL;
	__u64 page;

	if (piece->goes_on && boxes->nr_runs)
		last = &boxes->runs[boxes->nr_runs - 1];
	if (last && !last->is_free && last->end == piece->first) {
		last->end = piece->end;
		boxes->cut[piece->first] = true;
	} else {
		boxes->runs[boxes->nr_runs++] = *piece;
	}
	for (page = piece->first; page < piece->end; page++)
		boxes->of_page[page] = boxes->nr_runs - 1;
}

static void find_runs(struct boxes *boxes)
{
	const __u64 pages = boxes->map->info->pages;
	struct map_walk walk;
	struct run piece;

	boxes->runs = calloc(pages, sizeof(*boxes->runs));
	boxes->of_page = calloc(pages, sizeof(*boxes->of_page));
	boxes->cut = calloc(pages + 1, sizeof(*boxes->cut));
	if (!boxes->runs || !boxes->of_page || !boxes->cut)
		out_of_memory();
	map_walk_start(&walk, boxes->map);
	while (map_walk_next(&walk, &piece))
		add_piece(boxes, &piece);
}

static bool has_others(const struct boxes *boxes)
{
	int i;

	for (i = 0; i < boxes->nr_runs; i++)
		if (!boxes->runs[i].is_free && !boxes->runs[i].owner)
			return true;
	return false;
}

static void draw_sample(const struct screen *screen, enum screen_hue hue,
			unsigned int shade, const char *text)
{
	screen_paint(screen, hue, shade);
	printf(screen->color ? " %.1s " : "%s", text);
	screen_paint(screen, SCREEN_PLAIN, 0);
}

/* Only about what is to be seen. */
static void draw_legend(const struct boxes *boxes)
{
	const struct screen *screen = boxes->screen;
	const bool has_own = boxes->map->nr_owned;

	printf("%*s", MAP_MARGIN, "");
	draw_sample(screen, SCREEN_FREE, SCREEN_SHADES - 1, "2");
	fputs(" free, by order", stdout);
	if (has_own) {
		fputs("   ", stdout);
		draw_sample(screen, SCREEN_OWN, 0, screen->utf8 ? "a▒" : "a=");
		fputs(" ours, by name", stdout);
	}
	if (has_others(boxes)) {
		fputs("   ", stdout);
		draw_sample(screen, SCREEN_OTHER, 0,
			    screen->color ? " " :
			    screen->utf8  ? "░░" :
					    "##");
		fputs(has_own ? " others'" : " allocated", stdout);
	}
	putchar('\n');
}

static void draw(const struct boxes *boxes)
{
	int row;

	for (row = 0; row < boxes->rows; row++) {
		if (has_lines(boxes, row))
			draw_line(boxes, row);
		draw_row(boxes, row);
	}
	draw_line(boxes, boxes->rows);
	draw_legend(boxes);
}

/**
 * map_draw_boxes() - draw a pool that is small enough as boxes
 * @map: the pool
 * @screen: the screen
 *
 * Return: false if it is too large, and nothing was drawn.
 */
bool map_draw_boxes(const struct map *map, const struct screen *screen)
{
	const __u64 room = screen->width - MAP_MARGIN - 1;
	const __u64 pages = map->info->pages;
	struct boxes boxes = { .map = map, .screen = screen };

	boxes.row_pages = map_row_pages(room / 2, pages);
	if (pages > (__u64)boxes.row_pages * MAP_MAX_ROWS)
		return false;
	boxes.nr_pages = pages;
	boxes.rows = (pages + boxes.row_pages - 1) / boxes.row_pages;
	boxes.page_columns = room / boxes.row_pages;
	if (boxes.page_columns > MAX_PAGE_COLUMNS)
		boxes.page_columns = MAX_PAGE_COLUMNS;
	/* Even widths only, or 7 columns a page would look arbitrary. */
	boxes.page_columns &= ~1;
	find_runs(&boxes);
	draw(&boxes);
	free(boxes.runs);
	free(boxes.of_page);
	free(boxes.cut);
	return true;
}
