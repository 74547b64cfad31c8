"""What the comparisons of ids have in common: random strings, our side of it, and the loop."""
import argparse
import json
import os
import random
import subprocess
import sys
import unicodedata

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORDS = """the of and to in is that for it as was with be by on not he this are or his from at which but have an had they you were there one all we can her has been
 if more when will would who so no out up into do any what may than its these time about them other some Hello World naïve café über straße Москва привет
 日本語 中文字符 한국어 텍스트 العربية עברית हिन्दी ไทย Ελληνικά I'm you're he'll we've they'd it's don't can'T I'LL 'S foo_bar fooBar HTTPServer x1 2024 3.14159 1,000,000
 http://example.org/path?query=1&b=2 user@example.com C++ #include <stdio.h> {"key":"value"} [1,2,3] --option $100 50% 10:30 a.m. e.g.""".split()
MARKS = [0x300, 0x301, 0x302, 0x303, 0x304, 0x307, 0x308, 0x30A, 0x323, 0x327, 0x328, 0x331, 0x334, 0x338, 0x345, 0x35C, 0x360, 0x483, 0x5B0, 0x5B4, 0x64B, 0x651, 0x670,
         0x93C, 0x94D, 0x9BE, 0x9D7, 0xE38, 0xE48, 0xF71, 0xF72, 0x1161, 0x1175, 0x11A8, 0x11C2, 0x3099, 0x309A, 0x20D0, 0xFE20, 0x1D165, 0x11131, 0x11934, 0x1E130, 0x1ABF, 0xE0100]
BASES = [0x41, 0x61, 0x65, 0x6F, 0xC5, 0xE9, 0x1100, 0x1112, 0xAC00, 0xAC01, 0x915, 0x928, 0x9C7, 0xBC6, 0x1025, 0x304B, 0x30CF, 0x212B, 0x2126, 0xFB01, 0x1E9B, 0x344,
         0x958, 0xFA10, 0x2F800, 0x1D15E, 0x11935, 0x11938, 0x1FBF0, 0xA7F2, 0x1F16C, 0x32FF, 0x0390, 0x130, 0x17F, 0x212A, 0x3A3, 0x1C89, 0xA7CB]
EMOJI = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "❤️", "1️⃣", "👨🏿‍🚀", "🤷‍♀️", "\u200d", "\ufe0f", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
ODD = ["\0", "\x01", "\x1b[0m", "\x7f", "\x85", "\xa0", "\xad", "\u1680", "\u180e", "\u2000", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff", "\ufffd",
       "\ufffe", "\uffff", "\U0010ffff", "▁", "▁▁▁", "Ġ", "Ċ", "<0x0A>", "<0xE2>", "<", ">", "|", "'ſ", "'ſt", "ſ's", "'Ll", "'ve", "'VE", "'d'"]
PLANES = [(0x20, 0x7F), (0x80, 0x250), (0x250, 0x800), (0x800, 0x2000), (0x2000, 0x3000), (0x3000, 0xD800), (0xE000, 0x10000), (0x10000, 0x12000), (0x12000, 0x20000),
          (0x1D000, 0x1FBFF), (0x20000, 0x40000), (0xE0000, 0xE0200), (0, 0xD800), (0x10000, 0x110000)]


class Strings:
    """Random strings; `specials` are strings that the tokeniser takes for tokens."""

    def __init__(self, seed, specials, old=False):
        """`old`: only code points of long ago. Expressions that PCRE2 runs know its Unicode, the package's know another."""
        self.r, self.specials, self.old = random.Random(seed), specials, old

    def piece(self):
        r = self.r
        kind = r.randrange(16)
        if kind < 3:
            return r.choice(["", " "]).join(r.choice(WORDS) for _ in range(r.randrange(1, 6)))
        if kind == 3:
            return "".join(chr(r.randrange(0x20, 0x7F)) for _ in range(r.randrange(1, 12)))
        if kind in (4, 5):
            low, high = r.choice(PLANES)
            return "".join(chr(c) for c in (r.randrange(low, high) for _ in range(r.randrange(1, 8))) if not 0xD800 <= c < 0xE000)
        if kind == 6:
            return chr(r.choice(BASES)) + "".join(chr(r.choice(MARKS)) for _ in range(r.randrange(0, 6)))
        if kind == 7:
            return "".join(chr(r.choice(r.choice((BASES, MARKS)))) for _ in range(r.randrange(1, 8)))
        if kind == 8:
            return r.choice(EMOJI)
        if kind == 9:
            return r.choice(ODD)
        if kind == 10:
            return r.choice(" \n\t\r") * r.choice((1, 1, 2, 3, 5, 16, 17, 32, 33, 70))
        if kind == 11:
            return "".join(r.choice(" \n\r\t\u3000\xa0\x0b") for _ in range(r.randrange(1, 9)))
        if kind == 12:
            return str(r.randrange(10 ** r.randrange(1, 14)))
        if kind == 13 and self.specials:
            return r.choice(self.specials)
        if kind == 14 and self.specials:
            special = r.choice(self.specials)
            at = r.randrange(len(special) + 1)
            return special[:at] + r.choice(["", " ", "x"]) + special[at:]
        return r.choice(["the ", " the", "The", " a", ".", ", ", "\n\n", ": ", "_", "/"])

    def string(self):
        text = "".join(self.piece() for _ in range(self.r.choice((1, 1, 2, 3, 4, 6, 10))))
        return "".join(c for c in text if unicodedata.ucd_3_2_0.category(c) != "Cn") if self.old else text

    def long(self):
        r = self.r
        yield "a" * 100000
        yield "=" * 30001
        yield " " * 20001 + "x"
        yield "\n" * 20001
        yield "ab" * 20000
        yield "".join(r.choice("abcdefghij") for _ in range(200000))
        yield "".join(chr(r.randrange(0x4E00, 0x9FFF)) for _ in range(50000))
        yield "e" + "\u0301\u0323" * 20000
        yield "".join(chr(r.randrange(0xE000, 0x10000)) for _ in range(20000))


def ours(driver, path, texts, options):
    lines = "".join(json.dumps(t) + "\n" for t in texts)
    got = subprocess.run([driver, *options, path], input=lines, capture_output=True, text=True, encoding="utf-8")
    if got.returncode:
        sys.exit(f"{path}: the driver left with {got.returncode}: {got.stderr}")
    return got.stdout.split("\n")[:-1]


def arguments(files, help_of_files):
    p = argparse.ArgumentParser()
    p.add_argument("--strings", type=int, default=20000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--driver", default=os.path.join(os.environ.get("BUILD", os.path.join(ROOT, "out")), "tests/encode_lines"))
    p.add_argument(files, nargs="*", help=help_of_files)
    return p.parse_args()


def compare_ids(driver, name, path, strings, count, encode, options=()):
    """Of `count` strings and the long ones; `encode` gives the ids of a list of texts. Prints a TAP line, gives the number of differences."""
    done = wrong = 0
    while done < count:
        batch = [strings.string() for _ in range(min(20000, count - done))]
        if not done:
            batch += list(strings.long())
        for text, line, wanted in zip(batch, ours(driver, path, batch, options), encode(batch), strict=True):
            if line != " ".join(map(str, wanted)):
                wrong += 1
                if wrong <= 3:
                    print(f"  differs: {text[:200]!r}\n    ours   {line[:200]}\n    theirs {wanted[:40]}")
        done += len(batch)
    print(f"{'not ok' if wrong else 'ok'} - {name}: {done} strings compared, {wrong} differences", flush=True)
    return wrong
