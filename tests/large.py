"""Adapts generated raw files of the size and shape of the large sources, and checks what that takes and gives: large.py FOLDER SCALE [SOURCE…]

SCALE 1 is the size of the real files: netflix 100 million ratings (2 GB), changemyview 660 MB of bzip2 (3 GB), opinionqa 15 waves of 6,000 respondents,
wvs 97,000 respondents. Files are made below FOLDER, one source at a time. Prints TAP lines with throughput and the peak of memory, which should stay below 1 GiB.
"""
import bz2
import csv
import io
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import time

LIMIT = 1 << 30
random.seed(1)
failures = 0


def result(good, what, detail=""):
    global failures
    failures += not good
    print(("ok - " if good else "not ok - ") + what + (f"\n#   {detail}" if detail and not good else ""), flush=True)


def netflix(raw, scale):
    """Ratings in four files of sections; a tenth of the customers give half of them."""
    with open(f"{raw}/movie_titles.csv", "w", encoding="latin-1") as file:
        file.writelines(f"{m},{1900 + m % 106},Invented Film {m // 3}, the {m % 7}th Café\n" for m in range(1, 17771))
    customers = [str(c) for c in random.sample(range(1, 2649430), 480189)]
    busy = customers[::10]
    random.shuffle(busy)
    total = round(100480507 * scale)
    weights = [random.paretovariate(0.9) for _ in range(17770)]
    share = total / sum(min(w, 500) for w in weights)
    for number, (first, last) in enumerate([(1, 4499), (4500, 9210), (9211, 13367), (13368, 17770)], 1):
        with open(f"{raw}/combined_data_{number}.txt", "w") as file:
            for movie in range(first, last + 1):
                file.write(f"{movie}:\n")
                left = max(1, round(min(weights[movie - 1], 500) * share))
                while left:
                    pool = busy if random.random() < 0.5 else customers
                    n = min(left, random.randint(1, 60))
                    at = random.randrange(len(pool) - n)
                    tail = f",{random.randint(1, 5)},2005-{random.randint(1, 12):02}-{random.randint(1, 28):02}\n"
                    file.write(tail.join(pool[at : at + n]) + tail)
                    left -= n


def netflix_good(stats):
    return stats["netflix_individual_views", ""]["instances"] == 2000 and stats["netflix_individual_ratings", ""]["instances"] == 1000


def words(n):
    return " ".join(random.choices(WORDS, k=n))


WORDS = ["".join(random.choices("aaeeeiioounrtslcdmph", k=random.randint(2, 9))) for _ in range(4000)]


def changemyview(raw, scale):
    """Threads of about 45 KB with trees of comments, as one bzip2 stream after another."""
    streams = []
    for _ in range(8):
        lines = io.StringIO()
        for i in range(80):
            comments = [{"body": words(random.randint(20, 200)), "score": random.randint(-5, 90), "author": words(1), "id": f"c{i}", "children": [
                {"body": words(80), "score": 1, "author": words(1), "children": []} for _ in range(random.randint(0, 3))]} for _ in range(random.randint(3, 40))]
            json.dump({"title": "CMV: " + words(9), "selftext": words(250) + "\n\n> *Hello! This is a footnote from the moderators.*\n", "score": random.randint(0, 999),
                       "num_comments": len(comments), "comments": comments, "author": words(1), "created_utc": 1400000000 + i}, lines)
            lines.write("\n")
        streams.append(bz2.compress(lines.getvalue().encode()))
    size = 0
    with open(f"{raw}/threads.jsonl.bz2", "wb") as file:
        while size < 661e6 * scale:
            size += file.write(random.choice(streams))


def changemyview_good(stats):
    posts = stats["changemyview_posts", "cmv_score_from_post"]
    return posts["tables"][0]["rows"] > 1000 and 900 < posts["examples"] <= 10000


WAVES = {26: 78, 27: 96, 29: 77, 32: 98, 34: 67, 36: 139, 41: 90, 42: 129, 43: 114, 45: 95, 49: 98, 50: 128, 54: 116, 82: 104, 92: 77}
ATTRIBUTES = "CREGION AGE SEX EDUCATION CITIZEN MARITAL RELIG RELIGATTEND POLPARTY INCOME POLIDEOLOGY RACE".split()


def opinionqa(raw, scale):
    """Wide rows: a column a question, a quarter of them not asked, and as many columns again that are of no use."""
    for wave, count in WAVES.items():
        folder = f"{raw}/human_resp/American_Trends_Panel_W{wave}"
        os.makedirs(folder)
        keys = [f"QUESTION{i}_W{wave}" for i in range(count)]
        options = [[f"{words(random.randint(1, 6))} {n}" for n in range(random.randint(2, 5))] + ["Refused"] for _ in keys]
        with open(f"{folder}/info.csv", "w") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["", "Unnamed: 0.1", "Unnamed: 0", "key", "option_mapping", "question", "references", "option_ordinal"])
            out.writerows([i, i, i, key, "{}", words(15) + "?", repr(o), "[1.0]"] for i, (key, o) in enumerate(zip(keys, options)))
        rows = io.StringIO()
        out = csv.writer(rows, lineterminator="\n")
        for _ in range(500):
            out.writerow(["" if random.random() < 0.25 else random.choice(o) for o in options] + [random.random() for _ in keys] + [words(2) for _ in ATTRIBUTES])
        rows = rows.getvalue().splitlines(keepends=True)
        with open(f"{folder}/responses.csv", "w") as file:
            file.write(",".join(["QKEY"] + keys + [f"OTHER{i}" for i in range(count)] + ATTRIBUTES) + "\n")
            file.writelines(f"{i}," + random.choice(rows) for i in range(round(6000 * scale) + 200))


def opinionqa_good(stats):
    return stats["opinionqa_individual", ""]["instances"] == 3000 and stats["opinionqa_questions", ""]["examples"] == sum(WAVES.values())


def wvs(raw, scale):
    """A compressed SPSS file of 600 variables: three demographics, administrative ones, 350 questions."""
    names = ["B_COUNTR", "N_TOWN", "S_INTLAN"] + [f"Q{i}" for i in range(1, 351)] + [f"X{i}" for i in range(247)]
    long_names = {"B_COUNTR": "B_COUNTRY", "S_INTLAN": "S_INTLANGUAGE"}
    rows = round(97000 * scale) + 2000
    pad = lambda text, size: text.encode().ljust(size)
    out = [b"$FL2" + pad("@(#) SPSS DATA FILE tests/large.py", 60) + struct.pack("<iiiiid", 2, len(names), 1, 0, rows, 100.0) + pad("01 Jan 2601:00:00", 17) + pad("", 64) + bytes(3)]
    number_format = 5 << 16 | 8 << 8  # F8.0
    for name in names:
        label = f"{name}: {words(4)}"[:60]
        out.append(struct.pack("<6i", 2, 0, 1, -2, number_format, number_format) + pad(name, 8) + struct.pack("<i", len(label)) + pad(label, (len(label) + 3) // 4 * 4) + struct.pack("<2d", -5, -1))
    for i, name in enumerate(names):
        codes = {0: [152, 826, 40], 1: [1, 2, 3], 2: [1240, 3770]}.get(i, list(range(-5, 8)) if name[0] == "Q" else [])
        if codes:
            labels = b"".join(struct.pack("<dB", code, len(text)) + pad(text, (len(text) + 8) // 8 * 8 - 1) for code in codes for text in [f"label {code} {words(2)}"[:60]])
            out.append(struct.pack("<2i", 3, len(codes)) + labels + struct.pack("<3i", 4, 1, i + 1))
    table = "\t".join(f"{short}={long}" for short, long in long_names.items())
    out.append(struct.pack("<4i", 7, 13, 1, len(table)) + table.encode() + struct.pack("<2i", 999, 0))
    few = bytes(100 + (b % 10 if b > 40 else -1 - b % 5) for b in range(256))  # a compressed cell is its value + 100
    with open(f"{raw}/WVS_Cross-National_Wave_7_inverted_sav_v6_0.sav", "wb") as file:
        file.writelines(out)
        for _ in range(rows):
            cells = os.urandom(len(names)).translate(few)
            file.write(b"\xfd" + cells[1:2] + b"\xfd" + cells[3:8] + struct.pack("<2d", random.choice([152, 826, 40]), random.choice([1240, 3770])) + cells[8:])


def wvs_good(stats):
    return stats["wvs_individual", ""]["instances"] == 2000 and stats["wvs_individual", ""]["examples"] > 400000


def run(source, folder, scale):
    raw, root = f"{folder}/{source}", os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    shutil.rmtree(raw, ignore_errors=True)
    os.makedirs(raw)
    globals()[source](raw, scale)
    size = sum(os.path.getsize(os.path.join(top, name)) for top, _, names in os.walk(raw) for name in names)
    started = time.monotonic()
    child = subprocess.Popen(["spectrum-adapt", f"{root}/sources/{source}", "--raw", folder, "--stats", f"{folder}/stats", "-o", f"{folder}/instances.jsonl.zst"], stderr=subprocess.PIPE)
    errors = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - started
    stats = {(line["task"], line["part"]): line for line in map(json.loads, open(f"{folder}/stats"))} if status == 0 else {}
    peak = usage.ru_maxrss * 1024
    print(f"# {source}: {size / 1e6:.0f} MB in {seconds:.1f} s, {size / 1e6 / seconds:.1f} MB/s, {usage.ru_utime + usage.ru_stime:.1f} s of processor time, at most {peak >> 20} MiB")
    result(status == 0, f"{source}: {size / 1e6:.0f} MB are adapted", errors)
    result(status == 0 and globals()[source + "_good"](stats), f"{source}: as many instances and examples as there should be", f"{errors} {stats}")
    result(peak < LIMIT, f"{source}: in less than 1 GiB of memory", f"{peak >> 20} MiB")
    shutil.rmtree(raw)


def main():
    folder, scale = os.path.abspath(sys.argv[1]), float(sys.argv[2])
    for source in sys.argv[3:] or ["netflix", "changemyview", "opinionqa", "wvs"]:
        run(source, folder, scale)
    sys.exit(1 if failures else 0)


main()
