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
	'')	options+=' --color= --ascii --watch --echo --keep-going --pace' ;;
	esac
	echo "$options"
}

# The command on the line so far, if there is one.
_buddyctl_command() {
	local i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		info | stat | map | check | shell | run)
			echo "${COMP_WORDS[i]}"
			return
			;;
		esac
	done
}

_buddyctl() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command

	command=$(_buddyctl_command)
	COMPREPLY=()
	# Bash takes the = of --color=auto for a word of its own.
	if [[ $word = '=' && $before = --color ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'auto always never')
	elif [[ $before = '=' && ${COMP_WORDS[COMP_CWORD - 2]} = --color ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$word")
	elif [[ $before = --pace ]]; then
		:
	elif [[ $before = -d || $before = --device ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	elif [[ $word = -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_buddyctl_options "$command")" -- "$word")
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
	elif [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			'info stat map check shell run' -- "$word")
	elif [[ $command = run ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -F _buddyctl buddyctl
