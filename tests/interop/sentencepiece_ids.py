"""Ids and texts of SentencePiece models against the Python package sentencepiece.

Usage: sentencepiece_ids.py BIN [MODEL…]     (BIN: the folder of the programs; an environment with sentencepiece; MODEL: published .model files)

A format of its own, whose only message is the bare text, lets `spectrum tokenize` show the ids of any text. The models are the given ones and one that
`spectrum train-tokenizer` makes here; that one must also give every text back when the package decodes it. Prints TAP lines; leaves with 1 when one fails.
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import sentencepiece

BIN = pathlib.Path(sys.argv[1]).resolve()
COUNT = int(os.environ.get("COUNT", 60000))
PIECES = [" ", "  ", "\n", "\t", "\r\n", "\u2581", "\U0010FFFD", "_", "\u2585", "\u2047", "<s>", "</s>", "<unk>", "<0x41>", "<start_of_turn>", "<end_of_turn>",
          "<bos>", "\0", "\ufeff", "\ufffd", "e\u0301", "\u00e9", "\uac00", "\u1100\u1161", "\U0001F469\u200d\U0001F52C", "the ", "ing", " a", "100", "0.5", "{\"x\": 1}",
          " " * 40, "\n" * 20, "a" * 50, "ab" * 30, "é" * 20, "\u202e", "\u3000", "\u00a0"]
failures = 0


def tell(good, what):
    global failures
    failures += not good
    print(f"{'ok' if good else 'not ok'} - {what}")


def random_text(r):
    kind, size = r.random(), r.choice([1, 3, 10, 40])
    if kind < 0.2:
        return "".join(chr(r.randrange(32, 127)) for _ in range(size))
    if kind < 0.4:
        return "".join(chr(r.choice([r.randrange(0xD800), r.randrange(0xE000, 0x110000)])) for _ in range(size))
    if kind < 0.6:
        return "".join(chr(r.randrange(1, 0x250)) for _ in range(size))
    return "".join(r.choice(PIECES) if r.random() < 0.6 else chr(r.randrange(97, 123)) for _ in range(size))


def texts_of(folder):
    """Random texts, and real ones: the project's own documents, line by line and in pieces of any length."""
    r = random.Random(1)
    texts = [t for t in (random_text(r) for _ in range(COUNT)) if t]
    for path in sorted(folder.glob("**/*")):
        if path.suffix in {".md", ".c", ".json", ".sql", ".csv"} and "out" not in path.parts:
            text = path.read_text(errors="replace")
            texts += [line for line in text.splitlines(True) if len(line) < 5000]
            texts.append(text[:4000])
    return texts


def sequence(i, text):
    return json.dumps({"task": "t", "part": "", "source": "s", "split": "train", "instance": "", "sequence": i,
                       "messages": [{"role": "output", "content": text}]}, ensure_ascii=i % 2 == 0)


def write_formats(folder, end):
    bare = [{"text": "{content}", "loss": True}]
    family = {"markers": [end], "detect": [end], "end": {"base": end}, "formats": {"bare": {
        "messages": {"description": bare, "input": bare, "output": bare}, "prompt": "", "stop": ""}}}
    (folder / "bare.json").write_text(json.dumps(family))
    (folder / "shared.json").write_text('{"formats": {}}')


def our_ids(model, end, texts, folder):
    write_formats(folder, end)
    lines = "".join(sequence(i, t) + "\n" for i, t in enumerate(texts))
    run = subprocess.run([BIN / "spectrum-tokenize", "-t", model, "--family", "bare", "-f", "bare", "-l", "8192", "-j", "2", "-"],
                         input=lines.encode(), capture_output=True, env={**os.environ, "SPECTRUM_FORMATS": str(folder)})
    if run.returncode:
        raise SystemExit(run.stderr.decode())
    return {row["sequence"]: row["input_ids"] for row in map(json.loads, run.stdout.splitlines())}


def compare(model, end, texts, folder, lossless):
    peer = sentencepiece.SentencePieceProcessor(model_file=str(model))
    end_id = peer.piece_to_id(end)
    ours = our_ids(model, end, texts, folder)
    differences = lost = compared = 0
    for i, text in enumerate(texts):
        theirs = peer.encode(text)
        if len(theirs) >= 8192:
            continue
        compared += 1
        got = ours.get(i, [end_id])
        if got != theirs + [end_id]:
            differences += 1
            if differences <= 3:
                print(f"# {text!r}\n#   ours   {got[:40]}\n#   theirs {theirs[:40]}")
        if lossless and peer.decode(theirs) != text:
            lost += 1
            if lost <= 3:
                print(f"# {text!r} comes back as {peer.decode(theirs)!r}")
    tell(differences == 0 and compared > COUNT // 2, f"{model.name}: {compared} texts compared, {differences} differences")
    if lossless:
        tell(lost == 0, f"{model.name}: the package decodes {compared} texts, {lost} lost something")


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    texts = texts_of(root)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        trained = folder / "trained.model"
        (folder / "texts.jsonl").write_text("".join(sequence(1, t) + "\n" for t in texts[COUNT:]))
        subprocess.run([BIN / "spectrum-train-tokenizer", "--vocab", "4000", "-o", trained, folder / "texts.jsonl"], check=True, capture_output=True)
        formats = folder / "formats"
        formats.mkdir()
        compare(trained, "<eos>", texts, formats, True)
        for model in map(pathlib.Path, sys.argv[2:]):
            if model.exists():
                compare(model.resolve(), "</s>", texts, formats, False)
            else:
                print(f"ok - {model.name} # skip there is no {model}")
    sys.exit(failures > 0)


main()
