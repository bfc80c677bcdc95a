# shellcheck shell=bash
# Debian systems to try things in: a minimal one, made by debootstrap and kept in
# the cache, and others on top of it. Sourced by main, in namespaces of its own for
# mounts and processes.
#
# System NAME is $work/NAME: what it has more than the one below in "upper", and,
# while it is entered, all of it in "root"; $work/NAME.layers names what it is made
# of, as overlayfs wants it. Where overlayfs does not work, "root" is a copy of the
# one below.
# shellcheck disable=SC2154 # what main and rows.sh share with this

overlay=1

# From where apt has its packages here, whatever its configuration looks like.
mirror() {
	apt-get indextargets --format "\$(CODENAME) \$(COMPONENT) \$(REPO_URI)" \
		"Created-By: Packages" |
		sed -n 's/^bookworm main //p;T;q'
}

# The proxy that apt uses for protocol $1, unless the environment says it.
proxy() {
	local name=$1_proxy value

	value=$(apt-config dump --format "%v%n" "Acquire::$1::Proxy")
	[ -z "$value" ] || [ "$value" = DIRECT ] || [ "${!name-}" ] ||
		export "$name=$value"
}

bootstrap() {
	local from

	proxy http
	proxy https
	from=$(mirror)
	[ "$from" ] || { apt-get update; from=$(mirror); }
	[ "$from" ] || { echo "apt has no mirror of Debian 12 (bookworm)."; return 1; }
	debootstrap --variant=minbase --include=make bookworm "$1/root" "$from" &&
		find "$1/root/var/lib/apt/lists" -type f -delete
}

# What lets apt work inside as it does outside: its sources, keys and passwords, and
# how it reaches them, but no other configuration.
copy_apt() {
	local root=$1 name

	rm "$root/etc/apt/sources.list"
	for name in sources.list{,.d} preferences{,.d} trusted.gpg{,.d} keyrings \
		auth.conf{,.d}; do
		[ ! -e "/etc/apt/$name" ] ||
			cp -rLp "/etc/apt/$name" "$root/etc/apt/"
	done
	cp -rLp /usr/share/keyrings "$root/usr/share/"
	apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/90acquire"
	cp -Lp /etc/resolv.conf /etc/hosts "$root/etc/"
	! apt-get indextargets --format "\$(REPO_URI)" | grep -q ^https: ||
		copy_certificates "$root"
}

copy_certificates() {
	mkdir -p "$1/etc/ssl" "$1/usr/local/share"
	cp -rLp /etc/ssl/certs "$1/etc/ssl/"
	[ ! -d /usr/local/share/ca-certificates ] ||
		cp -rLp /usr/local/share/ca-certificates "$1/usr/local/share/"
}

# The system "base", and "minimal" with apt's configuration on top of it.
make_base() {
	local entry

	entry=$(cache_entry "making a minimal Debian 12" surroundings/bookworm bootstrap)
	ln -s "$entry" base
	mkdir -p probe/{upper,work,root} "$cache/surroundings/archives/partial"
	if mount -t overlay -o "lowerdir=base/root,upperdir=probe/upper,workdir=probe/work" \
		overlay probe/root 2>/dev/null; then
		umount probe/root
		echo base/root >base.layers
	else
		overlay=''
	fi
	make_system minimal base
	copy_apt minimal/root
	# Nobody needs these systems after a loss of power.
	echo force-unsafe-io >minimal/root/etc/dpkg/dpkg.cfg.d/unsafe
	leave minimal
}

# make_system NAME BELOW: make a system, and enter it.
make_system() {
	local below

	rm -rf "${work:?}/$1"
	mkdir -p "$1"/{upper,work,root}
	if [ "$overlay" ]; then
		below=$(<"$2.layers")
		echo "$1/upper:$below" >"$1.layers"
		mount -t overlay -o \
			"lowerdir=$below,upperdir=$1/upper,workdir=$1/work" \
			overlay "$1/root"
	else
		cp -a --reflink=auto "$2/root/." "$1/root"
		mount --bind "$1/root" "$1/root"
	fi
	echo "$1" >>entered
	furnish "$1/root"
}

# The file systems of a machine, without any device that it can do without. Packages
# that were fetched for one system need not be fetched for the next.
furnish() {
	local device

	mount -t proc proc "$1/proc"
	mount -t tmpfs -o mode=755 dev "$1/dev"
	mkdir "$1"/dev/{pts,shm}
	for device in null zero full random urandom tty; do
		touch "$1/dev/$device"
		mount --bind "/dev/$device" "$1/dev/$device"
	done
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/dev/pts"
	ln -s pts/ptmx "$1/dev/ptmx"
	ln -s /proc/self/fd "$1/dev/fd"
	mount -t tmpfs -o mode=1777 shm "$1/dev/shm"
	mount --bind "$cache/surroundings/archives" "$1/var/cache/apt/archives"
}

# End what a command has left running, and unmount all.
leave() {
	local process

	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/root")" = "$work/$1/root" ] || continue
		echo "left running: $(tr '\0' ' ' <"$process/cmdline")" || continue
		kill -KILL "${process#/proc/}" || true
	done 2>/dev/null
	umount -R -l "$1/root"
}

# What a system has more than the one below, when nobody is in it.
content() {
	if [ "$overlay" ]; then
		echo "$1/upper"
	else
		echo "$1/root"
	fi
}

# Leave those that a row has entered, and remove what it does not leave for others.
leave_all() {
	local name

	touch entered
	while read -r name; do
		! mountpoint -q "$name/root" || leave "$name"
		[[ " $kept " == *" $name "* ]] || rm -rf "${work:?}/$name"
	done <entered
	rm entered
}

# clone NAME DIRECTORY: put the tree into a system, as it is in a fresh clone, with
# the fault that is tried, if any.
clone() {
	local to=$1/root$2

	mkdir -p "$to"
	git -c safe.directory='*' -C "$top" ls-files -z --cached --others \
		--exclude-standard |
		tar -C "$top" --null --ignore-failed-read -T - -cf - | tar -C "$to" -xf -
	[ ! "$patch" ] || patch -d "$to" -p1 -s <"$patch"
}

# inside [-u] NAME DIRECTORY [VARIABLE=VALUE...] COMMAND...: run a command in a
# system, in the environment that one has after login as root, or, with -u, as a
# user without rights.
inside() {
	local as=() home=/root path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	local name directory

	if [ "$1" = -u ]; then
		as=(setpriv --reuid=1000 --regid=1000 --clear-groups)
		home=/home/user path=/usr/local/bin:/usr/bin:/bin
		shift
	fi
	name=$1 directory=$2
	shift 2
	# shellcheck disable=SC2016 # expanded inside
	chroot "$name/root" "${as[@]}" env -i HOME=$home PATH=$path TERM=dumb \
		${http_proxy+"http_proxy=$http_proxy"} \
		${https_proxy+"https_proxy=$https_proxy"} \
		${no_proxy+"no_proxy=$no_proxy"} \
		sh -c 'cd "$0" && exec env "$@"' "$directory" "$@" </dev/null
}
