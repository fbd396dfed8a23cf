"""Cutting contexts for training: runs of whole sentences, and answer spans moved along exactly.

Knows only texts and offsets. Every moved span is checked against its text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from qa.readerdata import AnswerSpan

_BREAK = re.compile(r"\n+|(?<=[.!?…])[\"”’')\]]*(\s+)(?=[\"“‘'(\[]*[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Capt|Lt|Sgt|Rep|Sen|Gov|Rev|Jr|Sr|No|vs|Inc|"
    r"Corp|Co|Ltd|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[A-Z]\.[A-Z])\.$"
)


def sentences(text: str) -> list[AnswerSpan]:
    """Sentences without the blanks between them: `"A b. C d."` -> `0..4`, `5..9`."""
    cuts: list[AnswerSpan] = []
    start = 0
    for gap in _BREAK.finditer(text):
        blank = gap.start(1) if gap.group(1) is not None else gap.start()
        if gap.group(1) is not None and _ABBREVIATION.search(text[max(start, blank - 8) : blank]):
            continue
        cuts.append(AnswerSpan(start, blank))
        start = gap.end()
    cuts.append(AnswerSpan(start, len(text)))
    trimmed = (_trim(text, cut) for cut in cuts)
    return [cut for cut in trimmed if cut.start < cut.end]


def _trim(text: str, cut: AnswerSpan) -> AnswerSpan:
    piece = text[cut.start : cut.end]
    return AnswerSpan(
        cut.start + len(piece) - len(piece.lstrip()), cut.end - (len(piece) - len(piece.rstrip()))
    )


def word_count(text: str, span: AnswerSpan) -> int:
    """Words in a span of a text."""
    return len(text[span.start : span.end].split())


def holder(cuts: Sequence[AnswerSpan], span: AnswerSpan) -> tuple[int, int]:
    """First and last index of the sentences that touch a span."""
    touched = [i for i, cut in enumerate(cuts) if cut.start < span.end and span.start < cut.end]
    return (touched[0], touched[-1]) if touched else (0, 0)


def window_around(
    text: str, cuts: Sequence[AnswerSpan], evidence: AnswerSpan, words: int, rng: random.Random
) -> AnswerSpan:
    """A run of whole sentences round the evidence, grown to about `words` words.

    How much of it lies before the evidence is drawn evenly, so the evidence may stand anywhere.
    """
    first, last = holder(cuts, evidence)
    sizes = [word_count(text, cut) for cut in cuts]
    total = sum(sizes[first : last + 1])
    before = rng.random()
    while total < words and (first > 0 or last + 1 < len(cuts)):
        if last + 1 == len(cuts) or (first > 0 and rng.random() < before):
            first -= 1
            total += sizes[first]
        else:
            last += 1
            total += sizes[last]
    return AnswerSpan(min(cuts[first].start, evidence.start), max(cuts[last].end, evidence.end))


def passages(
    text: str, cuts: Sequence[AnswerSpan], words: int, rng: random.Random
) -> list[AnswerSpan]:
    """The whole text as runs of sentences of about `words` words, neighbours sharing a sentence."""
    found: list[AnswerSpan] = []
    goal = rng.randint(words // 2, words)
    first = 0
    while first < len(cuts):
        last, total = first, word_count(text, cuts[first])
        while last + 1 < len(cuts) and total < goal:
            last += 1
            total += word_count(text, cuts[last])
        found.append(AnswerSpan(cuts[first].start, cuts[last].end))
        if last + 1 == len(cuts):
            break
        first = max(first + 1, last)
        goal = words
    return found


def moved(
    spans: Sequence[AnswerSpan], old: str, new: str, shift: int
) -> tuple[AnswerSpan, ...] | None:
    """Spans of `old` shifted into `new`; those that leave it are dropped.

    None where none is left or one no longer covers the same characters.
    """
    kept = []
    for span in spans:
        target = AnswerSpan(span.start + shift, span.end + shift)
        if target.start < 0 or target.end > len(new):
            continue
        if new[target.start : target.end] != old[span.start : span.end]:
            return None
        kept.append(target)
    return tuple(kept) or None


def without(text: str, cut: AnswerSpan) -> str:
    """The text with one sentence and the blanks after it taken out."""
    rest = text[cut.end :]
    return text[: cut.start] + rest.lstrip() if text[: cut.start].strip() else rest.lstrip()
