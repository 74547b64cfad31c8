#!/bin/bash
# Speed of `read` from CSV to JSON Lines, as a ratio to Miller. Prints a line a file; fails when the outputs differ.
#   RUNS=3      runs of each, taken in turns; medians count
#   TMPDIR      where about 1 GB of files are made
# Two files of 200 MB: votes (integers, no quotes) and comments (half of the cells in quotes, a tenth of the texts with doubled quotes).
# Miller works with several threads, read with one. Miller infers numbers unless told not to (-S, -A); it is timed in its quickest mode.
. "$(dirname "$0")/common.bash"
command -v mlr >/dev/null || { echo "bench read: miller is not installed"; exit 1; }

make_votes() {
	awk 'BEGIN { srand(1); print "timestamp,datetime,comment-id,voter-id,vote"
		for (i = 0; i < 200000; i++) printf "%d,Mon Nov 03 2014 %02d:%02d:%02d,%d,%d,%d\n", 1500000000 + i, i / 3600 % 24, i / 60 % 60, i % 60, rand() * 900, rand() * 40000, int(rand() * 3) - 1 }' >once
	{ cat once; for _ in $(seq 20); do tail -n +2 once; done; } >votes.csv
}
make_comments() {
	awk 'BEGIN { srand(1); split("the of and to in is that it was for on are as with his they at be this from have or by one had", word, " "); print "timestamp,datetime,author,comment-body"
		for (i = 0; i < 100000; i++) {
			text = ""; n = 5 + int(rand() * 20)
			for (k = 0; k < n; k++) text = text (k ? " " : "") word[1 + int(rand() * 25)]
			if (i % 10 == 0) text = text ", \"\"" text "\"\""
			printf "%d,\"Mon Nov 03 2014 %02d:%02d\",%d,\"%s\"\n", 1500000000 + i, i / 60 % 24, i % 60, rand() * 4000, text
		} }' >once
	{ cat once; for _ in $(seq 19); do tail -n +2 once; done; } >comments.csv
}

compare() {
	rm -f ./*.wall ./*.cpu
	spectrum read "$1" | sha256sum >ours
	# Miller quotes all values when told to, and puts blanks behind the commas and colons; no cell of these files holds `": "` or `", "`.
	mlr --icsv --ojsonl --jvquoteall cat "$1" | sed 's/": "/":"/g; s/", "/","/g' | sha256sum | cmp -s - ours || { echo "$1: the outputs differ"; exit 1; }
	for _ in $(seq "$RUNS"); do
		timed read spectrum read "$1"
		timed miller mlr --icsv --ojsonl -S cat "$1"
		timed infer mlr --icsv --ojsonl cat "$1"
	done
	awk -v what="$1" -v bytes="$(stat -c %s "$1")" -v r="$(median read.wall)" -v m="$(median miller.wall)" -v i="$(median infer.wall)" -v rc="$(median read.cpu)" -v mc="$(median miller.cpu)" 'BEGIN {
		if (i < m) m = i
		printf "read of %-14s %4.0f MB   read %5.2f s %4.0f MB/s   miller %5.2f s %4.0f MB/s   %.1f times as fast, by processor time %.1f times\n", what, bytes / 1e6, r, bytes / 1e6 / r, m, bytes / 1e6 / m, m / r, mc / rc
	}'
}

make_votes
compare votes.csv
make_comments
compare comments.csv
