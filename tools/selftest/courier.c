// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that are sent from one process to another
 */
#include "harness.h"

#include <string.h>
#include <sys/socket.h>

#include "courier.h"

/**
 * courier_make() - make a way to send descriptors, before the fork
 * @sockets: set to its two ends
 */
void courier_make(int sockets[2])
{
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
}

/**
 * courier_send() - send a descriptor, which stays open here
 * @socket: one end
 * @fd: the descriptor
 */
void courier_send(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = {}, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	ASSERT_EQ(1, sendmsg(socket, &msg, 0));
}

/**
 * courier_receive() - wait for a descriptor
 * @socket: the other end
 *
 * Return: the descriptor, as it is called here.
 */
int courier_receive(int socket)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd;

	ASSERT_EQ(1, recvmsg(socket, &msg, 0));
	c = CMSG_FIRSTHDR(&msg);
	ASSERT(c && c->cmsg_type == SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}
