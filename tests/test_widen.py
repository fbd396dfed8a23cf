"""Spans widened to units and titles, never over a line's end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from qa.widen import widened


@pytest.mark.parametrize(
    ("text", "span", "wide"),
    [
        ("along the 214-kilometre route", "214", "214-kilometre"),
        ("lent $4.5 billion to", "$4.5", "$4.5 billion"),
        ("lent $4.5 billion to", "billion", "$4.5 billion"),
        ("lent $18m to", "18", "$18m"),
        ("about 4 per cent of", "4", "4 per cent"),
        ("about 23 percent salt", "about 23", "about 23 percent"),
        ("at 5:20 p.m., as", "5:20", "5:20 p.m."),
        ("for 2 ½ years after", "2 ½", "2 ½ years"),
        ("a two-year-old lynx", "two", "two-year-old"),
        ("some 3,000 tons of oil", "3,000", "3,000 tons"),
        ("blowing at 45 miles an hour", "45", "45 miles"),
        ("who had 1,700 labourers", "1,700", "1,700"),
        ("said Mr Enkhtu on", "Enkhtu", "Mr Enkhtu"),
        ("said Capt. Ana Ruiz.", "Ana Ruiz", "Capt. Ana Ruiz"),
        ("Detective Inspector Tai Moana", "Tai Moana", "Detective Inspector Tai Moana"),
        ("then-President George W. Bush", "George W. Bush", "President George W. Bush"),
        ("on St. Aldate", "Aldate", "St. Aldate"),
        ("a general motors", "motors", "motors"),
        ("It is Harrat.\n\nSince last September", "Harrat.\n\nSince last September",
         "Since last September"),
        ("ends with 12\nmiles", "12", "12"),
        ("a line since 2012.\n\nAbout", "a line since 2012.\n\nAbout", "a line since 2012"),
    ],
)  # fmt: skip
def test_what_belongs_to_a_span(text: str, span: str, wide: str) -> None:
    at = text.index(span)
    assert widened(text, Span(at, at + len(span))).of(text) == wide


@given(st.data(), st.text(alphabet="12 Mr.Dr$€½%AB\nkm per cent", min_size=1, max_size=40))
def test_a_span_stays_within_its_line_and_grows(data: st.DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    wide = widened(text, span)
    assert wide.start < wide.end <= len(text)
    if any(character.isalnum() for character in span.of(text)):
        assert "\n" not in wide.of(text)
    if "\n" not in span.of(text) and span.of(text) == span.of(text).strip():
        assert wide.start <= span.start
        assert span.end <= wide.end
    assert widened(text, wide).of(text) is not None
