#!/bin/sh
# The command line, and every challenge natively. Usage: run.sh [PROGRAM]
exec node "$(dirname "$0")/cli.mjs" "${1:-build/laymanz}"
