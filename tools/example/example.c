// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <fcntl.h>
#include <linux/buddypool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* The reasons are those of enum buddypool_failure_reason. */
int main(void)
{
	struct buddypool_alloc a = { .size = 64 << 10 };
	int fd = open("/dev/buddypool", O_RDWR | O_CLOEXEC);
	char *p;

	if (fd < 0)
		err(1, "/dev/buddypool");
	if (ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a))
		err(1, "alloc, reason %u", a.failure.reason);
	p = mmap(NULL, a.usable, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		 a.offset);
	if (p == MAP_FAILED)
		err(1, "mmap");
	snprintf(p, a.usable, "written before the resize");

	struct buddypool_resize r = { .handle = a.handle, .size = 32 << 10 };
	struct buddypool_free f = { .handle = a.handle };

	if (ioctl(fd, BUDDYPOOL_IOC_RESIZE, &r))
		err(1, "resize, reason %u", r.failure.reason);
	printf("%llu bytes, %s\n", r.usable, p);
	if (ioctl(fd, BUDDYPOOL_IOC_FREE, &f))
		err(1, "free");
	return munmap(p, a.usable);
}
