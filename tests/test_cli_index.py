"""`byline index add` and `sync` as people and scripts see them: status, sentences, JSON."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from index import Index
from tests.command import FERRY, Byline, Said, names


def test_add(byline: Byline, news: Path) -> None:
    assert byline("add", news) == Said(0, "2 added; 2 passages embedded.\n", "")
    assert byline("add", news / "ferry.txt") == Said(0, "1 unchanged; 0 passages embedded.\n", "")
    (news / "ferry.txt").write_text(FERRY.replace("212", "213"))
    assert byline("add", news).out == "1 updated, 1 unchanged; 1 passage embedded.\n"


def test_add_says_what_failed_and_keeps_the_rest(byline: Byline, news: Path) -> None:
    (news / "broken.pdf").write_bytes(b"%PDF-1.7")
    said = byline("add", news, news / "nowhere.txt")
    assert (said.status, said.out) == (1, "2 added, 2 failed; 2 passages embedded.\n")
    assert sorted(said.err.splitlines()) == [
        f"byline: {news / 'broken.pdf'} is not a readable PDF; open it and save it again.",
        f"byline: {news / 'nowhere.txt'} does not exist; check the path.",
    ]


def test_add_as_json(byline: Byline, news: Path) -> None:
    (news / "empty.md").touch()
    said = byline("add", "--json", news)
    assert (said.status, said.err) == (1, "")
    assert said.json == {
        "added": [str(news / "bakery.txt"), str(news / "ferry.txt")],
        "updated": [],
        "moved": [],
        "unchanged": [],
        "removed": [],
        "failed": [f"{news / 'empty.md'} is empty; put text into it or leave it out."],
        "embedded": 2,
    }


def test_columns(byline: Byline, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    table.write_text("Headline,Story\nDam holds,The dam held.\n")
    said = byline("add", table)
    assert said.status == 1
    assert 'has no column "body", "text" or "content"' in said.err
    said = byline("add", table, "--column", "title=Headline", "--column", "body=Story")
    assert said == Said(0, "1 added; 1 passage embedded.\n", "")
    assert [article["title"] for article in byline("list", "--json").json] == ["Dam holds"]
    said = byline("add", table, "--column", "title=Kop", "--column", "body=Story")
    assert (said.status, said.err) == (
        1,
        f'byline: {table} has no column "Kop" for title; its columns are "Headline", "Story".\n',
    )


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (["headline"], '"headline" maps no column; write it as FIELD=COLUMN: title=Headline.'),
        (["=x"], '"=x" maps no column; write it as FIELD=COLUMN: title=Headline.'),
        (["kop=x"], '"kop" is no field; the fields are '),
        (["title=a", "title=b"], 'The field "title" is mapped twice; leave one of the two out.'),
    ],
)
@pytest.mark.parametrize("action", ["add", "sync"])
def test_columns_that_make_no_sense(
    byline: Byline, news: Path, action: str, columns: list[str], sentence: str
) -> None:
    options = [part for column in columns for part in ("--column", column)]
    said = byline(action, news, *options)
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith(f"byline: {sentence}")


def test_sync(byline: Byline, news: Path) -> None:
    assert byline("sync", news) == Said(0, "2 added; 2 passages embedded.\n", "")
    (news / "bakery.txt").rename(news / "prize.txt")
    (news / "ferry.txt").unlink()
    said = byline("sync", "--json", news)
    assert said.status == 0
    assert said.json["moved"] == [{"from": str(news / "bakery.txt"), "to": str(news / "prize.txt")}]
    assert names(said.json["removed"]) == ["ferry.txt"]
    assert byline("sync", news).out == "1 unchanged; 0 passages embedded.\n"


def test_sync_without_a_folder_does_all_that_were_synced(
    byline: Byline, news: Path, tmp_path: Path
) -> None:
    assert byline("sync") == Said(
        1,
        "",
        "byline: No folder was synced before; name one: `byline index sync FOLDER`.\n",
    )
    other = tmp_path / "other"
    other.mkdir()
    (other / "table.csv").write_text("Headline,body\nDam holds,The dam held.\n")
    byline("sync", news)
    byline("sync", other, "--column", "title=Headline")
    (news / "roads.txt").write_text("Roads close\n\nThree roads close in Holm on Friday.")
    (other / "table.csv").write_text("Headline,body\nDam breaks,The dam broke.\n")
    said = byline("sync", "--json")
    assert said.status == 0
    assert names(said.json["added"]) == ["roads.txt"]
    assert len(said.json["unchanged"]) == 2
    assert len(said.json["updated"]) == 1
    assert "Dam breaks" in byline("list").out


def test_a_folder_that_is_not_there_does_not_stop_the_others(
    byline: Byline, news: Path, tmp_path: Path
) -> None:
    first = tmp_path / "a disk"
    first.mkdir()
    (first / "a.txt").write_text("The dam held.")
    byline("sync", first, news)
    shutil.rmtree(first)
    (news / "ferry.txt").write_text(FERRY.replace("212", "213"))
    said = byline("sync")
    assert said.status == 1
    assert said.err == f"byline: {first}: not a folder; name the folder to keep in step.\n"
    assert "1 updated, 1 unchanged" in said.out
    assert len(byline("list", "--json").json) == 3


def test_an_emptied_folder_must_be_allowed(byline: Byline, news: Path) -> None:
    byline("sync", news)
    for path in news.iterdir():
        path.unlink()
    said = byline("sync", news)
    assert said == Said(
        1,
        "" if not said.out else said.out,
        f"byline: {news}: nothing to read here any more, but the index has 2 files of it; check "
        "that its disk is there, or remove them with --allow-empty.\n",
    )
    assert len(byline("list", "--json").json) == 2
    assert byline("sync", news, "--allow-empty").out == "2 removed; 0 passages embedded.\n"
    assert byline("list") == Said(0, "", "")


def test_two_folders_are_one_report(byline: Byline, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("The dam held.")
    said = byline("sync", "--json", news, other)
    assert names(said.json["added"]) == ["bakery.txt", "ferry.txt", "a.txt"]
    assert Index(byline.folder).folders() == [str(news), str(other)]
