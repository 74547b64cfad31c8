#!/usr/bin/env python3
"""Ids of SentencePiece BPE models: ours against the PyPI package `sentencepiece`, on random strings.

Usage: sentencepiece_bpe_ids.py [--strings N] [--seed N] [--driver out/tests/encode_lines] [MODEL…]

Prints TAP lines. Without models: some trained here with other settings, and those of ../shared/tokenizers when they are there.
"""
import argparse
import glob
import io
import os
import sys
import tempfile

import sentencepiece

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tokenizers_ids import ROOT, WORDS, Strings, ours  # noqa: E402


def trained(**settings):
    strings, model = Strings(3, []), io.BytesIO()
    usual = set("".join(WORDS)) | set(map(chr, range(1, 0x250))) | set("▁日\u0301\u3000")
    texts = ("".join(c for c in strings.string() if c in usual) for _ in range(6000))
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=texts, model_writer=model, model_type="bpe", minloglevel=2, hard_vocab_limit=False,
                                             **{"vocab_size": 2000, "normalization_rule_name": "identity", **settings})
    return model.getvalue()


def variants():
    yield "spectrum-like", trained(byte_fallback=True, add_dummy_prefix=False, remove_extra_whitespaces=False, control_symbols=["<|start|>", "<|end|>"],
                                   allow_whitespace_only_pieces=True, split_by_whitespace=False, character_coverage=0.98)
    yield "defaults, identity", trained(character_coverage=0.98)
    yield "byte fallback", trained(byte_fallback=True, split_digits=True, character_coverage=0.98)
    yield "user-defined", trained(user_defined_symbols=["<sep>", "the", "▁▁", "日"], remove_extra_whitespaces=False, character_coverage=0.98)
    yield "no escape", trained(remove_extra_whitespaces=False, add_dummy_prefix=False, character_coverage=1.0)
    yield "nmt_nfkc", trained(normalization_rule_name="nmt_nfkc", byte_fallback=True)
    yield "nfkc_cf, spaces kept", trained(normalization_rule_name="nfkc_cf", remove_extra_whitespaces=False)


def compare(driver, name, path, count, seed):
    oracle = sentencepiece.SentencePieceProcessor(model_file=path)
    specials = [oracle.id_to_piece(i) for i in range(min(10, oracle.get_piece_size()))] + ["<sep>", "<s>", "<0x41>"]
    strings, done, wrong = Strings(f"{seed}", specials), 0, 0
    while done < count:
        batch = [strings.string() for _ in range(min(20000, count - done))]
        if not done:
            batch += list(strings.long())
        for text, line, wanted in zip(batch, ours(driver, path, batch, []), oracle.encode(batch), strict=True):
            if line != " ".join(map(str, wanted)):
                wrong += 1
                if wrong <= 3:
                    print(f"  differs: {text[:200]!r}\n    ours   {line[:200]}\n    theirs {wanted[:40]}")
        done += len(batch)
    print(f"{'not ok' if wrong else 'ok'} - {name}: {done} strings compared, {wrong} differences", flush=True)
    return wrong


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--strings", type=int, default=20000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--driver", default=os.path.join(os.environ.get("BUILD", os.path.join(ROOT, "out")), "tests/encode_lines"))
    p.add_argument("models", nargs="*")
    a = p.parse_args()
    differences = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in a.models:
            differences += compare(a.driver, os.path.basename(path), path, a.strings, a.seed)
        for i, (name, model) in enumerate(variants() if not a.models else []):
            path = os.path.join(folder, f"{i}.model")
            with open(path, "wb") as f:
                f.write(model)
            differences += compare(a.driver, name, path, a.strings, a.seed)
        shared = [] if a.models else sorted(glob.glob(os.path.join(ROOT, "../shared/tokenizers/*/tokenizer.model")))
        if not shared and not a.models:
            print("ok - a published .model # skip there is none in ../shared/tokenizers")
        for path in shared:
            differences += compare(a.driver, os.path.basename(os.path.dirname(path)), path, a.strings, a.seed)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
