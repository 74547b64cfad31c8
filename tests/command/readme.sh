#!/bin/sh
# Every command of the README runs, in order, as a reader would type it. Three are changed for a test: `make suite` without SAMPLE would
# download gigabytes (the fresh-clone check of CI runs it), `make check` is this.
. "$(dirname "$0")/../lib.sh"
case $BUILD in *' '*) skip "make in another folder" "the path $BUILD has a blank"; done_testing ;; esac
unset MAKEFLAGS MAKELEVEL MFLAGS
export DEPS=no
(cd "$ROOT" && git ls-files -z | xargs -0 tar -c --no-recursion -f -) | tar -x -f - -C "$WORK" || exit 1
mkdir -p out/bin && cp "$BUILD"/bin/* out/bin/
# the programs are there already; without their sources make has nothing to compile
awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' README.md >commands
count=0
while read -r line; do
	case $line in
	'make suite' | 'make check') continue ;;
	'make suite SAMPLE=1') line="make suite SAMPLE=1 SOURCES='coinflip flight polis' BUILD=$BUILD OUT=out" ;;
	'make suite SAMPLE=1 SOURCES=moods') line="make suite SAMPLE=1 SOURCES=moods BUILD=$BUILD OUT=out" ;;
	esac
	case $line in export*) eval "$line"; continue ;; esac
	count=$((count + 1))
	# head closes its pipe early: what matters is that no part fails for another reason
	if bash -c "$line" >got 2>err </dev/null && { [ -s got ] || grep -q 'new\|pack\|> moods' <<END
$line
END
	} && ! grep -qE 'error|No such|cannot' err; then ok "README: $line"
	else not_ok "README: $line"; head -5 err | sed 's/^/#   /'; fi
done <commands
[ $count -gt 10 ] && ok "the README has $count commands" || not_ok "the README has only $count commands"
done_testing
