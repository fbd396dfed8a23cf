"""Bad input at the command: one clear sentence that names it, a status, and nothing lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from index import Index
from index.database import DATABASE
from index.fakes import HashEmbedder
from tests.conftest import BAKERY, FERRY
from tests.loader_files import write_pdf_lines
from ui.cli import main

pytestmark = pytest.mark.slow

GOOD = "The ferry Ejdern ran aground off Skerra on Monday with 212 people on board."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An index with one good article, made through the command."""
    (tmp_path / "good.txt").write_text(GOOD)
    assert main(["index", "add", str(tmp_path / "good.txt"), "--index", str(tmp_path / "ix")]) == 0
    return tmp_path


def add(home: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What adding `path` says on standard error; the index must be as it was."""
    capsys.readouterr()
    assert main(["index", "add", str(path), "--index", str(home / "ix")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("byline: ")
    assert said.count("\n") == 1, said
    assert path.name in said
    assert [article.title for article in Index(home / "ix").articles()] == ["Good"]
    return said


def test_missing_path(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "does not exist" in add(home, home / "nowhere.txt", capsys)


def test_empty_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "empty.txt").touch()
    assert "empty" in add(home, home / "empty.txt", capsys)


def test_binary_junk_named_txt(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "junk.txt").write_bytes(bytes(range(256)) * 100)
    assert "text" in add(home, home / "junk.txt", capsys)


def test_broken_pdf(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "broken.pdf"
    write_pdf_lines(path, [[(72, 700, "One page of words.")]])
    path.write_bytes(path.read_bytes()[:300])
    assert "PDF" in add(home, home / "broken.pdf", capsys)


def test_encrypted_pdf(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    canvas = Canvas(str(home / "locked.pdf"), encrypt="secret")
    canvas.drawString(72, 700, "One page of words.")
    canvas.save()
    assert "password" in add(home, home / "locked.pdf", capsys)


def test_200_megabytes_of_text(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (home / "huge.txt").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert "200" in add(home, home / "huge.txt", capsys)


def test_folder_that_cannot_be_read_as_a_file(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "loop.txt").symlink_to(home / "loop.txt")
    add(home, home / "loop.txt", capsys)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "byline: The question is empty; ask something in words.\n"),
        (
            "why? " * 4000,
            "byline: The question has 19,999 characters, at most 2,000 are read; "
            "ask one thing at a time.\n",
        ),
    ],
)
def test_question(home: Path, question: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["ask", question, "--index", str(home / "ix")]) == 1
    assert capsys.readouterr().err == said


def test_index_of_a_model_that_is_not_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Index(tmp_path / "ix", HashEmbedder(name="no-such-model")).add_articles([FERRY, BAKERY])
    assert main(["ask", "Who won the prize?", "--index", str(tmp_path / "ix")]) == 1
    assert capsys.readouterr().err == (
        "byline: no-such-model: no embedding model of that name is on this machine; give the "
        'folder of a sentence-transformers model, or "all-MiniLM-L6-v2".\n'
    )


def test_truncated_faiss_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cache,) = (home / "ix").glob("vectors-*.faiss")
    cache.write_bytes(cache.read_bytes()[:100])
    assert main(["ask", "How many people were on board?", "--index", str(home / "ix")]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("    Good")


def test_database_that_is_not_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()
    assert main(["index", "add", str(tmp_path), "--index", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"byline: {tmp_path / DATABASE}: a database of another program, left untouched; "
        "choose another folder with --index.\n"
    )


def test_blank_target_removes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "remove", "", "--index", str(home / "ix")]) == 1
    assert "(blank): no such article here" in capsys.readouterr().err
    assert len(Index(home / "ix").articles()) == 1


def test_bytes_that_are_no_text_in_a_question(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = "How many people were on board?\udcff"
    assert main(["ask", broken, "--json", "--index", str(home / "ix")]) in (0, 3)


def test_damaged_database(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "ix" / DATABASE
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    capsys.readouterr()
    assert main(["ask", "How many people were on board?", "--index", str(home / "ix")]) == 1
    assert str(home / "ix") in capsys.readouterr().err


def test_port_out_of_range(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--port", "70000", "--index", str(home / "ix")]) == 1
    assert "70000 is not a port" in capsys.readouterr().err


def test_unknown_user_folder(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "add", "~no-such-user/x.txt", "--index", str(home / "ix")]) == 1
    assert "does not exist" in capsys.readouterr().err
