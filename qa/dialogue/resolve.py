"""What a question means after the ones before it: whether it leans on them, and on what.

A question that stands alone is left alone. Knows earlier turns; knows nothing of an index.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qa.dialogue.mentions import Mention, mentions, names
from qa.dialogue.rewrite import about, bare, other, pronouns, without_opening
from qa.dialogue.words import (
    ABOUT,
    BARE,
    ELSE,
    GROUPS,
    MORE,
    OPENING,
    PERSONS,
    POINTERS,
    SOURCE,
    THINGS,
)
from qa.question.form import asks_for_summary
from qa.types import Answer, Resolved

_REMEMBERED = 4
_ANAPHORS = PERSONS | THINGS | GROUPS | POINTERS
# What looks like a pronoun and stands for nothing that was said before.
_EMPTY = re.compile(
    r"\b(?:is|was|are|were|will)\s+(?:there|it)\b|\bit\s+(?:is|was|takes?|took|costs?)\b|"
    r"\b(?:did|does|will|would)\s+it\s+(?:take|cost|rain|snow)\b|"
    r"(?<=[a-z])\s+that(?=\s+(?:[A-Z]|(?:the|a|an|he|she|they|his|her|their|some|no|all|many)\b))",
)
_CONTRACTED = (
    (re.compile(r"\b(they|we|you)['’]re\b", re.IGNORECASE), r"\1 are"),
    (re.compile(r"\b(he|she|it|that|there)['’]s\b", re.IGNORECASE), r"\1 is"),
    (re.compile(r"\b(he|she|it|they)['’]ll\b", re.IGNORECASE), r"\1 will"),
    (re.compile(r"\b(they)['’]ve\b", re.IGNORECASE), r"\1 have"),
)


class Leaning(StrEnum):
    """How a question leans on what came before."""

    NOT = "stands alone"
    LOOSELY = "names nothing of its own"
    CLOSELY = "cannot be understood alone"
    MORE = "asks for more"
    SOURCE = "asks where the answer stands"


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished turn: the question as typed, what it meant, and the answer."""

    question: str
    resolved: Resolved
    answer: Answer

    @property
    def said(self) -> str:
        """The words of the answer; empty where Byline abstained."""
        return self.answer.text


def leaning(question: str) -> Leaning:
    """How a question leans on earlier ones, by its words alone.

    >>> leaning("How old is she?"), leaning("Who owns the Alto Verde mine?")
    (<Leaning.CLOSELY: 'cannot be understood alone'>, <Leaning.NOT: 'stands alone'>)
    """
    plain = question.strip()
    if SOURCE.match(plain):
        return Leaning.SOURCE
    if MORE.match(plain):
        return Leaning.MORE
    if asks_for_summary(plain):
        return Leaning.CLOSELY
    short = without_opening(plain)
    if BARE.match(short) or ABOUT.match(short) or ELSE.match(short):
        return Leaning.CLOSELY
    own = names(short)
    if _leans_by_pronoun(short, own):
        return Leaning.CLOSELY
    if OPENING.match(plain) and not own:
        return Leaning.CLOSELY
    if not own and not any(letter.isdigit() for letter in short):
        return Leaning.LOOSELY
    return Leaning.NOT


def _leans_by_pronoun(question: str, own: Sequence[str]) -> bool:
    """Whether a pronoun has nothing before it in its own question to stand for."""
    told = _EMPTY.sub(" ", question)
    for match in re.finditer(r"[^\W\d_]+", told):
        word = match.group().lower()
        if word in ("they", "them") and own:
            continue  # "Where did they find Annelies Kroon?": whoever it was
        if word in _ANAPHORS and not any(name in told[: match.start()] for name in own):
            return True
    return bool(re.search(r"\b(?:the|this|that)\s+(?:\w+\s+)?one\b|\bone\W*$", told))


def resolve(question: str, turns: Sequence[Turn]) -> Resolved:
    """The question made to stand alone by the turns before it (at least one), the newest last."""
    last = turns[-1]
    before, said = last.resolved.question, last.said
    if MORE.match(question.strip()):
        return _more(turns)
    question = _spelt_out(question)
    text = other(question, before) or about(question, before) or bare(question, before, said)
    exclude: tuple[str, ...] = ()
    if ELSE.match(without_opening(question)):
        exclude = _answers(turns, before)
    if text is None:
        text = pronouns(question, _spoken(turns))
    plain = without_opening(question)
    how = "from the question before" if text is not None else "read after the question before"
    shown = text if text is not None else plain
    return Resolved(
        question=shown,
        query=f"{before} {plain}" if text is None else f"{text} {_topic(turns)}",
        asked=shown,
        history=(before,),
        articles=_articles(turns),
        exclude=exclude,
        how=how,
    )


def _more(turns: Sequence[Turn]) -> Resolved:
    """`"Tell me more"`: about what was asked last, beyond the sentences that were shown."""
    before = turns[-1].resolved.question
    spoken = names(before) or [mention.text for mention in mentions(before, "")] or [before]
    topic = " ".join(spoken).rstrip("?.! ")
    asked = f"Tell me more about {topic}"
    shown = tuple(citation.sentence for citation in turns[-1].answer.citations)
    return Resolved(asked, f"{before} {topic}", asked, (), _articles(turns), shown, "asks for more")


def _spelt_out(question: str) -> str:
    """`"they're"` -> `"they are"`, so that a pronoun stands as a word of its own."""
    for pattern, words in _CONTRACTED:
        question = pattern.sub(words, question)
    return question


def _spoken(turns: Sequence[Turn]) -> list[Mention]:
    """What was spoken of, the newest turn first, within a turn the likeliest first."""
    found: list[Mention] = []
    for turn in reversed(turns[-_REMEMBERED:]):
        found += mentions(turn.resolved.question, turn.said)
    return list(dict.fromkeys(found))


def _topic(turns: Sequence[Turn]) -> str:
    """Names of the last question, which keep a search on its subject."""
    return " ".join(names(turns[-1].resolved.question))


def _articles(turns: Sequence[Turn]) -> tuple[int, ...]:
    """The articles that the last answer cited, or the last that cited any."""
    for turn in reversed(turns[-_REMEMBERED:]):
        cited = dict.fromkeys(c.article_id for c in turn.answer.citations)
        if cited:
            return tuple(cited)[:3]
    return ()


def _answers(turns: Sequence[Turn], asked: str) -> tuple[str, ...]:
    """What has been answered to this question so far."""
    return tuple(turn.said for turn in turns if turn.resolved.question == asked and turn.said)
