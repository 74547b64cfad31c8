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
check "with all there, nothing is copied" sh -c 'spectrum fetch --raw raw --mirror mirror plain 2>&1 | grep -q ": 2 present, 1 optional ones absent$"'
rm mirror/plain/a.csv
fails "a mirror that lacks a file" 3 'plain: a.csv: the mirror mirror lacks it' spectrum fetch --raw raw2 --mirror mirror plain
same "  the others are taken" raw2/plain/deep/b.csv mirror/plain/deep/b.csv
fails "an unknown source" 2 "there is no source 'nothing'" spectrum fetch nothing
prints "the table" "$(printf 'source  access     file        state              bytes\nplain   open       a.csv       missing                0\nplain   open       deep/b.csv  present                2\nplain   open       c.csv       missing                0')" spectrum fetch --raw raw2 --status plain

# what changes on disk
echo more >>raw/plain/a.csv
prints "a changed file is unverified" 'a.csv unverified' sh -c "spectrum fetch --raw raw --status --json plain | jq -r '\"\(.path) \(.state)\"' | head -n 1"
echo a >mirror/plain/a.csv
check "  and taken again" spectrum fetch --raw raw --mirror mirror plain
same "  right" raw/plain/a.csv mirror/plain/a.csv
t=$(stat -c %y raw/plain/a.csv); echo b >raw/plain/a.csv; touch -d "$t" raw/plain/a.csv
check "--verify finds what size and time do not show" spectrum fetch --raw raw --mirror mirror --verify plain
same "  and mends it" raw/plain/a.csv mirror/plain/a.csv
echo A >mirror/plain/a.csv
check "--force takes another file" spectrum fetch --raw raw --mirror mirror --force plain
same "  it" raw/plain/a.csv mirror/plain/a.csv
check "--pin" spectrum fetch --raw raw --mirror mirror --pin plain
prints "  hashes beside source.json, in order" "$(cd raw/plain && sha256sum a.csv deep/b.csv)" cat sources/plain/SHA256SUMS
rm -r raw/plain
echo B >mirror/plain/a.csv
fails "a mirror's file with the wrong hash" 3 'a.csv: wrong SHA-256' spectrum fetch --raw raw --mirror mirror plain
check "  is not kept" [ ! -e raw/plain/a.csv ]
echo A >mirror/plain/a.csv
echo nonsense >sources/plain/SHA256SUMS
fails "a SHA256SUMS that is none" 2 'sources/plain/SHA256SUMS:1: should be a SHA-256' spectrum fetch --raw raw --mirror mirror plain

source_folder local "\"access\":\"open\",\"files\":[{\"path\":\"x.csv\",\"url\":\"file://$WORK/with%20blank.csv\"},{\"path\":\"y.csv\",\"url\":\"file://$WORK/nothing.csv\"}]"
echo blank >'with blank.csv'
fails "file: addresses" 3 'local: y.csv: .*nothing.csv: cannot read' spectrum fetch --raw raw local
same "  the other one is taken" raw/local/x.csv 'with blank.csv'

# archives
python3 - <<'END'
import io, os, tarfile, zipfile
def pack(name, members):
    os.makedirs("mirror/arc", exist_ok=True)
    with zipfile.ZipFile("mirror/arc/" + name, "w", zipfile.ZIP_DEFLATED) as z:
        for path, data in members: z.writestr(path, data)
pack("good.zip", [("yob1880.txt", "Mary,F,7065\n"), ("yob1881.txt", "Anna,F,2698\n"), ("ReadMe.pdf", "no"), (".SHA256SUMS", "no")])
pack("slip.zip", [("yob1880.txt", "x\n"), ("../../evil.txt", "no")])
pack("absolute.zip", [("/tmp/evil-of-spectrum.txt", "no")])
pack("bomb.zip", [("yob1.txt", b"0" * 270000000)])
with tarfile.open("mirror/arc/link.tar.gz", "w:gz") as t:
    link = tarfile.TarInfo("yob1.txt"); link.type = tarfile.SYMTYPE; link.linkname = "/etc/passwd"; t.addfile(link)
with tarfile.open("mirror/arc/up.tar", "w") as t:
    up = tarfile.TarInfo("yob/../../../evil.txt"); up.size = 2; t.addfile(up, io.BytesIO(b"no"))
END
names() { source_folder arc "\"access\":\"open\",\"files\":[{\"path\":\"$1\",\"url\":\"https://example.invalid/$1\",\"members\":[\"$2\"]}]"; }
names good.zip 'yob*.txt'
check "an archive is unpacked" spectrum fetch --raw raw --mirror mirror arc
prints "  to the declared members only" "$(printf 'good.zip\nyob1880.txt\nyob1881.txt')" ls raw/arc
check "  with hashes" sh -c 'cd raw/arc && grep -c "^[^#]" .SHA256SUMS | grep -qx 3 && sha256sum --strict --quiet -c .SHA256SUMS'
rm raw/arc/yob1881.txt mirror/arc/good.zip
check "a member that was lost is unpacked again" spectrum fetch --raw raw --mirror mirror arc
prints "  right" 'Anna,F,2698' cat raw/arc/yob1881.txt
names good.zip 'yob188[01].txt'
prints "other members wanted: not present" 'good.zip unverified' states arc
check "  then unpacked" spectrum fetch --raw raw --mirror mirror arc
cp raw/arc/.SHA256SUMS sums; echo precious >precious.txt
printf '# 9 1 of good.zip\n%064d  ../../precious.txt\n' 0 >>raw/arc/.SHA256SUMS; echo x >>raw/arc/yob1880.txt
fails "a record with a path outside is not trusted" 2 'raw/arc/.SHA256SUMS:[0-9]*: should be .*inside the folder' spectrum fetch --raw raw --mirror mirror arc
prints "  nothing is deleted there" precious cat precious.txt
mv sums raw/arc/.SHA256SUMS
check "  without it the member is mended" spectrum fetch --raw raw --mirror mirror arc
damage() { t=$(stat -c %y raw/arc/yob1880.txt); tr a-z A-Z <raw/arc/yob1880.txt >upper; cp upper raw/arc/yob1880.txt; touch -d "$t" raw/arc/yob1880.txt; }
damage
check "--verify reads members, too" spectrum fetch --raw raw --verify arc
prints "  and mends them from the archive" 'Mary,F,7065' cat raw/arc/yob1880.txt
damage; rm raw/arc/good.zip
fails "  without the archive, it is got again" 3 'good.zip: a member does not have the hash' spectrum fetch --raw raw --mirror mirror --verify arc
cp upper back; tr A-Z a-z <back | sed 's/mary,f/Mary,F/' >raw/arc/yob1880.txt; touch -d "$t" raw/arc/yob1880.txt
check "  right members need no archive" spectrum fetch --raw raw --verify arc
check "the archive may go once its members are there" spectrum fetch --raw raw --mirror mirror arc
rm -r raw/arc
for bad in 'slip.zip:outside the target folder' 'absolute.zip:outside the target folder' 'up.tar:outside the target folder' 'link.tar.gz:is a link or a device' 'bomb.zip:unpacks to more than is allowed'; do
	names "${bad%%:*}" '*.txt'
	fails "${bad%%:*} is refused" 3 "${bad#*:}" spectrum fetch --raw raw --mirror mirror arc
	check "  nothing came of it" sh -c '! find . /tmp/evil-of-spectrum.txt -name "evil*" 2>/dev/null | grep -q . && ! ls raw/arc/yob1.txt 2>/dev/null'
done

# by hand
source_folder hand '"access":"request","homepage":"https://example.org/ask","how":["Fill in the form.","Wait for the mail."],"files":[{"path":"wave/one.csv"},{"path":"wave/two.csv"},{"path":"other/two.csv"},{"path":"names.zip","members":["yob*.txt"],"optional":true}]'
fails "a source on request says how" 3 '2. Wait for the mail' spectrum fetch --raw raw hand
cp .check.err hand.err
check "  and where the raw folder is" grep -q '(the raw folder is raw)' hand.err
check "  and how to take it in" grep -q 'spectrum fetch hand --import FILE' hand.err
mkdir -p got/other download
echo 1 >got/one.csv; echo 2 >got/two.csv; echo 3 >got/other/two.csv; echo 4 >download/'renamed (1).csv'
check "a file is taken in by its name" sh -c 'spectrum fetch --raw raw --import hand got/one.csv; [ $? -eq 3 ]'
same "  it" raw/hand/wave/one.csv got/one.csv
fails "two could be meant" 2 'which file of hand is it\? Say it with --as: wave/two.csv, other/two.csv' spectrum fetch --raw raw --import hand got/two.csv
check "its folder tells them apart" sh -c 'spectrum fetch --raw raw --import hand got/other/two.csv; [ $? -eq 3 ]'
same "  it" raw/hand/other/two.csv got/other/two.csv
fails "a name that says nothing" 2 'say which with --as' spectrum fetch --raw raw --import hand 'download/renamed (1).csv'
fails "--as a file that is not declared" 2 "hand declares no file 'three.csv'" spectrum fetch --raw raw --import hand --as three.csv got/one.csv
check "--as" spectrum fetch --raw raw --import hand --as wave/two.csv 'download/renamed (1).csv'
same "  it" raw/hand/wave/two.csv 'download/renamed (1).csv'
check "all required ones are there now" spectrum fetch --raw raw hand
rm -r raw/hand; mkdir -p tree/x/wave tree/x/other; echo 5 >tree/x/wave/two.csv; echo 6 >tree/x/other/two.csv; echo 7 >tree/x/one.csv; echo 8 >tree/unrelated.txt; echo 9 >tree/yob1880.txt
(cd tree && python3 -c 'import shutil; shutil.make_archive("../all", "zip", ".")')
check "a folder is taken in" spectrum fetch --raw raw --import hand tree
cp -r raw/hand folder; rm -r raw/hand
check "an archive of it gives the same" spectrum fetch --raw raw --import hand all.zip
check "  the same" diff -r -x .SHA256SUMS folder raw/hand
prints "  with members of an archive that is not there itself" 9 cat raw/hand/yob1880.txt
check "  and nothing else" sh -c '! find raw/hand | grep -Eq "unrelated|import|partial"'
rm -r raw/hand
python3 - <<'END'
import zipfile
with zipfile.ZipFile("cut.zip", "w") as z:
    for name in ("x/yob1880.txt", "x/yob1881.txt"): z.writestr(name, "1\n")
data = open("cut.zip", "rb").read()
open("cut.zip", "wb").write(data[:data.find(b"PK\3\4", 4)] + b"XXXX" + data[data.find(b"PK\3\4", 4) + 4:data.find(b"PK\1\2")])
END
fails "a damaged archive says what is wrong" 1 'cut.zip: the archive is damaged: it is cut short' spectrum fetch --raw raw --import hand cut.zip
(cd sources/hand && printf '%s  wave/one.csv\n' "$(printf 0%.0s $(seq 64))" >SHA256SUMS)
rm -r raw/hand
fails "a file taken in must have the pinned hash" 3 'wrong SHA-256' sh -c 'spectrum fetch --raw raw --import hand got/one.csv; s=$?; [ $s -eq 1 ] && exit 3'
fails "--import without a file" 2 'needs a SOURCE and behind it the FILE' spectrum fetch --raw raw --import hand
done_testing
