"""JSON Lines: a row is an article, a bad row is an error that names its line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from index.loaders import jsonl
from index.types import Article
from tests.loader_files import PROSE, outcome, the_article, the_error


def write(path: Path, *values: object) -> None:
    lines = [value if isinstance(value, str) else json.dumps(value) for value in values]
    path.write_text("\n".join(lines), encoding="utf-8")


def test_names_of_the_fields(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    write(
        path,
        {
            "id": "a1",
            "headline": "Dam holds",
            "content": PROSE,
            "published_at": "2021-03-03T10:00:00Z",
            "publisher": "The Post",
            "byline": "Ann Lee",
            "link": "https://post.example/a",
            "lang": "eng",
            "qas": [1, 2],
        },
    )
    assert the_article(path) == Article(
        uri=f"{path.resolve()}#a1",
        title="Dam holds",
        text=PROSE,
        source="The Post",
        published="2021-03-03T10:00:00+00:00",
        author="Ann Lee",
        address="https://post.example/a",
        language="en",
    )


@pytest.mark.parametrize(
    ("row", "source"),
    [
        ({"source": {"id": None, "name": "The Post"}}, "The Post"),
        ({"url": "https://www.post.example/a?b"}, "post.example"),
        ({"source": "", "site": "Post"}, "Post"),
        ({"url": "http://[bad"}, "a.jsonl"),
        ({}, "a.jsonl"),
    ],
)
def test_source(tmp_path: Path, row: dict[str, object], source: str) -> None:
    path = tmp_path / "a.jsonl"
    write(path, {"body": "Text.", **row})
    assert the_article(path).source == source


def test_bad_rows_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(
        path,
        {"body": "One.", "title": "First"},
        "{bad",
        "",
        {"title": "No text", "body": " "},
        {"body": 3},
        ["a"],
        {"id": 7, "body": ["Two.", "Three."]},
        {"id": "7", "body": "Four."},
        '{"body": ' + "[" * 100_000,
        '{"body": "Five.", "id": ' + "9" * 5000 + "}",
        {"body": "Six."},
    )
    place, uri = f"{path}, line", str(path.resolve())
    assert outcome(path) == [
        f"{uri}#1: First",
        f"{place} 2: not valid JSON (Expecting property name enclosed in double quotes); "
        "write one object on each line.",
        f'{place} 4: no text; put the article into "body", "text" or "content".',
        f'{place} 5: no text; put the article into "body", "text" or "content".',
        f"{place} 6: not a JSON object; write one object on each line.",
        f"{uri}#7: A 7",
        f'{place} 8: the id "7" stands on line 7 already; make each id unique.',
        f"{place} 9: not valid JSON (unreadable value); write one object on each line.",
        f"{place} 10: not valid JSON (unreadable value); write one object on each line.",
        f"{uri}#11: A 11",
    ]


def test_row_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"body": "One."}\n{"body": "caf\xe9"}\n')
    assert outcome(path)[1] == f"{path}, line 2: the line is not UTF-8; save the file as UTF-8."


def test_long_row_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 1024 * 1024)
    path = tmp_path / "a.jsonl"
    write(path, {"body": "One."}, {"body": "x" * 5_000_000}, {"body": "Three."})
    assert outcome(path) == [
        f"{path.resolve()}#1: A 1",
        f"{path}, line 2: the line is longer than 1 MiB; split its article.",
        f"{path.resolve()}#3: A 3",
    ]


def test_gzip(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(
        "\n".join(json.dumps({"body": f"{n} {PROSE}"}) for n in range(500)).encode()
    )
    path.write_bytes(whole)
    assert len(outcome(path)) == 500
    path.write_bytes(whole[:-20])
    assert outcome(path)[-1] == (
        f"{path} is a broken gzip archive (Compressed file ended before the end-of-stream marker "
        "was reached); make it again with gzip."
    )
    path.write_bytes(b"no gzip at all")
    assert the_error(path) == (
        f"{path} is a broken gzip archive (Not a gzipped file (b'no')); make it again with gzip."
    )


def test_files_that_are_no_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('[\n{"body": "One."}\n]')
    assert the_error(path) == (
        f"{path} is one JSON array, not JSON Lines; write one object on each line."
    )
    path.write_bytes("{}".encode("utf-16"))
    assert the_error(path) == f"{path} is not UTF-8 text; save it as JSON Lines in UTF-8."
    path.write_bytes(b"%PDF-1.7\n")
    assert the_error(path) == f"{path} is a PDF, not JSON Lines; give it the suffix that fits."


def test_long_ids_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, *({"id": "x" * 500 + end, "body": "Text."} for end in "ab"))
    first, second = outcome(path)
    assert first != second
    assert len(first) < len(str(path.resolve())) + 60


def test_gzip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"body": "One."}\n' + bytes(40_000_000)))
    assert outcome(path) == [
        f"{path.resolve()}#1: A 1",
        f"{path}, line 2: the line is longer than 16 MiB; split its article.",
        f"{path} unpacks to more than 16 MiB, the limit for its size; unpack it first.",
    ]
