"""Question files as values: our article rows, reader rows and official SQuAD JSON, gzipped or not.

Knows the three formats and checks every span against its text. Knows nothing of models.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import LoadError


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """One accepted answer: `context[start:end]` of the context it belongs to."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A question about a given context; no spans means that the context does not answer it."""

    id: str
    source: str
    title: str
    context: str
    question: str
    spans: tuple[AnswerSpan, ...]
    history: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The accepted answer texts, best first: `()` where the question is impossible."""
        return tuple(self.context[span.start : span.end] for span in self.spans)


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """A question about an article; `evidence` and `spans` are offsets into its body.

    Unanswerable questions have no evidence and no spans.
    """

    id: str
    question: str
    history: tuple[str, ...] = ()
    evidence: AnswerSpan | None = None
    spans: tuple[AnswerSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionedArticle:
    """An article with what may be asked of it: facts, unanswerable questions and follow-ups."""

    id: str
    title: str
    body: str
    facts: tuple[ArticleQuestion, ...]
    unanswerable: tuple[ArticleQuestion, ...]
    followups: tuple[ArticleQuestion, ...]


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """What one file holds; `skipped` counts questions whose spans do not fit their text."""

    rows: tuple[Row, ...]
    articles: tuple[QuestionedArticle, ...]
    skipped: int


def read_questions(path: Path) -> QuestionFile:
    """Read any of the three formats, told apart by their keys.

    Raises `LoadError` naming the file and line where it is none of them.
    """
    rows: list[Row] = []
    articles: list[QuestionedArticle] = []
    skipped = 0
    for number, record in _records(path):
        try:
            if "paragraphs" in record:
                found: list[Row | None] = list(_squad_rows(record))
            elif "body" in record:
                article, bad = _article(record)
                articles.append(article)
                skipped += bad
                continue
            else:
                found = [_reader_row(record)]
        except (KeyError, TypeError, ValueError) as error:
            raise LoadError(
                f"{path}, record {number}: not a reader row, an article row or a SQuAD article "
                f"({type(error).__name__}: {error})"
            ) from error
        rows += [row for row in found if row is not None]
        skipped += sum(row is None for row in found)
    return QuestionFile(tuple(rows), tuple(articles), skipped)


def article_rows(article: QuestionedArticle, questions: tuple[ArticleQuestion, ...]) -> list[Row]:
    """The questions as rows over the whole body, history kept: what evaluation reads."""
    return [
        Row(q.id, "articles", article.title, article.body, q.question, q.spans, q.history)
        for q in questions
    ]


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Numbered JSON objects: the lines of JSONL, or the articles of one SQuAD document."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise LoadError(f"{path}: cannot be read as UTF-8 text or gzip: {error}") from error
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        first = json.loads(lines[0]) if lines else {}
    except json.JSONDecodeError:
        first = {}
    if "data" not in first:
        try:
            whole = json.loads(text) if len(lines) > 1 and not first else first
        except json.JSONDecodeError:
            whole = {}
        first = whole if isinstance(whole, dict) else {}
    if "data" in first:
        yield from enumerate(first["data"], start=1)
        return
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise LoadError(f"{path}, line {number}: not JSON: {error}") from error
        if not isinstance(record, dict):
            raise LoadError(
                f"{path}, line {number}: expected an object, found {type(record).__name__}"
            )
        yield number, record


def _reader_row(record: dict[str, Any]) -> Row | None:
    context = record["context"]
    spans = _spans(context, record["answers"], "start")
    if spans is None or bool(record["impossible"]) != (not spans):
        return None
    return Row(
        record["id"], record["source"], record["title"], context, record["question"].strip(), spans
    )


def _squad_rows(record: dict[str, Any]) -> Iterator[Row | None]:
    for paragraph in record["paragraphs"]:
        context = paragraph["context"]
        for qa in paragraph["qas"]:
            impossible = bool(qa.get("is_impossible", False))
            spans = _spans(context, [] if impossible else qa["answers"], "answer_start")
            if spans is None or impossible != (not spans):
                yield None
                continue
            title = record.get("title", "")
            yield Row(str(qa["id"]), "squad", title, context, qa["question"].strip(), spans)


def _spans(
    context: str, answers: list[dict[str, Any]], start_key: str
) -> tuple[AnswerSpan, ...] | None:
    """Distinct spans in the order given, or None where one does not say what it should."""
    spans: dict[AnswerSpan, None] = {}
    for answer in answers:
        start, text = int(answer[start_key]), str(answer["text"])
        if not text or context[start : start + len(text)] != text:
            return None
        spans[AnswerSpan(start, start + len(text))] = None
    return tuple(spans)


def _article(record: dict[str, Any]) -> tuple[QuestionedArticle, int]:
    body, name = record["body"], record["id"]
    skipped = 0

    def asked(kind: str) -> tuple[ArticleQuestion, ...]:
        nonlocal skipped
        found: list[ArticleQuestion] = []
        for number, item in enumerate(record.get(kind, [])):
            evidence = item["evidence"]
            at = body.find(evidence)
            inside = [evidence.find(answer) for answer in item["answers"]]
            if at < 0 or not inside or min(inside) < 0:
                skipped += 1
                continue
            spans = tuple(
                AnswerSpan(at + place, at + place + len(answer))
                for place, answer in zip(inside, item["answers"], strict=True)
            )
            found.append(
                ArticleQuestion(
                    f"{name}-{kind}-{number}",
                    item["q"].strip(),
                    tuple(item.get("history", [])),
                    AnswerSpan(at, at + len(evidence)),
                    spans,
                )
            )
        return tuple(found)

    facts, followups = asked("qas"), asked("followups")
    unanswerable = tuple(
        ArticleQuestion(f"{name}-unanswerable-{number}", item["q"].strip())
        for number, item in enumerate(record.get("unanswerable", []))
    )
    article = QuestionedArticle(name, record["title"], body, facts, unanswerable, followups)
    return article, skipped
