#!/bin/sh
# Sees that what Spectrum is built with is there, and says or installs what is missing (Debian and its kin).
#   tools/deps.sh          compiler and libraries
#   tools/deps.sh --tests  also what the tests run
#   tools/deps.sh --all    also what the slower checks of .ci/run need
# DEPS=no skips it all. On a terminal it asks before it installs.
set -u
[ "${DEPS:-}" = no ] && exit 0

packages="gcc g++ pkg-config libcsv-dev libcjson-dev libzstd-dev libpcre2-dev libsentencepiece-dev libsqlite3-dev
	libcurl4-openssl-dev libssl-dev libarchive-dev libreadstat-dev libxxhash-dev libsnappy-dev libbrotli-dev libutf8proc-dev zlib1g-dev"
case ${1:-} in
--tests) packages="$packages python3 jq zstd zip" ;;
--all) packages="$packages python3 python3-venv jq zstd zip clang clang-tidy cppcheck valgrind libclang-rt-dev" ;;
esac
# certificates: without them every download fails
packages="$packages ca-certificates util-linux"

# Elsewhere: what the compiler does not find, by header.
other_system() {
	missing=
	for header in csv.h cjson/cJSON.h zstd.h pcre2.h sentencepiece_processor.h sqlite3.h curl/curl.h openssl/evp.h archive.h readstat.h xxhash.h \
		snappy-c.h brotli/decode.h utf8proc.h zlib.h; do
		printf '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <%s>\n' "$header" | ${CXX:-c++} -std=c++17 -x c++ -fsyntax-only - 2>/dev/null ||
			missing="$missing $header"
	done
	[ -z "$missing" ] && exit 0
	echo "These headers are missing:$missing" >&2
	echo "Install the libraries they belong to (their Debian names: $(echo $packages)), or skip this check with DEPS=no." >&2
	exit 3
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || other_system

missing=
installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $packages 2>/dev/null | sed -n 's/^installed //p')
for package in $packages; do
	echo "$installed" | grep -qx "$package" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

root=
[ "$(id -u)" -eq 0 ] || root=sudo
if [ -n "$root" ] && ! command -v sudo >/dev/null; then
	echo "These packages are missing; install them as root: apt-get install$missing" >&2
	exit 3
fi
echo "These Debian packages are missing:$missing" >&2
if [ -t 0 ] && [ -t 2 ]; then
	printf 'Install them now? [Y/n] ' >&2
	read -r answer
	case $answer in [nN]*) echo "Then: apt-get install$missing" >&2; exit 3 ;; esac
fi
export DEBIAN_FRONTEND=noninteractive
install() { $root apt-get install -y --no-install-recommends $missing >&2; }
# An old list of packages names files that are gone, an empty one names none.
$root apt-get update >&2 && install || {
	echo "The packages could not be installed. By hand: apt-get install$missing; or on with DEPS=no if the libraries lie elsewhere." >&2
	exit 3
}
