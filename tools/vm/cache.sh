# shellcheck shell=bash
# The cache of everything that is costly to make: unpacked kernel sources, debug
# kernels, stock Debian kernels. Sourced, never run.
#
# An entry is a directory whose name holds all that it was made from, with the
# file ".complete" written last: one that an interrupted run left behind is
# thrown away and made again. A lock on each entry lets two runs share the
# cache.

cache=${XDG_CACHE_HOME:-${HOME-$(getent passwd "$(id -u)" | cut -d: -f6)}/.cache}
cache=${BUDDYPOOL_CACHE:-$cache/buddypool}

# cache_entry NAME FUNCTION [ARG...]: make $cache/NAME, unless it is there, by
# calling FUNCTION DIR ARG..., and print its path. FUNCTION's own output goes
# to $cache/NAME.log. FUNCTION runs without the effect of set -e, and what it
# compiles goes into no other cache.
cache_entry() {
	local entry=$cache/$1 make=$2
	shift 2

	mkdir -p "$(dirname "$entry")"
	(
		flock 9
		[ ! -e "$entry/.complete" ] || exit 0
		echo "making $entry, once" >&2
		rm -rf "$entry"
		mkdir "$entry"
		if ! CCACHE_DISABLE=1 "$make" "$entry" "$@" >"$entry.log" 2>&1; then
			echo "cannot make $entry; the end of $entry.log:" >&2
			tail -n 20 "$entry.log" >&2
			exit 1
		fi
		touch "$entry/.complete"
	) 9>"$entry.lock" || return 1
	echo "$entry"
}
