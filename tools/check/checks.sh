# shellcheck shell=bash
# The table of all checks: fills the arrays "names" and "commands" with those
# whose names begin with one of the words in "wanted", and "purposes" with what
# tools/vm/setup has to prepare for them. Without words, the checks that take long
# are among them only if "full" is set; proofs in full, never. Sourced by
# tools/check/run.

names=() commands=() purposes="build check"

# check [-f] [-p] NAME PURPOSE COMMAND: a check that needs the packages for PURPOSE, see
# tools/vm/setup. COMMAND succeeds, or fails, or exits with 4 when there is
# nothing for it to check. It counts as one, unless its last line has the counts
# of the tests that it ran. With -f, it takes long; with -p, very long, and is
# wanted only by its name.
check() {
	local word

	case $1 in
	-f)	shift
		[ "${full-}${wanted[*]-}" ] || return 0 ;;
	-p)	shift
		[ "${wanted[*]-}" ] || return 0 ;;
	esac
	for word in "${wanted[@]-}"; do
		[[ $1 == "$word"* ]] || continue
		names+=("$1")
		commands+=("$3")
		purposes+=" $2"
		return
	done
}

# In the order in which they start; the kernels take longest and are needed most.
filter=''
[ -z "${FILTER-}" ] || filter="-p 'kunit.filter_glob=$FILTER'"
suites="kunit-suites ${SEED:+seed=$SEED}"
kernels="uml-plain 6.1 6.12 6.12-rt uml-debug smp-debug smp-kcsan"

declare -A purpose=([uml-plain]=uml [uml-debug]=uml [6.1]=qemu [6.12]=qemu
	[6.12-rt]=qemu [smp-debug]=smp [smp-kcsan]=smp)
# Emulated, with every access to memory watched. The selftest allows for more than
# it does elsewhere.
declare -A slow=([smp-debug]=1 [smp-kcsan]=1)
more_time='export SELFTEST_TIMEOUT=100'
# User Mode Linux has no 32-bit system calls.
declare -A selftests=([uml-plain]=selftest [uml-debug]=selftest
	[6.1]="selftest selftest32" [6.12]="selftest selftest32"
	[6.12-rt]=selftest [smp-debug]="selftest selftest32"
	[smp-kcsan]="selftest selftest32")
# KASAN takes its share.
declare -A memory=([uml-plain]=512M [uml-debug]=1G [6.1]=512M [6.12]=512M
	[6.12-rt]=512M [smp-debug]=1G [smp-kcsan]=512M)
# When there is time: what is a matter of chance more often, 32-bit programs also
# on the older kernel, parameters also on the newer one, with, if there is memory,
# a pool of 4 GiB.
scale=0.3 fuzz=36 lists='' large=${memory[6.12]}
if [ "${full-}" ]; then
	scale=1 fuzz=300 lists=-l
	available=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
	((available < 8 << 20)) || large=5G
else
	selftests[6.1]=selftest
fi

check kernel-uml-plain uml "tools/vm/debug-kernel uml-plain"
check shell static tools/check/shell
check layers static tools/check/layers
check format static tools/check/format
check checkpatch static tools/check/checkpatch
check kernel-doc static tools/check/kernel-doc
check log-test build "tools/check/log-test | tools/check/ktap"
check ktap-test build "tools/check/ktap-test | tools/check/ktap"
check bench-test "build bench" "tools/check/bench-test | tools/check/ktap"
check readme build tools/check/readme
check threats build tools/check/threats
check patches static "tools/check/guards -n && tools/check/surroundings -n"
check instructions count tools/check/instructions
check tools multilib tools/check/tools
check start-uml-plain uml "tools/vm/starts uml-plain"
for kernel in uml-debug smp-debug smp-kcsan; do
	check ${slow[$kernel]+-f} "kernel-$kernel" "${purpose[$kernel]}" \
		"tools/vm/debug-kernel $kernel"
done
check start-uml-debug uml "tools/vm/starts uml-debug"
check uml-host uml "tools/check/uml-host | tools/check/ktap"
for kernel in $kernels; do
	check ${slow[$kernel]+-f} "build-$kernel" "static ${purpose[$kernel]}" \
		"tools/vm/build --sparse $kernel"
done
for kernel in uml-plain uml-debug smp-debug smp-kcsan; do
	check ${slow[$kernel]+-f} "kunit-$kernel" "${purpose[$kernel]}" \
		"tools/check/guest-test -k -m ${memory[$kernel]} \
		${slow[$kernel]+-t 3000} $filter kunit $kernel '$suites'"
done
for kernel in $kernels; do
	check ${slow[$kernel]+-f} "selftest-$kernel" \
		"multilib ${purpose[$kernel]}" \
		"tools/check/tools && tools/check/guest-test \
		-m ${memory[$kernel]} ${slow[$kernel]+-t 3000} selftest $kernel \
		'${slow[$kernel]+$more_time; }selftests $lists $scale ${selftests[$kernel]}'"
done
# Pools of the smallest size and of large ones: a largest block of 1 GiB, more pages
# than can be taken one by one.
sizes="tools/check/tools && tools/check/guest-test -t 1200"
check -f pool-sizes "multilib qemu" \
	"$sizes -m 2G pool-sizes 6.12 'pool-sizes 0.3 size=4K size=64M size=1G'"
check -f pool-12G "multilib qemu" "tools/check/memory 15 && $sizes -m 14G \
	pool-12G 6.12 '$more_time; pool-sizes 0.1 size=12G,max_order=18'"
# User Mode Linux does not survive a fork that fails; to load takes long on others.
declare -A operations=([uml-debug]="*" [smp-debug]="fork")
for kernel in uml-debug smp-debug; do
	check ${slow[$kernel]+-f} "faults-$kernel" "${purpose[$kernel]}" \
		"tools/check/tools && tools/check/guest-test \
		-m ${memory[$kernel]} faults $kernel \
		'module-faults \"${operations[$kernel]}\"'"
done
# On real-time and on a debug kernel; the others when there is time.
declare -A seldom=([uml-plain]=1 [6.1]=1 [6.12]=1 [smp-debug]=1 [smp-kcsan]=1)
for kernel in $kernels; do
	check ${seldom[$kernel]+-f} "sample-$kernel" "static ${purpose[$kernel]}" \
		"tools/check/guest-test -m ${memory[$kernel]} sample $kernel sample"
done
check fuzz-uml-debug "multilib ${purpose[uml-debug]}" \
	"tools/check/tools && tools/check/guest-test -m ${memory[uml-debug]} \
	fuzz uml-debug 'fuzz-pools $fuzz 200${SEED:+ -s $SEED}'"
# Few real processors emulate the eight, so each takes a fraction of the usual time.
eight="-c 8 -m ${memory[smp-debug]} -t 3000"
check -f selftest-8-cpus "multilib ${purpose[smp-debug]}" \
	"tools/check/tools && tools/check/guest-test $eight selftest-8-cpus \
	smp-debug '$more_time; selftests -l 0.1 selftest'"
check -f fuzz-8-cpus "multilib ${purpose[smp-debug]}" \
	"tools/check/tools && tools/check/guest-test $eight fuzz-8-cpus \
	smp-debug 'fuzz-pools -l 60 50${SEED:+ -s $SEED}'"
slow[6.12]=1 memory[6.12]=$large
for kernel in uml-plain 6.1 6.12 uml-debug; do
	check ${slow[$kernel]+-f} "params-$kernel" "${purpose[$kernel]}" \
		"tools/check/guest-test -m ${memory[$kernel]} params $kernel \
		module-params"
done
for kernel in 6.1 6.12; do
	check -f "modules-$kernel" qemu "tools/vm/build $kernel && MODULES=vgem \
		tools/vm/boot -n modules $kernel \
		'modprobe vgem && grep \"^vgem \" /proc/modules'"
done
check -f guards "multilib uml qemu smp" "tools/check/guards | tools/check/ktap"
check demo qemu tools/vm/demo
check -f surroundings surroundings "tools/check/surroundings | tools/check/ktap"

# What is known of the core by running it in user space: as much as there is time for;
# and, by name, for "make prove", all of it.
ktap="| tools/check/ktap"
check proof-suites "build prove" "tools/prove/suites --fast $ktap"
check proof-states "build prove" "tools/prove/states --fast $ktap"
check proof-threads "build prove" "tools/prove/threads 4 $ktap"
check proof-fuzz "build prove" "tools/prove/fuzz 30 $ktap"
check proof-coverage "build prove" tools/prove/coverage
check proof-models "build prove" "tools/prove/models/run --fast $ktap"
check proof-patches "build prove" "tools/prove/plant -n"
check -p prove-suites "build prove" "tools/prove/suites $ktap"
check -p prove-states "build prove" "tools/prove/states $ktap"
check -p prove-threads "build prove" "tools/prove/threads 60 $ktap"
check -p prove-fuzz "build prove" "tools/prove/fuzz 600 $ktap"
check -p prove-coverage "build prove" tools/prove/coverage
check -p prove-coverage-of-module "build uml coverage" tools/check/coverage
check -p prove-models "build prove" "tools/prove/models/run $ktap"
for method in states threads fuzz models/run; do
	check -p "prove-faults-${method%/*}" "build prove" \
		"tools/prove/$method -f $ktap"
done
check -p prove-mutants "build prove" "tools/prove/mutants -e 8 $ktap"
