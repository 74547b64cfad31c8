#!/bin/bash
# Speed of pack, as a ratio to `zstd -3` of the same bytes, both with one thread. Prints a table; fails when an output is wrong.
#   RUNS=3      runs of each, taken in turns; medians count
#   TMPDIR      where the 1 GB of files are made; on a busy disk use a file system in memory
# pack also parses or maps, checks, shuffles, hashes (SHA-1 and XXH64, before and after compression) and waits for the disk, which zstd does not.
. "$(dirname "$0")/common.bash"

# Token rows of up to 1,024 tokens, Zipf-like ids: 30,000 rows, 270 MB. Drawn once, then repeated under new names far outside zstd's window.
make_rows() {
	awk 'BEGIN {
		srand(1)
		for (i = 0; i < 10000; i++) {
			n = 512 + int(rand() * 513)
			ids = labels = example = ""
			left = 20; loss = 0; number = -1
			for (k = 0; k < n; k++) {
				id = int(exp(rand() * 10.37))
				if (!left) { loss = !loss; left = 1 + int(rand() * (loss ? 5 : 30)); number += loss }
				left--
				comma = k ? "," : ""
				ids = ids comma id; labels = labels comma (loss ? id : -100); example = example comma (loss ? number : -1)
			}
			printf "{\"task\":\"task_%d\",\"part\":\"\",\"source\":\"source_%d\",\"split\":\"train\",\"instance\":\"@/%d\",\"sequence\":%d,\"input_ids\":[%s],\"labels\":[%s],\"example\":[%s]}\n", i % 7, i % 3, int(i / 20), i, ids, labels, example
		}
	}' >drawn
	for copy in 1 2 3; do sed "s/@/$copy/" drawn; done >rows.jsonl
	rm drawn
}

# compare WHAT BYTES-FILE PACK-INPUT…: packs the input and zips the same bytes in turns
compare() {
	what=$1 bytes=$2; shift 2
	rm -f ./*.wall ./*.cpu
	for _ in $(seq "$RUNS"); do
		timed pack spectrum pack -j 1 -o packed "$@"
		timed zstd zstd -3 -q -f --single-thread "$bytes" -o zipped
	done
	zstd -dc zipped | cmp -s - "$bytes" || { echo "zstd did not give the bytes back"; exit 1; }
	spectrum cat packed | sort | cmp -s - sorted || { echo "pack did not give the rows back"; exit 1; }
	awk -v what="$what" -v bytes="$(stat -c %s "$bytes")" -v p="$(median pack.wall)" -v z="$(median zstd.wall)" -v pc="$(median pack.cpu)" -v zc="$(median zstd.cpu)" 'BEGIN {
		printf "%-26s %6.0f MB   pack %6.2f s %5.0f MB/s   zstd -3 %6.2f s %5.0f MB/s   speed ratio %3.0f %%   by processor time %3.0f %%\n", what, bytes / 1e6, p, bytes / 1e6 / p, z, bytes / 1e6 / z, 100 * z / p, 100 * zc / pc
	}'
}

make_rows
sort rows.jsonl >sorted
compare "pack of JSON Lines" rows.jsonl rows.jsonl
# The unshuffled MDS folder is uncompressed here, so that its bytes are what zstd gets.
spectrum pack --level 0 -o raw rows.jsonl
cat raw/train/shard.*.mds >raw.bytes
compare "pack of an MDS folder" raw.bytes raw/train
