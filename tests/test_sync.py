"""Sync: the index becomes equal to a folder, whatever happened there, and embeds only the new."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Index, IndexStateError
from index.fakes import HashEmbedder
from tests.index_state import rows

FERRY = "Ferry sinks\n\nThe ferry sank off Port Edwin on Monday. All 212 people were saved."
BAKERY = "Bakery wins\n\nThe bakery in Elm Street won the county prize. Its rye bread is famous."
ROADS = "Roads close\n\nThree roads close in Holm on Friday. Buses will run every ten minutes."


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    (folder / "old").mkdir(parents=True)
    (folder / "ferry.txt").write_text(FERRY)
    (folder / "old" / "bakery.txt").write_text(BAKERY)
    return folder


def synced(index: Index, folder: Path) -> dict[str, int]:
    report = index.sync(folder)
    return {word: count for word, count in report.counts.items() if count}


def same_as_fresh(index: Index, folder: Path, tmp_path: Path) -> None:
    fresh = Index(tmp_path / "fresh", HashEmbedder())
    fresh.sync(folder, allow_empty=True)
    assert rows(index.folder) == rows(fresh.folder)
    shutil.rmtree(fresh.folder)


def test_new_changed_deleted_and_moved(tmp_path: Path, news: Path) -> None:
    embedder = HashEmbedder()
    index = Index(tmp_path / "index", embedder)
    assert synced(index, news) == {"added": 2}
    assert synced(index, news) == {"unchanged": 2}
    ids = {article.title: article.id for article in index.articles()}

    (news / "roads.txt").write_text(ROADS)
    (news / "ferry.txt").write_text(FERRY.replace("212", "213"))
    (news / "old" / "bakery.txt").rename(news / "prize.txt")
    before = embedder.encoded
    assert synced(index, news) == {"added": 1, "updated": 1, "moved": 1}
    assert embedder.encoded == before + 2
    assert {a.title: a.id for a in index.articles() if a.title in ids} == ids
    same_as_fresh(index, news, tmp_path)

    (news / "ferry.txt").unlink()
    assert synced(index, news) == {"unchanged": 2, "removed": 1}
    assert index.search("ferry", 5)[0].passage.text.startswith(("Bakery", "Roads"))
    same_as_fresh(index, news, tmp_path)


def test_same_size_and_time_but_other_words(tmp_path: Path, news: Path) -> None:
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(news)
    path = news / "ferry.txt"
    times = path.stat()
    path.write_text(FERRY.replace("212", "999"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert synced(index, news) == {"updated": 1, "unchanged": 1}


def test_renaming_embeds_nothing_even_where_the_name_is_the_title(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    prose = "The dam held through the night, engineers in Sorvik said on Tuesday. " * 4
    (folder / "dam_one.txt").write_text(prose)
    embedder = HashEmbedder()
    index = Index(tmp_path / "index", embedder)
    index.sync(folder)
    (folder / "dam_one.txt").rename(folder / "dam_two.txt")
    before = embedder.encoded
    assert synced(index, folder) == {"moved": 1}
    assert embedder.encoded == before
    assert [article.title for article in index.articles()] == ["Dam two"]
    same_as_fresh(index, folder, tmp_path)


def test_the_same_article_twice_is_one(tmp_path: Path, news: Path) -> None:
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(news)
    (news / "again.txt").write_text(FERRY)
    (news / "zzz.txt").write_text(FERRY)
    assert synced(index, news) == {"added": 2, "unchanged": 2}
    first, *others = sorted(
        (a for a in index.articles() if "Ferry" in a.title), key=lambda a: a.uri
    )
    assert first.uri.endswith("again.txt")
    assert first.copy_of is None
    assert first.passages > 0
    assert [(a.copy_of, a.passages) for a in others] == [(first.id, 0)] * 2
    assert len({hit.passage.article_id for hit in index.search("ferry sank Port Edwin", 10)}) == 2
    same_as_fresh(index, news, tmp_path)

    (news / "again.txt").unlink()
    index.sync(news)
    stands = [a for a in index.articles() if a.passages and "Ferry" in a.title]
    assert [a.uri.rpartition(os.sep)[2] for a in stands] == ["ferry.txt"]
    same_as_fresh(index, news, tmp_path)


def test_failures_are_told_again_and_tried_again_when_they_change(
    tmp_path: Path, news: Path
) -> None:
    index = Index(tmp_path / "index", HashEmbedder())
    broken = news / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing more")
    first = [str(error) for error in index.sync(news).failed]
    assert len(first) == 1
    assert str(broken) in first[0]
    assert [str(error) for error in index.sync(news).failed] == first
    broken.unlink()
    assert index.sync(news).failed == []
    same_as_fresh(index, news, tmp_path)


def test_a_file_that_became_unreadable_is_not_answered_from_any_more(
    tmp_path: Path, news: Path
) -> None:
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(news)
    (news / "ferry.txt").write_bytes(b"")
    report = index.sync(news)
    assert report.removed == [str(news / "ferry.txt")]
    assert len(report.failed) == 1
    same_as_fresh(index, news, tmp_path)


def test_rows_of_a_file_come_change_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    path = folder / "rows.jsonl"

    def write(**bodies: str) -> None:
        lines = [json.dumps({"id": name, "title": name, "body": b}) for name, b in bodies.items()]
        path.write_text("\n".join(lines))

    embedder = HashEmbedder()
    index = Index(tmp_path / "index", embedder)
    write(a="Apples are cheap.", b="Bread is dear.")
    assert synced(index, folder) == {"added": 2}
    write(b="Bread is dear.", c="Cheese is old.")
    assert synced(index, folder) == {"added": 1, "unchanged": 1, "removed": 1}
    assert embedder.encoded == 3
    same_as_fresh(index, folder, tmp_path)
    path.rename(folder / "moved.jsonl")
    assert synced(index, folder) == {"moved": 2}
    assert embedder.encoded == 3
    same_as_fresh(index, folder, tmp_path)


def test_a_folder_that_is_gone_or_empty_loses_nothing(tmp_path: Path, news: Path) -> None:
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(news)
    shutil.rmtree(news)
    with pytest.raises(IndexStateError, match="not a folder"):
        index.sync(news)
    news.mkdir()
    with pytest.raises(IndexStateError, match=r"nothing to read here any more.*--allow-empty"):
        index.sync(news)
    assert index.status().articles == 2
    assert len(index.sync(news, allow_empty=True).removed) == 2
    assert index.status().vectors == 0


def test_what_lies_outside_the_folder_stays(tmp_path: Path, news: Path) -> None:
    index = Index(tmp_path / "index", HashEmbedder())
    other = tmp_path / "news2"
    other.mkdir()
    (other / "roads.txt").write_text(ROADS)
    index.add([other])
    index.sync(news)
    assert index.status().articles == 3
    (news / "ferry.txt").unlink()
    assert len(index.sync(news).removed) == 1
    assert index.status().articles == 2


def test_a_removed_article_comes_back_with_the_next_sync(tmp_path: Path, news: Path) -> None:
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(news)
    index.remove([str(news / "ferry.txt")])
    assert index.status().articles == 1
    assert synced(index, news) == {"added": 1, "unchanged": 1}
    same_as_fresh(index, news, tmp_path)


def test_links_are_files_of_their_own(tmp_path: Path, news: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(ROADS)
    (news / "link.txt").symlink_to(outside)
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(news)
    assert str(news / "link.txt") in [article.uri for article in index.articles()]
    (news / "link.txt").unlink()
    assert synced(index, news) == {"unchanged": 2, "removed": 1}


_TEXTS = [FERRY, BAKERY, ROADS, FERRY + " Divers went down.", "", "%PDF-1.4 broken"]
_NAMES = ["a.txt", "b.md", "m/c.txt", "m/n/d.html", "z.txt"]
_CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["write", "delete", "rename", "remove"]),
        st.sampled_from(_NAMES),
        st.sampled_from(_NAMES),
        st.sampled_from(_TEXTS),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_CHANGES)
def test_any_history_ends_like_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, str, str, bool]]
) -> None:
    base = tmp_path_factory.mktemp("history")
    folder = base / "news"
    folder.mkdir()
    index = Index(base / "index", HashEmbedder())
    for kind, name, other, text, sync_now in changes:
        path, target = folder / name, folder / other
        path.parent.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind == "write":
            path.write_text(text)
        elif kind == "delete":
            path.unlink(missing_ok=True)
        elif kind == "rename" and path.exists():
            path.rename(target)
        elif kind == "remove":
            index.remove([str(path)])
        if sync_now:
            index.sync(folder, allow_empty=True)
    index.sync(folder, allow_empty=True)
    same_as_fresh(index, folder, base)
