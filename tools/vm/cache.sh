# shellcheck shell=bash
# The cache of everything that is costly to make: unpacked kernel sources, debug
# kernels, stock Debian kernels. Sourced, never run.
#
# An entry is a directory whose name holds all that it was made from, with the
# file ".complete" written last: one that an interrupted run left behind is
# thrown away and made again. A lock on each entry lets two runs share the
# cache.

cache=${XDG_CACHE_HOME:-${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}/.cache}
cache=${BUDDYPOOL_CACHE:-$cache/buddypool}
case $cache in
*[[:space:]:]*)
	echo "A kernel cannot be built in \"$cache\", because of the space or colon;" \
		"please set BUDDYPOOL_CACHE to another directory." >&2
	exit 1 ;;
esac

. "$(dirname "${BASH_SOURCE[0]}")/progress.sh"

# cache_entry [-m MEASURE] WHAT NAME FUNCTION [ARG...]: make $cache/NAME, unless it is
# there, by calling FUNCTION DIR ARG..., and print its path. WHAT says in words what is
# being done meanwhile; MEASURE prints how far it is, from the directory and the log in
# $entry and $entry.log, else the size of the directory is shown. FUNCTION's own output
# goes to $cache/NAME.log. FUNCTION runs without the effect of set -e.
cache_entry() {
	local measure=size_of_entry what entry make

	[ "$1" != -m ] || { measure=$2; shift 2; }
	what=$1 entry=$cache/$2 make=$3
	shift 3

	mkdir -p "$(dirname "$entry")"
	(
		flock -n 9 || {
			echo "another run is $what; waiting for it" >&2
			flock 9
		}
		[ ! -e "$entry/.complete" ] || exit 0
		echo "$what, once, in $entry" >&2
		rm -rf "$entry"
		mkdir "$entry"
		if ! with_progress "$what" "$measure" make_entry "$make" "$@"; then
			echo "failed: $what; the end of $entry.log:" >&2
			tail -n 20 "$entry.log" >&2
			exit 1
		fi
		touch "$entry/.complete"
	) 9>"$entry.lock" || return 1
	echo "$entry"
}

make_entry() {
	"$1" "$entry" "${@:2}" >"$entry.log" 2>&1
}

size_of_entry() {
	echo "$(du -sm "$entry" | cut -f1) MB"
}
