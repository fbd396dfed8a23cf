"""`byline index list`, `status`, `doctor`, `export` and the like as people and scripts see them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.database import DATABASE
from tests.command import FERRY, Byline, Said, names
from ui.cli import main


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
