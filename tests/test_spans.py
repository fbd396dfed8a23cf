"""Spans: the fast decoding against a slow reference, tidying by example and by property."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from qa.spans import tidy, top_token_spans

LOGITS = st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=12)


@given(LOGITS, st.integers(1, 5), st.randoms(use_true_random=False))
def test_best_span_equals_brute_force(starts: list[float], longest: int, random: object) -> None:
    ends = list(reversed(starts))
    best = max(
        starts[i] + ends[j]
        for i in range(len(starts))
        for j in range(i, min(len(starts), i + longest))
    )
    found = top_token_spans(np.array(starts, np.float32), np.array(ends, np.float32), 3, longest)
    assert found[0][2] == pytest.approx(best, abs=1e-4)
    taken: set[int] = set()
    for first, last, score in found:
        assert first <= last < first + longest
        assert score == pytest.approx(starts[first] + ends[last], abs=1e-4)
        assert not taken & set(range(first, last + 1))
        taken |= set(range(first, last + 1))


@pytest.mark.parametrize(
    ("text", "chosen", "tidied"),
    [
        ("went to the U.S. in May.", "U.S", "U.S."),
        ("fled to Sinjar.", "Sinjar.", "Sinjar"),
        ("they “may well” be an option.", "may well” be an option", "“may well” be an option"),
        ("at least 120 miles (200 km) long", "120 miles (200 km", "120 miles (200 km)"),
        ("it cost $1.75 a month", "1.75", "$1.75"),
        ("results in from 81% of stations", "81", "81%"),
        ("Assad’s survival", "Assad", "Assad’s"),
        ("near Samarra, a city", "Samarra,", "Samarra"),
        ("sold by Dunmore’s. Few", "Dunmore’s.", "Dunmore’s"),
        ('thanked "the grandmothers".', '"the grandmothers', '"the grandmothers"'),
        ("(see page 4)", "(see page", "see page"),
        ("founded by J. Smith Inc. in 1990", "Smith Inc.", "Smith Inc."),
        ("...", "...", "..."),
    ],
)
def test_tidy(text: str, chosen: str, tidied: str) -> None:
    at = text.index(chosen)
    assert tidy(text, Span(at, at + len(chosen))).of(text) == tidied


@given(st.text(max_size=60), st.integers(0, 59), st.integers(1, 20))
def test_tidy_stays_inside_and_is_stable(text: str, start: int, length: int) -> None:
    start = min(start, max(0, len(text) - 1))
    span = Span(start, min(len(text), start + length))
    tidied = tidy(text, span)
    assert 0 <= tidied.start <= tidied.end <= len(text)
    assert tidied.start < tidied.end or span.start == span.end
