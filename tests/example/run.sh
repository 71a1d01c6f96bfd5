#!/bin/sh
# The README's example of a new lab, taken from its text: builds it, runs it, and builds a site that names it in a lesson.
set -eu
cd "$(dirname "$0")/../.."
tree=build/example
rm -rf $tree/src $tree/lessons $tree/build/site
mkdir -p $tree
cp -R Makefile src lessons .ci $tree/
rm -rf $tree/web && mkdir $tree/web
for item in web/*; do
    case $item in web/node_modules) ln -s "$(pwd)/$item" $tree/web/ ;; *) cp -R "$item" $tree/web/ ;; esac
done

awk '/^<!-- example: src\/labs\/coin-average.c -->/ { armed = 1; next }
     armed && /^```c$/ { inside = 1; next }
     inside && /^```$/ { exit }
     inside' README.md > $tree/src/labs/coin-average.c
printf '\n{{lab coin-average}}\n' >> $tree/lessons/01-overview/lesson.md

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
expect 'the command line builds with the new lab' make -C $tree -j2 build/laymanz CI=true
expect 'the new lab reaches its goal' sh -c "$tree/build/laymanz lab coin-average --set bias=0.3 --json | node -e '
    const run = JSON.parse(require(\"fs\").readFileSync(0));
    process.exit(run.goals.close && run.steps === 2000 && run.readouts.error < 0.03 ? 0 : 1)'"
expect 'the browser module builds with the new lab' make -C $tree build/wasm/laymanz.wasm
expect 'the site builds with the new lab' sh -c "cd $tree && node web/site/build.mjs --out build/site --no-compiler"
expect 'the lesson shows the new lab' grep -q '<lab-card[^>]* name="coin-average"' $tree/build/site/01-overview/index.html
expect 'its box can be opened' grep -q 'ml_rng_bernoulli' $tree/build/site/data/box/coin-average.html
echo "$passed passed, $failed failed"
[ $failed = 0 ]
