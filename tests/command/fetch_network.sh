#!/bin/sh
# fetch over the network: a server that cuts, lies, refuses and sends elsewhere; no network at all.
. "$(dirname "$0")/../lib.sh"
export SPECTRUM_SOURCES=$WORK/sources no_proxy=127.0.0.1
command -v python3 >/dev/null || { skip "fetch over the network" "python3 is missing"; done_testing; }

mkdir -p web
seq 1 60000 >web/data.csv
printf 'x' >web/one.csv
: >web/empty.csv
seq 1 400000 >web/long.csv
python3 "$ROOT/tests/http_server.py" web & server=$!
trap 'kill $server; rm -rf "$WORK"' EXIT
for _ in $(seq 100); do [ -f web/.ports ] && break; sleep 0.05; done
port=$(sed -n 1p web/.ports) other=$(sed -n 2p web/.ports)
here=http://127.0.0.1:$port

# source NAME ACCESS FILES-JSON [more keys]
source_folder() {
	mkdir -p "sources/$1"
	printf '{"id":"%s","title":"t","about":"a","licence":"CC0-1.0","redistribution":"allowed","revision":"1","access":"%s","files":[%s]%s,"tables":[],"tasks":[]}\n' "$1" "$2" "$3" "${4:-}" >"sources/$1/source.json"
}
get() { spectrum fetch --raw raw "$@"; }
asked() { grep -c " $1 " web/.log; }

for how in ok cut norange noetag liar stale noif slices 500 429 reset chunked elsewhere; do
	source_folder "x$how" open "{\"path\":\"data.csv\",\"url\":\"$here/$how/data.csv\"}"
done
start=$(date +%s%N)
check "many troubles are got over at once" get xok xcut xnorange xnoetag xliar xstale xnoif xslices x500 x429 xreset xchunked xelsewhere
spent=$((($(date +%s%N) - start) / 1000000))
for how in ok cut norange noetag liar stale noif slices 500 429 reset chunked elsewhere; do
	same "  $how: the file is the right one" raw/x$how/data.csv web/data.csv
done
check "Retry-After was honoured ($spent ms)" [ $spent -ge 1000 ]
check "a cut file is gone on with by Range" sh -c "grep -c '/cut/data.csv range=bytes=' web/.log | grep -qx 4"
check "each part begins where the one before ended" sh -c "grep ' /cut/data.csv ' web/.log | cut -d= -f3 | sort -u | wc -l | grep -qx 5"
check "without a validator no range is asked for" sh -c "! grep '/noetag/' web/.log | grep -q bytes="
check "three times 500" [ "$(asked /500/data.csv)" -eq 3 ]
check "nothing is left of what was under way" sh -c '! ls -d raw/*/.partial 2>/dev/null'
lines=$(wc -l <web/.log)
check "with all there" get --quiet xok xcut
check "  the network is left alone" [ "$(wc -l <web/.log)" -eq "$lines" ]
touch raw/xok/data.csv
check "a file that was touched is verified, not fetched" sh -c "spectrum fetch --raw raw xok && [ $(wc -l <web/.log) -eq $lines ]"
echo changed >>raw/xok/data.csv
check "a damaged file is got again" get xok
same "  and right" raw/xok/data.csv web/data.csv

commit=0123456789abcdef0123456789abcdef01234567
source_folder xbranch open "{\"path\":\"one.csv\",\"url\":\"$here/branch/one.csv\"},{\"path\":\"empty.csv\",\"url\":\"$here/branch/empty.csv\"}"
check "files of a branch" get xbranch
cp .check.err told.err
prints "  its commit is told once" 1 grep -c "xbranch: the branch in its address is at commit $commit now" told.err
source_folder xcommit open "{\"path\":\"one.csv\",\"url\":\"$here/$commit/one.csv\"}"
check "files of a commit" get xcommit
cp .check.err told.err
prints "  nothing is told" 0 sh -c 'grep -c "at commit" told.err || true'

source_folder xtiny open "{\"path\":\"one.csv\",\"url\":\"$here/ok/one.csv\"},{\"path\":\"empty.csv\",\"url\":\"$here/ok/empty.csv\"}"
check "a file of one byte and one of none" get xtiny
same "  of none" raw/xtiny/empty.csv web/empty.csv

source_folder xbad open "{\"path\":\"a.csv\",\"url\":\"$here/missing/none.csv\"},{\"path\":\"b.csv\",\"url\":\"$here/always500/data.csv\"},{\"path\":\"c.csv\",\"url\":\"$here/ok/one.csv\"},{\"path\":\"d.csv\",\"url\":\"$here/later/one.csv\"},{\"path\":\"e.csv\",\"url\":\"$here/tofile/one.csv\"},{\"path\":\"f.csv\",\"url\":\"$here/loop/one.csv\"},{\"path\":\"g.csv\",\"url\":\"$here/big/one.csv\"},{\"path\":\"h.csv\",\"url\":\"$here/ok/none.csv\",\"optional\":true},{\"path\":\"i.csv\",\"url\":\"ftp://127.0.0.1/x\"},{\"path\":\"j.csv\",\"url\":\"$here/ok/data.csv\",\"bytes\":100000001}"
fails "what fails is counted" 3 'spectrum fetch: .*1 fetched.*1 optional.*8 missing' get --retries 1 xbad
cp .check.err bad.err
same "  every other file is there" raw/xbad/c.csv web/one.csv
check "  404 names the address" grep -q "a.csv: the server answered 404: $here/missing/none.csv" bad.err
check "  500 after two tries" sh -c 'grep -q "b.csv: the server answered 500 (tried 2 times)" bad.err'
check "  a wait of a day is not waited" grep -q 'd.csv: .*503; it asks to come back in 86400 seconds' bad.err
check "  a redirect to file: is not followed" sh -c '! [ -e raw/xbad/e.csv ] && grep -q "e.csv: " bad.err'
check "  an endless redirect ends" grep -q 'f.csv: .*redirect' bad.err
check "  a large file needs --large" grep -q 'g.csv: is larger than 100 MB; large files are fetched with --large' bad.err
check "  a declared large file is not even tried" sh -c 'grep -q "j.csv: has 0.1 GB; large files are fetched with --large" bad.err'
check "  no other protocol" grep -q 'i.csv: its url should begin' bad.err
check "  no file of the failed ones" sh -c 'ls raw/xbad | tr "\n" " " | grep -qx "c.csv "'
fails "--large says what disk is needed" 3 '0.1 GB are to be fetched to raw2, where .* GB are free' spectrum fetch --raw raw2 --retries 0 --large xbad
same "  and loads it" raw2/xbad/j.csv web/data.csv

# hashes
source_folder xpin open "{\"path\":\"data.csv\",\"url\":\"$here/wrong/data.csv\"}"
sha256sum web/data.csv | sed 's|web/||' >sources/xpin/SHA256SUMS
right=$(cut -c 1-64 sources/xpin/SHA256SUMS)
wrong=$({ printf wrong; cat web/data.csv; } | sha256sum | cut -c 1-64)
fails "a wrong hash: both are told, and what to do" 3 "data.csv: wrong SHA-256.*$wrong.*$right.*--import" get xpin
check "  and nothing is kept" sh -c '! find raw/xpin -name "data.csv*" | grep -q .'
source_folder xpin open "{\"path\":\"data.csv\",\"url\":\"$here/ok/data.csv\"}"
check "the right bytes pass" get xpin
source_folder xfirst open "{\"path\":\"data.csv\",\"url\":\"$here/ok/data.csv\"}"
check "trusted on first use" get xfirst
rm raw/xfirst/data.csv
source_folder xfirst open "{\"path\":\"data.csv\",\"url\":\"$here/wrong/data.csv\"}"
fails "but not another file the second time" 3 "not the one that was fetched first.*$wrong.*$right" get xfirst
check "unless --force; --pin keeps the hash" get --force --pin xfirst
prints "  beside source.json" "$wrong  data.csv" cat sources/xfirst/SHA256SUMS
source_folder xfirst open "{\"path\":\"data.csv\",\"url\":\"$here/ok/data.csv\"}"
fails "a pinned hash holds against --force" 3 "wrong SHA-256.*$right.*$wrong" get --force xfirst
check "  not against --force --pin" get --force --pin xfirst

# tokens
source_folder xgated token "{\"path\":\"data.csv\",\"url\":\"$here/gated/data.csv\"},{\"path\":\"e.csv\",\"url\":\"$here/gated-elsewhere/data.csv\"}" ',"token":"MY_TOKEN","homepage":"https://example.org/terms"'
unset MY_TOKEN
fails "without a token" 3 'xgated: needs a token in the environment variable MY_TOKEN' get xgated
cp .check.err gated.err
check "  and where to get one" sh -c 'grep -q "^  https://example.org/terms$" gated.err && grep -q "accept the terms there" gated.err'
check "  nothing is asked for" [ "$(asked /gated/data.csv)" -eq 0 ]
fails "a token that is not accepted" 3 'data.csv: the server answered 403: the token in MY_TOKEN is not accepted' env MY_TOKEN=bad-t0ken spectrum fetch --raw raw xgated
cp .check.err bad.err
check "  is not printed" sh -c '! grep -q bad-t0ken bad.err'
: >web/.log
check "the right token" sh -c 'MY_TOKEN=s3cret-token spectrum fetch --raw raw xgated >good.err 2>&1'
check "  was sent to its host" grep -q "^$port /gated-elsewhere/data.csv .* auth=yes" web/.log
check "  and not to another one" grep -q "^$other /ok/data.csv .* auth=no" web/.log
check "  and is written nowhere" sh -c '! grep -rq s3cret-token raw good.err'
source_folder xclear token '{"path":"data.csv","url":"http://example.invalid/data.csv"}' ',"token":"MY_TOKEN"'
fails "a token is not sent in the clear" 3 'a token is sent over https only' env MY_TOKEN=s3cret-token spectrum fetch --raw raw xclear

# a tokeniser of a hub
hub() { how=$1 model=$2; shift 2; HF_ENDPOINT=$here/$how spectrum fetch --raw tok --tokenizer "hf:$model" "$@"; }
mkdir -p web/acme/small/resolve/v1 web/acme/small/resolve/main web/acme/bare/resolve/v1
printf '{"model":1}' >web/acme/small/resolve/v1/tokenizer.json
printf '{"model":2}' >web/acme/small/resolve/main/tokenizer.json
printf '{"config":1}' >web/acme/small/resolve/v1/tokenizer_config.json
cp web/acme/small/resolve/v1/tokenizer.json web/acme/bare/resolve/v1/
unset HF_TOKEN
prints "a tokeniser: its path" tok/acme--small@v1/tokenizer.json hub ok acme/small@v1
same "  the file" tok/acme--small@v1/tokenizer.json web/acme/small/resolve/v1/tokenizer.json
same "  its configuration" tok/acme--small@v1/tokenizer_config.json web/acme/small/resolve/v1/tokenizer_config.json
lines=$(wc -l <web/.log)
prints "  once more" tok/acme--small@v1/tokenizer.json hub ok acme/small@v1
check "  without the network" [ "$(wc -l <web/.log)" -eq "$lines" ]
check "without a revision it is another one" hub ok acme/small
same "  the newest" tok/acme--small/tokenizer.json web/acme/small/resolve/main/tokenizer.json
check "without tokenizer_config.json" hub ok acme/bare@v1
lines=$(wc -l <web/.log)
check "  which is not asked for again" sh -c "HF_ENDPOINT=$here/ok spectrum fetch --raw tok --tokenizer hf:acme/bare@v1 && [ $(wc -l <web/.log) -eq $lines ]"
fails "no such revision" 3 'tokenizer.json: the server answered 404: .*resolve/v2/tokenizer.json; are name and revision right' hub ok acme/small@v2
check "  leaves no tokenizer.json" [ ! -e tok/acme--small@v2/tokenizer.json ]
rm -r tok/acme--small@v1
fails "a gated one without a token" 3 "server answered 401: accept the terms at $here/gated/acme/small, make an access token there and put it into the environment variable HF_TOKEN" hub gated acme/small@v1
fails "  with a wrong one" 3 'server answered 403: the token in HF_TOKEN is not accepted' env HF_TOKEN=bad-t0ken HF_ENDPOINT=$here/gated spectrum fetch --raw tok --tokenizer hf:acme/small@v1
check "  it is not printed" sh -c '! grep -q bad-t0ken .check.err'
check "  with the right one, sent elsewhere" env HF_TOKEN=s3cret-token HF_ENDPOINT=$here/gated-elsewhere spectrum fetch --raw tok --tokenizer hf:acme/small@v1
check "  which that host does not see" grep -q "^$other /ok/acme/small/resolve/v1/tokenizer.json .* auth=no" web/.log
check "  and which is written nowhere" sh -c '! grep -rq s3cret-token tok'
mkdir -p mirror/tokenizers/acme--small@v1 && printf '{"model":3}' >mirror/tokenizers/acme--small@v1/tokenizer.json
fails "another file than at first" 3 'not the one that was fetched first' sh -c 'rm tok/acme--small@v1/tokenizer.json; spectrum fetch --raw tok --mirror mirror --tokenizer hf:acme/small@v1'
check "a mirror" spectrum fetch --raw tok2 --mirror mirror --tokenizer hf:acme/small@v1
same "  gives its file" tok2/acme--small@v1/tokenizer.json mirror/tokenizers/acme--small@v1/tokenizer.json
fails "a mirror without it" 3 'acme--none@v1: tokenizer.json: the mirror mirror/tokenizers lacks it' spectrum fetch --quiet --raw tok2 --mirror mirror --tokenizer hf:acme/none@v1
for name in hf:small hf:acme/ hf:/small hf:../small hf:acme/..@v1 hf:acme/small@ hf:acme/small@../v1 hf:acme/small/more@v1 'hf:acme/sm all'; do
	fails "not a name: $name" 2 'a tokeniser is named hf:OWNER/NAME@REVISION' spectrum fetch --raw tok3 --tokenizer "$name"
done
check "  nothing is made of them" [ ! -e tok3 ]
fails "with a source" 2 'goes without SOURCE' spectrum fetch --tokenizer hf:acme/small@v1 xok

# a silent connection, a kill, a full disk
source_folder xstall open "{\"path\":\"data.csv\",\"url\":\"$here/stall/data.csv\"}"
check "a silent connection is given up and gone on with" get --timeout 1 xstall
same "  right" raw/xstall/data.csv web/data.csv
source_folder xleaky open "{\"path\":\"long.csv\",\"url\":\"$here/leaky/long.csv\"}"
fails "a file that is cut each time and never gone on with is given up" 3 'long.csv: .*tried 2 times' timeout 20 spectrum fetch --raw raw --retries 1 xleaky
cp .check.err leaky.err
check "  nor is it said that what has come is kept" sh -c '! grep "is kept" leaky.err'
source_folder xslow open "{\"path\":\"long.csv\",\"url\":\"$here/slow/long.csv\"}"
spectrum fetch --raw raw xslow 2>/dev/null & fetch=$!
for _ in $(seq 100); do [ -s raw/xslow/.partial/long.csv ] && break; sleep 0.05; done
sleep 0.3; kill -9 $fetch; wait $fetch 2>/dev/null
check "killed half-way, the file is a partial one" sh -c 'spectrum fetch --raw raw --status --json xslow | jq -e ".state == \"partial\" and .bytes > 0"'
check "  and not there under its name" [ ! -e raw/xslow/long.csv ]
cp -r raw/xslow taken
check "a file that was begun may be taken in by hand" spectrum fetch --raw raw --import xslow web/long.csv
check "  nothing is left of what was begun" [ ! -e raw/xslow/.partial ]
rm -r raw/xslow; mv taken raw/xslow
spectrum fetch --raw raw xslow 2>/dev/null & one=$!
spectrum fetch --raw raw xslow 2>two.err & two=$!
wait $one; first=$?; wait $two; second=$?
check "two at once wait for each other" [ $first -eq 0 -a $second -eq 0 ]
same "  the right file" raw/xslow/long.csv web/long.csv
check "  gone on with, and asked for once more only" sh -c "grep -c '/slow/long.csv range=bytes=' web/.log | grep -qx 1 && grep -c '/slow/' web/.log | grep -qx 2"
source_folder xfull open "{\"path\":\"long.csv\",\"url\":\"$here/ok/long.csv\"},{\"path\":\"one.csv\",\"url\":\"$here/ok/one.csv\"}"
fails "a full disk" 3 'long.csv: raw/xfull/.partial/long.csv: cannot write: File too large' sh -c 'ulimit -f 1000; exec spectrum fetch --raw raw xfull'
same "  the small one fits" raw/xfull/one.csv web/one.csv
check "  with room again" get xfull
same "  the right file is made" raw/xfull/long.csv web/long.csv
room=$(df --output=avail -B1 . | tail -n 1)
mkdir -p raw/xroom/.partial
if truncate -s "$((room + 1000000000))" raw/xroom/.partial/data.csv 2>/dev/null; then
	source_folder xroom open "{\"path\":\"data.csv\",\"bytes\":$((room + 1000001000)),\"url\":\"$here/ok/data.csv\"}"
	check "what is there of a partial file needs no room" get --large xroom
else skip "what is there of a partial file needs no room" "no file of that size can be made here"; fi
rm -r raw/xroom

# no network: told once, soon
files=$(for i in $(seq 50); do printf '%s{"path":"%s.csv","url":"https://host%s.invalid/x"}' "$([ "$i" = 1 ] || echo ,)" "$i" "$((i % 3))"; done)
source_folder xnone open "$files"
source_folder xport open '{"path":"a.csv","url":"http://127.0.0.1:9/a"},{"path":"b.csv","url":"http://127.0.0.1:9/b"}'
start=$(date +%s%N)
fails "no network" 3 'no network: .*52 files not fetched.*--mirror' get xnone xport
spent=$((($(date +%s%N) - start) / 1000000)) told=$(wc -l <.check.err)
check "  is noticed within five seconds ($spent ms)" [ $spent -lt 5000 ]
check "  and told once" [ "$told" -eq 2 ]
source_folder xfine open "{\"path\":\"one.csv\",\"url\":\"$here/ok/one.csv\"}"
fails "one dead host among living ones" 3 'xport: b.csv: its host cannot be reached' get xport xfine
same "  the others' files come" raw/xfine/one.csv web/one.csv
done_testing
