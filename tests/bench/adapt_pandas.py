"""What adapt makes of polis_vote, as a pandas script of the plain sort: adapt_pandas.py RAW/polis OUTPUT. Prints the seconds of its work, imports not counted."""
import json
import sys
import time
from pathlib import Path

import pandas

VOTES = {1: "Agree", 0: "Pass", -1: "Disagree"}


def read_comments(folder):
    comments = pandas.read_csv(folder / "comments.csv", usecols=["comment-id", "comment-body"], keep_default_na=False)
    words = comments["comment-body"].str.split().str.len()
    kept = (words >= 4) | (folder.name == "vtaiwan.uberx")
    kept &= ~((words < 3) & comments["comment-body"].str.casefold().str.contains("test"))
    comments = comments[kept]
    return comments.assign(comment=comments["comment-body"].str.strip())[["comment-id", "comment"]]


def read_values(folder):
    summary = pandas.read_csv(folder / "summary.csv", header=None, names=["key", "value"], index_col="key", keep_default_na=False)["value"]
    return {name: summary.get(key, "").strip() or None for name, key in (("topic", "topic"), ("description", "conversation-description"))}


def read_votes(folder):
    votes = pandas.read_csv(folder / "votes.csv", usecols=["timestamp", "comment-id", "voter-id", "vote"])
    votes = votes.sort_values("timestamp", kind="stable").drop_duplicates(["voter-id", "comment-id"], keep="last")
    votes["vote"] = votes["vote"].map(VOTES)
    return votes.dropna(subset="vote")


def add_line(out, record):
    out.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


def main(raw, output):
    with open(output, "w", encoding="utf-8") as out:
        for folder in sorted(path for path in Path(raw).iterdir() if path.is_dir()):
            values = read_values(folder)
            votes = read_votes(folder).merge(read_comments(folder), on="comment-id")
            for voter, rows in votes.groupby("voter-id"):
                if len(rows) < 4:
                    continue
                add_line(out, {"instance": f"{folder.name}/{voter}", "values": values})
                for comment, vote in zip(rows["comment"], rows["vote"]):
                    add_line(out, {"input": comment, "output": vote})


start = time.perf_counter()
main(*sys.argv[1:])
print(f"{time.perf_counter() - start:.2f}")
