// SPDX-License-Identifier: GPL-2.0
/*
 * The module's buddy system.
 */
#include "subject.h"

#include "check.h"

static void *get(size_t bytes)
{
	void *memory = aligned_alloc(64, round_up(bytes, (size_t)64));

	if (!memory)
		abort();
	memset(memory, 0, round_up(bytes, (size_t)64));
	return memory;
}

/**
 * subject_make() - make a buddy system
 * @subject: the subject
 * @shape: what it is made for
 * @max_order: the largest order, in pages; more than the shape's if that makes no
 *	difference
 */
void subject_make(struct subject *subject, const struct shape *shape,
		  unsigned int max_order)
{
	const u32 nr_pages = shape->nr_units << shape->scale;
	const size_t bytes = bp_buddy_metadata_size(nr_pages, max_order);

	subject->shape = shape;
	subject->size = DIV_ROUND_UP(bytes, sizeof(u64));
	subject->metadata = get(subject->size * sizeof(u64));
	bp_buddy_init(&subject->buddy, nr_pages, max_order, subject->metadata);
	image_make(subject, &subject->first);
	subject_save(subject, &subject->first);
}

/**
 * subject_unmake() - its end
 * @subject: the subject
 */
void subject_unmake(struct subject *subject)
{
	image_unmake(&subject->first);
	free(subject->metadata);
}

/**
 * image_make() - room for what a buddy system was like
 * @subject: the buddy system
 * @image: the room
 */
void image_make(const struct subject *subject, struct image *image)
{
	image->metadata = get(subject->size * sizeof(u64));
}

/**
 * image_unmake() - its end
 * @image: the room
 */
void image_unmake(struct image *image)
{
	free(image->metadata);
}

/* Blocks of the shape's orders are all that can be made or unmade. */
static unsigned int nr_orders(const struct subject *subject)
{
	return subject->shape->top_order + 1;
}

/**
 * subject_save() - remember what a buddy system is like
 * @subject: the buddy system
 * @image: set to it
 */
void subject_save(const struct subject *subject, struct image *image)
{
	const struct bp_freemap *map = &subject->buddy.freemap;

	memcpy(image->metadata, subject->metadata, subject->size * sizeof(u64));
	memcpy(image->moves, map->moves[subject->shape->scale],
	       nr_orders(subject) * sizeof(*map->moves));
	image->classes[0] = map->pages.classes;
	image->classes[1] = map->pageblocks.classes;
	image->nr_free_pages = subject->buddy.nr_free_pages;
}

/**
 * subject_restore() - make a buddy system what it was like
 * @subject: the buddy system
 * @image: what it was like
 */
void subject_restore(struct subject *subject, const struct image *image)
{
	struct bp_freemap *map = &subject->buddy.freemap;

	memcpy(subject->metadata, image->metadata, subject->size * sizeof(u64));
	memcpy(map->moves[subject->shape->scale], image->moves,
	       nr_orders(subject) * sizeof(*map->moves));
	map->pages.classes = image->classes[0];
	map->pageblocks.classes = image->classes[1];
	subject->buddy.nr_free_pages = image->nr_free_pages;
}

/**
 * subject_is() - is a buddy system still what it was like?
 * @subject: the buddy system
 * @image: what it was like
 *
 * Return: whether it is.
 */
bool subject_is(const struct subject *subject, const struct image *image)
{
	const struct bp_freemap *map = &subject->buddy.freemap;

	return !memcmp(image->metadata, subject->metadata,
		       subject->size * sizeof(u64)) &&
	       !memcmp(image->moves, map->moves[subject->shape->scale],
		       nr_orders(subject) * sizeof(*map->moves)) &&
	       image->classes[0] == map->pages.classes &&
	       image->classes[1] == map->pageblocks.classes &&
	       image->nr_free_pages == subject->buddy.nr_free_pages;
}

static u64 mix(u64 digest, u64 word)
{
	digest = (digest ^ word) * 0x9e3779b97f4a7c15ULL;
	return digest ^ digest >> 29;
}

/* Two ways to the same blocks differ in the moves, but not in what follows of them. */
static u64 mix_counts(const struct subject *subject, u64 digest)
{
	const unsigned int low = subject->shape->scale;
	const unsigned int high = low + nr_orders(subject);
	const struct bp_freemap *map = &subject->buddy.freemap;
	u32 nr_free[LAYOUT_MAX_ORDERS] = {};
	unsigned int order, to, i;

	for (order = low; order < high; order++)
		for (to = order; to < high; to++) {
			nr_free[to - low] += map->moves[order][to];
			for (i = order; i < to; i++)
				nr_free[i - low] -= map->moves[order][to];
		}
	for (i = 0; i < LAYOUT_MAX_ORDERS; i++)
		digest = mix(digest, nr_free[i]);
	return digest;
}

/**
 * subject_digest() - a number for what a buddy system is like
 * @subject: the buddy system
 *
 * Return: the number; the same for those that do the same from now on, but for what
 * they have counted.
 */
u64 subject_digest(const struct subject *subject)
{
	const struct bp_freemap *map = &subject->buddy.freemap;
	u64 digest = subject->buddy.nr_free_pages;
	size_t i;

	for (i = 0; i < subject->size; i++)
		digest = mix(digest, subject->metadata[i]);
	digest = mix(digest,
		     (u64)map->pages.classes << 32 | map->pageblocks.classes);
	return mix_counts(subject, digest);
}

static bool same(char *msg, const char *what, u32 unit, u32 is, u32 expected)
{
	if (is == expected)
		return true;
	snprintf(msg, SUBJECT_MSG_SIZE, "%s of unit %u is %u instead of %u",
		 what, unit, is, expected);
	return false;
}

/* What bp_buddy_extent() says of a page must be what the layout is there. */
static bool verify_unit(const struct subject *subject, layout_t layout,
			unsigned int unit, char *msg)
{
	const struct shape *shape = subject->shape;
	const int free =
		layout_block(shape, layout_free_units(shape, layout), unit);
	const u32 pfn = unit << shape->scale;
	struct bp_extent extent;

	bp_buddy_extent(&subject->buddy, pfn, &extent);
	if (!same(msg, "the kind", unit, extent.kind,
		  free < 0 ? BP_EXTENT_PIECE : BP_EXTENT_FREE))
		return false;
	if (free >= 0 &&
	    !(same(msg, "the order", unit, extent.order, free + shape->scale) &&
	      same(msg, "the block", unit, extent.pfn,
		   pfn >> extent.order << extent.order)))
		return false;
	return same(msg, "the run", unit, bp_buddy_run(&subject->buddy, pfn),
		    layout_run(shape, layout, unit) << shape->scale);
}

/* The free pages that are not in blocks as large as there could be, in 1/1000. */
static unsigned int fragmentation(const struct shape *shape, layout_t layout)
{
	const u32 free = layout_free_units(shape, layout);
	const unsigned int nr_free = hweight64(free);
	unsigned int unit, order = 0, nr = 0;

	if (!nr_free)
		return 0;
	while (order < shape->top_order && 2U << order <= nr_free)
		order++;
	for (unit = 0; unit < shape->nr_units; unit++)
		nr += layout_block(shape, free, unit) == (int)order;
	return 1000 - 1000 * (nr >> order) / (nr_free >> order);
}

/**
 * subject_verify() - is a buddy system what it must be like?
 * @subject: the buddy system
 * @layout: what it must be like
 * @msg: set to what is wrong, of SUBJECT_MSG_SIZE bytes
 *
 * Return: whether it is.
 */
bool subject_verify(const struct subject *subject, layout_t layout, char *msg)
{
	const struct shape *shape = subject->shape;
	const struct bp_buddy *buddy = &subject->buddy;
	unsigned int unit;

	if (bp_buddy_check(buddy, msg, BP_CHECK_MSG_SIZE))
		return false;
	for (unit = 0; unit < shape->nr_units; unit++)
		if (!verify_unit(subject, layout, unit, msg))
			return false;
	return same(msg, "the largest free block", 0, bp_buddy_largest(buddy),
		    layout_largest(shape, layout) << shape->scale) &&
	       same(msg, "the fragmentation", 0, bp_buddy_fragmentation(buddy),
		    fragmentation(shape, layout));
}
