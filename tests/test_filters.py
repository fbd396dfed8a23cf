"""Filters work inside retrieval: against filtering everything, and where better passages crowd."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, Filter, Hit, Index
from index.embed import Vectors
from index.fakes import HashEmbedder
from index.search import POOL, fuse

COUNT = 400
SOURCES = tuple(f"Paper {n}" for n in range(5))
_TIMES = ("", "", "T10:00:00", "T23:59:59+02:00")
_WORDS = "storm harbour mayor dam bridge ferry bakery school vote fire".split()
ARTICLES = [
    Article(
        f"/{n:03}.txt",
        f"Report {n}",
        f"The harbour was closed by storm {n}. "
        f"The {_WORDS[n % 10]} and the {_WORDS[n % 7]} of town {n % 30} were safe. "
        + "Nothing else happened. "
        * (n % 3),
        source=SOURCES[n % 5],
        published=f"{2000 + n % 20}-{1 + n % 12:02}-{1 + n % 28:02}{_TIMES[n % 4]}"
        if n % 7
        else None,
    )
    for n in range(COUNT)
]


class RandomEmbedder:
    """Another direction for every text: no two passages are equally near to a question."""

    name = "random"
    dimension = 16

    def encode(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        rows = [
            np.random.default_rng(zlib.crc32(text.encode())).normal(size=self.dimension)
            for text in texts
        ]
        vectors = np.array(rows, dtype=np.float32).reshape(-1, self.dimension)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index(tmp_path_factory.mktemp("index"), RandomEmbedder())
    index.add_articles(ARTICLES)
    return index


def passes(number: int, article: Article, chosen: Filter) -> bool:
    """The filter once more, in Python; `number` is the article's id."""
    day = article.published
    if chosen.since is not None and (day is None or day < chosen.since):
        return False
    if chosen.until is not None and (day is None or day[: len(chosen.until)] > chosen.until):
        return False
    if chosen.sources and article.source not in chosen.sources:
        return False
    return not chosen.articles or number in chosen.articles


def ranked(hits: Iterable[Hit], k: int) -> list[tuple[int, float]]:
    """(passage, score) of what the two legs found, as if there were nothing else."""
    found = list(hits)
    legs = (
        [(hit.dense_rank, hit.passage.id) for hit in found if hit.dense_rank is not None],
        [(hit.lexical_rank, hit.passage.id) for hit in found if hit.lexical_rank is not None],
    )
    pooled = {number for leg in legs for _, number in sorted(leg)[:POOL]}
    found = [hit for hit in found if hit.passage.id in pooled]
    scores = fuse(
        {hit.passage.id: hit.similarity for hit in found},
        {hit.passage.id: hit.bm25 for hit in found},
    )
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]


_DAYS = st.one_of(
    st.none(),
    st.builds(lambda y: f"{y}", st.integers(1999, 2021)),
    st.builds(lambda y, m: f"{y}-{m:02}", st.integers(1999, 2021), st.integers(1, 12)),
    st.builds(
        lambda y, m, d: f"{y}-{m:02}-{d:02}",
        st.integers(1999, 2021),
        st.integers(1, 12),
        st.integers(1, 28),
    ),
)
_FILTERS = st.builds(
    Filter,
    since=_DAYS,
    until=_DAYS,
    sources=st.lists(st.sampled_from([*SOURCES, "None such", "'; --"]), max_size=3).map(tuple),
    articles=st.one_of(
        st.just(()),
        st.lists(st.integers(-1, COUNT + 5), max_size=30).map(tuple),
        st.builds(lambda start, stop: tuple(range(start, stop)), st.just(1), st.integers(1, COUNT)),
    ),
)
_QUESTIONS = st.lists(
    st.sampled_from([*_WORDS, "town", "closed", "7", "12", "nothing", "zebra", "the"]),
    min_size=1,
    max_size=6,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(question=_QUESTIONS, chosen=_FILTERS, k=st.integers(1, 60))
def test_as_if_everything_else_were_not_there(
    index: Index, question: str, chosen: Filter, k: int
) -> None:
    wanted = {n for n, article in enumerate(ARTICLES, start=1) if passes(n, article, chosen)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.search.POOL", 10 * COUNT)
        everything = index.search(question, 10 * COUNT)
    kept = [hit for hit in everything if hit.passage.article_id in wanted]
    hits = index.search(question, k, chosen)
    expected = ranked(kept, k)
    assert [hit.passage.id for hit in hits] == [number for number, _ in expected]
    assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected])
    assert len(hits) >= min(k, POOL, len(wanted))


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(sources=("Quiet",)),
        Filter(since="2020-01-01"),
        Filter(until="2009"),
        Filter(articles=tuple(range(301, 306))),
        Filter(since="2019", sources=("Quiet", "None such")),
    ],
)
def test_three_hundred_better_passages_outside_do_not_crowd_it_out(
    tmp_path_factory: pytest.TempPathFactory, chosen: Filter
) -> None:
    crowd = Index(tmp_path_factory.mktemp("crowd"), HashEmbedder())
    crowd.add_articles(
        Article(f"/{n}.txt", "Who won?", f"Who won the county prize? {n}.", "Loud", "2015-05-05")
        for n in range(300)
    )
    day = "2008-02-02" if chosen.until is not None else "2020-02-02"
    crowd.add_articles(
        Article(f"/q{n}.txt", "Fair", f"On day {n} a baker took a prize home.", "Quiet", day)
        for n in range(5)
    )
    question = "Who won the county prize?"
    assert {crowd.article(h.passage.article_id).source for h in crowd.search(question, 10)} == {
        "Loud"
    }
    hits = crowd.search(question, 10, chosen)
    assert {crowd.article(h.passage.article_id).source for h in hits} == {"Quiet"}
    assert len(hits) == 5
    assert all(hit.lexical_rank is not None and hit.dense_rank is not None for hit in hits)


def test_nothing_chosen_is_everything_and_nothing_found_is_nothing(index: Index) -> None:
    plain = index.search("storm harbour", 10)
    assert index.search("storm harbour", 10, Filter()) == plain
    assert index.search("storm harbour", 10, None) == plain
    assert index.search("storm harbour", 10, Filter(sources=("None such",))) == []
    assert index.search("storm harbour", 10, Filter(since="2015", until="2014")) == []


def test_the_filter_follows_the_collection(tmp_path_factory: pytest.TempPathFactory) -> None:
    changing = Index(tmp_path_factory.mktemp("index"), HashEmbedder())
    quiet = Filter(sources=("Quiet",))
    changing.add_articles([Article("/a.txt", "A", "The dam held.", "Loud")])
    assert changing.search("dam", 5, quiet) == []
    changing.add_articles([Article("/b.txt", "B", "The dam broke.", "Quiet")])
    assert [hit.passage.text for hit in changing.search("dam", 5, quiet)] == ["The dam broke."]
    changing.add_articles([Article("/a.txt", "A", "The dam held.", "Quiet")])
    assert len(changing.search("dam", 5, quiet)) == 2
    changing.remove(["/b.txt"])
    assert [hit.passage.text for hit in changing.search("dam", 5, quiet)] == ["The dam held."]


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(sources=("Town Post",)),
        Filter(since="2021"),
        Filter(articles=(2,)),
        Filter(sources=("Town Post",), since="2021", until="2021-03", articles=(2, 3)),
    ],
)
def test_the_copy_of_an_article_is_found_by_what_the_copy_says(
    tmp_path_factory: pytest.TempPathFactory, chosen: Filter
) -> None:
    """Two papers print one text: who asks only the second must not be told that it has none."""
    index = Index(tmp_path_factory.mktemp("index"), HashEmbedder())
    text = "The ferry Ejdern sank off Port Edwin. All 212 people were saved."
    index.add_articles(
        [
            Article("/a.txt", "Ferry sinks", text, "Harbour News", "2020-01-01"),
            Article("/b.txt", "Ferry sinks", text, "Town Post", "2021-03-02"),
            Article("/c.txt", "Bakery", "A bakery won a prize.", "Town Post", "2021-03-02"),
        ]
    )
    (hit, *others) = index.search("Which ferry sank?", 5, chosen)
    assert hit.passage.text == text
    assert index.article(hit.passage.article_id).source == "Town Post"
    assert all(index.article(h.passage.article_id).source == "Town Post" for h in others)
    assert [s.of(text) for s in index.sentences(hit.passage.article_id, 0, 10)] == [text[:37]]


@pytest.mark.parametrize(
    "day", ["soon", "14", "2014-6", "2014-06-01T10:00", "", "2014-06\n", "２０１４", "2014-06-3"]
)
def test_a_date_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(ValueError, match="a date must look like 2014, 2014-06 or 2014-06-30"):
        Filter(since=day)
    with pytest.raises(ValueError, match="a date must look like"):
        Filter(until=day)
