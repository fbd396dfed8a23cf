"""`byline index ...` as people and scripts see it: exit status, sentences, JSON."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index import Index
from index.database import DATABASE
from index.fakes import HashEmbedder
from ui.cli import main

FERRY = "Ferry sinks\n\nThe ferry sank off Port Edwin on Monday. All 212 people were saved."
BAKERY = "Bakery wins\n\nThe bakery in Elm Street won the county prize. Its rye bread is famous."


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Byline:
    """The command with a stand-in for the bundled model."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Said:
        self.capsys.readouterr()
        status = main(["index", *map(str, arguments), "--index", str(self.folder)])
        said = self.capsys.readouterr()
        assert "Traceback" not in said.err
        assert all(line.startswith("byline: ") for line in said.err.splitlines())
        return Said(status, said.out, said.err)


@pytest.fixture
def byline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Byline:
    monkeypatch.setattr("index.library.load_embedder", lambda name: HashEmbedder(384, name))
    return Byline(tmp_path / "index", capsys)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "bakery.txt").write_text(BAKERY)
    (folder / "ferry.txt").write_text(FERRY)
    return folder


def names(uris: Sequence[str]) -> list[str]:
    return [Path(uri).name for uri in uris]


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


def test_list(byline: Byline, news: Path) -> None:
    (news / "again.txt").write_text(FERRY)
    byline("sync", news)
    assert byline("list").out == "".join(
        f"{number:>5}  {'':<10}  {title}\n{'':>5}  {size}, {name}, {news / name}\n"
        for number, title, size, name in (
            (1, "Ferry sinks", "1 passage", "again.txt"),
            (2, "Bakery wins", "1 passage", "bakery.txt"),
            (3, "Ferry sinks", "copy of 1", "ferry.txt"),
        )
    )
    listed = byline("list", "--json").json
    assert [article["copy_of"] for article in listed] == [None, None, 1]
    assert {"id", "uri", "title", "source", "published", "passages", "story"} <= set(listed[0])


def test_the_list_is_printable_whatever_a_file_is_called(byline: Byline, news: Path) -> None:
    (news / "a\x1b[2J\nb\u202e.txt").write_text("The dam held.")
    byline("sync", news)
    out = byline("list").out
    assert all(line.isprintable() for line in out.splitlines())
    assert len(out.splitlines()) == 6
    assert byline("remove", "1").status == 0


def test_status(byline: Byline, news: Path) -> None:
    byline("sync", news)
    out = byline("status").out
    assert out.startswith(f"{byline.folder}\n2 articles (0 of them copies), 2 stories, ")
    assert f"in step with {news}\n" in out
    status = byline("status", "--json").json
    assert (status["articles"], status["passages"], status["vectors"]) == (2, 2, 2)
    assert status["folders"] == [str(news)]
    assert status["embedder"] == "all-MiniLM-L6-v2"
    assert status["bytes"] > 0


def test_doctor(byline: Byline, news: Path) -> None:
    byline("sync", news)
    assert byline("doctor") == Said(0, "Everything is as it must be.\n", "")
    assert byline("doctor", "--json").json == []
    with closing(sqlite3.connect(byline.folder / DATABASE)) as connection, connection:
        connection.execute("UPDATE sentences SET end = end - 1 WHERE article_id = 1")
    problem = f"article 1 ({news / 'bakery.txt'}): its sentences are not where they must be"
    assert byline("doctor", "--check") == Said(1, f"{problem}: run `byline index doctor`.\n", "")
    assert byline("doctor", "--check", "--json").json == [
        {"problem": problem, "mended": False, "mend": "run `byline index doctor`"}
    ]
    assert byline("doctor") == Said(0, f"{problem}: mended.\n", "")
    assert byline("doctor").out == "Everything is as it must be.\n"


def test_doctor_says_what_it_cannot_mend(byline: Byline, news: Path) -> None:
    byline("sync", news)
    with closing(sqlite3.connect(byline.folder / DATABASE)) as connection, connection:
        connection.execute("UPDATE passages SET end = end - 1 WHERE article_id = 2")
        connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('delete-all')")
    said = byline("doctor")
    assert said.status == 1
    assert "its passages are not what they must be: run `byline index rebuild`.\n" in said.out
    assert byline("rebuild").status == 0
    assert byline("doctor") == Said(0, "Everything is as it must be.\n", "")


def test_export_and_import(byline: Byline, news: Path, tmp_path: Path) -> None:
    byline("sync", news)
    target = tmp_path / "news.byline"
    said = byline("export", target)
    assert said.status == 0
    assert said.out.startswith(f"{target}: 0.")
    assert byline("export", target) == Said(
        1, "", f"byline: {target}: is there already; remove it or choose another name.\n"
    )
    other = Byline(tmp_path / "other", byline.capsys)
    assert other("import", target) == Said(0, "2 articles imported.\n", "")
    assert other("list").out == byline("list").out
    said = other("import", target)
    assert (said.status, said.out) == (1, "")
    assert said.err.endswith("or add --replace to lose them.\n")
    assert other("import", target, "--replace").status == 0
    said = other("import", news / "ferry.txt", "--replace")
    assert (said.status, said.err) == (
        1,
        f"byline: {news / 'ferry.txt'}: is no Byline export; name a file made by "
        "`byline index export`.\n",
    )
    assert len(other("list", "--json").json) == 2


def test_remove(byline: Byline, news: Path, tmp_path: Path) -> None:
    byline("sync", news)
    assert byline("remove", news / "ferry.txt").out == "1 removed; 0 passages embedded.\n"
    said = byline("remove", "--json", "1", "99", "nowhere")
    assert said.status == 1
    assert names(said.json["removed"]) == ["bakery.txt"]
    assert said.json["failed"] == [
        f"{target}: no such article here; `byline index list` shows them."
        for target in ("99", "nowhere")
    ]
    byline("add", news)
    assert byline("remove", news).out == "2 removed; 0 passages embedded.\n"


def test_rebuild(byline: Byline, news: Path) -> None:
    byline("sync", news)
    assert byline("rebuild").out == "2 updated; 0 passages embedded.\n"
    (news / "roads.txt").write_text("Roads close\n\nThree roads close in Holm on Friday.")
    said = byline("rebuild", "--json", news)
    assert said.status == 0
    assert names(said.json["added"]) == ["roads.txt"]
    assert said.json["embedded"] == 1
    assert byline("rebuild", "--model", " ").err == (
        "byline: The model's name is blank; leave it out to keep the model.\n"
    )
    said = byline("rebuild", "--model", "other")
    assert (said.status, said.out) == (0, "3 updated; 3 passages embedded.\n")
    assert byline("status", "--json").json["embedder"] == "other"


@pytest.mark.parametrize(
    "arguments", [["list"], ["status"], ["doctor"], ["export", "x"], ["remove", "1"], ["rebuild"]]
)
def test_an_index_that_is_not_there_is_not_made(byline: Byline, arguments: list[str]) -> None:
    said = byline(*arguments)
    assert said == Said(
        1,
        "",
        f"byline: {byline.folder}: no index here yet; make one with `byline index add PATH...`, or "
        "try the sample with `byline index sample`.\n",
    )
    assert not byline.folder.exists()


@pytest.mark.parametrize("arguments", [[], ["add"], ["bake"], ["export"], ["remove"]])
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["index", *arguments])
    assert caught.value.code == 2
    assert "usage: byline index" in capsys.readouterr().err


def test_two_folders_are_one_report(byline: Byline, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("The dam held.")
    said = byline("sync", "--json", news, other)
    assert names(said.json["added"]) == ["bakery.txt", "ferry.txt", "a.txt"]
    assert Index(byline.folder).folders() == [str(news), str(other)]
