// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that touch the memory of a block.
 */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "memory.h"
#include "pattern.h"
#include "session.h"
#include "units.h"
#include "words.h"

/* Bytes copied at once; a multiple of what a line of a dump has. */
#define CHUNK 65536

#define DUMP_COLUMNS 16

/**
 * struct range - a part of a block
 * @block: the block; mapped
 * @offset: where the part begins, in bytes
 * @length: bytes
 */
struct range {
	struct block *block;
	__u64 offset;
	__u64 length;
};

/*
 * Map the block, and see that the part lies within the mapping. That it lies
 * within the block is not asked for: where it does not, since the block has
 * shrunk beneath its mapping, the kernel has to say so.
 */
static int range_reach(struct session *session, struct range *range)
{
	struct block *block = range->block;
	__u64 end;

	if (block_refresh(block, &session->device, &session->error) ||
	    block_map(block, &session->device, &session->error))
		return -1;
	end = block->mapped;
	if (range->offset <= end && range->length <= end - range->offset)
		return 0;
	return fail(&session->error, EFAULT,
		    "%s ends at %s: no %s can be touched at %s", block->name,
		    size_even(block->usable).s, size_long(range->length).s,
		    size_even(range->offset).s);
}

static int explain_fault(struct session *session, const struct block *block,
			 const struct memory_fault *fault)
{
	const unsigned char *address = fault->address;
	const char *signal = error_signal_name(fault->signal);
	__u64 offset = address - block->address;

	if (address < block->address || offset >= block->mapped)
		fail(&session->error, EFAULT, "touching %s raises %s",
		     block->name, signal);
	else if (block->readonly && fault->signal == SIGSEGV)
		fail(&session->error, EFAULT,
		     "touching %s at %s raises %s: its descriptor is for reading only",
		     block->name, size_even(offset).s, signal);
	else if (offset >= block->usable)
		fail(&session->error, EFAULT,
		     "touching %s at %s raises %s: the block is %s now, and its mapping reaches beyond it",
		     block->name, size_even(offset).s, signal,
		     size_long(block->usable).s);
	else
		fail(&session->error, EFAULT,
		     "touching %s at %s raises %s, although the block is %s",
		     block->name, size_even(offset).s, signal,
		     size_long(block->usable).s);
	session->error.signal = fault->signal;
	return -1;
}

static int load(struct session *session, const struct range *range,
		__u64 offset, void *to, size_t size)
{
	struct memory_fault fault;

	if (!memory_copy(to, range->block->address + offset, size, &fault))
		return 0;
	return explain_fault(session, range->block, &fault);
}

static int store(struct session *session, const struct range *range,
		 __u64 offset, const void *from, size_t size)
{
	struct memory_fault fault;

	if (!memory_copy(range->block->address + offset, from, size, &fault))
		return 0;
	return explain_fault(session, range->block, &fault);
}

static size_t chunk_at(const struct range *range, __u64 offset)
{
	const __u64 left = range->offset + range->length - offset;

	return left < CHUNK ? left : CHUNK;
}

/**
 * verb_write() - write NAME OFFSET TEXT
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_write(struct session *session, int argc, char **argv)
{
	struct range range = { .block = session_find(session, argv[1]) };
	char *text;
	int ret;

	if (!range.block || session_size(session, argv[2], &range.offset))
		return -1;
	text = words_join(argc - 3, argv + 3);
	range.length = strlen(text);
	ret = range_reach(session, &range);
	if (!ret)
		ret = store(session, &range, range.offset, text, range.length);
	free(text);
	return ret;
}

static void dump_line(__u64 offset, const unsigned char *bytes, size_t count)
{
	size_t i;

	printf("%08llx ", offset);
	for (i = 0; i < DUMP_COLUMNS; i++) {
		if (i % 8 == 0)
			putchar(' ');
		if (i < count)
			printf("%02x ", bytes[i]);
		else
			fputs("   ", stdout);
	}
	fputs(" |", stdout);
	for (i = 0; i < count; i++)
		putchar(bytes[i] < 127 && isprint(bytes[i]) ? bytes[i] : '.');
	puts("|");
}

/**
 * struct dump - what has been dumped so far
 * @last: the line before
 * @any: there is one
 * @starred: lines like it were left out
 */
struct dump {
	unsigned char last[DUMP_COLUMNS];
	bool any;
	bool starred;
};

/* Lines that only repeat the one before become a star, as in hexdump -C. */
static void dump_chunk(struct dump *dump, __u64 offset,
		       const unsigned char *bytes, size_t size)
{
	size_t at, count;

	for (at = 0; at < size; at += count) {
		count = size - at < DUMP_COLUMNS ? size - at : DUMP_COLUMNS;
		if (dump->any && count == DUMP_COLUMNS &&
		    !memcmp(dump->last, bytes + at, count)) {
			if (!dump->starred)
				puts("*");
			dump->starred = true;
			continue;
		}
		dump_line(offset + at, bytes + at, count);
		memcpy(dump->last, bytes + at, count);
		dump->any = true;
		dump->starred = false;
	}
}

static int dump_text(struct session *session, const struct range *range)
{
	const __u64 end = range->offset + range->length;
	static unsigned char chunk[CHUNK];
	struct dump dump = {};
	__u64 offset;
	size_t size;

	for (offset = range->offset; offset < end; offset += size) {
		size = chunk_at(range, offset);
		if (load(session, range, offset, chunk, size))
			return -1;
		dump_chunk(&dump, offset, chunk, size);
	}
	printf("%08llx\n", end);
	return 0;
}

static char *to_hex(const unsigned char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = malloc(2 * size + 1);
	size_t i;

	if (!hex)
		out_of_memory();
	for (i = 0; i < size; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * size] = '\0';
	return hex;
}

static int dump_json(struct session *session, const struct range *range)
{
	unsigned char *bytes = malloc(range->length + 1);
	char *hex;
	int ret;

	if (!bytes)
		out_of_memory();
	ret = load(session, range, range->offset, bytes, range->length);
	if (!ret) {
		hex = to_hex(bytes, range->length);
		json_set_number(session->result, "offset", range->offset);
		json_set_text(session->result, "hex", hex);
		free(hex);
	}
	free(bytes);
	return ret;
}

/**
 * verb_read() - read NAME OFFSET LENGTH
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_read(struct session *session, int argc, char **argv)
{
	struct range range = { .block = session_find(session, argv[1]) };

	if (!range.block || session_size(session, argv[2], &range.offset) ||
	    session_size(session, argv[3], &range.length) ||
	    range_reach(session, &range))
		return -1;
	if (session->result)
		return dump_json(session, &range);
	return dump_text(session, &range);
}

/**
 * struct fill - the words of "fill" and "verify"
 * @range: where
 * @pattern: what
 * @seed: of the pattern, or NULL
 * @has_length: the length was given
 */
struct fill {
	struct range range;
	struct pattern pattern;
	const char *seed;
	bool has_length;
};

static int parse_fill_word(struct session *session, struct fill *fill,
			   const char *word)
{
	if (!strncmp(word, "offset=", 7))
		return session_size(session, word + 7, &fill->range.offset);
	if (!strncmp(word, "length=", 7)) {
		fill->has_length = true;
		return session_size(session, word + 7, &fill->range.length);
	}
	if (fill->seed)
		return misuse(&session->error,
			      "%s has no place here (see help)", word);
	fill->seed = word;
	return 0;
}

static int parse_fill(struct session *session, int argc, char **argv,
		      struct fill *fill)
{
	int i;

	memset(fill, 0, sizeof(*fill));
	fill->range.block = session_find(session, argv[1]);
	if (!fill->range.block)
		return -1;
	for (i = 3; i < argc; i++)
		if (parse_fill_word(session, fill, argv[i]))
			return -1;
	if (pattern_parse(&fill->pattern, argv[2], fill->seed,
			  &session->error) ||
	    block_refresh(fill->range.block, &session->device, &session->error))
		return -1;
	/* Without a length, to the end of the block. */
	if (!fill->has_length && fill->range.offset < fill->range.block->usable)
		fill->range.length =
			fill->range.block->usable - fill->range.offset;
	return range_reach(session, &fill->range);
}

/**
 * verb_fill() - fill NAME PATTERN [SEED] [offset=SIZE] [length=SIZE]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_fill(struct session *session, int argc, char **argv)
{
	static unsigned char chunk[CHUNK];
	struct fill fill;
	__u64 offset, end;
	size_t size;

	if (parse_fill(session, argc, argv, &fill))
		return -1;
	end = fill.range.offset + fill.range.length;
	for (offset = fill.range.offset; offset < end; offset += size) {
		size = chunk_at(&fill.range, offset);
		pattern_make(&fill.pattern, offset, chunk, size);
		if (store(session, &fill.range, offset, chunk, size))
			return -1;
	}
	return 0;
}

static int compare(struct session *session, const struct range *range,
		   __u64 offset, const unsigned char *found,
		   const unsigned char *wanted, size_t size)
{
	size_t i = 0;

	while (i < size && found[i] == wanted[i])
		i++;
	if (i == size)
		return 0;
	fail(&session->error, 0,
	     "%s differs from the pattern, first at %s: 0x%02x instead of 0x%02x",
	     range->block->name, size_even(offset + i).s, found[i], wanted[i]);
	return -1;
}

/**
 * verb_verify() - verify NAME PATTERN [SEED] [offset=SIZE] [length=SIZE]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_verify(struct session *session, int argc, char **argv)
{
	static unsigned char found[CHUNK], wanted[CHUNK];
	struct fill fill;
	__u64 offset, end;
	size_t size;

	if (parse_fill(session, argc, argv, &fill))
		return -1;
	end = fill.range.offset + fill.range.length;
	for (offset = fill.range.offset; offset < end; offset += size) {
		size = chunk_at(&fill.range, offset);
		pattern_make(&fill.pattern, offset, wanted, size);
		if (load(session, &fill.range, offset, found, size) ||
		    compare(session, &fill.range, offset, found, wanted, size))
			return -1;
	}
	if (!session->result)
		printf("%s: %s as expected\n", fill.range.block->name,
		       size_long(fill.range.length).s);
	return 0;
}
