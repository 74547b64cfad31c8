"""Rows of every family and format against a plain reading of the rules with the packages tokenizers and jinja2.

Usage: formats_tokenizers.py BIN TOKENIZERS [--write]    (BIN: the folder of the programs; TOKENIZERS: a folder with gemma3/, qwen3/, llama3_1/,
each with a published tokenizer.json and tokenizer_config.json; an environment with tokenizers and jinja2)

Here a row is made the long way: whole texts with the markers in them, chat texts by the publisher's own template, cut at the openers of replies, each
segment encoded by the package, begin and end tokens as the package and the rules put them. The data holds no special strings. The golden rows of
tests/data/rows must come out, too: --write makes those of the published tokenisers. Prints TAP lines.
"""
import json
import os
import pathlib
import random
import subprocess
import sys

import jinja2
from tokenizers import Tokenizer

BIN, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(__file__).resolve().parents[2]
SHARED = json.loads((ROOT / "tools/formats/shared.json").read_text())["formats"]
LONGEST = 8192
# Written by hand: the published Llama template with its date header.
LLAMA = ("{{ '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n' }}"
         "{% if messages[0].role == 'system' %}{{ messages[0].content | trim }}{% set messages = messages[1:] %}{% endif %}{{ '<|eot_id|>' }}"
         "{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' + m.content | trim + '<|eot_id|>' }}{% endfor %}")
FAMILIES = {
    "gemma3": {"folder": "gemma3", "head": "<start_of_turn>%s\n", "tail": "<end_of_turn>", "after": "\n", "opener": "<start_of_turn>model\n", "begin": "<bos>",
               "end": {"base": "<eos>", "instruct": "<eos>"}, "replace": [("<bos>", "")]},
    "qwen3": {"folder": "qwen3", "head": "<|im_start|>%s\n", "tail": "<|im_end|>", "after": "\n", "begin": None,
              "opener": "<|im_start|>assistant\n<think>\n\n</think>\n\n", "end": {"base": "<|endoftext|>", "instruct": "<|im_end|>"},
              "replace": [("<|im_start|>assistant\n<think>\n\n</think>\n\n", "<|im_start|>assistant\n"),
                          ("<|im_start|>assistant\n", "<|im_start|>assistant\n<think>\n\n</think>\n\n")]},
    "llama3.1": {"folder": "llama3_1", "head": "<|start_header_id|>%s<|end_header_id|>\n\n", "tail": "<|eot_id|>", "after": "", "begin": "<|begin_of_text|>",
                 "opener": "<|start_header_id|>assistant<|end_header_id|>\n\n", "end": {"base": "<|end_of_text|>", "instruct": "<|eot_id|>"}, "replace": []},
}


def spectrum_segments(family, messages):
    described, seen = messages[0][0] == "description", False
    for role, content in messages:
        head = family["head"] % role
        if role != "output":
            yield head + content + family["tail"] + family["after"], False
            continue
        yield head, False
        yield content + family["tail"], seen or described
        seen = True
        if family["after"]:
            yield family["after"], False


def colon_segments(family, messages):
    for role, content in messages:
        if role == "output":
            yield "Output:", False
            yield " " + content.strip() + "\n\n", True
        else:
            yield role.capitalize() + ": " + content + "\n\n", False


def turns_of(words, messages):
    system, turns, begun, inputs = words["system"], [], False, False
    for role, content in messages:
        if role == "description":
            system += "\n\n" + words["description"].replace("{content}", content)
            if system.strip():
                turns.append(("system", system.strip()))
        elif role == "input":
            inputs = True
            if begun:
                turns.append(("user", content))
            else:
                system += "\n\nExample Input: " + content
        elif begun:
            if not inputs:
                turns.append(("user", "Generate"))
            turns.append(("assistant", content))
        else:
            system += "\n\nExample Output: " + content
            turns.append(("system", system.strip()))
        begun = begun or role != "input"
    turns = turns or [("system", system.strip()), ("user", "")]
    return turns + [("user", "")] if len(turns) == 1 else turns


def chat_segments(family, messages, words):
    turns = [{"role": role, "content": content} for role, content in turns_of(words, messages)]
    text = family["template"].render(messages=turns, bos_token=family["begin"], add_generation_prompt=False)
    for old, new in family["replace"]:
        text = text.replace(old, new)
    while text:
        opener, stop = text.find(family["opener"]), 0
        if opener < 0:
            yield text, False
            return
        opener += len(family["opener"])
        stop = text.index(family["tail"], opener) + len(family["tail"])
        yield text[:opener], False
        yield text[opener:stop], True
        text = text[stop:]


def segments_of(family, form, messages):
    if form.startswith("chat"):
        segments = chat_segments(family, messages, SHARED[form]["conversation"])
    else:
        segments = {"spectrum": spectrum_segments, "colon": colon_segments}[form](family, messages)
    return [s for s in segments if s[0]]


def row_of(family, segments):
    tokenizer, ids, labels = family["tokenizer"], [], []
    begin = family["begin"] and tokenizer.token_to_id(family["begin"])
    for i, (text, loss) in enumerate(segments):
        piece = tokenizer.encode(text).ids
        if i and begin is not None and piece[:1] == [begin]:
            piece = piece[1:]
        ids += piece
        labels += piece if loss else [-100] * len(piece)
    return ids, labels


def end_of(family, ids, variant):
    end = family["tokenizer"].token_to_id(family["end"][variant])
    return None if ids[-1] == end else end


def ended_row(family, segments, variant):
    ids, labels = row_of(family, segments)
    end = end_of(family, ids, variant)
    if end is not None:
        ids, labels = ids + [end], labels + [-100]
    return ids[:LONGEST], labels[:LONGEST]


def golden(name, form, shape):
    """A line of tests/data/rows, as tests/command/rows.sh says what it is."""
    contents = {"D": iter(["sky colours"]), "I": iter(["dawn", "noon"]), "O": iter(["red", "\nblue"])}
    messages = [({"D": "description", "I": "input", "O": "output"}[letter], next(contents[letter])) for letter in shape]
    ids, labels = row_of(FAMILIES[name], segments_of(FAMILIES[name], form, messages))
    loss = [False] + [label != -100 for label in labels] + [False]
    shown = ["[" * (loss[i + 1] and not loss[i]) + str(n) + "]" * (loss[i + 1] and not loss[i + 2]) for i, n in enumerate(ids)]
    ends = {variant: end_of(FAMILIES[name], ids, variant) for variant in FAMILIES[name]["end"]}
    return json.dumps({"family": name, "format": form, "messages": shape, "row": " ".join(shown), "end": ends}, separators=(",", ":"))


def compare_golden(name, file):
    lines = [line for line in (ROOT / "tests/data/rows" / file).read_text().splitlines() if json.loads(line)["family"] == name]
    wrong = [(got, line) for line in lines if (got := golden(name, json.loads(line)["format"], json.loads(line)["messages"])) != line]
    print(f"{'not ok' if wrong or not lines else 'ok'} - {name}, rows of {file}: {len(lines)} compared, {len(wrong)} differences")
    for got, line in wrong[:2]:
        print(f"# file    {line}\n# package {got}")
    return lines and not wrong


def random_content(r):
    words = ["a", "Über", "100", "3.5", " ", "\n", "the", "café", "{\"x\": 1}", "日本", "\t", "👩‍🔬", "-", "it's", "\n\n", "<b>", "  ", "I'll", ",", ".", "No"]
    return "".join(r.choice(words) + r.choice(["", " "]) for _ in range(r.choice([0, 1, 2, 5, 30])))


def random_messages(r):
    described, given = r.random() < 0.6, r.random() < 0.6
    messages = [("description", random_content(r))] if described else []
    for _ in range(r.randrange(1, 7)):
        if given:
            messages.append(("input", random_content(r)))
        messages.append(("output", random_content(r)))
    return messages


def ours(family, name, form, variant, rows):
    lines = "".join(json.dumps({"task": "t", "part": "", "source": "s", "split": "train", "instance": "", "sequence": i,
                                "messages": [{"role": r, "content": c} for r, c in messages]}) + "\n" for i, messages in enumerate(rows))
    run = subprocess.run([BIN / "spectrum-tokenize", "-t", family["path"], "-f", form, "--family", name, "--variant", variant, "-l", str(LONGEST), "-j", "2", "-"],
                         input=lines.encode(), capture_output=True, env={**os.environ, "SPECTRUM_FORMATS": str(ROOT / "tools/formats")})
    if run.returncode:
        raise SystemExit(run.stderr.decode())
    return {row["sequence"]: (row["input_ids"], row["labels"]) for row in map(json.loads, run.stdout.splitlines())}


def compare(name, form, variant, rows):
    family, got = FAMILIES[name], ours(FAMILIES[name], name, form, variant, rows)
    differences = compared = 0
    for i, messages in enumerate(rows):
        wanted = ended_row(family, segments_of(family, form, messages), variant)
        if all(label == -100 for label in wanted[1]):
            wanted = None
        else:
            compared += 1
        if got.get(i) != wanted:
            differences += 1
            if differences <= 2:
                print(f"# {messages!r}\n#   ours   {got.get(i)}\n#   wanted {wanted}")
    good = differences == 0 and compared > len(rows) // 2
    print(f"{'ok' if good else 'not ok'} - {name} {form} {variant}: {compared} rows compared, {differences} differences")
    return good


def main():
    folder, r, good = pathlib.Path(sys.argv[2]), random.Random(1), True
    rows, formats = [random_messages(r) for _ in range(1000)], ["spectrum", "chat", "chat_simple", "colon"]
    for name, family in FAMILIES.items():
        family["path"] = folder / family["folder"] / "tokenizer.json"
        if not family["path"].exists():
            print(f"ok - rows of {name} # skip there is no {family['path']}")
            continue
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        template = LLAMA if name == "llama3.1" else json.loads((family["path"].parent / "tokenizer_config.json").read_text())["chat_template"]
        family["template"] = environment.from_string(template)
        family["tokenizer"] = Tokenizer.from_file(str(family["path"]))
        if sys.argv[3:] == ["--write"]:
            print(*(golden(name, form, shape) for form in formats for shape in ("DIOIO", "IOIO")), sep="\n")
            continue
        good &= compare_golden(name, "published.jsonl")
        for form in formats:
            for variant in family["end"]:
                good &= compare(name, form, variant, rows)
        family["tokenizer"] = Tokenizer.from_file(str(ROOT / f"tests/data/tokenizers/small-{name}.json"))
        good &= compare_golden(name, "small.jsonl")
    sys.exit(not good)


main()
