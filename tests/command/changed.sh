#!/bin/sh
# Every source: a column or key that its publisher renamed is an error that names it. SOURCES='polis gsm8k' tests only these.
. "$(dirname "$0")/../lib.sh"
python3 "$ROOT/tests/changed.py" "$ROOT" ${SOURCES:-} || failures=1
done_testing
