# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of buddyctl's commands and options in bash.

_buddyctl_options() {
	local options='--device --json --help --version'

	case $1 in
	stat)	options+=' --watch' ;;
	map)	options+=' --color= --ascii' ;;
	shell)	options+=' --color= --ascii' ;;
	run)	options+=' --color= --ascii --echo --keep-going --pace' ;;
	exec)	options='--device --help --version'
		options+=' --limit-bytes --limit-handles --limit-wait' ;;
	'')	options+=' --color= --ascii --watch --echo --keep-going --pace'
		options+=' --limit-bytes --limit-handles --limit-wait' ;;
	esac
	echo "$options"
}

# Where on the line the command is, if there is one.
_buddyctl_command() {
	local i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		info | stat | map | check | shell | run | exec)
			echo "$i"
			return
			;;
		esac
	done
}

# Has exec, the word of that number, got its program already? What follows that
# is not for buddyctl.
_buddyctl_has_program() {
	local i

	for ((i = $1 + 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-d | --device | --limit-bytes | --limit-handles | --limit-wait)
			((++i)) ;;
		-*)	;;
		*)	return 0 ;;
		esac
	done
	return 1
}

_buddyctl() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local at command=''

	at=$(_buddyctl_command)
	[[ -z $at ]] || command=${COMP_WORDS[at]}
	COMPREPLY=()
	if [[ $command = exec ]] && _buddyctl_has_program "$at"; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	fi
	# Bash takes the = of --color=auto for a word of its own.
	if [[ $word = '=' && $before = --color ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'auto always never')
	elif [[ $before = '=' && ${COMP_WORDS[COMP_CWORD - 2]} = --color ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$word")
	elif [[ $before = --pace || $before = --limit-* ]]; then
		:
	elif [[ $before = -d || $before = --device ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	elif [[ $word = -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_buddyctl_options "$command")" -- "$word")
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
	elif [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			'info stat map check shell run exec' -- "$word")
	elif [[ $command = exec ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$word")
	elif [[ $command = run ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -F _buddyctl buddyctl
