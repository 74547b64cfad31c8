# Sourced by every command test: . "$(dirname "$0")/../lib.sh"
# Gives a scratch folder as the working directory ($WORK, removed at the end), the programs on PATH, $ROOT = the repository, and
# these functions. A test prints TAP lines and goes on after a failure.
set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$ROOT/out}
PATH=$BUILD/bin:$PATH
export PATH LC_ALL=C
unset SPECTRUM_SOURCES SPECTRUM_RAW SPECTRUM_TOKENIZER
# BUILD may lie outside the repository
export SPECTRUM_FORMATS="$ROOT/tools/formats" SPECTRUM_SCHEMAS="$ROOT/schemas"
SHARED=$ROOT/../shared
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1
failures=0

ok() { printf 'ok - %s\n' "$1"; }
not_ok() { printf 'not ok - %s\n' "$1"; failures=$((failures + 1)); }
skip() { echo "ok - $1 # skip $2"; }

# check "what" command…: passes when the command succeeds; its standard error is shown when not
check() {
	what=$1; shift
	if "$@" >"$WORK/.check.out" 2>"$WORK/.check.err"; then ok "$what"; else not_ok "$what"; sed 's/^/#   /' "$WORK/.check.out" "$WORK/.check.err" | tail -20; fi
}

# fails "what" status 'pattern' command…: passes when it exits with that status and its standard error matches the (grep -E) pattern
fails() {
	what=$1 wanted=$2 pattern=$3; shift 3
	"$@" >"$WORK/.check.out" 2>"$WORK/.check.err"; got=$?
	if [ $got -eq "$wanted" ] && grep -Eq -- "$pattern" "$WORK/.check.err"; then ok "$what"
	else not_ok "$what (exit $got, wanted $wanted; standard error should match /$pattern/)"; sed 's/^/#   /' "$WORK/.check.err" | tail -20; fi
}

# same "what" got-file wanted-file: equal bytes
same() {
	if cmp -s "$2" "$3"; then ok "$1"; else not_ok "$1"; diff "$3" "$2" 2>&1 | head -10 | sed 's/^/#   /'; fi
}

# prints "what" 'wanted text' command…: its standard output is exactly that text
prints() {
	what=$1; printf '%s\n' "$2" >"$WORK/.check.wanted"; shift 2
	"$@" >"$WORK/.check.out" 2>"$WORK/.check.err" || { not_ok "$what (exit $?)"; sed 's/^/#   /' "$WORK/.check.err" | tail; return; }
	same "$what" "$WORK/.check.out" "$WORK/.check.wanted"
}

done_testing() { [ $failures -eq 0 ]; exit $?; }
