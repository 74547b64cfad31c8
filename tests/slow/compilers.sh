#!/bin/sh
# The same rows whatever compiler, optimisation and processor features.
. "$(dirname "$0")/../lib.sh"
cd "$ROOT" || exit 1
build() { # name, environment and variables of make…
	name=$1; shift
	env "$@" make suite DEPS=no SAMPLE=1 BUILD="$WORK/$name" OUT="$WORK/$name-suite" -j2 >"$WORK/$name.log" 2>&1 &&
		spectrum cat "$WORK/$name-suite/shards"/* >"$WORK/$name.rows" && [ -s "$WORK/$name.rows" ]
}
check "gcc -O0" build gcc-O0 CC=gcc CXX=g++ OPT=-O0
check "gcc -O3" build gcc-O3 CC=gcc CXX=g++ OPT=-O3
same "gcc -O3 gives the rows of gcc -O0" "$WORK/gcc-O3.rows" "$WORK/gcc-O0.rows"
if command -v clang >/dev/null; then
	for level in -O0 -O3; do
		check "clang $level" build clang$level CC=clang CXX=clang++ OPT=$level
		same "clang $level gives the same rows" "$WORK/clang$level.rows" "$WORK/gcc-O0.rows"
	done
else skip "clang gives the same rows" "there is no clang"; fi
rm -rf "$WORK/gcc-O3-suite"
check "without FMA and AVX2" build gcc-O3 CC=gcc CXX=g++ OPT=-O3 GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2
same "without FMA and AVX2 the same rows" "$WORK/gcc-O3.rows" "$WORK/gcc-O0.rows"
done_testing
