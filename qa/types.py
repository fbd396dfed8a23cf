"""What answering returns: the answer, its citations, why not. They know nothing of models."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from index.filters import Filter


class Status(StrEnum):
    """How a question ended; the three are never mixed up."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    EMPTY_INDEX = "empty index"


class Form(StrEnum):
    """What kind of answer a question asks for."""

    FACT = "fact"
    LIST = "list"
    EXPLANATION = "explanation"
    YES_NO = "yes/no"
    TOPIC = "topic"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in an article. All offsets point into `Article.text`, half-open.

    `article.text[start:end] == text` are the words that answer, inside
    `article.text[sentence_start:sentence_end] == sentence`. Where a sentence is only near and
    answers nothing, `text` is the whole sentence. `page` is 1-based, for PDFs only.
    """

    number: int
    article_id: int
    uri: str
    title: str
    source: str
    published: str | None
    page: int | None
    sentence: str
    sentence_start: int
    sentence_end: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an answer that is shown by itself: an item of a list, a sentence.

    `text` is an exact stretch of every article in it, give or take capitals, titles and the like;
    `citations` are the numbers of those that hold it, the first one word for word.
    """

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer that the articles give, with its own probability and citations."""

    text: str
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Byline abstained, as sentences for people.

    `looked_for` says what an answer would have had to be; `missing` names what is visibly not
    there: a name that no article has, articles of a time or a source. Empty where nothing shows.
    """

    looked_for: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question of a conversation, made to stand alone.

    `question` is shown to people, and can be asked in place of the original. `query` is what
    retrieval looks for; passages of `articles` (ids) are preferred. The reader gets `asked` with
    the earlier questions of `history` before it. Answers in `exclude` have been given already.
    `how` says in a few words what was done.
    """

    question: str
    query: str
    asked: str
    history: tuple[str, ...] = ()
    articles: tuple[int, ...] = ()
    exclude: tuple[str, ...] = ()
    how: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one question.

    `confidence` is a calibrated probability in [0, 1] that the best span is right, also where
    Byline abstained; `text` and `citations` are empty unless `status` is ANSWERED. `nearest`
    are the closest sentences of an abstention: not an answer. `timings` are seconds by step.
    `resolution` is what the question was taken to mean, None where it was asked as it stands.

    `text` are the words that answer; where an answer has several pieces or needs its sentences
    round it, `parts` are what is shown in its place, in order. `agreement` counts the reports
    that give the answer independently: copies of one agency story are one report. `refusal` is
    None unless Byline abstained. `chosen` are the articles that were asked, also where the
    question itself limited them ("in June 2014").
    """

    question: str
    resolved_question: str
    status: Status
    text: str
    confidence: float
    citations: tuple[Citation, ...]
    alternatives: tuple[Alternative, ...]
    nearest: tuple[Citation, ...]
    timings: dict[str, float]
    resolution: Resolved | None = None
    form: Form = Form.FACT
    parts: tuple[Part, ...] = ()
    agreement: int = 0
    refusal: Refusal | None = None
    chosen: Filter | None = None

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        return asdict(self)
