"""Joins the questions written for Byline with the texts they were written about.

    python -m bench.reader.join DATA OUT

DATA is the folder of question files. The questions are in `bench/reader/written`: about our own
training articles, and about the paragraphs of SQuADShifts' new Wikipedia part, which are not ours
and not kept here. OUT gets `news.jsonl`, our articles with all their questions, and `wiki.jsonl`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).parent / "written"
ARTICLES, PARAGRAPHS = "ours/train_articles.jsonl", "public/shifts-new_wiki.jsonl.gz"


def news(data: Path) -> Iterator[dict[str, Any]]:
    """Our training articles, the written questions behind those they have."""
    articles = {row["id"]: row for row in _rows(data / ARTICLES)}
    for name in ("news", "hard"):
        for question in _rows(WRITTEN / f"{name}.jsonl.gz"):
            kind, article = question.pop("kind"), question.pop("article")
            articles[article][kind].append(question)
    yield from articles.values()


def wiki(data: Path) -> Iterator[dict[str, Any]]:
    """The questions about paragraphs as reader rows; most of them have no answer there."""
    paragraphs = {}
    for row in _rows(data / PARAGRAPHS):
        key = hashlib.sha256(row["context"].encode()).hexdigest()[:16]
        paragraphs[key] = row
    for number, question in enumerate(_rows(WRITTEN / "wiki.jsonl.gz")):
        row = paragraphs[question["context"]]
        answers = []
        if "answer" in question:
            answers.append({"text": question["answer"], "start": question["start"]})
        yield {
            "id": f"written-wiki-{number}",
            "source": "written-wiki",
            "title": row["title"],
            "context": row["context"],
            "question": question["q"],
            "answers": answers,
            "impossible": not answers,
        }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def main() -> None:
    """Writes both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, rows in (("news", news(arguments.data)), ("wiki", wiki(arguments.data))):
        with (arguments.out / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
