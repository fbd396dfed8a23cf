"""Sentences for topics and summaries: much said, nothing twice, words in other forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article, Index
from index.fakes import HashEmbedder
from qa.asking import asking
from qa.cite import Articles
from qa.forms import summary, topic
from qa.forms.choosing import share, spread
from qa.forms.covering import Covering, figures
from qa.forms.sentences import leans, tells, weakness


def unit(rows: list[list[float]]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    vectors = np.array(rows, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def test_the_best_first_and_near_copies_never() -> None:
    vectors = unit([[1, 0], [1, 0.01], [0, 1], [1, 1]])
    assert spread([1.0, 0.9, 0.5, 0.8], vectors, 3) == [0, 2, 3]
    assert spread([1.0, 0.9, 0.5, 0.8], vectors, 3, allows=lambda i, _: i != 0) == [1, 2, 3]
    assert spread([], vectors[:0], 3) == []


@given(
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=8),
    st.integers(0, 9),
)
def test_spread_chooses_different_places(scores: list[float], most: int) -> None:
    generator = np.random.default_rng(len(scores))
    vectors = unit(generator.normal(size=(len(scores), 5)).tolist())
    chosen = spread(scores, vectors, most)
    assert len(set(chosen)) == len(chosen) <= most
    for place, one in enumerate(chosen):
        assert all(vectors[one] @ vectors[other] < 0.83 for other in chosen[:place])


@pytest.mark.parametrize(
    ("words", "text", "held"),
    [
        (["elections"], "The election was annulled.", 1.0),
        (["elected"], "An election", 1.0),
        (["floods", "Maruva"], "Maruvans fled the flooding.", 1.0),
        (["earthquake"], "Stone rather than earth.", 0.0),
        (["market"], "In March", 0.0),
        (["cities", "cats"], "One city", 0.5),
        (["Kerry's"], "Kerry’s plan", 1.0),
        ([], "Anything", 1.0),
    ],
)
def test_words_in_other_forms(words: list[str], text: str, held: float) -> None:
    assert share(words, text) == held


@pytest.mark.parametrize(
    ("sentence", "leaning"),
    [
        ("But they refused.", True),
        ("“It was late,” she said.", True),
        ("The second came in spring.", True),
        ("But in the town of Pichu, a box was lost.", False),
        ("So nothing happened.", True),
        ("Items were sold.", False),
        ("The Second Army left.", True),
    ],
)
def test_sentences_that_lean_on_the_one_before(sentence: str, leaning: bool) -> None:
    assert leans(sentence) is leaning


def test_sentences_that_tell_something() -> None:
    assert tells("The mine has been closed since May.")
    assert not tells("Why was it closed for so long?")
    assert not tells("What we know")
    assert not tells("Correction: An earlier version of this article misstated the year.")
    plain = weakness("Ann Lee closed the mine in May.")
    assert plain == 0 < weakness("“Never,” said the owner.") < weakness("“But they never did.”")


LONG = (
    "The mine of Holm was opened in 1900 by mayor Ann Lee. A chapel for 300 miners followed "
    "after the strike of 1911. Trains crossed the iron bridge from Skerra until the flood. "
    "Children learned to read under a lamp in Holm school. On market days the harbour sold "
    "herring, rope and gossip. Engineers from Tulsa drew the tower that still stands. "
    "Its clock stopped at noon in 1944 and was never wound again. Holm now lives on visitors."
)
NEWS = [
    Article("/1.txt", "The buildings of Holm", LONG, "A", "2020-01-01"),
    Article("/2.txt", "Ferry sinks", "A ferry sank off Skerra. Nobody was hurt there.", "B"),
]


@pytest.fixture
def holm(tmp_path: Path) -> Index:
    index = Index(tmp_path, HashEmbedder())
    index.add_articles(NEWS)
    return index


def test_a_topic_is_covered_by_the_articles_that_have_its_words(holm: Index) -> None:
    def covered(question: str) -> float:
        asked = asking(question)
        hits = holm.search(asked.about, topic.PASSAGES)
        return figures(asked, hits, Articles(holm))[1]

    assert covered("Tell me about the ferry off Skerra") == 1.0
    assert covered("Tell me about the ferry of Holm") == 0.5
    assert covered("Tell me about zebras") == 0.0


def test_sentences_of_a_topic_come_by_article_in_reading_order(holm: Index) -> None:
    asked = asking("Tell me about Holm")
    draft = topic.compose(asked, holm.search("Holm", topic.PASSAGES), holm, Articles(holm))
    assert draft is not None
    places = [(place.article_id, place.span.start) for place in draft.places]
    assert places == sorted(places)
    assert 2 <= len(places) <= 4  # one story is all there is


def test_a_summary_names_its_article(holm: Index) -> None:
    asked = asking("Summarise the article about the buildings of Holm")
    hits = holm.search(asked.about, topic.PASSAGES)
    found = summary.meant(asked, hits, Articles(holm))
    assert found is not None
    assert Articles(holm).get(found[0]).title == NEWS[0].title
    assert summary.meant(asked, [], Articles(holm)) is None
    draft = summary.compose(found[0], holm, Articles(holm))
    assert draft is not None
    assert draft.pieces[0].text == LONG[: LONG.index(".") + 1]
    assert 2 <= len(draft.pieces) <= 5


def test_the_probability_of_a_topic_survives_its_file(tmp_path: Path) -> None:
    model = Covering(2.0, 3.0, -1.5)
    model.save(tmp_path / "t.json")
    assert Covering.load(tmp_path / "t.json") == model
    assert model.probability(0.0, 0.5) == 0.5
    assert Covering.load().probability(0.3, 1.0) > 0.5 > Covering.load().probability(0.3, 0.5)
