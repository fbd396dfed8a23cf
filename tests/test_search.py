"""Retrieval: which terms a question gives, that none is query syntax, and fusion by hand."""

from __future__ import annotations

import doctest
import sqlite3
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.query
from index import Index
from index.query import lexical_query, lexical_terms
from index.search import fuse


def test_fusion_by_hand() -> None:
    assert fuse([[7, 8], [8]], 10) == {7: pytest.approx(1 / 11), 8: pytest.approx(1 / 12 + 1 / 11)}


def test_examples_in_docstrings() -> None:
    result = doctest.testmod(index.query)
    assert (result.failed, result.attempted) == (0, 4)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("Who fled to Tal Afar?", "fled|Tal|Afar|Tal Afar"),
        ("Did Kerry's aide leave?", "Kerry|aide|leave|Kerry aide|aide leave"),
        (
            "WHO IS MAYA’S AIDE?",
            "WHO|IS|MAYA|AIDE|WHO IS|IS MAYA|MAYA AIDE|W H O|I S|M A Y A|A I D E",
        ),
        ("Who is O’Neill?", "O’Neill"),
        ("Where is the al-Atta office?", "al|Atta|office|al Atta|Atta office"),
        ("Who paid $1,200.50 on May 3?", "paid|1|200.50|May|3|paid 1|1 200.50|May 3"),
        ("Why did the U.N. go?", "U.N|go|U.N go|UN"),
        ("When did the US join the UN?", "US|join|UN|US join|U S|U N"),
        ("Which EU state?", "EU|state|EU state|E U"),
        ("Who is it?", "Who|is|it"),
        ("Who won, and who won again?", "won|again|won again"),
        ("?!", ""),
        ('He said "NEAR(a b)"', "said|NEAR|b|said NEAR|N E A R"),
    ],
)
def test_terms_of_a_question(question: str, terms: str) -> None:
    assert "|".join(lexical_terms(question)) == terms


@given(st.text(alphabet=st.sampled_from("aABé'’.,-_ 0\"*()\0"), max_size=60) | st.text(max_size=60))
def test_terms_are_distinct_parts_of_the_question_that_fts5_can_look_for(question: str) -> None:
    terms = lexical_terms(question)
    assert len(set(terms)) == len(terms)
    assert bool(terms) == any(c.isalnum() or c == "_" for c in question)
    letters = "".join(c for c in question if not unicodedata.category(c).startswith("Z"))
    for term in terms:
        assert '"' not in term
        assert set(term) <= {*letters, " "}


def test_the_longest_question_is_no_larger_than_fts5_takes() -> None:
    question = " ".join(f"W{number}x U.N UN" for number in range(500))
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (text)")
    connection.execute("INSERT INTO texts VALUES ('from W1x on')")
    found = connection.execute(
        "SELECT text FROM texts WHERE texts MATCH ?", [lexical_query(question)]
    )
    assert found.fetchall() == [("from W1x on",)]
    connection.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(question=st.text(min_size=1, max_size=80))
def test_any_question_searches_without_error(library: Index, question: str) -> None:
    assert len(library.search(question, 3)) <= 3


@pytest.mark.parametrize("question", ['" OR *', "NOT", "title:x", "a AND (b", "col^2 {x} -y", "*"])
def test_query_syntax_is_plain_text(library: Index, question: str) -> None:
    library.search(question, 3)
