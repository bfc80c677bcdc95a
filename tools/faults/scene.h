/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an operation is done with
 *
 * A function that is not an operation is sure to succeed, or ends the program.
 */
#ifndef FAULTS_SCENE_H
#define FAULTS_SCENE_H

#include <linux/buddypool.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

#define RW (PROT_READ | PROT_WRITE)
#define PAGE 4096UL

/**
 * struct scene - what has been set up; a zero or -1 for what has not
 * @fd: a client
 * @other_fd: another client
 * @export_fd: a descriptor of the block
 * @block: a block of @fd, as ALLOC said it; no handle if it has been freed
 * @map: its mapping
 * @length: length of @map, in bytes
 * @kept: bytes at the start of @map that hold a pattern, and must keep it
 * @child: a process
 * @helper: a thread, if @helped
 * @helped: there is one
 */
struct scene {
	int fd;
	int other_fd;
	int export_fd;
	struct buddypool_alloc block;
	char *map;
	size_t length;
	size_t kept;
	pid_t child;
	pthread_t helper;
	int helped;
};

void scene_begin(struct scene *scene);
void scene_end(struct scene *scene);

void scene_open(struct scene *scene);
void scene_alloc(struct scene *scene, __u64 pages);
void scene_free(struct scene *scene);
void scene_export(struct scene *scene);
void *scene_place(unsigned int number);
void scene_map(struct scene *scene);
void scene_write(struct scene *scene, __u64 pages);
void scene_fill_pool(struct scene *scene);
const char *scene_fault(const struct scene *scene);

#endif /* FAULTS_SCENE_H */
