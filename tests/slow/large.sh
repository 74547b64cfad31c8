#!/bin/sh
# The sources whose files are large, on generated files of their shape and a tenth of their size (10 million ratings): what they give, in less than
# 1 GiB of memory. SCALE=1 is the real size and wants 3 GB in $TMPDIR.
. "$(dirname "$0")/../lib.sh"
python3 "$ROOT/tests/large.py" "$WORK" "${SCALE:-0.1}" ${SOURCES:-} || failures=1
done_testing
