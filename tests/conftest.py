"""What the tests share: two articles, a predictable reader, an index, the data beside us."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from index import Article, Index
from index.fakes import HashEmbedder
from qa.spans import ScoredSpan
from tests import command

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
SEED = DATA / "seed_article.txt"

FERRY = Article(
    uri="/news/ferry.txt",
    title="Ferry runs aground",
    text=(
        "A ferry with 212 people on board ran aground off Skerra on Monday.\n\n"
        "Capt. Ana Ruiz said nobody was hurt. The ship was towed to Port Edwin, 9 miles away."
    ),
    source="Harbour News",
    published="2021-03-02",
)
BAKERY = Article(
    uri="/news/bakery.txt",
    title="Bakery wins prize",
    text="The bakery of Tom Hale won the county prize. Its rye bread costs 3 pounds.",
    source="Town Post",
    published="2020-01-05",
)

# Machines are shared: how long an example takes says nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


class PhraseReader:
    """Answers with the first of its phrases that a passage holds; unsure (-5) of anything else."""

    def __init__(self, *phrases: str) -> None:
        self.phrases = phrases

    def read(
        self, question: str, passages: Sequence[str], history: Sequence[str] = ()
    ) -> list[list[ScoredSpan]]:
        return [self._spans(passage) for passage in passages]

    def _spans(self, passage: str) -> list[ScoredSpan]:
        for phrase in self.phrases:
            if (at := passage.find(phrase)) >= 0:
                return [ScoredSpan(at, at + len(phrase), 12.0)]
        end = passage.find(" ")
        return [ScoredSpan(0, end if end > 0 else len(passage), -5.0)]


@pytest.fixture
def library(tmp_path: Path) -> Index:
    """The two articles above, indexed with the predictable embedder."""
    index = Index(tmp_path / "index", HashEmbedder())
    index.add_articles([FERRY, BAKERY])
    return index


@pytest.fixture
def exported(library: Index, tmp_path: Path) -> Path:
    """The two articles above as one file."""
    target = tmp_path / "news.byline"
    assert library.export(target) == target.stat().st_size
    return target


@pytest.fixture
def other(tmp_path: Path) -> Index:
    """An index with an article of its own."""
    index = Index(tmp_path / "other", HashEmbedder())
    index.add_articles([Article("/v.txt", "Volcano", "A volcano woke.", "s")])
    return index


@pytest.fixture
def byline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> command.Byline:
    """`byline index` for an index of this test, with a stand-in for the bundled model."""
    monkeypatch.setattr("index.library.load_embedder", lambda name: HashEmbedder(384, name))
    return command.Byline(tmp_path / "index", capsys)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with an article about a ferry and one about a bakery."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "bakery.txt").write_text(command.BAKERY)
    (folder / "ferry.txt").write_text(command.FERRY)
    return folder
