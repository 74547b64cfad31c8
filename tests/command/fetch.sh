#!/bin/sh
# fetch: mirrors, what is taken in by hand, states.
. "$(dirname "$0")/../lib.sh"
export SPECTRUM_SOURCES=$WORK/sources

# source NAME 'rest of the manifest': a source folder
source_folder() {
	mkdir -p "sources/$1"
	printf '{"id":"%s","title":"t","about":"a","licence":"CC0-1.0","redistribution":"allowed","revision":"1",%s,"tables":[],"tasks":[]}\n' "$1" "$2" >"sources/$1/source.json"
}
# states SOURCE: "path state" lines
states() { spectrum fetch --raw raw --status --json "$1" | jq -r '"\(.path) \(.state)"'; }

source_folder plain '"access":"open","files":[{"path":"a.csv","url":"http://127.0.0.1:9/a.csv"},{"path":"deep/b.csv","url":"http://127.0.0.1:9/b.csv"},{"path":"c.csv","url":"http://127.0.0.1:9/c.csv","optional":true}]'
mkdir -p mirror/plain/deep
echo a >mirror/plain/a.csv; echo b >mirror/plain/deep/b.csv
prints "nothing is there at first" "$(printf 'a.csv missing\ndeep/b.csv missing\nc.csv missing')" states plain
check "a mirror gives the files" spectrum fetch --raw raw --mirror mirror plain
same "byte for byte" raw/plain/deep/b.csv mirror/plain/deep/b.csv
prints "an optional file may be absent" "$(printf 'a.csv present\ndeep/b.csv present\nc.csv missing')" states plain
check "sha256sum agrees" sh -c 'cd raw/plain && sha256sum --strict --quiet -c .SHA256SUMS'
done_testing
