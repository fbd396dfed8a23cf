"""The index: nothing embedded twice, one visible step, the cache replaceable, errors that mend."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import Article, Index, IndexStateError
from index.database import DATABASE
from index.fakes import HashEmbedder
from tests.conftest import BAKERY, FERRY


def test_search_finds_by_word_and_meaning(library: Index) -> None:
    hits = library.search("Who won the county prize?", 5)
    assert hits[0].passage.text == BAKERY.text
    assert hits[0].dense_rank == 1
    assert hits[0].lexical_rank == 1


def test_passages_are_slices_of_their_article(library: Index) -> None:
    for hit in library.search("ferry bakery bread ship", 10):
        article = library.article(hit.passage.article_id)
        assert article.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_unchanged_articles_are_not_embedded_again(tmp_path: Path) -> None:
    embedder = HashEmbedder()
    index = Index(tmp_path, embedder)
    assert index.add_articles([FERRY, BAKERY]).embedded == 2
    report = index.add_articles([FERRY, BAKERY])
    assert report.unchanged == [FERRY.uri, BAKERY.uri]
    assert embedder.encoded == 2


def test_moved_article_keeps_its_vectors(tmp_path: Path) -> None:
    index = Index(tmp_path, HashEmbedder())
    index.add_articles([FERRY])
    report = index.add_articles([replace(FERRY, uri="/news/moved.txt")])
    assert (report.added, report.embedded) == (["/news/moved.txt"], 0)


def test_edited_article_is_replaced_under_its_id(library: Index) -> None:
    before = {article.uri: article.id for article in library.articles()}
    report = library.add_articles([replace(BAKERY, text="The bakery closed on Friday.")])
    assert report.updated == [BAKERY.uri]
    assert {article.uri: article.id for article in library.articles()} == before
    hits = library.search("bakery prize rye bread", 10)
    assert all("rye" not in hit.passage.text for hit in hits)
    assert library.search("closed on Friday", 1)[0].passage.text == "The bakery closed on Friday."


def test_removed_article_is_gone(library: Index) -> None:
    report = library.remove([BAKERY.uri, "/nowhere"])
    assert report.removed == [BAKERY.uri]
    assert [str(e) for e in report.failed] == [
        "/nowhere: no such article here; `byline index list` shows them."
    ]
    assert all(hit.passage.text != BAKERY.text for hit in library.search("bakery prize", 10))
    assert library.status().vectors == library.status().passages == 1


def test_folder_prefix_removes_what_is_inside(library: Index) -> None:
    assert sorted(library.remove(["/news"]).removed) == sorted([FERRY.uri, BAKERY.uri])
    assert library.search("ferry", 5) == []


def test_another_process_sees_the_change_at_its_next_question(library: Index) -> None:
    other = Index(library.folder, HashEmbedder())
    assert other.search("volcano", 1)[0].passage.text != "A volcano woke."
    library.add_articles([Article("/v.txt", "Volcano", "A volcano woke.", "s")])
    assert other.search("volcano", 1)[0].passage.text == "A volcano woke."


def test_interrupted_build_changes_nothing_and_goes_on(tmp_path: Path) -> None:
    class Failing(HashEmbedder):
        fail = False

        def encode(self, texts, advance=None):  # type: ignore[no-untyped-def]
            if self.fail and self.encoded:
                raise KeyboardInterrupt
            return super().encode(texts, advance)

    articles = [
        Article(f"/{i}.txt", f"Article {i}", f"Report number {i} on topic {i}.", "s")
        for i in range(1200)
    ]
    embedder = Failing()
    index = Index(tmp_path, embedder)
    embedder.fail = True
    with pytest.raises(KeyboardInterrupt):
        index.add_articles(articles)
    assert index.status().articles == 0
    embedder.fail = False
    report = index.add_articles(articles)
    assert len(report.added) == 1200
    assert report.embedded == 1200 - 128


@pytest.mark.parametrize("damage", ["truncate", "garbage", "delete"])
def test_damaged_faiss_file_is_made_again_without_embedding(library: Index, damage: str) -> None:
    (cache,) = library.folder.glob("vectors-*.faiss")
    if damage == "truncate":
        cache.write_bytes(cache.read_bytes()[:-40])
    elif damage == "garbage":
        cache.write_bytes(b"\x00" * len(cache.read_bytes()))
    else:
        cache.unlink()
    embedder = HashEmbedder()
    again = Index(library.folder, embedder)
    assert again.search("county prize", 1)[0].passage.text == BAKERY.text
    assert embedder.encoded == 1  # the question


def test_stale_faiss_file_is_brought_up_to_date(library: Index) -> None:
    kept = {path: path.read_bytes() for path in library.folder.glob("vectors*")}
    library.add_articles([Article("/v.txt", "Volcano", "A volcano woke.", "s")])
    library.remove([FERRY.uri])
    for path in library.folder.glob("vectors*"):
        path.unlink()
    for path, data in kept.items():
        path.write_bytes(data)
    again = Index(library.folder, HashEmbedder())
    assert again.search("volcano", 1)[0].passage.text == "A volcano woke."
    assert all(hit.passage.text != FERRY.text for hit in again.search("ferry", 9))
    assert again.doctor() == []


def test_other_embedding_model_is_refused_and_rebuilt_on_request(library: Index) -> None:
    with pytest.raises(IndexStateError) as caught:
        Index(library.folder, HashEmbedder(32, "other"))
    assert str(caught.value) == (
        f'{library.folder}: made with the embedding model "hash" (512 numbers), not "other" '
        "(32); leave the model out, or run `byline index rebuild --model other`."
    )


def test_rebuild_with_another_model(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.library.load_embedder", lambda name: HashEmbedder(32, name))
    report = library.rebuild("small")
    assert report.embedded == 2
    status = library.status()
    assert (status.embedder, status.dimension, status.vectors) == ("small", 32, 2)
    assert library.search("county prize", 1)[0].passage.text == BAKERY.text
    assert Index(library.folder).search("county prize", 1)[0].passage.text == BAKERY.text


def test_rebuild_keeps_everything(library: Index) -> None:
    before = [hit.passage.text for hit in library.search("county prize", 5)]
    assert library.rebuild().embedded == 0
    assert [hit.passage.text for hit in library.search("county prize", 5)] == before
    check = "INSERT INTO passages_fts (passages_fts, rank) VALUES ('integrity-check', 1)"
    library.store.connection().execute(check)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(IndexStateError, match="a database of another program, left untouched"):
        Index(tmp_path)
    assert path.read_bytes() == before


def test_junk_database_is_named(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database, but long enough to be read as one" * 40)
    with pytest.raises(IndexStateError, match=r"index\.db: not a Byline index"):
        Index(tmp_path)


def test_newer_format_is_named(library: Index) -> None:
    library.store.connection().execute("PRAGMA user_version = 99")
    with pytest.raises(IndexStateError, match="made by a newer Byline"):
        Index(library.folder)


def test_a_file_is_not_an_index(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexStateError, match="an index is a folder, and this is a file"):
        Index(tmp_path / "file")


def test_vectors_survive_as_half_floats(library: Index) -> None:
    ids = library.store.passage_ids()
    ((_, stored),) = library.store.passage_vectors(ids, 512)
    texts = [f"{a.title}\n{a.text}" for a in (FERRY, BAKERY)]
    np.testing.assert_allclose(stored, HashEmbedder().encode(texts), atol=1e-3)


def test_questions_go_on_while_articles_come(tmp_path: Path) -> None:
    index = Index(tmp_path, HashEmbedder())
    index.add_articles([FERRY])
    errors: list[BaseException] = []
    stop = threading.Event()

    def ask() -> None:
        try:
            while not stop.is_set():
                for hit in index.search("ferry report topic", 5):
                    assert hit.passage.text
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for i in range(15):
        index.add_articles([Article(f"/{i % 5}.txt", "R", f"Report {i} on topic {i}.", "s")])
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert index.status().articles == 6
