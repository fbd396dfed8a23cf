"""Word documents: order, lists, tables, properties, and archives that are not what they seem."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import docx
from docx.oxml import parse_xml

from index.loaders import word
from tests.loader_files import PROSE, the_article, the_error

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_document_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.add_heading("Dam holds", 0)
    document.add_paragraph(PROSE)
    for style in ("List Bullet", "List Number"):
        document.add_paragraph("one", style=style)
        document.add_paragraph("two", style=style)
    table = document.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), "abcd", strict=True):
        cell.text = text
    document.add_paragraph("The end.")
    document.save(str(path))
    article = the_article(path)
    assert article.text == (
        f"Dam holds\n\n{PROSE}\n\n- one\n- two\n1. one\n2. two\n\na | b\nc | d\n\nThe end."
    )
    assert (article.title, article.author, article.published) == ("Dam holds", None, None)


def test_properties(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.core_properties.title = "Dam holds"
    document.core_properties.author = "Ann Lee"
    document.core_properties.language = "de-AT"
    document.core_properties.created = datetime(2021, 3, 3, 10)
    document.add_paragraph(PROSE)
    document.save(str(path))
    article = the_article(path)
    assert (article.title, article.author) == ("Dam holds", "Ann Lee")
    assert article.language == "de"
    assert article.published is None  # when the file was made is not when the article came out


def test_a_date_line_says_when_it_was_published(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.add_paragraph("Published: 3 May 2021")
    document.add_paragraph(PROSE)
    document.save(str(path))
    assert the_article(path).published == "2021-05-03"


def test_inserted_text_stays_and_deleted_text_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    paragraph = document.add_paragraph("The dam ")
    for mark in (
        f"<w:ins {W}><w:r><w:t>holds</w:t></w:r></w:ins>",
        f"<w:del {W}><w:r><w:delText>breaks</w:delText></w:r></w:del>",
    ):
        paragraph._p.append(parse_xml(mark))
    inside = "<w:p><w:r><w:t>In a box.</w:t></w:r></w:p>"
    box = f"<w:sdt {W}><w:sdtContent>{inside}</w:sdtContent></w:sdt>"
    paragraph._p.addnext(parse_xml(box))
    document.save(str(path))
    assert the_article(path).text == "The dam holds\n\nIn a box."


def test_broken_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    message = f"{path} is not a readable Word document; open it in Word and save it again."
    path.write_bytes(b"PK\x03\x04 and nothing more")
    assert the_error(path) == message
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert the_error(path) == message
    document = io.BytesIO()
    docx.Document().save(document)
    path.write_bytes(document.getvalue()[:-200])
    assert the_error(path) == message


def test_password_protected(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert the_error(path) == (
        f"{path} is password-protected or in the old .doc format; "
        "save a copy as .docx without a password."
    )


def test_archive_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            archive.writestr(f"word/{number}.xml", bytes(64 * 1024 * 1024))
    assert word.MAX_UNPACKED_BYTES == 512 * 1024 * 1024
    assert the_error(path) == (
        f"{path} unpacks to more than 512 MiB; take its pictures out or split it."
    )


def test_markup_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(65 * 1024 * 1024))
    assert the_error(path) == f"{path} unpacks to more than 64 MiB of markup; split it."


def test_empty_document(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    docx.Document().save(str(path))
    assert the_error(path) == f"{path} holds no text; put text into it or leave it out."
