# shellcheck shell=bash
# Show how far something is that takes minutes. Sourced, never run.
#
# with_progress WHAT MEASURE COMMAND...: run COMMAND, and until it ends show WHAT, what
# the command MEASURE prints, and the time: in place on a terminal, else in a line a
# minute. If PROGRESS names a file, put the line there instead; tools/check/run shows
# it. COMMAND runs without the effect of set -e, and its status is returned.

with_progress() {
	local what=$1 measure=$2 status=0 watcher
	shift 2

	show_progress "$what" "$measure" 9>&- &
	watcher=$!
	"$@" || status=$?
	kill $watcher 2>/dev/null
	wait $watcher 2>/dev/null
	return $status
}

# Prints until it is killed, or its script is gone: ^C does not reach what runs in the
# background.
show_progress() {
	local what=$1 measure=$2 start=$SECONDS minute=1 line

	trap 'end_progress; exit' TERM
	while pause 2 && [ -d /proc/$$ ]; do
		line="$what: $($measure), $(time_since "$start")"
		if [ "${PROGRESS-}" ]; then
			echo "$line" >"$PROGRESS"
		elif [ -t 2 ]; then
			printf '\r\033[K%s' "$line" >&2
		elif ((SECONDS - start >= 60 * minute)); then
			minute=$((minute + 1))
			echo "$line" >&2
		fi
	done
}

end_progress() {
	if [ "${PROGRESS-}" ]; then
		rm -f "$PROGRESS"
	elif [ -t 2 ]; then
		printf '\r\033[K' >&2
	fi
}

# A signal ends it, unlike sleep; nobody waits for what it leaves behind.
pause() {
	sleep "$1" >/dev/null 2>&1 &
	wait $!
}

time_since() {
	local seconds=$((SECONDS - $1))

	if ((seconds < 60)); then
		echo "$seconds s"
	else
		echo "$((seconds / 60)) min $((seconds % 60)) s"
	fi
}
