"""Makes the small binary files of tests/data and of sources/*/sample: python3 tests/make_samples.py (needs pyarrow, pandas, pyreadstat, sentencepiece). They are committed; this script says what is in them."""
import datetime
import decimal
import pathlib
import uuid

import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

DATA = pathlib.Path(__file__).parent / "data"


def write(name, columns, **options):
    table = pa.table({k: pa.array(v, t) for k, (t, v) in columns.items()})
    pq.write_table(table, DATA / f"{name}.parquet", store_schema=False, write_statistics=False, **options)


D = decimal.Decimal
UTC = datetime.timezone.utc

# every kind of cell, its extremes and a null
write("cells", {
    "a": (pa.string(), ["é\n\"", "", None]),
    "flag": (pa.bool_(), [True, False, None]),
    "i8": (pa.int8(), [-128, 127, None]),
    "u32": (pa.uint32(), [4294967295, 0, None]),
    "i64": (pa.int64(), [-2**63, 2**63 - 1, None]),
    "u64": (pa.uint64(), [2**64 - 1, 1, None]),
    "f16": (pa.float16(), [0.0999755859375, -65504, None]),
    "f32": (pa.float32(), [0.1, -2.5, None]),
    "f64": (pa.float64(), [0.1, 1e300, None]),
    "dec": (pa.decimal128(9, 2), [D("-12.30"), D("0.05"), None]),
    "big": (pa.decimal256(60, 3), [D("-123456789012345678901234567890123456789012345678.901"), D("0.000"), None]),
    "day": (pa.date32(), [datetime.date(2020, 1, 31), datetime.date(1582, 10, 15), None]),
    "time": (pa.time32("ms"), [datetime.time(13, 45, 30, 123000), datetime.time(0), None]),
    "when": (pa.timestamp("us", "UTC"), [datetime.datetime(2020, 2, 29, 23, 59, 59, 999999, UTC), datetime.datetime(1969, 12, 31, 23, 59, 59, 1, UTC), None]),
    "local": (pa.timestamp("ns"), [1, -1, None]),
    "raw": (pa.binary(), [b"\xff\x00", b"text", None]),
    "id": (pa.uuid(), [uuid.UUID("00112233-4455-6677-8899-aabbccddeeff").bytes, b"\0" * 16, None]),
}, use_dictionary=False, compression="none")

# lists, structs and maps at all depths, with nulls and emptiness at each
NESTED = {
    "a": (pa.list_(pa.list_(pa.int32())), [[[1, 2], [], None, [None, 3]], [], None, [[4]]]),
    "s": (pa.struct([("x", pa.int32()), ("y", pa.list_(pa.string()))]), [{"x": 1, "y": ["p", None]}, {"x": None, "y": []}, None, {"x": 2, "y": None}]),
    "m": (pa.map_(pa.string(), pa.struct([("v", pa.float64())])), [[("k", {"v": 1.5}), ("k2", None)], [], None, [("", {"v": None})]]),
    "n": (pa.map_(pa.int64(), pa.list_(pa.date32())), [[(1, [datetime.date(2000, 1, 1)])], [], None, [(-2, None)]]),
}
write("nested", NESTED, row_group_size=3, compression="zstd", data_page_version="2.0")
write("nested_checked", NESTED, compression="snappy", write_page_checksum=True)

# each encoding that is not plain, over several small pages
N = 40
write("encodings", {
    "a": (pa.string(), [f"word{i % 3}" for i in range(N)]),
    "delta": (pa.int64(), [i * i * (-1) ** i if i % 7 else None for i in range(N)]),
    "lengths": (pa.string(), ["x" * (i % 5) for i in range(N)]),
    "prefixes": (pa.string(), [f"common/{i // 10}/{i}" for i in range(N)]),
    "split": (pa.float32(), [i / 4 for i in range(N)]),
    "flag": (pa.bool_(), [i % 3 == 0 for i in range(N)]),
}, use_dictionary=["a"], compression="gzip", data_page_size=64, write_batch_size=8, column_encoding={
    "delta": "DELTA_BINARY_PACKED", "lengths": "DELTA_LENGTH_BYTE_ARRAY", "prefixes": "DELTA_BYTE_ARRAY", "split": "BYTE_STREAM_SPLIT", "flag": "RLE"})

for codec in "brotli", "lz4":
    write(codec, {"a": (pa.string(), ["the same text " * 5 + str(i) for i in range(9)])}, use_dictionary=False, compression=codec)

# What old writers made and pyarrow does not: written here byte by byte. A column chunk is one v1 page of plain values, not compressed.


def varint(n):
    return bytes([n & 127 | 128]) + varint(n >> 7) if n > 127 else bytes([n])


def thrift(value):
    """The compact protocol: a dict is a struct of {field id: value}; an int is I32, a Long I64."""
    if isinstance(value, int):
        return varint(value << 1 ^ value >> 63)
    if isinstance(value, (str, bytes)):
        value = value.encode() if isinstance(value, str) else value
        return varint(len(value)) + value
    if isinstance(value, list):
        head = bytes([0xF0 | kind(value[0])]) + varint(len(value)) if len(value) > 14 else bytes([len(value) << 4 | kind(value[0])])
        return head + b"".join(map(thrift, value))
    out, last = b"", 0
    for field, v in sorted(value.items()):
        out += bytes([field - last << 4 | kind(v)]) if field - last < 16 else bytes([kind(v)]) + thrift(field)
        out += b"" if isinstance(v, bool) else thrift(v)
        last = field
    return out + b"\0"


class Long(int):
    pass


def kind(v):
    return (1 if v else 2) if isinstance(v, bool) else {int: 5, Long: 6, str: 8, bytes: 8, list: 9, dict: 12}[type(v)]


INT32, BYTES, FIXED = 1, 6, 7
REQUIRED, OPTIONAL, REPEATED = 0, 1, 2


def group(name, repetition, children, converted=None, logical=None):
    return {"children": children, "element": {3: repetition, 4: name, 5: len(children), **({6: converted} if converted is not None else {}), **({10: logical} if logical else {})}}


def leaf(name, repetition, physical, entries, converted=None, width=None, logical=None, packed=False):
    """entries: (repetition level, definition level, value or None)"""
    element = {1: physical, 3: repetition, 4: name, **({2: width} if width else {}), **({6: converted} if converted is not None else {}), **({10: logical} if logical else {})}
    return {"element": element, "entries": entries, "packed": packed}


def levels(values, packed):
    """Levels of 0 or 1 and up to 3: a run length each, or BIT_PACKED in as many bits as the highest level needs."""
    width = max(values).bit_length()
    if packed:
        bits = "".join(f"{v:0{width}b}" for v in values)
        return bytes(int(bits[i:i + 8].ljust(8, "0"), 2) for i in range(0, len(bits), 8))
    runs = b"".join(bytes([2, v]) for v in values)
    return len(runs).to_bytes(4, "little") + runs


def plain(physical, value):
    if physical == INT32:
        return (value & 0xFFFFFFFF).to_bytes(4, "little")
    return value if physical == FIXED else len(value).to_bytes(4, "little") + value


def by_hand(name, rows, columns, encoding=0, codec=0):
    body, chunks, elements = b"PAR1", [], [{4: "schema", 5: len(columns)}]

    def walk(node, path):
        nonlocal body
        elements.append(node["element"])
        path = path + [node["element"][4]]
        for child in node.get("children", []):
            walk(child, path)
        if "entries" not in node:
            return
        physical, entries = node["element"][1], node["entries"]
        page = b""
        for part in 0, 1:
            if any(e[part] for e in entries):
                page += levels([e[part] for e in entries], node["packed"])
        page += b"".join(plain(physical, e[2]) for e in entries if e[2] is not None)
        how = 4 if node["packed"] else 3
        head = thrift({1: 0, 2: len(page), 3: len(page), 5: {1: len(entries), 2: encoding, 3: how, 4: how}})
        size, start = Long(len(head + page)), Long(len(body))
        chunks.append({2: start, 3: {1: physical, 2: [0], 3: path, 4: codec, 5: Long(len(entries)), 6: size, 7: size, 9: start}})
        body += head + page

    for column in columns:
        walk(column, [])
    footer = thrift({1: 1, 2: elements, 3: Long(rows), 4: [{1: chunks, 2: Long(len(body)), 3: Long(rows)}], 6: "by hand"})
    (DATA / f"{name}.parquet").write_bytes(body + footer + len(footer).to_bytes(4, "little") + b"PAR1")


UTF8, MAP, MAP_KEY_VALUE, LIST, TIMESTAMP_MILLIS, UINT_32, INTERVAL = 0, 1, 2, 3, 9, 13, 21
# row 1: two elements, row 2: none, row 3: null
NUMBERS = [(0, 2, 1), (1, 2, -2), (0, 1, None), (0, 0, None)]
by_hand("legacy", 3, [
    group("leaves", OPTIONAL, [leaf("element", REPEATED, INT32, NUMBERS)], LIST),
    group("array", OPTIONAL, [group("array", REPEATED, [leaf("only", REQUIRED, INT32, NUMBERS)])], LIST),
    group("t", OPTIONAL, [group("t_tuple", REPEATED, [leaf("only", REQUIRED, INT32, NUMBERS)])], LIST),
    group("pairs", OPTIONAL, [group("x", REPEATED, [leaf("a", REQUIRED, INT32, NUMBERS), leaf("b", REQUIRED, INT32, NUMBERS)])], LIST),
    group("modern", OPTIONAL, [group("bag", REPEATED, [leaf("array_element", REQUIRED, INT32, NUMBERS)])], LIST),
    group("map", OPTIONAL, [group("map", REPEATED, [
        leaf("key", REQUIRED, BYTES, [(0, 2, b"k"), (1, 2, b"l"), (0, 1, None), (0, 0, None)], UTF8), leaf("value", REQUIRED, INT32, NUMBERS)], MAP_KEY_VALUE)], MAP),
    group("old_map", OPTIONAL, [group("key_value", REPEATED, [
        leaf("key", REQUIRED, INT32, NUMBERS), leaf("value", REQUIRED, INT32, NUMBERS)])], MAP_KEY_VALUE),
    leaf("bare", REPEATED, INT32, [(0, 1, 5), (1, 1, 6), (0, 0, None), (0, 1, 7)]),
    leaf("u", OPTIONAL, INT32, [(0, 1, -1), (0, 0, None), (0, 1, 1)], UINT_32),
])
by_hand("bit_packed", 3, [
    group("packed", OPTIONAL, [group("list", REPEATED, [leaf("element", OPTIONAL, INT32, [(0, 3, 1), (1, 2, None), (1, 3, -2), (0, 1, None), (0, 0, None)], packed=True)])], LIST),
])
NONE = [(0, 0, None), (0, 1, b"ab")]
by_hand("interval", 2, [leaf("a", OPTIONAL, FIXED, [(0, 0, None), (0, 1, bytes([1, 0, 0, 0, 2, 0, 0, 0, 0xEB, 3, 0, 0]))], INTERVAL, 12)])
by_hand("unknown_type", 2, [leaf("a", OPTIONAL, BYTES, NONE, logical={99: {}}), leaf("b", OPTIONAL, BYTES, NONE)])
by_hand("unknown_codec", 2, [leaf("a", OPTIONAL, BYTES, NONE)], codec=3)
by_hand("unknown_encoding", 2, [leaf("a", OPTIONAL, BYTES, NONE)], encoding=77)

# codes with labels out of order, declared missing as a range and as codes, texts, system-missing, decimals
frame = pandas.DataFrame({
    "Q1": [1.0, 2.0, -1.0, None],
    "Q2": [3.5, -9.0, 1.0, 2.0],
    "B_COUNTRY": [152.0, 826.0, 152.0, 152.0],
    "word": ["é, \"x\"", "", "no answer", "b"],
})
options = {
    "column_labels": ["Important in life: Friends", None, "Country", "A word"],
    "variable_value_labels": {"Q1": {2.0: "Rather important", 1.0: "Very important", -1.0: "Don't know", -2.0: "No answer"},
                              "B_COUNTRY": {826.0: "Great Britain", 152.0: "Chile"}, "word": {"b": "the letter"}},
    "missing_ranges": {"Q1": [{"lo": -5, "hi": -1}], "Q2": [-9.0, -8.0], "word": ["b"]},
    "variable_measure": {"Q1": "ordinal", "Q2": "scale", "B_COUNTRY": "nominal"},
    "variable_format": {"Q1": "F2.0", "B_COUNTRY": "F4.0"},
}
pyreadstat.write_sav(frame, DATA / "survey.sav", **options)
pyreadstat.write_sav(frame, DATA / "survey.zsav", compress=True, **options)


# The raw files of sources/*/sample that are not text: invented rows in the layout of the dataset hub, with the awkward cells that expect/cells.jsonl names.
def sample(source, path, columns):
    target = DATA.parents[1] / "sources" / source / "sample" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({k: pa.array(v, t) for k, (t, v) in columns.items()}), target, compression="snappy")


TEXT, TEXTS = pa.string(), pa.list_(pa.string())


def mmlu():
    sample("mmlu", "all/test-00000-of-00001.parquet", {
        "question": (TEXT, [" Which of these is a gas at room temperature? ", "Find the degree of Q(√2, \"i\")\nover Q.", "None", "Nobody answered this", "", None, "Three options only", "One option is missing"]),
        "subject": (TEXT, ["invented_chemistry", "invented_algebra", "invented_logic"] + ["invented_errors"] * 5),
        "choices": (TEXTS, [["Iron ", " Neon", "Salt", "Wax"], ["0", "4", "2", "6"], ["None", "", "null", "All of the above"], list("pqrs"), list("abcd"), list("abcd"), list("abc"), ["a", None, "c", "d"]]),
        "answer": (pa.int64(), [1, 1, 3, -1, 0, 0, 2, 0]),
    })


def winogrande():
    sample("winogrande", "winogrande_xl/validation-00000-of-00001.parquet", {
        "sentence": (TEXT, ["The ladder did not reach the roof, for the _ was too short.", "  Zoë thanked Inês because _ had helped, and _ smiled. ", "The cat slept on the sofa and not on the floor since the _ was cold.", "The _ has no answer.", "The _ has another answer.", "The _ lacks an option.", " "]),
        "option1": (TEXT, ["ladder", " Zoë", "sofa", "row", "row", " ", "a"]),
        "option2": (TEXT, ["roof", "Inês ", "\"floor\"", "line", "line", "line", "b"]),
        "answer": (TEXT, ["1", "2", "2", "", "3", "1", "1"]),
    })


def arc():
    choices = pa.struct([("text", TEXTS), ("label", TEXTS)])
    letters = lambda *texts: {"text": list(texts), "label": list("ABCDE"[: len(texts)])}
    sample("arc", "ARC-Challenge/test-00000-of-00001.parquet", {
        "id": (TEXT, [f"Invented_{i}" for i in range(9)]),
        "question": (TEXT, [" What floats on water? ", "How many legs has a beetle?", "Which is the coldest?\n(All at noon.)", "Which word means \"quick\"?", "No such key", "Lists that differ", None, "No key at all", "No choices"]),
        "choices": (choices, [letters("cork", " lead ", "gold", "glass"), {"text": ["four", "six", "eight", "ten"], "label": ["1", "2", "3", "4"]}, letters("ice", "water at 20 °C", "steam"), letters("slow", "old", "blue", "None", "fast"),
                              letters("a", "b"), {"text": ["a", "b"], "label": ["A"]}, letters("a", "b"), letters("a", "b"), None]),
        "answerKey": (TEXT, ["A", "2", " A ", "E", "D", "A", "A", None, "A"]),
    })


def drop():
    spans = pa.struct([("spans", TEXTS), ("types", TEXTS)])
    one = lambda *texts: {"spans": list(texts), "types": ["span"] * len(texts)}
    sample("drop", "data/validation-00000-of-00001.parquet", {
        "section_id": (TEXT, [f"invented_{i // 2}" for i in range(8)]),
        "query_id": (TEXT, [f"invented-{i}" for i in range(8)]),
        "passage": (TEXT, [" The club won 3 games in May and 5 in June.\nIn July it rested. ", "The bridge opened on 4 May 1931; its builder, José Núñez, was not there.", "Oats, rye and barley grew there.", None, "A passage with an answer that is blank", "A passage with an empty list", "A passage without a question", "A passage without answers"]),
        "question": (TEXT, ["  How many games did the club win in both months?", "When did the bridge open?", "Which crops grew there?", "What is one and one?", "Is it blank?", "Is it empty?", " ", "Is it null?"]),
        "answers_spans": (spans, [{"spans": ["8", "8", "eight"], "types": ["number", "number", "span"]}, {"spans": ["4 May 1931"], "types": ["date"]}, one(" ", " \"Oats\" ", "rye", "barley"), {"spans": ["2"], "types": ["number"]},
                                  one(" ", ""), one(), one("x"), None]),
    })


def truthful_qa():
    sample("truthful-qa", "multiple_choice/validation/0000.parquet", {
        "question": (TEXT, ["Do ostriches hide their heads in sand?", " What does \"déjà vu\" prove? ", "What is the label?", "Who has no options?", None, "Where is the text?"]),
        "choices": (TEXTS, [["Yes, when afraid", "No, they do not ", "Only at night", "Only the young"], ["A former life", "Nothing", "A glitch", "The future"], ["none", "of", "these", "four"], [], ["a", "b", "c", "d"], ["a", " ", "c", "d"]]),
        "label": (pa.int64(), [1, 1, 4, 0, 0, 0]),
    })


def imdb():
    sample("imdb", "plain_text/train-00000-of-00001.parquet", {
        "text": (TEXT, ["Two hours that I will never see again.<br /><br />Stay at home.", " A slow start, but \"Lumière\" ends well.\n", "None", "A review that nobody labelled", "   ", "A slow start, but \"Lumière\" ends well."]),
        "label": (pa.int64(), [0, 1, 0, -1, 1, 1]),
    })


for source in mmlu, winogrande, arc, drop, truthful_qa, imdb:
    source()

# sample/ of sources whose raw files are binary


def write_sample(source, path, columns, **options):
    to = DATA.parent.parent / "sources" / source / "sample" / path
    to.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array(values, kind) for name, (kind, values) in columns.items()})
    pq.write_table(table, to, store_schema=False, write_statistics=False, **options)


def sample_habermas():
    questions = {
        "Q1": ("Should shops close on Sundays?", "Shops should close on Sundays.", "Shops should NOT close on Sundays."),
        "Q2": (" Should \"zones 30\" cover whole towns?\n", "Zones 30 should cover\nwhole towns. ", "Zones 30 should NOT cover whole towns."),
        "Q3": ("Is the pound (£) here to stay?", "The pound is here to stay.", None),
    }
    ratings = [  # worker, question, rating_index, labels
        ("w/1", "Q1", 1, ["STRONGLY_AGREE"]), ("w/1", "Q1", 0, ["SOMEWHAT_DISAGREE"]),
        ("w/1", "Q2", 0, ["NEUTRAL"]), ("w/1", "Q2", 0, ["DISAGREE"]),
        ("w2", "Q1", 0, ["MOCK"]), ("w2", "Q1", 1, ["SOMEWHAT_AGREE"]),
        ("w2", "Q2", 0, ["AGREE", "AGREE"]), ("w2", "Q2", 1, ["AGREE"]),
        ("w3", "Q1", 0, ["STRONGLY_DISAGREE"]), ("w3", "Q2", 0, ["AGREE"]), ("w3", "Q3", 0, ["AGREE"]),
        ("w4", "Q1", 0, None), ("w4", "Q2", 0, [None]), ("w5", "Q1", 0, ["STRONGLY_AGREE"]),
        (None, "Q1", 0, ["AGREE"]),
    ]
    count = len(ratings)
    about = ["created", "id", "participant_id", "provenance", "response_duration", "status", "task_duration", "updated", "version"]
    write_sample("habermas", "hm_all_position_statement_ratings.parquet", {
        "index": (pa.int64(), list(range(count))),
        "monotonic_timestamp": (pa.int64(), list(range(count))),
        "launch_id": (pa.string(), ["launch"] * count),
        **{f"metadata.{name}": (pa.string(), ["x"] * count) for name in about},
        "question.affirming_statement": (pa.string(), [questions[r[1]][1] for r in ratings]),
        "question.id": (pa.string(), [r[1] for r in ratings]),
        "question.negating_statement": (pa.string(), [questions[r[1]][2] for r in ratings]),
        "question.split": (pa.string(), ["TRAIN"] * count),
        "question.text": (pa.string(), [questions[r[1]][0] for r in ratings]),
        "question.topic": (pa.int64(), [0] * count),
        "question_index": (pa.int64(), [0] * count),
        "rating_index": (pa.int64(), [r[2] for r in ratings]),
        "ratings.agreement": (pa.list_(pa.string()), [r[3] for r in ratings]),
        "ratings.metadata.participant_id": (pa.string(), ["x"] * count),
        "timestamp": (pa.int64(), list(range(count))),
        "worker_id": (pa.string(), [r[0] for r in ratings]),
    }, compression="snappy")
    opinions = [
        ("w/1", "Q1", "  I like a quiet day. \"Open\" or not, I stay home.\n"), ("w/1", "Q2", "Slow is safe."), ("w/1", "Q2", "Fast is fun."),
        ("w2", "Q1", "Café owners need the money."), ("w2", "Q2", "Yes to this."),
        ("w3", "Q1", "No opinion was provided."), ("w3", "Q1", "None"), ("w3", "Q2", "No opinion was provided."), ("w3", "Q3", "Keep it."),
        ("w4", "Q1", "Maybe so."), ("w4", "Q2", "Maybe not."), ("w5", "Q1", "  "), ("w5", "Q1", None), (None, "Q1", "Nobody's view."),
    ]
    rest = ["candidate.metadata.id", "candidate.metadata.provenance", "candidate.text", "metadata.participant_id", "metadata.version", "opinion.metadata.status"]  # of some fifty
    write_sample("habermas", "hm_all_round_survey_responses.parquet", {
        **{name: (pa.string(), ["x"] * len(opinions)) for name in rest},
        "opinion.text": (pa.string(), [o[2] for o in opinions]),
        "question.id": (pa.string(), [o[1] for o in opinions]),
        "question.text": (pa.string(), [questions[o[1]][0] for o in opinions]),
        "worker_id": (pa.string(), [o[0] for o in opinions]),
    }, compression="zstd", use_dictionary=False)


def sample_novacomet():
    rows = [
        ("Juan paints the fence", "the fence looks new"), ("Zoë finds a coin, says \"mine\"", "Zoë is happy"),
        ("Juan paints the fence", "Juan has paint on his hands"), ("Juan paints the fence", "the fence looks new"),
        (" Juan paints the fence", " a blank makes another event\n"), ("A clock stops", " \t"), ("Zoë finds a coin, says \"mine\"", "naïve; but \"true\""),
        (None, "nothing comes of nothing"), ("A storm comes up", None), ("", "an empty event"), ("A clock stops", "None"),
    ]
    write_sample("novacomet", "default/train/0000.parquet", {
        "premise": (pa.string(), [r[0] for r in rows]),
        "hypothesis": (pa.string(), [r[1] for r in rows]),
        "score": (pa.float64(), [i / 8 for i in range(len(rows))]),
    }, compression="snappy", row_group_size=6)


sample_habermas()
sample_novacomet()


SOURCES = DATA.parents[1] / "sources"


def changemyview():
    import bz2
    import json

    def comment(body, score=1, **more):
        return {"body": body, "score": score, **more}

    talk = [comment("I disagree, because of the rain."), comment("[deleted]", 3)]
    replies = comment("Yes.")
    for depth in range(299, -1, -1):
        replies = comment(("No." if depth % 2 else "Yes.") if depth else "Still no.", children=[replies])
    # What else a thread holds: the names are those of the published file, not read and not to be warned of.
    rest = dict.fromkeys("archived author_flair_css_class author_flair_text created created_utc delta distinguished domain downs edited from from_id from_kind gilded "
                         "hide_score id is_self link_flair_css_class link_flair_text media media_embed name over_18 permalink quarantine retrieved_on saved secure_media "
                         "secure_media_embed stickied subreddit subreddit_id thumbnail ups url".split())
    threads = [
        {"title": "CMV: Tea is better cold", "selftext": "I have tried both for years.\n\nCold \"wins\". ☕\n_____\n\n> *Hello, users of CMV! This is a footnote from your "
         "moderators. Please read [the rules](x).*\n", "score": 12, "num_comments": 5, "comments": talk, "author": "u1", **rest},
        {"title": " CMV: Maps should have no north ", "selftext": "&gt; *Hello, this is A FOOTNOTE from the moderators*\nNorth is a habit.\n> a quotation that stays\n", "score": -3,
         "num_comments": 17, "comments": talk},
        {"title": "CMV: Stairs beat lifts", "selftext": "\n\n> *This is a footnote, and nothing else.*\n \n", "score": 9, "num_comments": 40, "comments": talk},
        {"title": "CMV: gone", "selftext": " [removed] ", "score": 9, "num_comments": 40, "comments": talk},
        {"title": "[deleted]", "selftext": "A body without a title.", "score": 9, "num_comments": 40, "comments": talk},
        {"title": None, "selftext": "Null for a title.", "score": 9, "num_comments": 40, "comments": talk},
        {"title": "CMV: null body", "selftext": None, "score": 9, "num_comments": 40, "comments": talk},
        {"title": "CMV: nobody cares", "selftext": "Four comments are not enough.", "score": 0, "num_comments": 4, "comments": talk},
        {"title": "CMV: comments are all gone", "selftext": "Silence.", "score": 1, "num_comments": 6,
         "comments": [comment("[deleted]"), comment("[removed]"), comment(""), comment("No score", None), comment(None), {"children": [comment("below")]}]},
        {"title": "CMV: no comments at all", "selftext": "Empty.", "score": 1, "num_comments": 6, "comments": []},
        {"title": "CMV: no key", "selftext": "No key for comments.", "score": 1, "num_comments": 6},
        {"title": "CMV: Tea is better cold", "selftext": "Asked again: a title may come twice.", "score": 0, "num_comments": 6,
         "comments": [replies]},
        {"title": "CMV: twice", "selftext": "The same post twice.", "score": 2, "num_comments": 6, "comments": talk},
        {"title": "CMV: twice", "selftext": "The same post twice.", "score": 2, "num_comments": 8, "comments": talk},
        {"title": "None", "selftext": "Not *a* footnote: it says > *This is a footnote* within the line.", "score": 1000, "num_comments": 8, "comments": talk},
    ]
    lines = "".join(json.dumps(t) + "\n" for t in threads)
    (SOURCES / "changemyview/sample/threads.jsonl.bz2").write_bytes(bz2.compress(lines.encode()))


def wvs():
    columns = {
        "B_COUNTRY": ([152, 826, 152, 999, 826], "Country", {152: "Chile", 826: "Great Britain"}),
        "N_TOWN": ([152001, -4, None, 152001, -4], "Town", {-4: "Not asked", 152001: "CL: Santiago"}),
        "S_INTLANGUAGE": ([3770, 1240, 3770, None, None], "Language", {1240: "English", 3770: "Spanish; Castilian"}),
        "Q1": ([3, 2, -1, 4, 4], "Important in life: Friends",
               {-2: "No answer", -1: "Don't know", 1: "Not at all important", 2: "Not very important", 3: "Rather important", 4: "Very important"}),
        "Q2": ([1, 2, 3, 7, -5], "Café, \"once\"", {-5: "Missing; Unknown", 1: "Often", 2: "Seldom", 3: "Often", 4: "Never"}),
        "Q3": ([0, 1, None, 0, 1], None, {0: "Not mentioned", 1: "Mentioned"}),
        "Q261": ([1980, 1999, 1960, 1970, -2], "Year of birth", {-2: "No answer", 1980: "1980"}),
        "Q275A": ([1, 2, 3, 4, 5], "A long list", {i: f"choice {i}" for i in range(1, 19)}),
        "Q290": ([12, 13, 14, 15, 16], "A number without labels", {}),
        "Q_MODE": ([1, 2, 1, 1, -5], "Mode of interview", {-5: "Missing; Unknown", 1: "CAPI", 2: "Online"}),
        "D_INTERVIEW": ([1, 2, 3, 4, 5], "Number of the interview", {1: "One"}),
    }
    pyreadstat.write_sav(
        pandas.DataFrame({name: pandas.Series(cells, dtype=float) for name, (cells, _, _) in columns.items()}),
        SOURCES / "wvs/sample/WVS_Cross-National_Wave_7_inverted_sav_v6_0.sav", compress=False,
        column_labels=[label for _, label, _ in columns.values()],
        variable_value_labels={name: {float(k): v for k, v in labels.items()} for name, (_, _, labels) in columns.items() if labels},
        missing_ranges={name: [{"lo": -5, "hi": -1}] for name in columns if name != "Q3"},
        variable_format={name: "F8.0" for name in columns})


def helpsteer():
    import gzip
    import json

    tides = "Explain tides.\n<extra_id_1>Assistant\nThe moon… 🌊\n<extra_id_1>User\nSun? "
    rows = [
        ("Name a prime above 10.", "11.", [4, 4, 4, 1, 1]), ("Name a prime above 10.", "12 is \"prime\".", [1, 0, 3, 2, 3]),
        (tides, " The sun pulls too.\n\nLess.", [3, 3, 4, 1, 1]), ("Alone?", "Yes.", [2, 2, 2, 2, 2]), (tides, "A long treatise", [3, 3, 4, 3, 4]),
        ("Tie?", "Same.", [2, 2, 2, 2, 2]), ("Tie?", "Also same.", [2, 2, 2, 2, 2]), ("Name a prime above 10.", "13.", [4, 4, 4, 4, 4]),
    ]
    names = ["prompt", "response", "helpfulness", "correctness", "coherence", "complexity", "verbosity"]
    lines = "".join(json.dumps(dict(zip(names, [prompt, response, *scores]))) + "\n" for prompt, response, scores in rows)
    (SOURCES / "helpsteer/sample/train.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))


def chatbotarena():
    turns = pa.list_(pa.struct([("content", pa.string()), ("role", pa.string())]))

    def talk(*texts):
        return [{"content": text, "role": "assistant" if i % 2 else "user"} for i, text in enumerate(texts)]

    rows = [  # judge, winner, model_a, model_b, prompt, turns of a, turns of b
        ("arena_user_1", "model_a", "vicuna-13b", "koala/13b", "  Name a river in Peru.\n", ["The Ucayali.", "More?", "The Marañón."], ["I do not know.", "More?", "No."]),
        ("arena_user_1", "model_b", "koala/13b", "vicuna-13b", "Was ist \"Fernweh\"?", ["A word,\nGerman"], [" 想去远方 🌏 "]),
        ("arena_user_1", "tie", "vicuna-13b", "only-b", "None", ["null"], ["nan"]),
        ("arena_user_1", "tie (bothbad)", "koala/13b", "vicuna-13b", "Tell a joke.", ["No."], ["Never."]),
        ("arena_user_1", "draw", "vicuna-13b", "koala/13b", "Who drew?", ["I did."], ["You did."]),
        ("arena_user_22", "model_a", "vicuna-13b", "koala/13b", "Same again", ["One"], ["Two"]),
        ("arena_user_22", "model_a", "vicuna-13b", "koala/13b", "Same again", ["One"], ["Two"]),
        ("arena_user_22", "tie", "vicuna-13b", "koala/13b", "Broken off", ["I begin"], []),
        ("arena_user_22", "tie", "vicuna-13b", "koala/13b", "Silent?", ["   "], ["Not I."]),
        ("arena_user_3", "model_a", "vicuna-13b", "koala/13b", "Three only", ["One"], ["Two"]),
        ("arena_user_3", "model_a", "vicuna-13b", "koala/13b", "Three only", ["One"], ["Two"]),
        ("arena_user_3", "model_a", "vicuna-13b", "koala/13b", "Three only", ["One"], ["Two"]),
    ]
    count = len(rows)
    score = pa.struct([("categories", pa.struct([("hate", pa.bool_())])), ("flagged", pa.bool_())])
    write_sample("chatbotarena", "data/train-00000-of-00001-cced8514c7ed782a.parquet", {
        "question_id": (pa.string(), [f"{i:032x}" for i in range(count)]),
        "model_a": (pa.string(), [r[2] for r in rows]),
        "model_b": (pa.string(), [r[3] for r in rows]),
        "winner": (pa.string(), [r[1] for r in rows]),
        "judge": (pa.string(), [r[0] for r in rows]),
        "conversation_a": (turns, [talk(r[4], *r[5]) for r in rows]),
        "conversation_b": (turns, [talk(r[4], *r[6]) for r in rows]),
        "turn": (pa.int64(), [max(1, (len(r[5]) + 1) // 2) for r in rows]),
        "anony": (pa.bool_(), [True] * count),
        "language": (pa.string(), ["English"] * count),
        "tstamp": (pa.float64(), [1682351591.1322 + i for i in range(count)]),
        "openai_moderation": (score, [{"categories": {"hate": False}, "flagged": False}] * count),
        "toxic_chat_tag": (score, [None] * count),
    }, compression="snappy", row_group_size=5)


def models():
    """SentencePiece models of each kind, on a few words."""
    import contextlib
    import io
    import tempfile

    import sentencepiece

    texts = ["the cat and the hat", "a cat sat on that mat", "abc ab abab ba aaaa", "caf\u00e9 na\u00efve 12 345", "\uff21\ufb01 \u2460 \u3000x", "<s> <x> </s>"] * 20
    common = {"vocab_size": 60, "hard_vocab_limit": False, "minloglevel": 2, "num_threads": 1}
    folder = (DATA / "tokenizers").resolve()
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):  # the model tells the path of its rules
        pathlib.Path("rules.tsv").write_text("FF21\t41\nFB01\t66 69\n2460\t31\n3000\t20\n61 62 63\t78\n61 62\t79\n")
        own = {"normalization_rule_tsv": "rules.tsv"}
        for name, settings in {
            "bytes": {"model_type": "bpe", "vocab_size": 300, "normalization_rule_name": "identity", "byte_fallback": True, "add_dummy_prefix": False,
                      "remove_extra_whitespaces": False, "control_symbols": ["<x>"]},
            "rules": {"model_type": "bpe", **own},
            "user": {"model_type": "bpe", "normalization_rule_name": "identity", "user_defined_symbols": ["<x>", "the"], "remove_extra_whitespaces": False},
            "unigram": {"model_type": "unigram", "user_defined_symbols": ["<x>"], "denormalization_rule_tsv": "rules.tsv", **own},
            "words": {"model_type": "word", "normalization_rule_name": "identity"},
            "characters": {"model_type": "char", "normalization_rule_name": "identity", "treat_whitespace_as_suffix": True},
        }.items():
            model = io.BytesIO()
            sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts), model_writer=model, **{**common, **settings})
            (folder / f"{name}.model").write_bytes(model.getvalue())


changemyview()
wvs()
helpsteer()
chatbotarena()
models()
