/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The picture of a pool.
 *
 * A small one is drawn as boxes, one for each block (map_boxes.c), a large one
 * as cells that each stand for many pages (map_cells.c). In both, a row is a
 * power of two of pages, so that buddies lie side by side or one above the
 * other.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>
#include <json-c/json.h>

#include "device.h"
#include "screen.h"

/* Columns to the left of a row, for its offset. */
#define MAP_MARGIN 7

/* The most rows that a picture has. */
#define MAP_MAX_ROWS 16

/**
 * struct owned - a block of this session
 * @first: its first page
 * @end: the page behind its last one
 * @name: what the user calls it
 */
struct owned {
	__u64 first;
	__u64 end;
	const char *name;
};

/**
 * struct map - what there is to draw
 * @info: the pool
 * @extents: its blocks
 * @owned: blocks of this session, by first page
 * @nr_owned: how many
 */
struct map {
	const struct buddypool_info *info;
	struct extents extents;
	struct owned *owned;
	size_t nr_owned;
};

/**
 * struct run - a free block, or an allocation with all its pieces, or a piece
 * @first: its first page
 * @end: the page behind its last one
 * @order: of its (first) piece
 * @is_free: whether it is free
 * @goes_on: it is not the first piece of its allocation
 * @owner: the session's block that it is, or NULL
 */
struct run {
	__u64 first;
	__u64 end;
	unsigned int order;
	bool is_free;
	bool goes_on;
	const struct owned *owner;
};

/**
 * struct map_walk - where a walk through the pieces of a map is
 * @map: the map
 * @index: the next extent
 * @page: the next page
 * @owned: the next block of the session
 */
struct map_walk {
	const struct map *map;
	size_t index;
	__u64 page;
	size_t owned;
};

void map_walk_start(struct map_walk *walk, const struct map *map);
bool map_walk_next(struct map_walk *walk, struct run *piece);

int map_load(struct map *map, const struct device *device, struct error *error);
void map_free(struct map *map);
void map_draw(const struct map *map, const struct screen *screen);
void map_json(const struct map *map, struct json_object *object);

bool map_draw_boxes(const struct map *map, const struct screen *screen);
void map_draw_cells(const struct map *map, const struct screen *screen);

__u64 map_row_pages(__u64 limit, __u64 pages);
void map_margin(const struct screen *screen, __u64 bytes);
unsigned int map_shade(const struct map *map, unsigned int order);

#endif /* MAP_H */
