#!/usr/bin/env python3
"""Ids of tokenizer.json files put together at random: ours against the PyPI package `tokenizers`.

Usage: tokenizers_mixed.py [--files N] [--seed N] [--driver out/tests/encode_lines]

Each file has a random choice of every part that we support, added tokens that overlap each other, and 100 strings in both modes. A file that we refuse
is passed over, as is a string at which the package fails. Prints a TAP line.
"""
import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from ids import ROOT, Strings  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: E402

TOKENS = ["<s>", "</s>", "<|x|>", "<|xy|>", "<|x", "word", "wor", "Word", "a b", "  ", "   ", "\n", "\t\t", "é", "e\u0301", "日本", "x ", " x", "▁", "▁the", "aa", "aab",
          "12", "ab", "ß", "ﬁ", "İ", "'", "_", "the", "😀", "\u0301", "\u200d"]
EXPRESSIONS = [r"\s+", r"\p{L}+", r"[a-z]", r"\p{N}{1,3}", r"a|ab", r"(?i:word)", r"[^\s]+", r"\p{Lu}\p{Ll}*", r"(?=b)", r"x?", r"\s+(?!\S)|\s+", r"a*", r"(a)(b)?", r"\n|\r\n?",
               r".", r"[\p{P}\p{S}]", r"\p{Han}+", r"\v", r"(?<=a)b", r"(?>ab|a)b", r" ?\p{L}+|."]


def some(r, share=0.5):
    return r.random() < share


def pattern(r):
    return {"Regex": r.choice(EXPRESSIONS)} if some(r, .6) else {"String": r.choice([" ", "a", "ab", "▁", "\n", "é", "aa"])}


def normalizer(r, depth=0):
    kind = r.choice(["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Strip", "Prepend", "Replace", "Sequence", "Sequence"][:10 if depth < 3 else 8])
    return {"type": kind, **{"Strip": {"strip_left": some(r), "strip_right": some(r)}, "Prepend": {"prepend": r.choice(["▁", "ab", " "])},
            "Replace": {"pattern": pattern(r), "content": r.choice(["▁", "", " ", "xy"])},
            "Sequence": {"normalizers": [normalizer(r, depth + 1) for _ in range(r.randrange(4)) if depth < 3]}}.get(kind, {})}


def pre_tokenizer(r, depth=0):
    kind = r.choice(["Split", "Split", "Metaspace", "Digits", "Whitespace", "WhitespaceSplit", "Sequence", "Sequence"][:8 if depth < 3 else 6])
    behavior = r.choice(["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"])
    return {"type": kind, **{"Split": {"pattern": pattern(r), "behavior": behavior, "invert": some(r)}, "Digits": {"individual_digits": some(r)},
            "Metaspace": {"replacement": r.choice("▁_"), "prepend_scheme": r.choice(["always", "never", "first"]), "split": some(r)},
            "Sequence": {"pretokenizers": [pre_tokenizer(r, depth + 1) for _ in range(r.randrange(4)) if depth < 3]}}.get(kind, {})}


def file(r, model, byte_level):
    model = dict(model, fuse_unk=some(r), ignore_merges=some(r), byte_fallback=not byte_level and some(r), unk_token=r.choice([None, "<unk>"]))
    model["merges"] = model["merges"][:r.choice((0, 50, 5000))]
    added, new = [], max(model["vocab"].values()) + 1
    for content in r.sample(TOKENS, r.choice((0, 1, 3, 8))):
        known = model["vocab"].get(content)
        added.append({"id": new if known is None else known, "content": content, "single_word": some(r, .2), "lstrip": some(r, .3), "rstrip": some(r, .3),
                      "normalized": some(r), "special": some(r, .4)})
        new += known is None
    pre = pre_tokenizer(r) if some(r, .8) else None
    if byte_level:
        level = {"type": "ByteLevel", "add_prefix_space": some(r), "trim_offsets": True, "use_regex": some(r)}
        pre = {"type": "Sequence", "pretokenizers": [pre, level] if pre else [level]}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": sorted(added, key=lambda a: a["id"]), "normalizer": normalizer(r) if some(r, .7) else None,
            "pre_tokenizer": pre, "post_processor": None, "decoder": None, "model": model}


def trained(byte_level):
    strings, options = Strings(1, TOKENS), {"vocab_size": 1500, "special_tokens": ["<unk>"] + [f"<0x{b:02X}>" for b in range(256)], "limit_alphabet": 300}
    if byte_level:
        options = {"vocab_size": 1500, "special_tokens": ["<unk>"], "initial_alphabet": pre_tokenizers.ByteLevel.alphabet()}
    t = Tokenizer(models.BPE(unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False) if byte_level else pre_tokenizers.Metaspace()
    t.train_from_iterator((strings.string() for _ in range(4000)), trainers.BpeTrainer(show_progress=False, **options))
    return json.loads(t.to_str())["model"]


def differences(driver, path, texts, counts, name):
    oracle = Tokenizer.from_file(path)
    lines = "".join(json.dumps(t) + "\n" for t in texts)
    for mode, options in (("safe", []), ("reference-specials", ["--specials"])):
        oracle.encode_special_tokens = mode == "safe"
        got = subprocess.run([driver, *options, path], input=lines, capture_output=True, text=True, encoding="utf-8")
        if got.returncode == 1:
            counts["refused"] += 1
            return
        if got.returncode:
            sys.exit(f"file {name}: the driver left with {got.returncode}: {got.stderr}")
        for text, line in zip(texts, got.stdout.split("\n")[:-1], strict=True):
            try:
                wanted = oracle.encode(text, add_special_tokens=False).ids
            except BaseException:  # a panic of the package
                continue
            counts["strings"] += 1
            if line != " ".join(map(str, wanted)):
                counts["wrong"] += 1
                print(f"  differs: --seed {name} --files 1, {mode}: {text!r}\n    ours   {line[:200]}\n    theirs {wanted[:40]}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--files", type=int, default=400)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--driver", default=os.path.join(os.environ.get("BUILD", os.path.join(ROOT, "out")), "tests/encode_lines"))
    a, counts, base = p.parse_args(), collections.Counter(), [trained(False), trained(True)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tokenizer.json")
        for seed in range(a.seed, a.seed + a.files):
            r = random.Random(seed)
            byte_level = some(r)
            made = file(r, base[byte_level], byte_level)
            with open(path, "w", encoding="utf-8") as f:
                json.dump(made, f)
            strings = Strings(seed, [t["content"] for t in made["added_tokens"]], old=True)
            try:
                differences(a.driver, path, [strings.string() for _ in range(100)], counts, seed)
            except BaseException as e:
                if isinstance(e, (SystemExit, KeyboardInterrupt)):
                    raise
                counts["refused"] += 1  # by the package
    print(f"{'not ok' if counts['wrong'] else 'ok'} - {a.files} mixed files, {counts['refused']} of them refused: {counts['strings']} strings compared, {counts['wrong']} differences")
    sys.exit(1 if counts["wrong"] else 0)


if __name__ == "__main__":
    main()
