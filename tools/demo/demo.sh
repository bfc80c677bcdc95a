#!/bin/sh
# The scenario of "make demo": load the module with a pool of 256 KiB, and see
# what becomes of it. Runs as root where the module is not loaded yet, in the
# shell of busybox too; the *.buddy files lie beside it.
#
#	demo.sh
#
# MODULE	the module (/lib/modules/buddypool.ko)
# DEMO_COLOR	auto, always, never: see buddyctl(8) (auto)
# DEMO_PACE	seconds between two commands (0.3 in a terminal, else 0)
#
# Exit status 0 only if everything went as it should.

here=$(dirname "$0")
module=${MODULE:-/lib/modules/buddypool.ko}
color=--color=${DEMO_COLOR:-auto}

# Virtual machines seldom have a locale, and terminals are UTF-8 nowadays.
export LANG="${LANG:-C.UTF-8}"

if [ -z "$DEMO_PACE" ] && [ -t 1 ]; then
	DEMO_PACE=0.3
fi
# In words, of which there may be none.
case $DEMO_PACE in
'' | 0)	pace= ;;
*)	pace="--pace $DEMO_PACE" ;;
esac

heading() {
	[ -z "$pace" ] || sleep "${pace#--pace }"
	printf '\n== %s\n\n' "$*"
}

fail() {
	echo "demo: $*" >&2
	rmmod buddypool 2>/dev/null
	exit 1
}

scenario() {
	# shellcheck disable=SC2086 # several words
	buddyctl run --echo "$color" $pace "$here/$1" || fail "$1 went wrong"
}

heading "A pool of 256 KiB, on $(uname -sr)"
insmod "$module" size=256K max_order=6 || fail "the module does not load"
[ -c /dev/buddypool ] || fail "there is no /dev/buddypool"
buddyctl info || fail "the pool cannot be asked what it is"

heading "16 KiB of 256: how blocks split and merge"
scenario 256k.buddy

heading "Memory: mapped, written, moved"
scenario resize.buddy

heading "Failures that explain themselves"
scenario failure.buddy

heading "What is left"
buddyctl map "$color" || fail "the pool cannot be drawn"
buddyctl stat || fail "the state of the pool cannot be read"
buddyctl check || fail "the pool is not consistent"
rmmod buddypool || fail "the module does not unload"
[ ! -e /dev/buddypool ] || fail "/dev/buddypool is still there"
printf '\nThe module is unloaded. Everything went as it should.\n'
