#!/usr/bin/env python3
"""Writes tools/lib/token/unicode_tables.c: what the PyPI package `tokenizers` takes for a letter, a number, white space and so on.

Usage: unicode_tables.py > tools/lib/token/unicode_tables.c   (needs `pip install tokenizers` and ICU's shared library, for ages)

The library compiles several versions of Unicode into itself: the regular expressions of pre-tokenizers know one, Rust's own
char functions another, the normalizers a third (9.0). Ids can equal its ids only with the same tables, whatever the machine's
own libraries know; so the library itself is asked about every code point.
"""
import ctypes
import glob
import sys

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

LETTER, NUMBER, SPACE, WORD, NUMERIC = 1, 2, 4, 8, 16
CODES = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def classes():
    letter, number, space = (pre_tokenizers.Split(Regex(p), "removed") for p in (r"\p{L}", r"\p{N}", r"\s"))
    word, digits = pre_tokenizers.Whitespace(), pre_tokenizers.Digits(False)
    found = [0] * 0x110000
    for c in CODES:
        char = chr(c)
        for bit, splitter in ((LETTER, letter), (NUMBER, number), (SPACE, space)):
            if not splitter.pre_tokenize_str(char):
                found[c] |= bit
        if len(word.pre_tokenize_str("a" + char + "a")) == 1:
            found[c] |= WORD
        if len(digits.pre_tokenize_str("a" + char)) == 2:
            found[c] |= NUMERIC
        if (not pre_tokenizers.WhitespaceSplit().pre_tokenize_str(char)) != bool(found[c] & SPACE):
            sys.exit(f"U+{c:04X}: the library's two ideas of white space differ; the table needs one more class")
    return found


def ages():
    """Code points that Unicode 9.0 had assigned."""
    path = sorted(glob.glob("/usr/lib/*/libicuuc.so.*"))[-1]
    icu, version = ctypes.CDLL(path), path.rsplit(".so.", 1)[1].split(".")[0]
    age, out = getattr(icu, f"u_charAge_{version}"), (ctypes.c_uint8 * 4)()
    known = [0] * 0x110000
    for c in CODES:
        age(c, out)
        known[c] = int(0 < out[0] <= 9)
    return known


def ranges(values):
    first = 0
    for c in range(1, len(values) + 1):
        if c == len(values) or values[c] != values[first]:
            if values[first]:
                yield first, c - 1, values[first]
            first = c


def lower_runs():
    """Runs (first, last, step, distance) of code points with a lower-case form of one code point."""
    lower, pairs = normalizers.Lowercase(), []
    for c in CODES:
        form = lower.normalize_str(chr(c))
        if len(form) == 1 and ord(form) != c:
            pairs.append((c, ord(form) - c))
        elif len(form) != 1 and c != 0x130:
            sys.exit(f"U+{c:04X} has a lower-case form of several code points; only U+0130 should")
    runs = []
    for c, distance in pairs:
        if runs and runs[-1][3] == distance and c - runs[-1][1] in ((1, 2) if runs[-1][2] == 0 else (runs[-1][2],)):
            runs[-1][2], runs[-1][1] = c - runs[-1][1], c
        else:
            runs.append([c, c, 0, distance])
    return runs


def table(name, kind, rows):
    print(f"const struct {kind} {name}[] = {{")
    line = "\t"
    for row in rows:
        if len(line) + len(row) > 150:
            print(line.rstrip())
            line = "\t"
        line += row + ", "
    print(line.rstrip() + "\n};")
    print(f"const size_t {name}_count = sizeof {name} / sizeof *{name};\n")


print(f"/* Made by tests/interop/unicode_tables.py from tokenizers {tokenizers.__version__}; see there. */")
print('#include "token/unicode.h"\n\n/* clang-format off */')
table("unicode_class_ranges", "unicode_range", [f"{{{a:#x},{b:#x},{v}}}" for a, b, v in ranges(classes())])
table("unicode_known_ranges", "unicode_range", [f"{{{a:#x},{b:#x},1}}" for a, b, _ in ranges(ages())])
table("unicode_lower_runs", "unicode_run", [f"{{{a:#x},{b:#x},{max(s, 1)},{d}}}" for a, b, s, d in lower_runs()])
