#!/usr/bin/env python3
"""Speed of tokenisers: ours against the PyPI packages tokenizers, tiktoken and sentencepiece, same text, one thread each.

Usage: tokenize.py [--megabytes N] [--rounds N] [--driver out/tests/encode_lines] [--suite sequences.jsonl] [TOKENIZER…]

TOKENIZERs are tokenizer.json or .model files (default: those of ../shared/tokenizers). Texts:
  suite    the contents of messages, as `spectrum draw` gives them (--suite, or drawn here from the sources that need no raw files
           and from those whose raw files are in $SPECTRUM_RAW)
  prose    distinct English texts from raw files in ../shared/raw when they are there; no text comes twice
  no word  generated; no word comes twice, so that no memory of words helps anybody
Prints megabytes a second of processor time in the best round (texts only, after opening), the ratio to ours, and sees that the ids
are the same.
"""
import argparse
import glob
import json
import os
import random
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(ROOT, "../shared")
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "out"))


def contents(lines):
    for line in lines:
        for message in json.loads(line)["messages"]:
            yield message["content"]


def drawn(limit):
    """Sequences of several sources, in equal parts."""
    parts = []
    for source in ("polis", "normal", "coinflip", "flight"):
        command = f"'{BUILD}/bin/spectrum' adapt {source} | '{BUILD}/bin/spectrum' draw"
        got = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
        if got.stdout:
            parts.append(got.stdout.splitlines())
    for lines in parts:
        yield from up_to(contents(lines), limit // len(parts))


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for v in value.values() if isinstance(value, dict) else value:
            yield from strings_of(v)


def prose():
    """Distinct longer strings of the raw files at hand."""
    seen = set()
    for path in sorted(glob.glob(os.path.join(SHARED, "raw/**/*"), recursive=True)):
        if not path.endswith((".jsonl", "comments.csv", "haikus.csv", "_dev.json", "_test.json")):
            continue
        with open(path, encoding="utf-8", errors="replace") as f:
            if path.endswith(".jsonl"):
                found = (s for line in f for s in strings_of(json.loads(line)))
            elif path.endswith(".json"):
                found = strings_of(json.load(f))
            else:
                found = iter(f)
            for s in found:
                if len(s) >= 60 and s not in seen:
                    seen.add(s)
                    yield s


def no_word_twice(limit):
    r, seen, size = random.Random(5), set(), 0
    onsets = "b br c ch cl d dr f fl g gr h j k l m n p pl qu r s sh sl st str t th tr v w y z".split()
    nuclei, codas = "a e i o u ai ea ee io oo ou".split(), ["", "", "", "n", "r", "l", "t", "s", "ng", "nd", "st", "rm", "ck"]
    while size < limit:
        words = []
        while len(words) < 60:
            word = "".join(r.choice(onsets) + r.choice(nuclei) + r.choice(codas) for _ in range(r.randrange(2, 5)))
            if word not in seen:
                seen.add(word)
                words.append(word + r.choice(["", "", "", "", "", ",", "."]))
        text = " ".join(words)
        size += len(text)
        yield text


def up_to(texts, limit):
    size = 0
    for text in texts:
        if size >= limit:
            break
        size += len(text.encode())
        yield text


def best(rounds, run, clock=time.process_time):
    times = []
    for _ in range(rounds):
        start = clock()
        result = run()
        times.append(clock() - start)
    return min(times), result


def ours(a, path, file):
    def run(*options):
        with open(file, "rb") as f:
            return subprocess.run([a.driver, *options, path], stdin=f, capture_output=True, text=True, check=True).stdout
    lines = run("--time", str(a.rounds)).splitlines()
    seconds = min(float(line.split()[1]) for line in lines[1:])
    whole, ids = best(1, run, time.perf_counter)
    return float(lines[0].split()[1]), seconds, whole, [[int(i) for i in line.split()] for line in ids.split("\n")[:-1]]


def tiktoken_encoder(path):
    """The same vocabulary and pattern for tiktoken, where they fit it: byte-level, ranks in the order of ids, no normaliser."""
    import tiktoken
    from tokenizers import pre_tokenizers
    data = json.load(open(path, encoding="utf-8"))
    parts = (data.get("pre_tokenizer") or {}).get("pretokenizers") or []
    if len(parts) != 2 or parts[1]["type"] != "ByteLevel" or "Regex" not in parts[0].get("pattern", {}):
        return None
    alphabet, others = {}, 0
    for b in range(256):
        itself = 0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or b >= 0xAE
        alphabet[chr(b if itself else 256 + others)] = b
        others += not itself
    ranks = {bytes(alphabet[c] for c in token): i for token, i in data["model"]["vocab"].items()}
    return tiktoken.Encoding("x", pat_str=parts[0]["pattern"]["Regex"], mergeable_ranks=ranks, special_tokens={})


def peers(path):
    """Name, and a function that encodes all texts."""
    if path.endswith(".model"):
        import sentencepiece
        sp = sentencepiece.SentencePieceProcessor(model_file=path)
        yield "sentencepiece", lambda texts: [sp.encode(t) for t in texts]
        return
    from tokenizers import Tokenizer
    t = Tokenizer.from_file(path)
    t.encode_special_tokens = True
    yield "tokenizers, single", lambda texts: [t.encode(x, add_special_tokens=False).ids for x in texts]
    yield "tokenizers, batch", lambda texts: [e.ids for e in t.encode_batch_fast(texts, add_special_tokens=False)]
    encoder = tiktoken_encoder(path)
    if encoder:
        yield "tiktoken", lambda texts: [encoder.encode_ordinary(x) for x in texts]


def compare(a, path, name, texts):
    size = sum(len(t.encode()) for t in texts) / 1e6
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as f:
        f.writelines(json.dumps(t) + "\n" for t in texts)
        f.flush()
        opening, seconds, whole, ids = ours(a, path, f.name)
    label = os.path.basename(os.path.dirname(os.path.abspath(path)))
    print(f"| {label} | {name}, {size:.1f} MB | spectrum (opens in {opening:.2f} s, whole process {size / whole:.1f} MB/s) | {size / seconds:.1f} | 1 | |", flush=True)
    for peer, run in peers(path):
        taken, got = best(max(1, a.rounds // 2), lambda: run(texts))
        same = sum(x == y for x, y in zip(ids, got, strict=True))
        print(f"| | | {peer} | {size / taken:.1f} | {taken / seconds:.1f} | {len(texts) - same} of {len(texts)} |", flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--megabytes", type=float, default=4)
    p.add_argument("--rounds", type=int, default=4)
    p.add_argument("--driver", default=os.path.join(BUILD, "tests/encode_lines"))
    p.add_argument("--suite")
    p.add_argument("tokenizers", nargs="*")
    a = p.parse_args()
    limit = int(a.megabytes * 1e6)
    paths = a.tokenizers or sorted(glob.glob(os.path.join(SHARED, "tokenizers/*/tokenizer.json")) + glob.glob(os.path.join(SHARED, "tokenizers/*/tokenizer.model")))
    suite = up_to(contents(open(a.suite, encoding="utf-8")), limit) if a.suite else drawn(limit)
    corpora = [("suite", list(suite)), ("prose", list(up_to(prose(), limit))), ("no word twice", list(up_to(no_word_twice(limit), limit)))]
    print("| tokeniser | text | program | MB/s, one core | times slower than ours | texts with other ids |\n|---|---|---|---|---|---|")
    for path in paths:
        for name, texts in corpora:
            if texts:
                compare(a, path, name, texts)


if __name__ == "__main__":
    sys.exit(main())
