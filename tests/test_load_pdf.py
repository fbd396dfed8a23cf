"""PDF files: paragraphs, pages, margins, hyphens, metadata and files that cannot be read."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from index.articles import load
from index.loaders.cleaning import clean_text
from tests.loader_files import (
    PROSE,
    column,
    furniture_of,
    the_article,
    the_error,
    write_pdf_lines,
)

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WRAPPED = textwrap.wrap(PROSE, 64)


def test_wrapped_lines_become_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "bridge.pdf"
    body = column(WRAPPED) + column(WRAPPED, top=740 - 14 * (len(WRAPPED) + 1))
    write_pdf_lines(path, [body])
    article = the_article(path)
    assert article.text == f"{PROSE}\n\n{PROSE}"
    assert article.pages == (0,)
    assert article.title == "Bridge"


def test_short_last_line_ends_a_paragraph_without_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_pdf_lines(path, [column([*WRAPPED, *WRAPPED])])
    assert the_article(path).text == f"{PROSE}\n\n{PROSE}"


def test_sentence_goes_on_across_the_page_and_margins_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text = " ".join(f"In the year {year} the town of Lune rebuilt a bridge." for year in NUMBERS)
    lines = textwrap.wrap(text, 64)
    pages = []
    for number in range(3):
        part = lines[number * 3 : number * 3 + 3] if number < 2 else lines[6:]
        edges = [(72.0, 810.0, "The Lune Herald"), (280.0, 30.0, f"Page {number + 1}")]
        pages.append([*edges[:1], *column(part), *edges[1:]])
    write_pdf_lines(path, pages)
    article = the_article(path)
    assert article.text == text
    assert [article.text[start:].split(" ", 1)[0] for start in article.pages] == [
        lines[0].split()[0],
        lines[3].split()[0],
        lines[6].split()[0],
    ]
    assert article.page_of(article.pages[1]) == 2


def test_divided_words_are_mended(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    lines = [
        "The new bridge will take the place of one whose con-",
        "struction was called a self-",
        "made disaster by the Anglo-",
        "Saxon society of the town of Lune in the north.",
    ]
    write_pdf_lines(path, [column(lines)])
    assert the_article(path).text == (
        "The new bridge will take the place of one whose construction was called a self-made "
        "disaster by the Anglo-Saxon society of the town of Lune in the north."
    )


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    lines = textwrap.wrap(" ".join([PROSE] * 2), 34)
    half = len(lines) // 2 + 2
    write_pdf_lines(path, [column(lines[:half]) + column(lines[half:], x=320)])
    assert the_article(path).text == " ".join([PROSE] * 2)


def test_furniture_keeps_its_own_line(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_pdf_lines(path, [column(["Continued from page 1", *WRAPPED, "Story Continues"])])
    article = the_article(path)
    assert furniture_of(article) == ["Continued from page 1", "Story Continues"]
    assert PROSE in article.text


def test_pages_without_text_keep_their_number(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_pdf_lines(path, [[], column(["First words of all."]), [], column(["And the last."]), []])
    article = the_article(path)
    assert article.text == "First words of all.\n\nAnd the last."
    assert article.pages == (0, 0, 21, 21, 34)


def test_metadata_names_title_and_author_but_no_date(tmp_path: Path) -> None:
    """The date in the metadata is that of the file."""
    path = tmp_path / "a.pdf"
    write_pdf_lines(path, [column(WRAPPED)], title="Bridge to be rebuilt", author="Ann Lee")
    article = the_article(path)
    assert (article.title, article.author) == ("Bridge to be rebuilt", "Ann Lee")
    assert (article.published, article.source) == (None, "a.pdf")


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Published 3 May 2021", "2021-05-03"),
        ("Published: May 3, 2021 at 10:15 AM", "2021-05-03"),
        ("First published on 3 May 2021 | The Lune Herald", "2021-05-03"),
        ("Posted 2021-05-03 10:15", "2021-05-03T10:15:00"),
        ("Date: 3 May 2021", "2021-05-03"),
        ("Date of the fire 3 May 2021", None),
        ("Published in May 2021", None),
        ("Published accounts of 3 May 2021 differ from it.", None),
        ("Updated 3 May 2021", None),
    ],
)
def test_first_page_says_when_it_was_published(
    tmp_path: Path, line: str, published: str | None
) -> None:
    path = tmp_path / "a.pdf"
    page = [(72.0, 780.0, "Bridge to be rebuilt"), (72.0, 764.0, line), *column(WRAPPED)]
    write_pdf_lines(path, [page])
    assert the_article(path).published == published
    write_pdf_lines(path, [column(WRAPPED), page])
    assert the_article(path).published is None


def test_publishers_metadata_say_when_it_was_published(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_pdf_lines(path, [column(WRAPPED)])
    metadata = b"<prism:publicationDate>2021-05-03</prism:publicationDate>"
    path.write_bytes(path.read_bytes() + b"% " + metadata)
    assert the_article(path).published == "2021-05-03"


def test_senseless_metadata_gives_way_to_the_headline(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    page = [(72.0, 780.0, "Lune bridge to be rebuilt"), *column(WRAPPED)]
    write_pdf_lines(path, [page], title="Microsoft Word - bridge.doc", author="anonymous")
    article = the_article(path)
    assert (article.title, article.author) == ("Lune bridge to be rebuilt", None)


def test_text_is_clean_already(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_pdf_lines(path, [column([*WRAPPED, "", "  spaced   out  "])])
    text = the_article(path).text
    assert clean_text(text) == text


def test_encrypted(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "secret.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption("open sesame"))
    canvas.drawString(72, 700, PROSE)
    canvas.save()
    assert the_error(path) == f"{path} is password-protected; save a copy without a password."


def test_scanned(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    write_pdf_lines(path, [[], []])
    assert the_error(path) == (
        f"{path} has no text layer, only pictures of pages; run OCR on it first."
    )


def test_broken_and_truncated(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.4 and nothing more")
    assert the_error(path) == f"{path} is not a readable PDF; open it and save it again."
    write_pdf_lines(path, [column(WRAPPED)] * 5)
    whole = path.read_bytes()
    for share in (0.2, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert len(list(load(path))) == 1
