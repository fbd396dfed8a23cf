"""Retrieval: questions are never query syntax, ranks are fused by hand-checked arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Index
from index.query import lexical_query
from index.search import fuse


def test_fusion_by_hand() -> None:
    assert fuse([[7, 8], [8]], 10) == {7: pytest.approx(1 / 11), 8: pytest.approx(1 / 12 + 1 / 11)}


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("Who fled to Tal Afar?", '"fled" OR "Tal" OR "Afar" OR "Tal Afar"'),
        ("What was it?", '"What" OR "was" OR "it"'),
        ("?!", ""),
        ('He said "NEAR(a b)"', '"said" OR "NEAR" OR "b"'),
    ],
)
def test_lexical_query(question: str, query: str) -> None:
    assert lexical_query(question) == query


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(question=st.text(min_size=1, max_size=80))
def test_any_question_searches_without_error(library: Index, question: str) -> None:
    assert len(library.search(question, 3)) <= 3


@pytest.mark.parametrize("question", ['" OR *', "NOT", "title:x", "a AND (b", "col^2 {x} -y", "*"])
def test_query_syntax_is_plain_text(library: Index, question: str) -> None:
    library.search(question, 3)
