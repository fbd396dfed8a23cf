"""From a reader's logits to character spans: scored jointly, masked, comparable across passages."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.types import Span

MAX_ANSWER_TOKENS = 40


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A stretch of one passage. `score` is its two logits minus those of "no answer" there.

    Higher is better; 0 means as likely as no answer. A per-passage softmax would hide how sure
    the reader is; the difference is comparable from passage to passage.
    """

    start: int
    end: int
    score: float


def top_token_spans(
    start: NDArray[np.float32], end: NDArray[np.float32], limit: int, max_tokens: int
) -> list[tuple[int, int, float]]:
    """The best (first token, last token inclusive, logit sum), none overlapping a better one.

    `start` and `end` are the logits of the context tokens only, so question and padding can
    never be chosen. Start and end are scored jointly, over all pairs no longer than `max_tokens`.
    """
    size = len(start)
    joint = start[:, None] + end[None, :]
    first, last = np.indices((size, size), sparse=True)
    joint = np.where((last >= first) & (last < first + max_tokens), joint, -np.inf)
    spans: list[tuple[int, int, float]] = []
    while len(spans) < limit:
        row, column = divmod(int(np.argmax(joint)), size)
        score = float(joint[row, column])
        if score == -np.inf:
            break
        spans.append((row, column, score))
        joint[: column + 1, row:] = -np.inf
    return spans


_TRAILING = " \t\n,;:!?.…-–—"
_LEADING = " \t\n,;:!?.…–—"
_PAIRS = {"“": "”", "(": ")", "[": "]", "«": "»"}
_ABBREVIATION = re.compile(
    r"(?:(?<![’'])\b[^\W\d_]\.)+$|\b(?:Inc|Co|Corp|Ltd|Jr|Sr|Bros|etc|St|Rd|Ave)\.$"
)


def tidy(text: str, span: Span) -> Span:
    """The span widened to whole words, then without stray punctuation and half-open quotes.

    `tidy("went to the U.S. in May.", Span(12, 15))` covers "U.S.". A span that is only
    punctuation is returned as it is.
    """
    start, end = span.start, span.end
    while start > 0 and _joins(text[start - 1]) and _joins(text[start]):
        start -= 1
    while end < len(text) and _joins(text[end]) and _joins(text[end - 1]):
        end += 1
    if text[end : end + 1] == "." and _ABBREVIATION.search(text[start : end + 1]):
        end += 1
    before = None
    while before != (start, end) and start < end:
        before = (start, end)
        start, end = _whole_marks(text, start, end)
        while start < end and text[start] in _LEADING:
            start += 1
        while end > start and text[end - 1] in _TRAILING:
            if text[end - 1] == "." and _ABBREVIATION.search(text[start:end]):
                break
            end -= 1
    return Span(start, end) if start < end else span


def _joins(character: str) -> bool:
    return character.isalnum() or character in "$€£%_'’"


def _whole_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Takes in the partner of a half-open quote or bracket next to the span, else drops the half.

    Curly apostrophes look like closing quotes, so ‘ and ’ only count at the span's own edges.
    """
    for opening, closing in _PAIRS.items():
        inside = text[start:end]
        opened, closed = inside.count(opening), inside.count(closing)
        if opened > closed:
            if text[end : end + 1] == closing:
                end += 1
            elif inside.startswith(opening):
                start += 1
        elif closed > opened:
            if start > 0 and text[start - 1] == opening:
                start -= 1
            elif inside.endswith(closing):
                end -= 1
    if text[start:end].count('"') % 2:
        if text[end : end + 1] == '"':
            end += 1
        elif start > 0 and text[start - 1] == '"':
            start -= 1
        elif text[start : start + 1] == '"':
            start += 1
        elif text[end - 1 : end] == '"':
            end -= 1
    return start, end
