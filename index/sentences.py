"""Cuts article text into sentences with exact offsets; knows nothing of passages or storage.

sentencex finds the boundaries; what news does beyond it (lists, datelines, titles and
clock times before a capital, several sentences in one quotation) is mended here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from index.types import Span

# A title or clock time that sentencex takes for the end of a sentence.
_JOINED_END = re.compile(
    r"""(?:\b(?:Mr|Mrs|Ms|Mx|Messrs|Dr|Drs|Prof|Profs|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Sgts|Cpl|Pvt
        |Gov|Govs|Sen|Sens|Rep|Reps|Rev|Fr|Hon|St|Supt|Insp|Det|Pres|Amb|Sec)\.
        |\bNo\.(?=\s*\d))\s*$""",
    re.VERBOSE,
)
_CLOCK_END = re.compile(r"\b[ap]\.m\.\s*$")
_AFTER_CLOCK = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:E|C|M|P)[SD]?T\b|GMT\b|UTC\b"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s\d"
)
# "TACOMA, Wash. — A beagle": the dash after the place belongs to its dateline.
_AFTER_DATELINE = re.compile(r"[—–-]\s")
# "in May. Polls", "fell ill. The": abbreviations that are far more often whole words.
_WORD_END = re.compile(
    r"(?<=\s)(?:May|ill|mass|no|art|fig|sun|sat|mar|ore|wash|miss|in|is|it|me|so|us)\.\s+"
    r"(?=[“\"‘(\[]?[A-Z])"
)
_MARKER = re.compile(r"(?:[-*•·▪◦‣–—]|\d{1,3}[.)]|\(?[a-z]\)|[QA][.:])\s+(?=\S)")
_QUOTES = str.maketrans(dict.fromkeys('“”"„«»()[]', " "))
_OPENERS = "“\"„«‘'(["

# Tables, minified code and text without full stops: longer stretches are cut at white space.
MAX_SENTENCE_CHARS = 1000
_BLOCK_CHARS = 4000


def split_sentences(text: str) -> tuple[Span, ...]:
    """Sentences of `text` in order: non-empty, stripped, disjoint, never across a line end.

    `[text[s.start:s.end] for s in split_sentences("Gen. Qassem al-Atta spoke. He left.")]`
    gives `["Gen. Qassem al-Atta spoke.", "He left."]`. Bullets and list numbers are left out.
    """
    return tuple(
        piece
        for line in _lines(text)
        for sentence in _line_sentences(text, line)
        for piece in _capped(text, sentence)
    )


def _lines(text: str) -> Iterator[Span]:
    for match in re.finditer(r"[^\n]+", text):
        start = match.start()
        marker = _MARKER.match(text, start + len(match[0]) - len(match[0].lstrip()), match.end())
        yield Span(marker.end() if marker else start, match.end())


def _line_sentences(text: str, line: Span) -> Iterator[Span]:
    original = line.of(text)
    flat = original.translate(_QUOTES)
    cuts = set(_boundaries(flat)) | {match.end() for match in _WORD_END.finditer(flat)}
    start = 0
    for cut in sorted(cuts | {len(flat)}):
        around = slice(max(start, cut - 40), cut), slice(cut, cut + 40)
        if cut < len(flat) and _continues(flat[around[0]], flat[around[1]].lstrip()):
            continue
        end = _before_opener(original, start, cut)
        yield from _stripped(text, line.start + start, line.start + end)
        start = end


def _boundaries(line: str) -> Iterator[int]:
    """Ends of sentences as sentencex sees them, block by block: its time grows with the square."""
    from sentencex import get_sentence_boundaries

    start = 0
    while start < len(line):
        block = line[start : start + _BLOCK_CHARS]
        ends = [int(boundary["end_index"]) for boundary in get_sentence_boundaries("en", block)]
        if start + len(block) < len(line):
            ends = [end for end in ends if end < len(block)]
        yield from (start + end for end in ends)
        start += ends[-1] if ends else len(block)


def _continues(before: str, after: str) -> bool:
    """Whether the boundary between the two stretches of one line is none."""
    if not after or after[0].islower():
        return True
    if _JOINED_END.search(before) or re.fullmatch(r"\W*", before):
        return True
    if _CLOCK_END.search(before):
        return _AFTER_CLOCK.match(after) is not None
    return _AFTER_DATELINE.match(after) is not None


def _before_opener(line: str, start: int, cut: int) -> int:
    """Moves a cut left over opening quotes, which belong to the sentence that follows."""
    end = cut
    while end > start and (line[end - 1] in _OPENERS or line[end - 1].isspace()):
        end -= 1
    # A straight quote right after the full stop closes; one after white space opens.
    while end < cut and not line[end].isspace():
        end += 1
    return end


def _stripped(text: str, start: int, end: int) -> Iterable[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (Span(start, end),) if any(c.isalnum() for c in text[start:end]) else ()


def _capped(text: str, sentence: Span) -> Iterator[Span]:
    start = sentence.start
    while sentence.end - start > MAX_SENTENCE_CHARS:
        limit = start + MAX_SENTENCE_CHARS
        cut = max(text.rfind(" ", start, limit), text.rfind("\t", start, limit))
        cut = cut if cut > start else limit
        yield from _stripped(text, start, cut)
        start = cut
    yield from _stripped(text, start, sentence.end)
