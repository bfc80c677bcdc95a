# SPDX-License-Identifier: GPL-2.0
# Everything there is to do with buddypool; "make help" lists it.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
DESTDIR ?=
export PREFIX DESTDIR SEED FILTER

# Parameters of the module, for "make load".
parameters = $(if $(SIZE),size=$(SIZE)) $(if $(MAX_ORDER),max_order=$(MAX_ORDER))

.PHONY: all modules tools install uninstall load unload bench
.PHONY: demo shell check check-full prove kunit selftest coverage soak clean help

## On this machine
all: modules tools	## modules and tools, which is what "make" alone does

modules:		## build buddypool.ko for the running kernel [KDIR=]
	@case "$(CURDIR)" in *[[:space:]:]*) echo "A kernel module cannot be" \
		"built in \"$(CURDIR)\", because of the space or colon:" \
		"move the project to another directory." >&2; exit 1;; esac
	@test -e $(KDIR)/Makefile || { echo "There are no kernel headers in" \
		"$(KDIR): install the package linux-headers-$$(uname -r), or" \
		"name another directory with KDIR=." >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:			## build buddyctl, the selftest and the example
	$(MAKE) -C tools

install: all		## install module and tools, as root [DESTDIR= PREFIX=]
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(if $(DESTDIR),,depmod)
	$(MAKE) -C tools install

uninstall:		## remove what install has installed
	find $(DESTDIR)/lib/modules/ -name 'buddypool.ko*' -delete
	$(if $(DESTDIR),,depmod)
	$(MAKE) -C tools uninstall

load:			## load the module, as root [SIZE=64M MAX_ORDER=10]
	insmod module/buddypool.ko $(parameters)

unload:			## unload the module, as root
	rmmod buddypool

## In virtual machines
demo:			## boot a stock Debian kernel and see the pool at work
	@tools/vm/setup build qemu && tools/vm/demo

shell:			## a prompt in such a machine, to explore
	@tools/vm/setup build qemu && tools/vm/shell

check:			## run every check but those that take long
	@tools/check/run

check-full:		## run every check there is
	@tools/check/run -f

prove:			## know the core: states, threads, fuzzing, coverage, mutants
	@tools/check/run prove-

soak:			## use the device at random, for hours [T=1h SEED=number]
	@tools/vm/setup build uml && tools/check/soak $(or $(T),1h)

kunit:			## run the KUnit suites [SEED=number FILTER=suite.case]
	@tools/check/run -v start-uml kunit-uml

selftest:		## run the tests of device and parameters
	@tools/check/run start-uml selftest-uml selftest-6 params

coverage:		## count the lines of module/ that tests execute
	@tools/vm/setup build uml coverage && tools/check/coverage

bench:			## measure it and its peers, in tables and a picture [PARTS=]
	@tools/bench/run $(PARTS)

## Here
clean:			## remove what was built; the cache of kernels stays
	$(MAKE) -C tools clean
	rm -rf build
	find . -path ./.git -prune -o \( -name '*.o' -o -name '*.ko' \
		-o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' \
		-o -name Module.symvers -o -name modules.order \
		-o -path './kunit/module-*.c' \) -exec rm -f {} +

help:			## this list
	@awk -F ':.*## ' '/^## / { print "\n" substr($$0, 4) ":" } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))
