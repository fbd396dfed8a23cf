"""Tables as text: separators, quoting, encodings, headers, and columns that a person maps."""

from __future__ import annotations

import codecs
import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import load, parse_columns
from index.errors import BylineError
from index.loaders import tables
from index.types import Article
from tests.loader_files import PROSE, outcome, the_article, the_error


def test_names_of_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(
        "ID,Headline,Body,Date,Publisher,Byline,URL,Lang,Views\n"
        f'a1,Dam holds,"{PROSE}",2021-03-03,The Post,Ann Lee,https://post.example/a,en-GB,7\n'
    )
    assert the_article(path) == Article(
        uri=f"{path.resolve()}#a1",
        title="Dam holds",
        text=PROSE,
        source="The Post",
        published="2021-03-03",
        author="Ann Lee",
        address="https://post.example/a",
        language="en",
    )


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "a.csv"
    text = 'One, two; three | four "five".\nSix\tseven.'
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream, delimiter=separator)
        writer.writerows([["title", "body", "a, b"], ["Dam", text, ""]])
    assert the_article(path).text == text


def test_line_that_names_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=!\nbody!title\nText, more.!Dam\n")
    assert the_article(path).title == "Dam"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    text = "The “old” café’s piers – all 2 of them – cost £4m."
    path.write_bytes(f'title,body\nDam,"{text}"\n'.encode(encoding))
    assert the_article(path).text == text


def test_stray_windows_bytes_far_down(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    filler = f'"{PROSE}"\n'.encode() * 5000
    path.write_bytes(codecs.BOM_UTF8 + b"body\n" + filler + b"It\x92s over.\n")
    assert len(filler) > 1024 * 1024
    *_, last = load(path)
    assert isinstance(last, Article)
    assert last.text == "It’s over."


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        'id,title,body\n,"Dam\nholds","Two\nlines"\n\n,,\n,No text,\n7,x,y,z\n7,Dam,Text.\n'
        "7,Dam,Text.\n,Short\n,Last,Text.,,\n"
    )
    place, uri = f"{path}, row", str(path.resolve())
    assert outcome(path) == [
        f"{uri}#2: Dam holds",
        f'{place} 5: no text; put the article into "body", "text" or "content".',
        f"{place} 6: 4 cells where the header has 3; "
        "put quotation marks around cells that hold the separator.",
        f"{uri}#7: Dam",
        f'{place} 8: the id "7" stands on row 7 already; make each id unique.',
        f'{place} 9: no text; put the article into "body", "text" or "content".',
        f"{uri}#10: Last",
    ]


def test_header_without_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Dam holds,Some story.\nBridge shut,Another.\n")
    assert the_error(path) == (
        f'{path} has no column "body", "text" or "content"; map the one that holds the text, '
        'as in body=COLUMN: its columns are "Dam holds", "Some story.".'
    )
    path.write_text("title,body\n")
    assert the_error(path) == f"{path} holds no text; put text into it or leave it out."


def test_huge_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'body\n"{PROSE * 1000}"\n')
    assert len(the_article(path).text) > 300_000
    limit = 1024 * 1024
    monkeypatch.setattr(tables, "MAX_LINE", limit)
    before = csv.field_size_limit(limit)
    message = (
        f"{path}, row 3: a cell is longer than 1 million characters; "
        "close its quotation mark or split its article."
    )
    try:
        for cell in ("x" * 3_000_000, '"' + "x\n" * 1_000_000):
            path.write_text(f"body\nOne.\n{cell}\nThree.\n")
            assert outcome(path) == [f"{path.resolve()}#2: A 2", message]
    finally:
        csv.field_size_limit(before)


COLUMNS = parse_columns(["title = Kopf", "body=Story", "id=Nummer"])


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_mapped_columns(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    row = {"Nummer": "7", "Kopf": "Dam", "title": "Other", "Story": PROSE, "source": "The Post"}
    head, cells = ",".join(row), ",".join(f'"{cell}"' for cell in row.values())
    path.write_text(f"{head}\n{cells}\n" if suffix == ".csv" else json.dumps(row))
    article = the_article(path, COLUMNS)
    assert article.uri == f"{path.resolve()}#7"
    assert (article.title, article.text, article.source) == ("Dam", PROSE, "The Post")
    assert outcome(path, {"author": "Autor"}) == [
        f'{path} has no column "Autor" for author; its columns are '
        '"Nummer", "Kopf", "title", "Story", "source".'
    ]


def test_column_that_not_every_row_has(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "One."}\n{bad\n{"body": "Two.", "Kopf": "Dam"}')
    assert outcome(path, {"title": "Kopf"})[2] == f"{path.resolve()}#3: Dam"


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["title"], '"title" maps no column; write it as FIELD=COLUMN: title=Headline.'),
        (["=x"], '"=x" maps no column; write it as FIELD=COLUMN: title=Headline.'),
        (
            ["headline=x"],
            '"headline" is no field; the fields are id, title, body, published, source, author, '
            "url, language.",
        ),
        (["id=a", "id=b"], 'The field "id" is mapped twice; leave one of the two out.'),
    ],
)
def test_mappings_that_make_no_sense(pairs: list[str], message: str) -> None:
    with pytest.raises(BylineError) as caught:
        parse_columns(pairs)
    assert str(caught.value) == message


def test_mapping_of_an_unknown_field(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("body\nText.\n")
    (message,) = outcome(path, {"headline": "x"})
    assert message.startswith('"headline" is no field')


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30
).filter(lambda cell: any(map(str.isalnum, cell)))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5),
    separator=st.sampled_from(",;\t|"),
)
def test_what_a_table_was_written_with_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], separator: str
) -> None:
    path = tmp_path_factory.mktemp("table") / "a.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream, delimiter=separator)
        writer.writerows([("id", "title", "body"), *((n, *row) for n, row in enumerate(rows))])
    articles = [item for item in load(path) if isinstance(item, Article)]
    assert [article.uri.rpartition("#")[2] for article in articles] == [
        str(n) for n in range(len(rows))
    ]
    assert [" ".join(article.text.split()) for article in articles] == [
        " ".join(body.replace("\ufeff", "").split()) for _, body in rows
    ]
