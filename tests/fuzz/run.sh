#!/bin/sh
# Runs all fuzzers at the same time, for so many seconds each.
#     sh tests/fuzz/run.sh SECONDS [FUZZER...]
# What they start from: build/fuzz/seeds and tests/fuzz/corpus; what they learn stays in build/fuzz/corpus, so that the
# next run goes on from there. FUZZ_SEED repeats a run, about: how far it gets in the time differs. An input that was
# found is in build/fuzz/findings: build/fuzz/NAME INPUT runs it alone. Once mended it stays, in tests/fuzz/corpus/NAME
# and as a unit test.
set -eu
seconds=$1
shift
root=build/fuzz
seed=${FUZZ_SEED:-$(date +%s)}
export ASAN_OPTIONS=quarantine_size_mb=32 # of what was freed; several run at the same time
mkdir -p $root/log $root/findings
processes=
echo "fuzzing for $seconds s each, FUZZ_SEED=$seed: $*"

for name in "$@"; do
    if [ "$name" = link ]; then
        FUZZ_SECONDS=$seconds FUZZ_SEED=$seed node tests/fuzz/link.mjs >$root/log/$name 2>&1 &
    else
        starts=
        for folder in $root/seeds/$name tests/fuzz/corpus/$name; do
            [ ! -d "$folder" ] || starts="$starts $folder"
        done
        mkdir -p $root/corpus/$name
        # shellcheck disable=SC2086 # several folders
        $root/$name -max_total_time="$seconds" -seed="$seed" -timeout=20 -rss_limit_mb=1024 \
            -print_final_stats=1 -artifact_prefix=$root/findings/$name- $root/corpus/$name $starts >$root/log/$name 2>&1 &
    fi
    processes="$processes $name:$!"
done

failed=0
for process in $processes; do
    name=${process%:*}
    if wait "${process#*:}"; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' $root/log/$name)
        echo "ok   $name: ${runs:-$(tail -n 1 $root/log/$name)} inputs"
    else
        failed=1
        echo "FAIL $name, whose log ends like this:"
        tail -n 60 $root/log/$name
    fi
done
exit $failed
