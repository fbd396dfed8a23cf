"""Filters work inside retrieval: a narrow one still fills its places."""

from __future__ import annotations

import pytest

from index import Article, Filter, Index
from index.fakes import HashEmbedder

ARTICLES = [
    Article(
        f"/{n}.txt",
        f"Report {n}",
        f"The harbour was closed by storm {n}. " + ("Nothing else happened. " * (n % 3)),
        source=f"Paper {n % 5}",
        published=f"20{n % 20:02}-0{1 + n % 9}-15T10:00:00" if n % 7 else None,
    )
    for n in range(300)
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index(tmp_path_factory.mktemp("index"), HashEmbedder())
    index.add_articles(ARTICLES)
    return index


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(),
        Filter(since="2015"),
        Filter(until="2004-03"),
        Filter(since="2003-04-15", until="2003-04-15"),
        Filter(sources=("Paper 3",)),
        Filter(since="2010", sources=("Paper 1", "Paper 2")),
        Filter(articles=(5, 6, 7)),
        Filter(articles=()),
        Filter(since="2030"),
    ],
)
def test_only_what_is_chosen_and_all_places_filled(index: Index, chosen: Filter) -> None:
    def passes(number: int, article: Article) -> bool:
        day = (article.published or "")[:10]
        return (
            (chosen.since is None or day >= chosen.since)
            and (chosen.until is None or (day > "" and day[: len(chosen.until)] <= chosen.until))
            and (not chosen.sources or article.source in chosen.sources)
            and (not chosen.articles or number in chosen.articles)
        )

    wanted = {n for n, article in enumerate(ARTICLES, start=1) if passes(n, article)}
    hits = index.search("Which storm closed the harbour?", 20, chosen)
    assert {hit.passage.article_id for hit in hits} <= wanted
    assert len(hits) == min(20, len(wanted))


@pytest.mark.parametrize("day", ["soon", "14", "2014-6", "2014-06-01T10:00", ""])
def test_a_date_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(ValueError, match="a date must look like"):
        Filter(since=day)
