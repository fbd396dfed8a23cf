"""Plain text and Markdown: encodings, cleaning, headlines, wrapped lines, front matter, dates."""

from __future__ import annotations

import codecs
import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.loaders.cleaning import clean_text, headline_of, readable_stem, sensible_title
from index.loaders.dates import iso_date
from index.loaders.wrapping import unwrap
from tests.loader_files import PROSE, furniture_of, the_article, the_error

RUSSIAN = "Мэр города подал в отставку. Совет назначил выборы на осень, сообщила газета."
JAPANESE = "東京で新しい橋が開通した。市長は喜んでいると述べた。工事は三年かかった。"
FRENCH = (
    "Le maire a démissionné jeudi. « C’est une décision difficile », a-t-il déclaré à Besançon."
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "cp1252"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        (FRENCH, "utf-32"),
        (FRENCH, "utf-32-le"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "iso2022_jp"),
        ("The “old” bridge’s piers – all 2 of them – cost £4m.", "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert the_article(path).text == text


def test_stray_windows_bytes_in_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(RUSSIAN.encode() + b" It\x92s over.")
    assert the_article(path).text == RUSSIAN + " It’s over."


def test_binary_junk(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(bytes(range(256)) * 40)
    assert the_error(path) == f"{path} is not text in any known encoding; save it as UTF-8."


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a \r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x00\x07b\tc", "ab\tc"),
        ("a\n\n\n\n\nb\n\nc", "a\n\nb\n\nc"),
        ("\ufeff \n a \n", "a"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("e\u0301 stays, אבג stays", "e\u0301 stays, אבג stays"),
    ],
)
def test_cleaning(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean
    assert clean_text(clean) == clean


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Mayor resigns\n\nShe left.", "Mayor resigns"),
        ("Continued from page 1\n\nMayor resigns\n\nShe left.", "Mayor resigns"),
        ("She left.\n\nMore.", None),
        ("Mayor resigns\nShe left.", None),
        ("By Ann Lee\n\nShe left.", None),
        ("Mayor resigns", None),
    ],
)
def test_headline(text: str, title: str | None) -> None:
    assert headline_of(text) == title


def test_titles_from_names() -> None:
    assert readable_stem("the_dam--holds.md") == "The dam holds"
    assert readable_stem("rows.jsonl.gz") == "Rows"
    assert sensible_title("Microsoft Word - x.doc") is None
    assert sensible_title("(untitled)") is None
    assert sensible_title("Document 3 names the mayor") == "Document 3 names the mayor"


def test_header_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"Mayor resigns\n\nAuthor: Ann Lee\nPublished: 3 March 2021\n\n{PROSE}")
    article = the_article(path)
    assert (article.title, article.author) == ("Mayor resigns", "Ann Lee")
    assert article.published == "2021-03-03"


@pytest.mark.parametrize("width", [60, 72, 80, 90])
def test_wrapped_text_is_joined(width: int) -> None:
    paragraphs = [PROSE, PROSE.replace("bridge", "well-known harbour")]
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs)
    assert unwrap(f"Headline\n\n{wrapped}") == "Headline\n\n" + "\n\n".join(paragraphs)


def test_wrapped_text_with_indented_paragraphs() -> None:
    wrapped = "\n".join(textwrap.fill(PROSE, 70, initial_indent="   ") for _ in range(2))
    assert unwrap(wrapped) == f"   {PROSE}\n   {PROSE}"


def test_wrapped_text_keeps_lists_and_furniture() -> None:
    wrapped = textwrap.fill(PROSE, 64)
    text = f"{wrapped}\nStory Continues\n\n- one thing\n- another thing\n\n{wrapped}"
    assert unwrap(text) == f"{PROSE}\nStory Continues\n\n- one thing\n- another thing\n\n{PROSE}"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([PROSE] * 4),
        "\n".join(PROSE.replace(". ", ".\n").split("\n") * 3),
        "\n".join(["The bridge is closed, the road is long and the river high"] * 5),
        "One line.",
        "",
    ],
)
def test_paragraph_on_each_line_stays(text: str) -> None:
    assert unwrap(text) == text


def test_markdown(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\ntitle: Dam holds\ndate: 2021-03-03\nauthor: [Ann Lee, Bo Ek]\nsource: The Post\n"
        "url: https://post.example/a\nlang: en-GB\n---\n"
        "# The dam <b>holds</b>\n\nA *soft*\nline, [a link](http://x.example) ![alt](y.png) end\n"
        "Story Continues →\n\n* one\n* two\n\n3. third\n4. fourth\n\n|a|b|\n|-|-|\n|1|`2`|\n\n"
        "<div>raw</div>\n\n```\ncode < 3\n```\n\nShown: &lt;script&gt;\n"
    )
    article = the_article(path)
    assert article.text == (
        "The dam holds\n\nA soft line, a link end\nStory Continues →\n\n- one\n- two\n3. third\n"
        "4. fourth\n\na | b\n1 | 2\n\ncode < 3\n\nShown: <script>"
    )
    assert (article.title, article.source) == ("Dam holds", "The Post")
    assert (article.author, article.published) == ("Ann Lee, Bo Ek", "2021-03-03")
    assert (article.address, article.language) == ("https://post.example/a", "en")
    assert furniture_of(article) == ["Story Continues →"]


def test_markdown_title_is_its_first_heading(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Intro.\n\n## Small\n\nThe *big* one\n===\n\nText.")
    assert the_article(path).title == "The big one"


@pytest.mark.parametrize(
    "front", ["a: [", "- 1", "date: 2021-13-45", "a: &a [*a]", "x: !!python/y"]
)
def test_markdown_with_broken_front_matter(tmp_path: Path, front: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\n{front}\n---\n\n# The dam\n\nText.")
    assert the_article(path).title == "The dam"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2021-03-03", "2021-03-03"),
        ("2021/3/3", "2021-03-03"),
        ("2021-03-03 10:00", "2021-03-03T10:00:00"),
        ("2021-03-03T10:00:00.123Z", "2021-03-03T10:00:00+00:00"),
        ("2021-03-03T10:00:00+0100", "2021-03-03T10:00:00+01:00"),
        ("D:20210303101500+01'00'", "2021-03-03T10:15:00+01:00"),
        ("D:20210303", "2021-03-03"),
        ("20210303", "2021-03-03"),
        (20210303, "2021-03-03"),
        (1614765600, "2021-03-03T10:00:00+00:00"),
        (1614765600000, "2021-03-03T10:00:00+00:00"),
        ("3 March 2021", "2021-03-03"),
        ("Wednesday, March 3rd, 2021", "2021-03-03"),
        ("Sept. 3, 2021", "2021-09-03"),
        ("Wed, 03 Mar 2021 10:00:00 GMT", "2021-03-03T10:00:00+00:00"),
        ("13/03/2021", "2021-03-13"),
        (date(2021, 3, 3), "2021-03-03"),
        (datetime(2021, 3, 3, tzinfo=UTC), "2021-03-03T00:00:00+00:00"),
        ("03/04/2021", None),
        ("March 2021", None),
        ("2021", None),
        ("2021-02-30", None),
        ("Monday", None),
        ("٣ March ٢٠٢١", None),
        (10**400, None),
        (float("nan"), None),
        (True, None),
        (None, None),
    ],
)
def test_dates(written: object, iso: str | None) -> None:
    assert iso_date(written) == iso


def test_byte_order_mark_of_utf32_is_not_taken_for_utf16(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(codecs.BOM_UTF32_LE + "Bridge".encode("utf-32-le"))
    assert the_article(path).text == "Bridge"


def test_header_lines_are_about_the_article_and_not_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Title: Bridge closed\nSource: Harbour News\nDate: 3 May 2021\n\n" + PROSE)
    article = the_article(path)
    assert (article.title, article.source, article.published) == (
        "Bridge closed",
        "Harbour News",
        "2021-05-03",
    )
    assert article.text == PROSE


def test_line_that_says_when_it_was_published(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"Bridge closed\n\nPublished on 3 May 2021 at 10:15\n\n{PROSE}")
    article = the_article(path)
    assert (article.title, article.published) == ("Bridge closed", "2021-05-03")
