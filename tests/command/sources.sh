#!/bin/sh
# Every source: its sample gives what expect/ says. SOURCES='polis gsm8k' tests only these.
. "$(dirname "$0")/../lib.sh"
python3 "$ROOT/tests/sources.py" "$ROOT" ${SOURCES:-} || failures=1
done_testing
