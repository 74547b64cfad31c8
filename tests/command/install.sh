#!/bin/sh
# What `make install` puts somewhere works from any folder, without the repository.
. "$(dirname "$0")/../lib.sh"
case $BUILD in *' '*) skip "make in another folder" "the path $BUILD has a blank"; done_testing ;; esac
unset MAKEFLAGS MAKELEVEL MFLAGS SPECTRUM_FORMATS SPECTRUM_SCHEMAS
check "make install" make -C "$ROOT" install BUILD="$BUILD" PREFIX="$WORK/pre fix"
PATH="$WORK/pre fix/bin:$PATH"
mkdir "else where" && cd "else where" || exit 1
prints "the installed program" "$WORK/pre fix/bin/spectrum" command -v spectrum
check "finds sources" sh -c 'spectrum sources | grep -q "^polis "'
check "  formats" sh -c 'spectrum adapt flight | spectrum draw | spectrum train-tokenizer --vocab 500 -o own.model'
check "  and packs in a folder whose name has a blank" sh -c 'spectrum adapt flight | spectrum draw | spectrum tokenize --tokenizer own.model | spectrum pack -o "a b"'
check "  schemas" sh -c 'spectrum check "a b" && spectrum adapt coinflip --limit 3 | spectrum check -'
fails "without a tokeniser it says what to do" 3 "default tokeniser: 'make suite' trains it; or name one with --tokenizer" sh -c 'spectrum adapt coinflip --limit 1 | spectrum tokenize'
fails "nor is a hub's name a file" 2 "'spectrum fetch --tokenizer hf:a/b@c' gets it" spectrum tokenize --tokenizer hf:a/b@c
for verb in '' -adapt -train-tokenizer; do [ -s "$WORK/pre fix/share/man/man1/spectrum$verb.1" ] || not_ok "man page spectrum$verb"; done
cat >complete.bash <<'E2'
. "../pre fix/share/bash-completion/completions/spectrum"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _spectrum; echo "${COMPREPLY[*]}"
E2
prints "completion of verbs" "adapt" bash complete.bash spectrum ad
prints "  of options" "--format" bash complete.bash spectrum tokenize --form
prints "  of sources" "polis" bash complete.bash spectrum adapt poli
prints "  of files" "own.model" bash complete.bash spectrum tokenize own
done_testing
