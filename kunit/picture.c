// SPDX-License-Identifier: GPL-2.0
/*
 * Pictures of a pool: its free blocks, runs and pieces in a line of text, and
 * what the suites expect of them.
 */
#include <linux/kernel.h>

#include "testlib.h"

#define PICTURE_SIZE 2048

/* A picture, to which words are added. */
struct picture {
	char *text;
	size_t len;
};

static struct picture new_picture(struct kunit *test)
{
	struct picture picture = {
		.text = kunit_kzalloc(test, PICTURE_SIZE, GFP_KERNEL),
	};

	KUNIT_ASSERT_NOT_NULL(test, picture.text);
	return picture;
}

static void add_word(struct picture *picture, u32 pfn, char what, u32 number)
{
	picture->len += scnprintf(picture->text + picture->len,
				  PICTURE_SIZE - picture->len, "%s%u%c%u",
				  picture->len ? " " : "", pfn, what, number);
}

/**
 * bp_test_free_blocks() - a picture of the free blocks, all orders
 * @test: the case
 * @buddy: the buddy system
 *
 * Return: "pfn:order ...", which lasts until the case ends.
 */
const char *bp_test_free_blocks(struct kunit *test,
				const struct bp_buddy *buddy)
{
	struct picture picture = new_picture(test);
	int order;
	u32 pfn;

	for (pfn = 0; pfn < buddy->nr_pages; pfn++) {
		order = bp_freemap_block(&buddy->freemap, pfn);
		if (order >= 0 && !(pfn & ((1U << order) - 1)))
			add_word(&picture, pfn, ':', order);
	}
	return picture.text;
}

/**
 * bp_test_runs() - a picture of the runs
 * @test: the case
 * @buddy: the buddy system
 *
 * Return: "pfn+pages ...", which lasts until the case ends.
 */
const char *bp_test_runs(struct kunit *test, const struct bp_buddy *buddy)
{
	struct picture picture = new_picture(test);
	u32 pfn, nr_pages;

	for (pfn = 0; pfn < buddy->nr_pages; pfn++) {
		nr_pages = bp_buddy_run(buddy, pfn);
		if (nr_pages)
			add_word(&picture, pfn, '+', nr_pages);
	}
	return picture.text;
}

/**
 * bp_test_pieces() - a picture of the pieces of all runs
 * @test: the case
 * @buddy: the buddy system
 *
 * Return: "pfn:order ...", which lasts until the case ends.
 */
const char *bp_test_pieces(struct kunit *test, const struct bp_buddy *buddy)
{
	struct picture picture = new_picture(test);
	u32 pfn;

	for (pfn = 0; pfn < buddy->nr_pages; pfn++)
		if (buddy->tags[pfn])
			add_word(&picture, pfn, ':',
				 buddy->tags[pfn] & BP_TAG_ORDER);
	return picture.text;
}

/**
 * __bp_test_expect_free() - the free blocks must be those of a picture
 * @test: the case
 * @buddy: the buddy system
 * @picture: as bp_test_free_blocks() draws it
 * @line: of the case
 */
void __bp_test_expect_free(struct kunit *test, const struct bp_buddy *buddy,
			   const char *picture, int line)
{
	KUNIT_EXPECT_STREQ_MSG(test, bp_test_free_blocks(test, buddy), picture,
			       "at line %d", line);
}

/**
 * __bp_test_expect_runs() - the runs must be those of a picture
 * @test: the case
 * @buddy: the buddy system
 * @picture: as bp_test_runs() draws it
 * @line: of the case
 */
void __bp_test_expect_runs(struct kunit *test, const struct bp_buddy *buddy,
			   const char *picture, int line)
{
	KUNIT_EXPECT_STREQ_MSG(test, bp_test_runs(test, buddy), picture,
			       "at line %d", line);
}

/**
 * __bp_test_expect_pieces() - the pieces must be those of a picture
 * @test: the case
 * @buddy: the buddy system
 * @picture: as bp_test_pieces() draws it
 * @line: of the case
 */
void __bp_test_expect_pieces(struct kunit *test, const struct bp_buddy *buddy,
			     const char *picture, int line)
{
	KUNIT_EXPECT_STREQ_MSG(test, bp_test_pieces(test, buddy), picture,
			       "at line %d", line);
}

MODULE_DESCRIPTION("KUnit suites of buddypool");
MODULE_LICENSE("GPL");
