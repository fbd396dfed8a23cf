"""Retrieval: which terms a question gives, that none is query syntax, and fusion by hand."""

from __future__ import annotations

import doctest
import random
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.query
from index import Article, Index
from index.ann import Ids
from index.ann_build import build
from index.dense import DenseView
from index.embed import Vectors
from index.fakes import HashEmbedder
from index.query import NAME_WEIGHT, lexical_terms
from index.search import fuse, search

WORDS = "ferry pier harbour storm Skerra bakery prize rye mayor strike night the of ran".split()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """300 articles of a few words, so that neither leg returns all of them."""
    draw = random.Random(0)
    index = Index(tmp_path_factory.mktemp("index"), HashEmbedder())
    texts = (" ".join(draw.choices(WORDS, k=draw.randint(3, 12))) for _ in range(300))
    index.add_articles(Article(f"/{n}", draw.choice(WORDS), t, "") for n, t in enumerate(texts))
    return index


def test_fusion_by_hand() -> None:
    scores = fuse({7: 0.5, 8: 0.2, 9: -0.1}, {7: 0.0, 8: 20.0, 9: 5.0})
    assert scores == {
        7: pytest.approx(0.325),
        8: pytest.approx(0.13 + 0.35),
        9: pytest.approx(-0.065 + 0.35 / 4),
    }
    assert fuse({7: 0.5}, {7: 0.0}) == {7: pytest.approx(0.325)}
    assert fuse({}, {}) == {}


QUESTIONS = st.lists(st.sampled_from([*WORDS, "unseen"]), min_size=1, max_size=6).map(" ".join)


@settings(max_examples=60)
@given(question=QUESTIONS, k=st.integers(1, 120))
def test_equals_a_slow_search_and_every_hit_has_both_scores(
    reports: Index, question: str, k: int
) -> None:
    hits = reports.search(question, k)
    assert hits == reports.search(question, k)
    assert [hit.passage.id for hit in sorted(hits, key=lambda h: (-h.score, h.passage.id))] == [
        hit.passage.id for hit in hits
    ]
    cosine, bm25 = slow_scores(reports, question)
    for hit in hits:
        assert -1.0 <= hit.similarity <= 1.0
        assert hit.similarity == pytest.approx(cosine[hit.passage.id], abs=1e-5)
        assert hit.bm25 == pytest.approx(bm25[hit.passage.id], rel=1e-4)
    slow = sorted(fuse(cosine, bm25).values(), reverse=True)
    assert [hit.score for hit in hits[:5]] == pytest.approx(slow[: min(k, 5)], rel=1e-4)


def test_an_approximate_view_finds_what_an_exact_one_finds(reports: Index) -> None:
    store, dimension = reports.store, reports.embedder.dimension

    def batches(some: Ids | None) -> Iterator[tuple[Ids, Vectors]]:
        return store.passage_vectors(some, dimension)

    view = DenseView.of(build(batches, store.passage_ids(), dimension, exact_up_to=0), 1)
    assert not view.exact
    for question in ("Who saw the ferry?", "mayor of Skerra", "unseen"):
        (query,) = reports.embedder.encode([question])
        found = search(store, view, query, question, 10)
        assert found == reports.search(question, 10)


def slow_scores(index: Index, question: str) -> tuple[dict[int, float], dict[int, float]]:
    """Cosine and BM25 of every passage, one by one and by FTS5 alone."""
    (query,) = index.embedder.encode([question])
    batches = index.store.passage_vectors(None, index.embedder.dimension)
    cosine = {
        int(i): float(vector @ query)
        for ids, rows in batches
        for i, vector in zip(ids, rows, strict=True)
    }
    bm25 = dict.fromkeys(cosine, 0.0)
    for term, weight in lexical_terms(question).items():
        for passage, score in index.store.connection().execute(
            "SELECT rowid, -bm25(passages_fts) FROM passages_fts WHERE passages_fts MATCH ?",
            (f'"{term}"',),
        ):
            bm25[passage] += weight * score
    return cosine, bm25


def test_examples_in_docstrings() -> None:
    result = doctest.testmod(index.query, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (result.failed, result.attempted) == (0, 3)


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
        ("Who paid $1,200.50 on May 3?", "paid|1,200.50|May|3|paid 1,200.50|May 3|3 May|1200.50"),
        ("Why 41000 tents?", "41000|tents|41000 tents|41,000"),
        ("Who had 0041 or 1,14 or 2012,3000?", "0041|1|14|2012|3000|1 14|2012 3000|2,012|3,000"),
        (
            "What fell on the 2nd of march, or April 30th 2014?",
            "fell|2nd|march|April|30th|2014|April 30th|30th 2014|march 2|2 march|April 30|30 April"
            "|2,014",
        ),
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


def test_names_and_numbers_count_more() -> None:
    terms = lexical_terms("Did mayor Duarte of Port Edwin pay 1,140 to the UN in may?")
    heavy = {term for term, weight in terms.items() if weight == NAME_WEIGHT}
    assert heavy == {"Duarte", "Port", "Edwin", "1,140", "1140", "UN", "U N"}
    assert {terms[term] for term in terms.keys() - heavy} == {1.0}


@given(st.text(alphabet=st.sampled_from("aABé'’.,-_ 0\"*()\0"), max_size=60) | st.text(max_size=60))
def test_terms_are_distinct_parts_of_the_question_that_fts5_can_look_for(question: str) -> None:
    terms = lexical_terms(question)
    assert len(set(terms)) == len(terms)
    assert bool(terms) == any(c.isalnum() or c == "_" for c in question)
    letters = "".join(c for c in question if not unicodedata.category(c).startswith("Z"))
    for term in terms:
        assert '"' not in term
        assert set(term) <= {*letters, " ", ","}


def test_the_longest_question_is_no_larger_than_fts5_takes(library: Index) -> None:
    question = " ".join(f"W{number}x U.N UN 3 May" for number in range(500))
    assert len(library.search(f"Skerra {question}", 1)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(question=st.text(min_size=1, max_size=80))
def test_any_question_searches_without_error(library: Index, question: str) -> None:
    assert len(library.search(question, 3)) <= 3


@pytest.mark.parametrize("question", ['" OR *', "NOT", "title:x", "a AND (b", "col^2 {x} -y", "*"])
def test_query_syntax_is_plain_text(library: Index, question: str) -> None:
    library.search(question, 3)
