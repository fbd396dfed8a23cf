"""The whole pipeline on questions with known answers: what it says when it must, and how surely."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import Article, Index
from qa.asking import asking
from qa.assistant import PASSAGES
from qa.candidates import competing
from qa.cite import Articles
from qa.compose import features
from qa.metrics import exact, f1
from qa.reader import Reader


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its accepted answers (none: nothing answers it) and its evidence sentence."""

    text: str
    kind: str
    article: str
    accepted: tuple[str, ...] = ()
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question as the pipeline answers it when it must."""

    question: Question
    text: str
    exact: float
    f1: float
    right_sentence: bool
    retrieved: bool
    features: tuple[float, ...]


def articles(path: Path) -> list[Article]:
    """The articles of a file in Byline's own row format."""
    return [
        Article(uri=row["id"], title=row["title"], text=row["body"], source="", published=None)
        for row in _rows(path)
    ]


def open_questions(path: Path) -> list[Question]:
    """Questions of the whole collection: `fact`, `none`, and first turns of conversations."""
    questions = []
    for row in _rows(path):
        turn = row["turns"][0] if row["kind"] == "chat" else row
        kind = "first turn" if row["kind"] == "chat" else row["kind"]
        questions.append(
            Question(
                turn["q"], kind, turn["article"], tuple(turn["answers"]), turn.get("evidence", "")
            )
        )
    return questions


def article_questions(path: Path) -> dict[str, list[Question]]:
    """article id -> the questions asked of that article alone."""
    return {
        row["id"]: [
            *(
                Question(q["q"], "article fact", row["id"], tuple(q["answers"]), q["evidence"])
                for q in row["qas"]
            ),
            *(Question(q["q"], "article none", row["id"]) for q in row["unanswerable"]),
        ]
        for row in _rows(path)
    }


def outcomes(index: Index, reader: Reader, questions: Iterable[Question]) -> list[Outcome]:
    """Every question, forced to an answer."""
    found = []
    for question in questions:
        hits = index.search(question.text, PASSAGES)
        read = reader.read(question.text, [hit.passage.text for hit in hits])
        places = Articles(index)
        candidates = competing(asking(question.text), hits, read, places)
        if not candidates:
            continue
        best = candidates[0].evidence[0]
        sentence = places.sentence(best).of(places.get(best.article_id).text)
        seen = features(question.text, candidates[0], candidates, places.nearby(best))
        gold = question.evidence
        found.append(
            Outcome(
                question=question,
                text=best.text,
                exact=exact(best.text, question.accepted) if question.accepted else 0.0,
                f1=f1(best.text, question.accepted) if question.accepted else 0.0,
                right_sentence=bool(gold) and (gold in sentence or sentence in gold),
                retrieved=any(gold and gold in hit.passage.text for hit in hits),
                features=tuple(seen.values()),
            )
        )
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
