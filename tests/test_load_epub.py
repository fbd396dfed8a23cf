"""Books: chapters in order with their titles, metadata, protection, and archives that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.articles import load
from index.loaders import epub
from index.types import Article
from tests.loader_files import CHAPTERS, PROSE, book, outcome, the_article, the_error, zipped

ENCRYPTION = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><CipherData>
<CipherReference URI="{}"/></CipherData></EncryptedData></encryption>"""


def test_book(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    dates = (
        '<dc:date opf:event="creation">2001-01-01</dc:date>'
        '<dc:date opf:event="publication">2021-03-03</dc:date><dc:creator>Bo Ek</dc:creator>'
    )
    path.write_bytes(book(about=dates))
    assert list(load(path)) == [
        Article(
            uri=f"{path.resolve()}#OPS/{name}",
            title=title,
            text=text,
            source="The Lune",
            published="2021-03-03",
            author="Ann Lee, Bo Ek",
            language="en",
        )
        for name, title, text in (
            ("one.xhtml", "First of all", f"Chapter 1\n{PROSE}"),
            ("two.xhtml", "The second", "The second\ncafé"),
        )
    ]


def test_contents_of_the_older_kind_and_names_with_blanks(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    package = """<package><manifest><item id="t" href="toc.ncx"
    media-type="application/x-dtbncx+xml"/><item id="c" href="a%20b.xhtml"
    media-type="application/xhtml+xml"/></manifest><spine>
    <itemref idref="c"/><itemref idref="c"/><itemref idref="none"/></spine></package>"""
    contents = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel>
    <text>Called so</text></navLabel><content src="a%20b.xhtml#x"/></navPoint></navMap></ncx>"""
    path.write_bytes(
        zipped(
            {
                "META-INF/container.xml": '<container><rootfile full-path="b.opf"/></container>',
                "b.opf": package,
                "toc.ncx": contents,
                "a b.xhtml": f"<p>{PROSE}</p>",
            }
        )
    )
    assert outcome(path) == [f"{path.resolve()}#a b.xhtml: Called so"]


def test_chapters_without_text_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(book({"cover.xhtml": "<p><img src='a.png'/></p>", **CHAPTERS}))
    assert len(outcome(path)) == 2
    path.write_bytes(book({"cover.xhtml": "<p><img src='a.png'/></p>"}))
    assert the_error(path) == f"{path} holds no text; put text into it or leave it out."


def test_protected_book(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    message = f"{path} is protected against copying (DRM); add an edition without protection."
    path.write_bytes(book(more={"META-INF/encryption.xml": ENCRYPTION.format("OPS/one.xhtml")}))
    assert the_error(path) == message
    path.write_bytes(book(more={"META-INF/encryption.xml": ENCRYPTION.format("OPS/font.otf")}))
    assert len(outcome(path)) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and nothing more",
        zipped({"a.txt": "x"}),
        zipped({"META-INF/container.xml": "<container/>"}),
        zipped({"META-INF/container.xml": ""}),
        book()[:-100],
    ],
    ids=["junk", "no container", "no package", "no xml", "truncated"],
)
def test_files_that_are_no_book(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(data)
    assert the_error(path) == f"{path} is not a readable EPUB book; download it again."


def test_entities_and_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.epub"
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    bomb = (
        f'<!DOCTYPE html [<!ENTITY l0 "lol">{levels}<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
        f"<html><body><p title='&l12;'>{PROSE} &l12; &s;</p></body></html>"
    )
    path.write_bytes(book({"one.xhtml": bomb}, about="<dc:date>&l12;</dc:date>"))
    text = the_article(path).text
    assert PROSE in text
    assert len(text) < 2000
    assert "the secret" not in text
    path.write_bytes(book({"one.xhtml": f"<p>{'x' * 200_000}</p>"}))
    monkeypatch.setattr(epub, "MAX_TEXT_BYTES", 100_000)
    assert the_error(path) == f"{path} unpacks to more than 0 MiB of text; split it."
