/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors that are sent from one process to another
 */
#ifndef SELFTEST_COURIER_H
#define SELFTEST_COURIER_H

void courier_make(int sockets[2]);
void courier_send(int socket, int fd);
int courier_receive(int socket);

#endif /* SELFTEST_COURIER_H */
