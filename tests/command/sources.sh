#!/bin/sh
# Every source: its sample gives what expect/ says. SOURCES='polis gsm8k' tests only these.
. "$(dirname "$0")/../lib.sh"
python3 "$ROOT/tests/sources.py" "$ROOT" ${SOURCES:-} || failures=1

# Cells that an adapter cannot use: the error names file, row and what is wrong.
export SPECTRUM_SOURCES="$ROOT/sources"
spoil() { # SOURCE FILE SED: the source's sample, with one file changed
	rm -rf "raw/$1" && mkdir -p raw && cp -R "$ROOT/sources/$1/sample" "raw/$1" && sed "$3" "$ROOT/sources/$1/sample/$2" >"raw/$1/$2"
}
spoil globaloqa data/global_opinions.csv "2s/0.44/'much'/"
fails 'a share that is no number' 1 "global_opinions.csv: row 1, column 'selections': Ruritania has the share much, which is no number" spectrum adapt globaloqa --raw raw
spoil opinionqa human_resp/American_Trends_Panel_W26/responses.csv '1s/OWN_W26/OWN/'
fails 'a question without a column' 1 "W26/responses.csv: no column 'OWN_W26', which is a key of info.csv" spectrum adapt opinionqa --raw raw

# Columns that not every copy of a file has: without them the rest is built.
spoil numbergame numbergame_data.csv '1s/,p,/,q,/'
spectrum adapt numbergame --raw raw >without.jsonl 2>err || cat err
check 'shares from the ratings when there is no column p' grep -q '"3, 9, 27.*"80.*"output":"0%"' without.jsonl
done_testing
