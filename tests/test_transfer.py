"""A whole index as one file: what goes out comes in, and open readers see it."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from index import Article, Index, IndexStateError
from index.fakes import HashEmbedder
from tests.conftest import BAKERY, FERRY
from tests.index_state import rows

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


def test_what_goes_out_comes_in(library: Index, exported: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "new", HashEmbedder())
    index.import_file(exported)
    assert rows(index.folder) == rows(library.folder)
    assert index.search("county prize", 1)[0].passage.text == BAKERY.text
    assert index.doctor() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "new", "news.byline"]


def test_files_and_folders_come_along(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.csv").write_text("Headline,body\nDam holds,The dam held.\n")
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    index = Index(tmp_path / "index", HashEmbedder())
    told = [str(error) for error in index.sync(folder, columns={"title": "Headline"}).failed]
    index.export(tmp_path / "file")
    embedder = HashEmbedder()
    again = Index(tmp_path / "again", embedder)
    again.import_file(tmp_path / "file")
    assert again.folders() == [str(folder)]
    report = again.sync(folder)
    assert (len(report.unchanged), [str(error) for error in report.failed]) == (1, told)
    assert embedder.encoded == 0
    assert rows(again.folder) == rows(index.folder)


def test_an_unfinished_build_stays_at_home(library: Index, tmp_path: Path) -> None:
    sound = rows(library.folder)

    def articles() -> object:
        for number in range(300):
            yield Article(f"/{number}.txt", "T", f"Report {number} of the dam.", "s")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add_articles(articles())  # type: ignore[arg-type]
    assert len(rows(library.folder)["vectors"]) > len(sound["vectors"])
    library.export(tmp_path / "file")
    index = Index(tmp_path / "new", HashEmbedder())
    index.import_file(tmp_path / "file")
    assert rows(index.folder) == sound
    assert index.doctor() == []


def test_export_writes_over_nothing(library: Index, exported: Path, tmp_path: Path) -> None:
    before = exported.read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for target in (exported, tmp_path / "link", library.folder):
        with pytest.raises(IndexStateError) as caught:
            library.export(target)
        assert str(caught.value) == (
            f"{target}: is there already; remove it or choose another name."
        )
    assert exported.read_bytes() == before


def test_export_into_a_folder_that_is_not_there(library: Index, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "file"
    with pytest.raises(IndexStateError, match=r"could not be written.*check the folder"):
        library.export(target)
    assert not target.parent.exists()


def test_articles_are_not_lost_by_accident(other: Index, exported: Path) -> None:
    before = rows(other.folder)
    with pytest.raises(IndexStateError) as caught:
        other.import_file(exported)
    assert str(caught.value) == (
        f"{other.folder}: holds 1 articles already; import into another --index folder, or add "
        "--replace to lose them."
    )
    assert rows(other.folder) == before


def test_open_readers_see_the_import_at_their_next_question(
    other: Index, library: Index, exported: Path
) -> None:
    reader = Index(other.folder, HashEmbedder())
    assert reader.search("county prize", 1)[0].passage.text == "A volcano woke."
    with reader.snapshot():
        other.import_file(exported, replace=True)
        assert reader.search("county prize", 9)[0].passage.text == "A volcano woke."
        assert [article.title for article in reader.articles()] == ["Volcano"]
    for index in (reader, other, Index(other.folder, HashEmbedder())):
        assert index.search("county prize", 1)[0].passage.text == BAKERY.text
        assert {hit.passage.text for hit in index.search("volcano", 9)} == {
            FERRY.text,
            BAKERY.text,
        }
    assert rows(other.folder) == rows(library.folder)
    assert reader.doctor() == []


def test_changes_after_an_import_are_seen(other: Index, exported: Path) -> None:
    reader = Index(other.folder, HashEmbedder())
    reader.search("volcano", 1)
    other.import_file(exported, replace=True)
    other.add_articles([Article("/w.txt", "Whale", "A whale sang.", "s")])
    other.remove([FERRY.uri])
    assert reader.search("whale", 1)[0].passage.text == "A whale sang."
    assert len(reader.search("ferry whale bakery", 9)) == 2
    assert reader.doctor() == []


@pytest.mark.parametrize("same_size", [True, False])
def test_no_vectors_of_another_database_stay(
    tmp_path: Path, library: Index, exported: Path, same_size: bool
) -> None:
    """Not even where generation and number of vectors are those of the new one."""
    folder = tmp_path / "other"
    index = Index(folder, HashEmbedder())
    index.add_articles([Article("/v.txt", "Volcano", "A volcano woke.", "s")])
    if same_size:
        index.add_articles([Article("/w.txt", "Whale", "A whale sang.", "s")])
    before = {path.name for path in folder.glob("vectors-*.faiss")}
    index.import_file(exported, replace=True)
    after = {path.name for path in folder.glob("vectors-*.faiss")}
    assert len(after) == 1
    assert not after & before
    label = json.loads((folder / "vectors.json").read_text())
    assert label["database"] == index.store.meta("database") != library.store.meta("database")
    again = Index(folder, HashEmbedder())
    assert again.search("county prize", 1)[0].passage.text == BAKERY.text
    assert again.doctor() == []
