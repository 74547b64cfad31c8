# Sourced by the benchmarks: a scratch folder as in tests/lib.sh, and the clock.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
RUNS=${RUNS:-3}

# timed NAME command…: adds wall and processor seconds to the files NAME.wall, NAME.cpu
timed() {
	name=$1; shift
	TIMEFORMAT='%R %U %S'
	{ time "$@" >/dev/null 2>.err; } 2>.time || { cat .err; exit 1; }
	awk -v name="$name" '{ print $1 >> (name ".wall"); print $2 + $3 >> (name ".cpu") }' .time
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
