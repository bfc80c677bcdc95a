# shellcheck shell=bash
# Show how far something is that takes minutes. Sourced, never run.

# say_progress LINE: show LINE on standard output: on a terminal in the place of the last
# one, else once a minute. Call it often.
progress_due=$((SECONDS + 60))
say_progress() {
	if [ -t 1 ]; then
		printf '\r\033[K%s' "${1:0:$((${COLUMNS:-80} - 2))}"
	elif ((SECONDS >= progress_due)); then
		progress_due=$((SECONDS + 60))
		printf '%s\n' "$1"
	fi
}

# Before anything else is printed.
clear_progress() {
	[ ! -t 1 ] || printf '\r\033[K'
}

# time_since SECONDS: how long ago that was.
time_since() {
	local seconds=$((SECONDS - $1))

	if ((seconds < 60)); then
		echo "$seconds s"
	else
		echo "$((seconds / 60)) min $((seconds % 60)) s"
	fi
}

# with_progress WHAT MEASURE COMMAND...: run COMMAND, and until it ends say WHAT, what the
# command MEASURE prints, and the time, on standard error. If PROGRESS names a file, the
# line goes there instead, for the script that has set it to show. COMMAND runs without
# the effect of set -e, and its status is returned.
with_progress() {
	local what=$1 measure=$2 status=0 watcher
	shift 2

	watch_progress "$what" "$measure" 9>&- &
	watcher=$!
	"$@" || status=$?
	kill $watcher 2>/dev/null
	wait $watcher 2>/dev/null
	[ "${PROGRESS-}" ] || clear_progress >&2
	[ ! "${PROGRESS-}" ] || rm -f "$PROGRESS"
	return $status
}

# Ends when it is killed, or its script is gone: ^C does not reach what runs in the
# background.
watch_progress() {
	local what=$1 measure=$2 start=$SECONDS line

	progress_due=$((start + 60))
	while pause 2 && [ -d /proc/$$ ]; do
		line="$what: $($measure), $(time_since "$start")"
		if [ "${PROGRESS-}" ]; then
			echo "$line" >"$PROGRESS"
		else
			say_progress "$line" >&2
		fi
	done
}

# A signal ends it, unlike sleep, for which nobody waits then.
pause() {
	sleep "$1" >/dev/null 2>&1 &
	wait $!
}
