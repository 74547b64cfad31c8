#!/usr/bin/env python3
"""Ids of SentencePiece BPE models: ours against the PyPI package `sentencepiece`, on random strings.

Usage: sentencepiece_bpe_ids.py [--strings N] [--seed N] [--driver out/tests/encode_lines] [MODEL…]

Prints TAP lines. Without models: some trained here with other settings, and those of ../shared/tokenizers when they are there.
"""
import glob
import io
import os
import sys
import tempfile

import sentencepiece

from ids import ROOT, WORDS, Strings, arguments, compare_ids


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


def compare(a, name, path):
    oracle = sentencepiece.SentencePieceProcessor(model_file=path)
    specials = [oracle.id_to_piece(i) for i in range(min(10, oracle.get_piece_size()))] + ["<sep>", "<s>", "<0x41>"]
    return compare_ids(a.driver, name, path, Strings(f"{a.seed}", specials), a.strings, oracle.encode)


def main():
    a, differences = arguments("models", ".model files"), 0
    with tempfile.TemporaryDirectory() as folder:
        for path in a.models:
            differences += compare(a, os.path.basename(path), path)
        for i, (name, model) in enumerate(variants() if not a.models else []):
            path = os.path.join(folder, f"{i}.model")
            with open(path, "wb") as f:
                f.write(model)
            differences += compare(a, name, path)
        shared = [] if a.models else sorted(glob.glob(os.path.join(ROOT, "../shared/tokenizers/*/tokenizer.model")))
        if not shared and not a.models:
            print("ok - a published .model # skip there is none in ../shared/tokenizers")
        for path in shared:
            differences += compare(a, os.path.basename(os.path.dirname(path)), path)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
