#!/bin/sh
# The command line, every challenge folder, and the hostile programs, natively. Usage: run.sh [PROGRAM]
program=${1:-build/laymanz} tests=$(dirname "$0")/..
node "$tests/cli/cli.mjs" "$program" && node "$tests/cli/data.mjs" "$program" &&
    node "$tests/cli/check-challenges.mjs" "$program" &&
    node "$tests/hostile/native.mjs" "$program"
