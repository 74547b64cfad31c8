#!/bin/sh
# A build that is killed loses nothing: SIGKILL of make alone, or of all its processes, at 20 moments; the next run gives the same rows.
. "$(dirname "$0")/../lib.sh"
cd "$ROOT" || exit 1
if [ -d "$SHARED/raw/polis" ]; then from="MIRROR=$SHARED/raw"; else from=SAMPLE=1; fi
suite="make suite DEPS=no BUILD=$BUILD $from -j2"
SOURCES='coinflip polis'
export SOURCES

started=$(date +%s%N)
check "an undisturbed build" $suite OUT="$WORK/whole"
length=$(($(date +%s%N) - started))
spectrum cat "$WORK/whole/shards"/* >"$WORK/rows" || not_ok "rows of the undisturbed build"
[ -s "$WORK/rows" ] && ok "it has $(wc -l <"$WORK/rows") rows"

same_rows() {
	if $suite OUT="$WORK/out" >"$WORK/log" 2>&1 && spectrum cat "$WORK/out/shards"/* | cmp -s - "$WORK/rows"; then ok "$1"
	else not_ok "$1"; tail -5 "$WORK/log" | sed 's/^/#   /'; fi
	left=$(find "$WORK/out" -name '*.tmp*' | head -3)
	[ -z "$left" ] || not_ok "no temporary is left: $left"
}
moment=0
while [ $moment -lt 20 ]; do
	rm -rf "$WORK/out"
	# moments spread over the whole build, each at a random place in its twentieth
	pause=$((length / 20 * moment + length / 20 * $(shuf -i 0-99 -n 1) / 100))
	setsid $suite OUT="$WORK/out" >/dev/null 2>&1 &
	victim=$!
	sleep "$((pause / 1000000000)).$(printf %09d $((pause % 1000000000)))"
	if [ $((moment % 2)) -eq 0 ]; then kill -9 "$victim" 2>/dev/null; what="make alone"; else kill -9 "-$victim" 2>/dev/null; what="all processes"; fi
	wait "$victim" 2>/dev/null
	same_rows "$what killed after $((pause / 1000000)) ms of $((length / 1000000))"
	moment=$((moment + 1))
done
done_testing
