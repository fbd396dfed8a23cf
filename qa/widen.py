"""A span widened to what people would quote: numbers with their units, names with their titles.

Works on the article's text, never leaves the span's own line; knows no question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from index.types import Span
from qa.compose import Evidence
from qa.spans import tidy

_TITLE = (
    r"Mr|Mrs|Ms|Mx|Messrs|Dr|Drs|Prof|Sir|Dame|Lord|Lady|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Cpl|Pvt|"
    r"Sen|Rep|Gov|Rev|Fr|St|Supt|Insp|Det|Judge|Justice|Lady Justice|Lord Justice|Professor|"
    r"President|Prime Minister|Chancellor|Senator|Governor|Mayor|Captain|Colonel|Major|General|"
    r"Lieutenant|Sergeant|Corporal|Private|Admiral|Superintendent|Inspector|Detective Inspector|"
    r"Commissioner|Commander|Sheriff|Sister|Brother|Father|Bishop|Archbishop|Cardinal|Pope|King|"
    r"Queen|Prince|Princess|Ambassador|Grand Ayatollah|Ayatollah"
)
_TITLES_BEFORE = re.compile(rf"(?:\b(?:{_TITLE})\.?[ \xa0])+$")
_UNIT = re.compile(
    r"[ \xa0-]?(?:(?:hundred|thousand|million|billion|trillion|m|bn|k)\b[ \xa0-]?)?"
    r"(?:per[ -]?cent\b|percentage points?\b|%|(?:square |cubic |nautical )?(?:miles?|"
    r"kilomet(?:re|er)s?|"
    r"km|met(?:re|er)s?|centimet(?:re|er)s?|cm|mm|feet|foot|ft|inch(?:es)?|yards?|acres?|hectares?|"
    r"mph|km/h|kph|knots?|tons?|tonnes?|kilograms?|kilos?|kg|grams?|pounds?|lbs?|ounces?|"
    r"lit(?:re|er)s?|"
    r"gallons?|barrels?|degrees(?: (?:Celsius|Fahrenheit))?|°[CF]?|seconds?|minutes?|hours?|days?|"
    r"weeks?|months?|years?|decades?|centuries|dollars?|euros?|pounds?|pence|cents?|rupees?|dinars?|"
    r"shillings?|pesos?|dong|litas|yen|yuan|roubles?|rubles?|francs?|crowns?|kronor)\b|"
    r"(?:hundred|thousand|million|billion|trillion|m|bn)\b|[ap]\.m\.|[ap]m\b)",
    re.IGNORECASE,
)
_NUMBER_END = re.compile(
    r"(?:\d|[½¼¾⅓⅔]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundred|thousand|million|billion|dozen))$",
    re.IGNORECASE,
)
_OLD = re.compile(r"-old\b")
_CURRENCY_BEFORE = re.compile(r"(?:US|A|C|NZ|HK)?[$€£¥]\s?$")
_UNIT_START = re.compile(
    r"(?:hundred|thousand|million|billion|trillion|per[ -]?cent|%)\b", re.IGNORECASE
)
_NUMBER_BEFORE = re.compile(r"(?<![^\s(])[$€£¥]?\d[\d.,]*[ -]?$")
_NAME_START = re.compile(r"[A-Z“\"‘]")


def widened(text: str, span: Span) -> Span:
    """The span with the unit behind its last number and the title before its first name.

    `widened("Capt. Ana Ruiz", Span(6, 14))` covers all of it, so does
    `widened("a 214-kilometre route", Span(2, 5))` "214-kilometre".
    """
    inner = _within_line(text, span)
    start, end = inner.start, inner.end
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    if _NUMBER_END.search(text[start:end]) and (unit := _UNIT.match(text, end, line_end)):
        end = unit.end()
        if (old := _OLD.match(text, end, line_end)) is not None:
            end = old.end()
    before = text[line_start:start]
    if _UNIT_START.match(text, start) and (number := _NUMBER_BEFORE.search(before)) is not None:
        start = line_start + number.start()
    elif text[start].isdigit() and (currency := _CURRENCY_BEFORE.search(before)) is not None:
        start = line_start + currency.start()
    elif _NAME_START.match(text[start]) and (titles := _TITLES_BEFORE.search(before)) is not None:
        start = line_start + titles.start()
    return Span(start, end)


def wide(evidence: Iterable[Evidence], text_of: Callable[[int], str]) -> list[Evidence]:
    """Places widened, best first; of those that now overlap only the best is kept.

    `text_of` gives the text of an article by its id.
    """
    kept: list[Evidence] = []
    for item in evidence:
        text = text_of(item.article_id)
        span = widened(text, item.span)
        if not any(o.article_id == item.article_id and o.span.overlaps(span) for o in kept):
            kept.append(replace(item, span=span, text=span.of(text)))
    return kept


def _within_line(text: str, span: Span) -> Span:
    """The longest piece of the span that crosses no line end."""
    if "\n" not in span.of(text):
        return span
    pieces = []
    at = span.start
    for line in span.of(text).split("\n"):
        if any(character.isalnum() for character in line):
            pieces.append(tidy(text, Span(at, at + len(line))))
        at += len(line) + 1
    return max(pieces, key=lambda piece: piece.end - piece.start, default=span)
