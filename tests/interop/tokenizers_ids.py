#!/usr/bin/env python3
"""Ids of tokenizer.json files: ours against the PyPI package `tokenizers`, on random strings.

Usage: tokenizers_ids.py [--strings N] [--seed N] [--driver out/tests/encode_lines] [tokenizer.json…]

Without files: a GPT-2-like one trained here, small ones that use every part we support, and those of ../shared/tokenizers when
they are there. Prints TAP lines, one per tokeniser and mode. --strings are per tokeniser and mode (default 20000).
"""
import glob
import json
import os
import sys
import tempfile

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from ids import ROOT, Strings, arguments, compare_ids, ours  # noqa: E402
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers  # noqa: E402


def train():
    """A byte-level tokeniser as GPT-2's, from words and code points of everywhere."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    strings = Strings(1, [])
    t.train_from_iterator((strings.string() for _ in range(20000)), trainers.BpeTrainer(
        vocab_size=5000, special_tokens=["<|endoftext|>", "<|im_start|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return t


def small(pre, normalizer=None, byte_fallback=False, fuse_unk=False, unk=True, ignore_merges=False, added=()):
    """A tokeniser of characters with the given parts."""
    t = Tokenizer(models.BPE(unk_token="<unk>" if unk else None, fuse_unk=fuse_unk))
    if normalizer:
        t.normalizer = normalizer
    if pre:
        t.pre_tokenizer = pre
    strings, bytes_of = Strings(2, []), [f"<0x{b:02X}>" for b in range(256)] if byte_fallback else []
    t.train_from_iterator((strings.string() for _ in range(5000)), trainers.BpeTrainer(
        vocab_size=3000, limit_alphabet=600, special_tokens=["<unk>"] + bytes_of, show_progress=False))
    data = json.loads(t.to_str())
    data["model"].update(byte_fallback=byte_fallback, ignore_merges=ignore_merges, unk_token="<unk>" if unk else None)
    data["added_tokens"] = data["added_tokens"][:1]
    t = Tokenizer.from_str(json.dumps(data))
    if added:
        t.add_tokens(list(added))
    return t


def variants():
    """Small tokenisers that between them use every part."""
    n, p = normalizers, pre_tokenizers
    marks = [AddedToken("<s>", special=True), AddedToken("[L]", lstrip=True), AddedToken("[R]", rstrip=True, normalized=False), AddedToken("word", single_word=True),
             AddedToken("Word", single_word=True, normalized=False, special=True), AddedToken("  x", normalized=False), AddedToken("café", normalized=True)]
    yield "metaspace always", small(p.Metaspace("▁", "always"), n.NFKC(), byte_fallback=True, added=marks)
    yield "metaspace first", small(p.Metaspace("▁", "first"), None, fuse_unk=True, added=marks)
    yield "metaspace never unsplit", small(p.Metaspace("▁", "never", split=False), n.NFD(), added=marks)
    yield "whitespace digits", small(p.Sequence([p.Whitespace(), p.Digits(individual_digits=True)]), n.Sequence([n.NFKD(), n.Lowercase()]), added=marks)
    yield "whitespace-split digits", small(p.Sequence([p.WhitespaceSplit(), p.Digits()]), n.Sequence([n.Strip(), n.Lowercase()]), unk=False)
    yield "llama-like", small(None, n.Sequence([n.Prepend("▁"), n.Replace(" ", "▁")]), byte_fallback=True, fuse_unk=True, added=marks)
    yield "replace regex", small(p.Split(Regex(r"\s+|\p{P}"), "merged_with_next"), n.Replace(Regex(r"[aeiou]{2,}"), "y"), ignore_merges=True)
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        for invert in (False, True):
            yield f"split {behavior} {invert}", small(p.Split(Regex(r"\p{Lu}|[0-9 ]"), behavior, invert), n.Strip(left=invert, right=not invert), fuse_unk=invert)
    blanks = [AddedToken("\n", lstrip=True, normalized=False), AddedToken("\r", lstrip=True), AddedToken("\t\t", single_word=True, normalized=False),
              AddedToken(" <b>", lstrip=True, normalized=False)]
    yield "stripping blanks", small(p.Whitespace(), n.Lowercase(), added=blanks)
    yield "split string", small(p.Split(" ", "merged_with_previous"), n.NFC())
    yield "gpt2 prefix space", with_bytes(p.ByteLevel(add_prefix_space=True), n.NFC(), marks)
    yield "digits and bytes", with_bytes(p.Sequence([p.Digits(individual_digits=True), p.ByteLevel(add_prefix_space=False, use_regex=False)]), None, marks)
    yield "other split and bytes", with_bytes(p.Sequence([p.Split(Regex(r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}]*[\p{Ll}]+|\p{N}{1,2}|\s+(?!\S)|\s+"), "isolated"),
                                                          p.ByteLevel(add_prefix_space=False, use_regex=False)]), None, marks)


def with_bytes(pre, normalizer, added):
    t = train()
    t.pre_tokenizer = pre
    if normalizer:
        t.normalizer = normalizer
    t.add_tokens(added)
    return t


def compare(driver, name, path, count, seed, old):
    oracle = Tokenizer.from_file(path)
    specials = [t["content"] for t in json.load(open(path, encoding="utf-8"))["added_tokens"]]
    differences = 0

    def encode(texts):
        return [encoding.ids for encoding in oracle.encode_batch(texts, add_special_tokens=False)]

    for mode, options in (("safe", []), ("reference-specials", ["--specials"])):
        oracle.encode_special_tokens = mode == "safe"
        differences += compare_ids(driver, f"{name}, {mode}", path, Strings(f"{seed} {mode}", specials, old), count, encode, options)
        differences += compare_texts(driver, f"{name}, {mode}", path, Strings(f"{seed} {mode}", specials, old), oracle, encode, options)
    return differences


def compare_texts(driver, name, path, strings, oracle, encode, options):
    wrong, batch = 0, [strings.string() for _ in range(2000)]
    for line, ids in zip(ours(driver, path, batch, ["--decode", *options]), encode(batch), strict=True):
        text = oracle.decode(ids, skip_special_tokens=False)
        if json.loads(line) != text:
            wrong += 1
            if wrong <= 3:
                print(f"  decoded differently: {ids[:40]}\n    ours   {json.loads(line)[:200]!r}\n    theirs {text[:200]!r}")
    print(f"{'not ok' if wrong else 'ok'} - {name}: {len(batch)} decoded, {wrong} differences", flush=True)
    return wrong


def main():
    a, differences = arguments("files", "tokenizer.json files"), 0
    with tempfile.TemporaryDirectory() as folder:
        files = [(os.path.basename(os.path.dirname(os.path.abspath(f))), f) for f in a.files]
        if not files:
            for name, made in [("gpt2-like", train()), *variants()]:
                path = os.path.join(folder, name.replace(" ", "_") + ".json")
                made.save(path)
                files.append((name, path))
            shared = sorted(glob.glob(os.path.join(ROOT, "../shared/tokenizers/*/tokenizer.json")))
            if not shared:
                print("ok - published tokenizer.json files # skip there are none in ../shared/tokenizers")
            files += [(os.path.basename(os.path.dirname(f)), f) for f in shared]
        for name, path in files:
            small_one = path.startswith(folder) and name != "gpt2-like"
            differences += compare(a.driver, name, path, min(a.strings, 5000) if small_one else a.strings, a.seed, small_one and "plit_" in path)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
