#!/bin/sh
# What `make new-lab` and `make new-challenge` write, in a copy of the sources: builds, runs and passes its tests; a site
# that names the lab in a lesson; and the README's example is that lab.
set -eu
cd "$(dirname "$0")/../.."
tree=build/example
rm -rf $tree/src $tree/lessons $tree/tests $tree/build/site
mkdir -p $tree/tests
cp -R Makefile src lessons .ci $tree/
cp -R tests/cli $tree/tests/
rm -rf $tree/web && mkdir $tree/web
for item in web/*; do
    case $item in web/node_modules) ln -s "$(pwd)/$item" $tree/web/ ;; *) cp -R "$item" $tree/web/ ;; esac
done

passed=0 failed=0
expect() { # what, command
    what=$1
    shift
    if "$@" > $tree/log 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "not so: $what"
        tail -20 $tree/log
    fi
}
refuses() { # sentence, command
    sentence=$1
    shift
    ! "$@" > $tree/said 2>&1 && grep -q "$sentence" $tree/said
}
expect 'a lab begins with make new-lab' make -C $tree new-lab coin-average
expect 'a challenge begins with make new-challenge' make -C $tree new-challenge CHAPTER=01-overview SLUG=my-mean
expect 'a name that is taken is refused' refuses 'src/labs/coin-average.c is there already' make -C $tree new-lab NAME=coin-average
expect 'a name that is no name is refused' refuses 'use lower-case letters' make -C $tree new-lab My_Lab
expect 'a chapter that is not there is refused' refuses 'There is no chapter "99-none"' make -C $tree new-challenge 99-none x
expect 'a number that is taken is refused' refuses '01-overview is there already' make -C $tree new-chapter 1 another
printf '\n{{lab coin-average}}\n' >> $tree/lessons/01-overview/lesson.md
awk '/^<!-- example: src\/labs\/coin-average.c -->/ { armed = 1; next }
     armed && /^```c$/ { inside = 1; next }
     inside && /^```$/ { exit }
     inside' README.md > $tree/example.c
expect 'the README shows that lab' cmp $tree/example.c $tree/src/labs/coin-average.c
expect 'the command line builds with the new lab' make -C $tree -j2 build/laymanz CI=true
expect 'the new lab reaches its goal' sh -c "$tree/build/laymanz lab coin-average --set bias=0.3 --json | node -e '
    const run = JSON.parse(require(\"fs\").readFileSync(0));
    process.exit(run.goals.close && run.steps === 2000 && run.readouts.error < 0.03 ? 0 : 1)'"
expect 'its test builds' make -C $tree -j2 build/native/unit/labs/test_coin_average CI=true
expect 'its test passes' $tree/build/native/unit/labs/test_coin_average
expect 'the new challenge is complete' node $tree/tests/cli/check-challenges.mjs $tree/build/laymanz my-mean
expect 'the browser module builds with the new lab' make -C $tree build/wasm/laymanz.wasm
expect 'the site builds with the new lab' sh -c "cd $tree && node web/site/build.mjs --out build/site --no-compiler"
expect 'the lesson shows the new lab' grep -q '<lab-card[^>]* name="coin-average"' $tree/build/site/01-overview/index.html
expect 'its box can be opened' grep -q 'ml_rng_bernoulli' $tree/build/site/data/box/coin-average.html
echo "$passed passed, $failed failed"
[ $failed = 0 ]
