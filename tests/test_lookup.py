"""What the collection says about itself: words that occur, dates, stories."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from index import Article, Filter, Index
from index.fakes import HashEmbedder
from tests.conftest import BAKERY, FERRY


def test_words_and_phrases_that_occur(library: Index) -> None:
    words = ["Skerra", "skerra", "Tom Hale", "Hale Tom", "prizes", "Zidane", "212", 'a" OR "b']
    assert library.holds(words) == [True, True, True, False, True, False, True, False]


def test_words_under_a_filter(library: Index) -> None:
    ferry = Filter(sources=(FERRY.source,))
    assert library.holds(["Skerra", "Hale"], ferry) == [True, False]
    assert library.holds(["Skerra"], Filter(since="2030")) == [False]


def test_dates_of_a_collection(library: Index) -> None:
    assert library.published() == (BAKERY.published, FERRY.published)
    assert library.published(Filter(until="2020")) == (BAKERY.published, BAKERY.published)
    assert library.published(Filter(since="2030")) is None
    assert library.has_articles(Filter(since="2021-03"))
    assert not library.has_articles(Filter(sources=("Nobody",)))


def test_an_empty_index_holds_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path, HashEmbedder())
    assert index.holds(["a"]) == [False]
    assert index.published() is None
    assert index.stories([1]) == {}


def test_near_copies_share_a_story(library: Index) -> None:
    text = " ".join(f"Sentence {n} of the wire story about harbour number {n}." for n in range(40))
    wire = Article("/wire/1.txt", "Wire", text, "One")
    copy = replace(wire, uri="/wire/2.txt", text=f"LOCAL — {text}", source="Two")
    library.add_articles([wire, copy])
    ids = {a.uri: a.id for a in library.articles()}
    story = library.stories(ids.values())
    assert story[ids["/wire/1.txt"]] == story[ids["/wire/2.txt"]]
    assert len(set(story.values())) == 3
