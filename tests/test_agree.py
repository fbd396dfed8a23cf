"""The same answer in other words, and answers of several articles brought together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Hit, Passage, Span
from qa.agree import agreed, reports
from qa.compose import Candidate, Evidence
from qa.question.kinds import Kind
from qa.question.numbers import values
from qa.sameness import canonical, same


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("six", "6", Kind.NUMBER),
        ("Six soldiers", "six", Kind.NUMBER),
        ("1,140", "1140 residents", Kind.NUMBER),
        ("at least 17", "17 people", Kind.NUMBER),
        ("about 3,700", "3,700", Kind.NUMBER),
        ("twenty-three", "23", Kind.NUMBER),
        ("two hundred and six", "206", Kind.NUMBER),
        ("a dozen", "twelve", Kind.NUMBER),
        ("$18 million", "18 million dollars", Kind.AMOUNT),
        ("$18m", "US$18,000,000".removeprefix("US"), Kind.AMOUNT),
        ("4.5bn euros", "€4.5 billion", Kind.AMOUNT),
        ("70 per cent", "70%", Kind.NUMBER),
        ("18-hour", "18 hours", Kind.AMOUNT),
        ("2006", "in 2006", Kind.DATE),
        ("on Feb. 3", "3 February", Kind.DATE),
        ("May 3rd", "3 May", Kind.DATE),
        ("5:20 p.m.", "5.20pm", Kind.DATE),
        ("the Bakari conflict", "Bakari conflict", Kind.ANY),
        ("Samarra", "Samarra, a city north of Baghdad", Kind.PLACE),
        ("al-Maliki", "Nouri al-Maliki", Kind.PERSON),
        ("Prime Minister Nouri al-Maliki", "Nouri al-Maliki", Kind.PERSON),
        ("Kerry", "John Kerry", Kind.ANY),
        ("Dr. Saira Lodhi", "Saira Lodhi", Kind.PERSON),
        ("the union leader Rufino Calle", "Rufino Calle", Kind.PERSON),
        ("Rufino Calle, the union leader", "Calle", Kind.PERSON),
        ("Corwen Home", "Corwen", Kind.ORGANISATION),
        ("the U.N.", "United Nations", Kind.ORGANISATION),
        ("a boom came loose", "a boom came loose on an unusually strong tide", Kind.MANNER),
    ],
)
def test_the_same_answer_in_other_words(left: str, right: str, kind: Kind) -> None:
    assert same(left, right, kind)
    assert same(right, left, kind)


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("six", "7", Kind.NUMBER),
        ("17", "21 people", Kind.NUMBER),
        ("$18 million", "$18 billion", Kind.AMOUNT),
        ("2006", "2009", Kind.DATE),
        ("3 May", "3 June", Kind.DATE),
        ("market", "March", Kind.ANY),
        ("Annelies Kroon", "Marijke Kroon", Kind.PERSON),
        ("Kevin Maes", "Danny Maes", Kind.PERSON),
        ("Port Regent", "Port Silva", Kind.PLACE),
        ("Port Silva", "Silva", Kind.DATE),
        ("a boom came loose", "the tide was strong", Kind.MANNER),
        ("Kerry", "Kerry denied that he would ever go there", Kind.ANY),
        ("…", "!", Kind.ANY),
    ],
)
def test_different_answers(left: str, right: str, kind: Kind) -> None:
    assert not same(left, right, kind)
    assert not same(right, left, kind)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(Kind))
def test_sameness_is_symmetric_for_any_text(left: str, right: str, kind: Kind) -> None:
    assert same(left, right, kind) == same(right, left, kind)
    assert same(left, left, kind)
    assert canonical(left) == canonical(left)


@given(st.integers(0, 10**14))
def test_figures_are_their_value(number: int) -> None:
    assert values(f"some {number:,} things")[0] == [str(number)]
    assert values(str(number))[0] == [str(number)]


def candidate(text: str, score: float, article: int) -> Candidate:
    passage = Passage(article, article, 0, 100, "x" * 100)
    hit = Hit(passage, 1.0, 0.5, 1.0, 1, 1)
    place = Evidence(article, Span(0, len(text)), text, score, hit, 1)
    return Candidate(text, score, (place,))


def test_candidates_that_say_the_same_become_one() -> None:
    found = agreed(
        [
            candidate("six", 9.0, 1),
            candidate("7", 8.0, 2),
            candidate("6 people", 7.0, 3),
            candidate("about six", 1.0, 4),
        ],
        Kind.NUMBER,
    )
    assert [(c.text, c.score, [e.article_id for e in c.evidence]) for c in found] == [
        ("six", 9.0, [1, 3]),
        ("7", 8.0, [2]),
    ]


def test_copies_of_a_story_are_one_report() -> None:
    assert reports([1, 2, 3, 3], {1: 1, 2: 1, 3: 3}) == 2
    assert reports([], {}) == 0
