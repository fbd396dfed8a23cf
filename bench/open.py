"""The whole pipeline on open questions: candidates and features per question, and their figures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from index import Article, Index
from qa.assistant import PASSAGES
from qa.cite import Articles
from qa.compose import features, gather, rank
from qa.metrics import exact, f1
from qa.reader import Reader


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question as the pipeline answers it when it must."""

    article: str
    kind: str
    question: str
    accepted: tuple[str, ...]
    text: str
    exact: float
    f1: float
    right_sentence: bool
    retrieved: bool
    features: tuple[float, ...]


def articles(path: Path) -> list[Article]:
    """The articles of a file in Byline's own row format."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [
        Article(
            uri=row["id"],
            title=row["title"],
            text=row["body"],
            source="",
            published=row["published"],
        )
        for row in rows
    ]


def outcomes(index: Index, reader: Reader, questions: Path) -> list[Outcome]:
    """Facts and first turns (answerable) and `none` questions, each forced to an answer."""
    found = []
    for line in questions.read_text().splitlines():
        row = json.loads(line)
        asked = [row] if row["kind"] != "chat" else [{**row["turns"][0], "kind": "chat1"}]
        for q in asked:
            hits = index.search(q["q"], PASSAGES)
            evidence = gather(hits, reader.read(q["q"], [hit.passage.text for hit in hits]))
            candidates = rank(evidence)
            places = Articles(index)
            best = candidates[0].evidence[0]
            sentence = places.sentence(best).of(places.get(best.article_id).text)
            gold = q.get("evidence", "")
            found.append(
                Outcome(
                    article=q["article"],
                    kind=q["kind"],
                    question=q["q"],
                    accepted=tuple(q["answers"]),
                    text=candidates[0].text,
                    exact=exact(candidates[0].text, q["answers"]) if q["answers"] else 0.0,
                    f1=f1(candidates[0].text, q["answers"]) if q["answers"] else 0.0,
                    right_sentence=bool(gold) and (gold in sentence or sentence in gold),
                    retrieved=any(gold and gold in hit.passage.text for hit in hits),
                    features=tuple(
                        features(q["q"], candidates[0], candidates, *places.around(best)).values()
                    ),
                )
            )
    return found
