# shellcheck shell=bash
# The rows of tools/check/surroundings: each a function that makes its systems, and
# runs with set -e. Sourced by main.
# shellcheck disable=SC2034,SC2154 # what main and system.sh share with this

rows="minimal setup libc6-i386 no-root user locale-c locale-utf8 path-with-space
	cache-with-space read-only kvm-missing kvm-file kvm-null kvm-host home-empty
	home-unset other-mirror apt-configuration cross-compiler multilib refusal"
rows=$(xargs <<<"$rows")
# Systems that a row leaves for others.
kept="minimal ready"

die() {
	echo "$*"
	exit 1
}

skip() {
	echo "$*" >"$work/skipped"
	exit
}

# Run a command, as inside does, with its output in $work/output; what it says first
# it says within two seconds.
speak() {
	local begun=${EPOCHREALTIME/./} status=0 first

	echo 0 >"$work/first"
	inside "$@" 2>&1 | {
		IFS= read -r line || [ "$line" ] || exit 0
		echo $(((${EPOCHREALTIME/./} - begun) / 1000)) >"$work/first"
		echo "$line"
		cat
	} | tee "$work/output" || status=$?
	first=$(<"$work/first")
	echo "(the first line after $first ms; status $status)"
	((first <= 2000)) || die "The first line came only after $first ms."
	return $status
}

# A demonstration that ends in success.
demo() {
	speak "$@" make demo
	grep -q "Everything went as it should" "$work/output" ||
		die "The demo did not come to its end."
}

# The set-up for purposes $2... in system $1, whose clone is /root/buddypool.
setup() {
	local name=$1
	shift
	speak "$name" /root/buddypool tools/vm/setup "$@"
}

# All that make check-full needs.
all_purposes() {
	(
		# shellcheck disable=SC2034 # read by checks.sh
		full=1 wanted=()
		cd "$top" || exit
		. tools/check/checks.sh
		echo "$purposes"
	)
}

installed() {
	inside "$1" / dpkg-query -W -f "\${db:Status-Status}" "$2" 2>/dev/null |
		grep -qx installed
}

apt_install() {
	local name=$1
	shift
	inside "$name" / DEBIAN_FRONTEND=noninteractive apt-get update
	inside "$name" / DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends "$@"
}

# selftest32 gets built by what there is.
builds_selftest32() {
	inside "$1" /root/buddypool tools/check/tools
	[ -x "$1/root/root/buddypool/build/tools/selftest32" ] ||
		die "selftest32 has not been built."
}

# A command that fails at once, for the reason that its only line gives.
refuses() {
	local reason=$1
	shift

	! speak "$@" || die "It did not fail."
	sed -i '/^make\(\[[0-9]*\]\)\?: /d' "$work/output"
	[ "$(wc -l <"$work/output")" = 1 ] || die "It does not say why in one line."
	grep -qF "$reason" "$work/output" || die "It does not say: $reason"
}

# The demo has run in this system, and left its packages and its kernel; the clone is
# gone. Made for the first row that wants it.
ready() {
	local patch=''

	[ ! -e ready.done ] || return 0
	[ ! -e ready.begun ] || die "The demo in a minimal system has failed already."
	touch ready.begun
	make_system ready minimal
	clone ready /root/buddypool
	demo ready /root/buddypool
	rm -r ready/root/root/buddypool ready/root/root/.cache/buddypool/accelerator
	leave ready
	touch ready.done
}

# make_ready NAME [DIRECTORY]: a system on top of that, with a clone.
make_ready() {
	ready
	make_system "$1" ready
	clone "$1" "${2-/root/buddypool}"
}

# make_fresh NAME: a minimal system with a clone, and the kernel of the system above.
make_fresh() {
	ready
	make_system "$1" minimal
	mkdir "$1/root/root/.cache"
	cp -a "$(content ready)/root/.cache/buddypool" "$1/root/root/.cache"
	clone "$1" /root/buddypool
}

make_user() {
	echo user:x:1000:1000::/home/user:/bin/bash >>"$1/root/etc/passwd"
	clone "$1" /home/user/buddypool
	chown -R 1000:1000 "$1/root/home/user"
}

row_minimal() {
	[ "$patch" ] || { ready; return; }
	make_system minimal-demo minimal
	clone minimal-demo /root/buddypool
	demo minimal-demo /root/buddypool
}

row_setup() {
	make_ready setup
	# shellcheck disable=SC2046 # several words
	setup setup $(all_purposes)
	! installed setup gcc-multilib || die "gcc-multilib has been installed."
	builds_selftest32 setup
	# Nothing is left to do, then, and nothing said.
	# shellcheck disable=SC2046 # several words
	setup setup $(all_purposes)
	[ ! -s output ] || die "The second set-up has something to say."
}

row_libc6_i386() {
	make_fresh libc6-i386
	apt_install libc6-i386 libc6-i386
	! installed libc6-i386 gcc-multilib || die "gcc-multilib is here already."
	demo libc6-i386 /root/buddypool
	setup libc6-i386 multilib
	builds_selftest32 libc6-i386
}

row_no_root() {
	make_system no-root minimal
	make_user no-root
	refuses "Please run: sudo apt-get update && sudo apt-get install " \
		-u no-root /home/user/buddypool make demo
	! speak -u no-root /home/user/buddypool make check
	grep -q "^Please run: " output || die "make check does not say what to run."
	grep -qx "0 passed, 1 failed" output || die "make check has no last line."
}

row_user() {
	ready
	make_system user ready
	make_user user
	demo -u user /home/user/buddypool
}

row_locale_c() {
	make_fresh locale-c
	demo locale-c /root/buddypool LC_ALL=C
}

row_locale_utf8() {
	make_fresh locale-utf8
	apt_install locale-utf8 locales
	inside locale-utf8 / localedef -i de_DE -f UTF-8 de_DE.UTF-8
	demo locale-utf8 /root/buddypool LANG=de_DE.UTF-8
	speak locale-utf8 /root/buddypool LANG=de_DE.UTF-8 tools/vm/setup multilib
	builds_selftest32 locale-utf8
}

row_path_with_space() {
	local directory="/root/a path/buddy pool" headers

	make_ready path-with-space "$directory"
	demo path-with-space "$directory"
	inside path-with-space "$directory" make tools
	headers=$(cd path-with-space/root && echo root/.cache/buddypool/stock/*/headers)
	refuses 'cannot be built in "/root/a path/buddy pool"' \
		path-with-space "$directory" make modules "KDIR=/$headers"
	! speak path-with-space "$directory" make check
	grep -q "clone the project to another directory" output ||
		die "make check does not say what is wrong."
}

row_cache_with_space() {
	make_ready cache-with-space
	refuses "set BUDDYPOOL_CACHE" cache-with-space /root/buddypool \
		BUDDYPOOL_CACHE="/root/a cache" make demo
	refuses "set BUDDYPOOL_CACHE" cache-with-space /root/buddypool \
		HOME="/root/a home" make demo
	demo cache-with-space /root/buddypool HOME="/root/a home" \
		BUDDYPOOL_CACHE=/root/.cache/buddypool
}

row_read_only() {
	local directory=read-only/root/root/buddypool

	make_ready read-only
	mount --bind $directory $directory
	mount -o remount,bind,ro $directory
	refuses "clone the project to a directory that you can write to" \
		read-only /root/buddypool make demo
	! speak read-only /root/buddypool make check
	grep -q "that you can write to" output ||
		die "make check does not say what is wrong."
}

# What the last demo ran on, in a system.
accelerator() {
	cat "$1"/root/root/.cache/buddypool/accelerator/*/answer
}

row_kvm_missing() {
	make_ready kvm-missing
	demo kvm-missing /root/buddypool
	[ "$(accelerator kvm-missing)" = tcg ]
}

row_kvm_file() {
	make_ready kvm-file
	touch kvm-file/root/dev/kvm
	demo kvm-file /root/buddypool
	[ "$(accelerator kvm-file)" = tcg ]
}

# It opens, but is none.
row_kvm_null() {
	make_ready kvm-null
	touch kvm-null/root/dev/kvm
	mount --bind /dev/null kvm-null/root/dev/kvm
	demo kvm-null /root/buddypool
	[ "$(accelerator kvm-null)" = tcg ]
}

row_kvm_host() {
	[ -e /dev/kvm ] || skip "there is no /dev/kvm here"
	make_ready kvm-host
	touch kvm-host/root/dev/kvm
	mount --bind /dev/kvm kvm-host/root/dev/kvm
	demo kvm-host /root/buddypool
	accelerator kvm-host
}

row_home_empty() {
	make_ready home-empty
	demo home-empty /root/buddypool HOME=
	[ ! -e home-empty/root/.cache ] || die "The cache is at the root."
}

row_home_unset() {
	make_ready home-unset
	demo home-unset /root/buddypool -u HOME
	[ ! -e home-unset/root/.cache ] || die "The cache is at the root."
}

# By https, if the mirror of all other rows is a plain one, and the other way round.
row_other_mirror() {
	local kind=https other=http mirror

	mirror=$(mirror)
	[[ $mirror != https:* ]] || kind=http other=https
	make_system other-mirror minimal
	clone other-mirror /root/buddypool
	if [ $kind = https ]; then
		apt_install other-mirror ca-certificates
		copy_certificates other-mirror/root
		inside other-mirror / find /var/lib/apt/lists -type f -delete
	fi
	find other-mirror/root/etc/apt/sources.list* -type f \
		-exec sed -i "s|$other://|$kind://|" {} +
	inside other-mirror / apt-get update --error-on=any ||
		skip "no mirror is reached by $kind here"
	inside other-mirror / apt-get indextargets --format "\$(REPO_URI)" |
		grep "^$kind:"
	inside other-mirror / find /var/lib/apt/lists -type f -delete
	demo other-mirror /root/buddypool
}

# It may have any form, and is apt's to read.
row_apt_configuration() {
	make_system apt-configuration minimal
	clone apt-configuration /root/buddypool
	! grep -rnE '/etc/apt|sources\.list|apt\.conf|apt-config' \
		apt-configuration/root/root/buddypool/tools \
		--exclude-dir=surroundings.d || die "These read apt's configuration."
}

row_cross_compiler() {
	make_ready cross-compiler
	apt_install cross-compiler gcc-arm-linux-gnueabi
	# shellcheck disable=SC2046 # several words
	setup cross-compiler $(all_purposes)
	installed cross-compiler gcc-arm-linux-gnueabi ||
		die "gcc-arm-linux-gnueabi has been removed."
	builds_selftest32 cross-compiler
}

row_multilib() {
	make_ready multilib
	apt_install multilib gcc-multilib
	setup multilib multilib
	[ ! -s output ] || die "The set-up has something to do."
	installed multilib gcc-multilib || die "gcc-multilib has been removed."
	builds_selftest32 multilib
}

# make_enemy NAME PACKAGE: install, in a system, a package that cannot be there
# together with another.
make_enemy() {
	local enemy=$1/root/root/enemy-of-$2

	mkdir -p "$enemy/DEBIAN"
	cat >"$enemy/DEBIAN/control" <<END
Package: enemy-of-$2
Version: 1
Architecture: all
Maintainer: nobody <nobody@localhost>
Description: conflicts with $2
Conflicts: $2
END
	inside "$1" /root dpkg-deb -b "enemy-of-$2"
	inside "$1" /root dpkg -i "enemy-of-$2.deb"
}

# What is installed stays, though the set-up wants something in its place.
row_refusal() {
	make_ready refusal
	make_enemy refusal valgrind
	! setup refusal count || die "The set-up succeeds."
	grep -q "is refused: enemy-of-valgrind would be removed" output ||
		die "It does not say what would be removed."
	installed refusal enemy-of-valgrind || die "enemy-of-valgrind has been removed."

	make_enemy refusal libc6-dev-i386
	setup refusal multilib
	grep -q "selftest32 is skipped: .*enemy-of-libc6-dev-i386 would be removed" \
		output || die "It does not say what it does without."
	installed refusal enemy-of-libc6-dev-i386 ||
		die "enemy-of-libc6-dev-i386 has been removed."
	speak refusal /root/buddypool tools/check/tools
	grep -q "selftest32 is skipped" output || die "It does not say what is skipped."
}
