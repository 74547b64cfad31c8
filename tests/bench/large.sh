#!/bin/sh
# Throughput and peak memory of adapt on generated files of the real size of the large sources (100 million ratings, …). SCALE=0.1 is a tenth of it.
# Wants 3 GB in $TMPDIR.
. "$(dirname "$0")/../lib.sh"
python3 "$ROOT/tests/large.py" "$WORK" "${SCALE:-1}" ${SOURCES:-}
