"""Hard negatives: the passages that retrieval returns for a training question and do not answer it.

A collection is made of the training texts and searched exactly as answering searches one. Knows
nothing of readers or of training; `negatives.py` reads what is written here.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index import Article, Hit, Index
from index.embed import Embedder
from qa.metrics import normalize
from qa.readerdata import QuestionedArticle, QuestionFile, Row, read_questions
from qa.training.examples import holds_answer
from qa.training.negatives import PassageLine, QuestionLine, stands_alone

RETURNED, NEIGHBOURS, DEPTH = 10, 4, 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the collection; `of` is the uri of its article, `query` what is searched."""

    id: str
    of: str
    title: str
    query: str
    answers: tuple[str, ...]


def collection(file: QuestionFile) -> tuple[list[Article], list[Asked]]:
    """The texts of a question file as articles, and its questions.

    Contexts that share a title make one article; where a file has one title only, every context
    is an article of its own.
    """
    articles = [Article(a.id, a.title, a.body, "training") for a in file.articles]
    asked = [question for article in file.articles for question in _of_article(article)]
    contexts = list(dict.fromkeys((row.title, row.context) for row in file.rows))
    several = len({title for title, _ in contexts}) > 1
    texts: dict[str, list[str]] = {}
    homes: dict[tuple[str, str], str] = {}
    for number, (title, context) in enumerate(contexts):
        home = f"title:{title}" if several else f"context:{number}"
        homes[title, context] = home
        texts.setdefault(home, []).append(context)
    titles = {home: _readable(title) if several else "" for (title, _), home in homes.items()}
    for home, parts in texts.items():
        articles.append(Article(home, titles[home], "\n\n".join(parts), "training"))
    for row in file.rows:
        home = homes[row.title, row.context]
        asked.append(_of_row(row, home, titles[home]))
    return articles, asked


def mine(
    articles: Sequence[Article], asked: Sequence[Asked], folder: Path, embedder: Embedder | None
) -> Iterator[PassageLine | QuestionLine]:
    """For every question what retrieval returns and does not hold its answer, the best first.

    Passages of the question's own article from further down the list are added as neighbours.
    A passage comes once, before the first question that names it.
    """
    index = Index(folder, embedder)
    index.add_articles(articles)
    uris = {stored.id: stored.uri for stored in index.articles()}
    written: dict[int, int] = {}
    for question in asked:
        numbers: list[int] = []
        for hit in _kept(index.search(question.query, DEPTH), question, uris):
            passage = hit.passage
            if passage.id not in written:
                written[passage.id] = len(written)
                yield PassageLine(written[passage.id], uris[passage.article_id], passage.text)
            numbers.append(written[passage.id])
        yield QuestionLine(question.id, question.of, question.title, tuple(numbers))
    index.close()


def wrong(text: str, answers: Sequence[str]) -> bool:
    """Whether no accepted answer stands in the text, as it is or normalised."""
    bare = f" {normalize(text)} "
    said = any(f" {normalize(answer)} " in bare for answer in answers if normalize(answer))
    return not said and not holds_answer(text, answers)


def _kept(hits: Sequence[Hit], question: Asked, uris: dict[int, str]) -> list[Hit]:
    free = [
        (place, hit) for place, hit in enumerate(hits) if wrong(hit.passage.text, question.answers)
    ]
    first = [hit for place, hit in free if place < RETURNED]
    rest = [hit for place, hit in free if place >= RETURNED]
    near = [hit for hit in rest if uris[hit.passage.article_id] == question.of]
    return first + near[:NEIGHBOURS]


def _of_article(article: QuestionedArticle) -> Iterator[Asked]:
    for asked in article.facts + article.unanswerable + article.followups:
        words = " ".join([*asked.history, asked.question])
        query = words if stands_alone(words) else f"{article.title} {words}"
        answers = tuple(article.body[span.start : span.end] for span in asked.spans)
        yield Asked(asked.id, article.id, article.title, query, answers)


def _of_row(row: Row, home: str, title: str) -> Asked:
    query = row.question if stands_alone(row.question) else f"{title} {row.question}"
    return Asked(row.id, home, title, query, row.answers)


def _readable(title: str) -> str:
    """A title people would write, or nothing: `"Amazon_Reviews_20"` -> `""`."""
    bare = title.replace("_", " ").strip()
    return "" if any(letter.isdigit() for letter in bare) or ":" in bare else bare


def write(
    data: Sequence[Path], out: Path, embedder: Embedder | None = None, progress: bool = False
) -> int:
    """Mine all questions of the files, asked of one collection; returns how many there are.

    `out` appears when it is whole; it is JSON, one line a passage or a question.
    """
    from tqdm import tqdm

    files = [read_questions(path) for path in data]
    rows = tuple(row for file in files for row in file.rows)
    bodies = tuple(article for file in files for article in file.articles)
    articles, asked = collection(QuestionFile(rows, bodies, 0))
    aside = out.with_name(f".writing-{out.name}")
    with (
        tempfile.TemporaryDirectory() as folder,
        aside.open("w", encoding="utf-8") as file,
        tqdm(total=len(asked), unit="question", disable=not progress, mininterval=10) as bar,
    ):
        for line in mine(articles, asked, Path(folder), embedder):
            file.write(json.dumps(line.as_json(), ensure_ascii=False) + "\n")
            bar.update(isinstance(line, QuestionLine))
    os.replace(aside, out)
    return len(asked)


def main() -> int:
    """`python -m qa.training.mining`."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.mining", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="question files")
    parser.add_argument("--out", type=Path, required=True, help="JSONL file that is written")
    arguments = parser.parse_args()
    count = write(arguments.data, arguments.out, progress=True)
    print(f"{arguments.out}: negatives for {count} questions")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
