"""The front door: which files are found, what every article has, how failures are told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index import articles
from index.articles import SUFFIXES, discover, load, suffix_of
from index.errors import LoadError
from index.loaders import reading
from index.types import Article
from tests.loader_files import PROSE, furniture_of, the_article, the_error

SEED = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "seed_article.txt"


def found(*paths: Path) -> list[str]:
    return [path.name if isinstance(path, Path) else str(path) for path in discover(paths)]


def test_suffixes_are_sorted_and_known() -> None:
    assert list(SUFFIXES) == sorted(SUFFIXES)
    assert {".txt", ".md", ".html", ".pdf", ".docx", ".jsonl", ".jsonl.gz"} <= set(SUFFIXES)
    assert suffix_of(Path("a.b/News.2021.JSONL.GZ")) == ".jsonl.gz"
    assert suffix_of(Path("README")) == ""


def test_folders_are_walked_in_order_without_hidden_and_foreign_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/.hidden.txt", ".git/x.txt", "c.png", "B.TXT", "d.jsonl.gz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("text")
    assert found(tmp_path) == ["B.TXT", "z.md", "b.txt", "d.jsonl.gz"]


def test_symlink_loops_end_and_nothing_comes_twice(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.txt").write_text("text")
    (tmp_path / "inner" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "same.txt").symlink_to(tmp_path / "inner" / "a.txt")
    assert found(tmp_path, tmp_path / "inner", tmp_path / "inner" / "a.txt") == ["a.txt"]


def test_missing_and_unsupported_paths_are_named(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x")
    missing = tmp_path / "none.txt"
    supported = (
        ".atom, .csv, .docx, .eml, .epub, .htm, .html, .jsonl, .jsonl.gz, .markdown, .mbox, .md, "
        ".ndjson, .ndjson.gz, .pdf, .rss, .tsv, .txt, .xhtml, .xml, .zip"
    )
    message = f"{picture} is of a kind that is not read; supported are {supported}."
    assert found(missing, picture) == [f"{missing} does not exist; check the path.", message]
    assert the_error(picture) == message


def test_article_of_a_text_file(tmp_path: Path) -> None:
    path = tmp_path / "mayor_resigns-2021.txt"
    path.write_text(PROSE)
    assert the_article(path) == Article(
        uri=str(path.resolve()),
        title="Mayor resigns 2021",
        text=PROSE,
        source=path.name,
        language="en",
        title_from_name=True,
    )


def test_empty_blank_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert the_error(path) == f"{path} does not exist; check the path."
    path.write_bytes(b"")
    assert the_error(path) == f"{path} is empty; put text into it or leave it out."
    path.write_bytes(b" \r\n\t\x00 ")
    assert the_error(path) == f"{path} holds no text; put text into it or leave it out."


def test_folder_and_pipe_are_no_files(tmp_path: Path) -> None:
    folder = tmp_path / "a.txt"
    folder.mkdir()
    assert the_error(folder) == f"{folder} is a folder, not a file; name the files inside it."
    pipe = tmp_path / "b.txt"
    os.mkfifo(pipe)
    assert the_error(pipe) == f"{pipe} is not a regular file; copy its content into one."


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as stream:
        stream.truncate(reading.MAX_FILE_BYTES + 1024 * 1024)
    assert the_error(path) == (
        f"{path} has 65.0 MiB, over the limit of 64 MiB; split it into smaller files."
    )


def test_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "loop.txt"
    path.symlink_to(path)
    assert the_error(path).startswith(f"{path} ")
    (error,) = load(Path("nul\x00.txt"))
    assert isinstance(error, LoadError)


def test_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("text")
    shown = f"{tmp_path}/caf\\udce9.txt"
    assert the_error(path) == f"{shown} has a name that is not UTF-8; rename it."


def test_file_of_nothing_but_errors_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "MOST_ERRORS", 3)
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n" * 9 + '{"body": "Text."}')
    *errors, last = load(path)
    assert len(errors) == 3
    assert str(last) == (
        f"{path} has more than 3 faults; mend those that are named, then add it again."
    )
    path.write_text('{"body": "Text."}\n' + "{}\n" * 9 + '{"body": "Text."}')
    assert [isinstance(item, Article) for item in load(path)] == [True, *[False] * 4, True]


def test_wrong_suffix_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"%PDF-1.7 ...")
    assert the_error(path) == f"{path} is a PDF, not text; give it the suffix that fits."


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not part of the project")
def test_seed_article() -> None:
    article = the_article(SEED)
    assert furniture_of(article) == ["Continued from page 1", "Story Continues →"]
    assert article.title == "Seed article"
    assert "2 ½ years" in article.text
    assert "“open to discussions”" in article.text
    assert "Assad’s" in article.text
    assert article.text == SEED.read_text(encoding="utf-8").strip()
