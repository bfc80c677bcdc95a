// SPDX-License-Identifier: GPL-2.0
/*
 * The picture of a pool: what all its forms share.
 */
#include "map.h"

#include <json-c/printbuf.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "units.h"

/**
 * map_walk_start() - begin to go through the pieces of a map
 * @walk: set to the start
 * @map: the map
 */
void map_walk_start(struct map_walk *walk, const struct map *map)
{
	*walk = (struct map_walk){ .map = map };
}

/* The block of the session that a page lies in. */
static const struct owned *owner_of(struct map_walk *walk, __u64 page)
{
	const struct map *map = walk->map;

	while (walk->owned < map->nr_owned &&
	       map->owned[walk->owned].end <= page)
		walk->owned++;
	if (walk->owned == map->nr_owned ||
	    map->owned[walk->owned].first > page)
		return NULL;
	return &map->owned[walk->owned];
}

/*
 * The extents of a pool in use were not all read at the same moment: one may
 * overlap those before it. The older picture stands, so that what is drawn has
 * each page once and in order.
 */
static bool clip(const struct map_walk *walk,
		 const struct buddypool_extent *extent, struct run *piece)
{
	const __u64 pages = walk->map->info->pages;

	piece->order = extent->order < BUDDYPOOL_NR_ORDERS ? extent->order : 0;
	piece->first = extent->page;
	piece->end = piece->first + (1ULL << piece->order);
	if (piece->first < walk->page)
		piece->first = walk->page;
	if (piece->end > pages)
		piece->end = pages;
	return piece->first < piece->end;
}

/**
 * map_walk_next() - the next piece of a map
 * @walk: the walk
 * @piece: filled in
 *
 * Return: false if there was none left.
 */
bool map_walk_next(struct map_walk *walk, struct run *piece)
{
	const struct extents *extents = &walk->map->extents;
	const struct buddypool_extent *extent;

	do {
		if (walk->index == extents->count)
			return false;
		extent = &extents->items[walk->index++];
	} while (!clip(walk, extent, piece));

	walk->page = piece->end;
	piece->is_free = extent->state != BUDDYPOOL_EXTENT_ALLOCATED;
	piece->goes_on = extent->flags & BUDDYPOOL_EXTENT_CONT;
	piece->owner = piece->is_free ? NULL : owner_of(walk, piece->first);
	return true;
}

/**
 * map_load() - read the blocks of a pool
 * @map: to be freed by map_free(), also after an error; owns nothing yet
 * @device: the device, which has to outlive the map
 * @error: why not
 *
 * Return: 0, or -1.
 */
int map_load(struct map *map, const struct device *device, struct error *error)
{
	memset(map, 0, sizeof(*map));
	map->info = &device->info;
	return device_walk(device, &map->extents, error);
}

/**
 * map_free() - free what a map holds
 * @map: the map
 */
void map_free(struct map *map)
{
	free(map->extents.items);
	free(map->owned);
}

/**
 * map_row_pages() - how many pages a row has
 * @limit: at most so many; at least 1
 * @pages: of the pool
 *
 * Return: a power of two.
 */
__u64 map_row_pages(__u64 limit, __u64 pages)
{
	__u64 row = 1;

	while (row * 2 <= limit && row < pages)
		row *= 2;
	return row;
}

/**
 * map_margin() - begin a row
 * @screen: the screen
 * @bytes: the row's offset in the pool
 */
void map_margin(const struct screen *screen, __u64 bytes)
{
	screen_dim(screen, true);
	printf("%*s", MAP_MARGIN - 1, size_even(bytes).s);
	screen_dim(screen, false);
	putchar(' ');
}

/**
 * map_shade() - the shade of an order: the larger, the brighter
 * @map: the map
 * @order: the order
 *
 * Return: less than SCREEN_SHADES.
 */
unsigned int map_shade(const struct map *map, unsigned int order)
{
	unsigned int max = map->info->max_order;

	if (!max || order >= max)
		return SCREEN_SHADES - 1;
	return order * SCREEN_SHADES / (max + 1);
}

static void draw_title(const struct map *map)
{
	const __u64 page_size = map->info->page_size;
	__u64 free = 0, largest = 0;
	struct map_walk walk;
	struct run piece;

	map_walk_start(&walk, map);
	while (map_walk_next(&walk, &piece)) {
		if (!piece.is_free)
			continue;
		free += piece.end - piece.first;
		if (piece.end - piece.first > largest)
			largest = piece.end - piece.first;
	}
	printf("%s: %s allocated, %s free",
	       size_long(map->info->pages * page_size).s,
	       size_long((map->info->pages - free) * page_size).s,
	       size_long(free * page_size).s);
	if (free)
		printf(", largest free block %s",
		       size_long(largest * page_size).s);
	putchar('\n');
}

/**
 * map_draw() - draw a map on standard output
 * @map: the map
 * @screen: the screen
 */
void map_draw(const struct map *map, const struct screen *screen)
{
	draw_title(map);
	if (!map_draw_boxes(map, screen))
		map_draw_cells(map, screen);
}

static void print_piece(struct printbuf *buf, const struct run *piece,
			bool first)
{
	char text[128];
	int len;

	len = snprintf(text, sizeof(text),
		       "%s{\"page\":%llu,\"order\":%u,\"state\":\"%s\"%s",
		       first ? "" : ",", piece->first, piece->order,
		       piece->is_free ? "free" : "allocated",
		       piece->goes_on ? ",\"cont\":true" : "");
	/* Names are letters and digits: there is nothing to escape. */
	if (printbuf_memappend(buf, text, len) < 0 ||
	    (piece->owner &&
	     sprintbuf(buf, ",\"name\":\"%s\"", piece->owner->name) < 0) ||
	    printbuf_memappend(buf, "}", 1) < 0)
		out_of_memory();
}

static char *extents_text(const struct map *map)
{
	struct printbuf *buf = printbuf_new();
	struct map_walk walk;
	struct run piece;
	bool first = true;
	char *text;

	if (!buf || printbuf_memappend(buf, "[", 1) < 0)
		out_of_memory();
	map_walk_start(&walk, map);
	while (map_walk_next(&walk, &piece)) {
		print_piece(buf, &piece, first);
		first = false;
	}
	if (printbuf_memappend(buf, "]", 1) < 0)
		out_of_memory();
	text = strdup(buf->buf);
	if (!text)
		out_of_memory();
	printbuf_free(buf);
	return text;
}

/**
 * map_json() - a map as JSON
 * @map: the map
 * @object: what is added to
 *
 * A pool may have millions of extents, and an object for each of them would
 * take a kilobyte: json-c gets their text instead.
 */
void map_json(const struct map *map, struct json_object *object)
{
	struct json_object *extents = json_new_array();

	json_object_set_serializer(extents, json_object_userdata_to_json_string,
				   extents_text(map),
				   json_object_free_userdata);
	json_set_number(object, "page_size", map->info->page_size);
	json_set_number(object, "pages", map->info->pages);
	json_set(object, "extents", extents);
}
