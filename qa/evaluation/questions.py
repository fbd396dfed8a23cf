"""Question files for the whole pipeline, as conversations of one or more turns.

Three kinds of rows are told apart by their keys: questions of a collection (`q`, `answers`, or
`turns`), articles with their questions (`body`), and SQuAD in any form, whose contexts are the
articles. Knows nothing of answering.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.sentences import split_sentences
from index.types import Article
from qa.readerdata import AnswerSpan, QuestionFile, Row, read_questions


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn: what is asked, what is accepted (nothing: refusing is right), where it stands.

    `evidence` are sentences that hold an accepted answer, as they stand in the article. `article`
    is the uri of its article where the question is asked of that article alone, else empty;
    `group` keeps questions about one article in one fold.
    """

    id: str
    kind: str
    text: str
    accepted: tuple[str, ...]
    evidence: tuple[str, ...]
    group: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Conversations, and the articles that the file brought along (none: asked of an index)."""

    conversations: tuple[tuple[Asked, ...], ...]
    articles: tuple[Article, ...]

    @property
    def size(self) -> int:
        """How many questions there are."""
        return sum(len(turns) for turns in self.conversations)


def read_set(path: Path) -> QuestionSet:
    """Reads a question file; raises `LoadError` naming the file and the line."""
    rows = list(_open_rows(path))
    if rows:
        found = QuestionSet(tuple(rows), ())
    else:
        file = read_questions(path)
        found = _of_articles(file) if file.articles else _of_contexts(file)
    if not found.size:
        raise LoadError(f"{path}: holds no question to evaluate on.")
    return found


def _open_rows(path: Path) -> Iterator[tuple[Asked, ...]]:
    """The rows of a file of questions without articles; nothing where it is another kind."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LoadError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        return
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            if number == 1:
                return  # one JSON document over several lines: SQuAD
            raise LoadError(f"{path}, line {number}: not JSON.") from None
        if not isinstance(row, dict) or not {"q", "turns"} & row.keys():
            if number == 1:
                return
            raise LoadError(f"{path}, line {number}: expected a question with `q` or `turns`.")
        try:
            yield tuple(_turns(row, number))
        except (KeyError, TypeError, ValueError) as error:
            raise LoadError(
                f"{path}, line {number}: not a question with `q` and `answers` ({error})."
            ) from error


def _turns(row: dict[str, Any], number: int) -> Iterator[Asked]:
    turns = row.get("turns", [row])
    for place, turn in enumerate(turns, start=1):
        accepted = tuple(str(answer) for answer in turn["answers"])
        single = "fact" if accepted else "none"
        kind = f"turn {place}" if "turns" in row else str(row.get("kind", single))
        evidence = turn.get("evidence") or ()
        yield Asked(
            id=f"{number}.{place}",
            kind=kind,
            text=str(turn["q"]),
            accepted=accepted,
            evidence=(evidence,) if isinstance(evidence, str) else tuple(evidence),
            group=str(turn.get("article", number)),
        )


def _of_articles(file: QuestionFile) -> QuestionSet:
    """Every question asked of its own article alone, follow-ups with the turns before them."""
    articles, conversations = [], []
    for article in file.articles:
        uri = article.id
        articles.append(Article(uri, article.title, article.body, "evaluation"))
        for kind, questions in (("fact", article.facts), ("none", article.unanswerable)):
            for each in questions:
                span = each.evidence
                evidence = () if span is None else (article.body[span.start : span.end],)
                accepted = tuple(article.body[s.start : s.end] for s in each.spans)
                conversations.append(
                    (Asked(each.id, kind, each.question, accepted, evidence, uri, uri),)
                )
    return QuestionSet(tuple(conversations), tuple(articles))


def _of_contexts(file: QuestionFile) -> QuestionSet:
    """SQuAD: contexts with one title make one article; all questions are asked of all articles."""
    paragraphs: dict[str, dict[str, None]] = {}
    for row in file.rows:
        paragraphs.setdefault(row.title, {})[row.context] = None
    articles = tuple(
        Article(f"article:{number}", title.replace("_", " "), "\n\n".join(texts), "evaluation")
        for number, (title, texts) in enumerate(paragraphs.items())
    )
    return QuestionSet(tuple((_of_row(row),) for row in file.rows), articles)


def _of_row(row: Row) -> Asked:
    kind = "fact" if row.spans else "none"
    evidence = tuple(dict.fromkeys(_sentence(row.context, span) for span in row.spans))
    return Asked(row.id, kind, row.question, row.answers, evidence, row.title)


def _sentence(text: str, span: AnswerSpan) -> str:
    for sentence in split_sentences(text):
        if sentence.start <= span.start < sentence.end:
            return sentence.of(text)
    return text[span.start : span.end]
