#!/bin/sh
# Every program tells about itself: the examples of --help run as they stand, --version, man page, completion, wrong usage, a full disk.
. "$(dirname "$0")/../lib.sh"
mkdir tools && cp -R "$ROOT/tools/formats" tools
cp -R "$ROOT/sources" . # `new` writes there
rm -rf sources/moods # who tried the README has it
unset SPECTRUM_SOURCES
check "a tokeniser for the examples" sh -c 'spectrum adapt flight | spectrum draw | spectrum train-tokenizer --vocab 500 -o out/tokenizers/spm32k.model'
for program in "$BUILD"/bin/spectrum-*; do
	verb=${program##*/spectrum-}
	prints "$verb: the version" "spectrum $(spectrum --version | cut -d' ' -f2)" spectrum "$verb" --version
	fails "$verb: an unknown option" 2 "there is no option '--nope'" spectrum "$verb" --nope
	fails "$verb: --help on a full disk" 3 'standard output: cannot write' sh -c "spectrum $verb --help >/dev/full"
	# an example is one line, to be copied
	[ "$(spectrum "$verb" --help | sed '/^Examples:$/,$d' | LC_ALL=C.UTF-8 wc -L)" -le 100 ] && ok "$verb: lines of at most 100 columns" || not_ok "$verb: lines of more than 100 columns"
	check "$verb: a man page" sh -c "spectrum $verb --help=man | grep -q '^.SH EXAMPLES'"
	spectrum "$verb" --help | sed '1,/^Examples:$/d' | grep -v '^  # ' | sed 's/^  //' >examples
	[ -s examples ] || not_ok "$verb has no examples"
	while read -r line; do
		if bash -c "set -o pipefail; $line" >got 2>err </dev/null || [ $? -eq 141 ]; then ok "$verb: $line"
		else not_ok "$verb: $line"; head -5 err | sed 's/^/#   /'; fi
	done <examples
done
fails "no such verb" 2 "no verb 'nope'" spectrum nope
fails "the list of verbs on a full disk" 3 'cannot write' sh -c 'spectrum --help >/dev/full'
fails "fetch --status on a full disk" 3 'cannot write' sh -c 'spectrum fetch --status >/dev/full'
fails "check on a full disk" 3 'cannot write' sh -c 'spectrum check sources/polis >/dev/full'
for program in "$BUILD"/bin/spectrum-*; do
	verb=${program##*/spectrum-}
	spectrum --help | grep -q "^  $verb " || not_ok "spectrum --help does not list $verb"
	spectrum --help=man | grep -q "^.BR spectrum.-$verb (1)" || not_ok "man spectrum does not list $verb"
done
ok "all verbs are listed"
done_testing
