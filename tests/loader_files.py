"""Files of every format, written into a folder for the loader tests."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.articles import load
from index.errors import LoadError
from index.types import Article

PROSE = (
    "The council voted on Tuesday to rebuild the old bridge over the Lune, closed since 2019. "
    "Mayor Ines Okafor said that the work would cost 42 million euros and take two winters. "
    "Traders on the south bank, who lost a third of their customers, want compensation. "
    "An engineer's report warned that weaknesses in the piers had been ignored for years."
)


FEED = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Post</title><link>https://post.example/</link><language>en-gb</language>
<item><title>Dam holds</title><link>https://post.example/1</link>
<guid isPermaLink="false">post-1</guid><pubDate>Wed, 03 Mar 2021 10:00:00 GMT</pubDate>
<dc:creator>Ann Lee</dc:creator><description>Short.</description>
<content:encoded><![CDATA[<p>{PROSE}</p><p>The second &lt;b&gt; caf&eacute;.</p>]]>
</content:encoded>
</item>
<item><title>Bridge shut</title><guid>https://post.example/2</guid><description>The bridge is shut.

Nobody knows why.</description></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="html">Die &lt;b&gt;Post</title>
<author><name>Ann Lee</name></author>
<entry><title>Damm</title><id>urn:1</id><link href="https://post.example/d"/>
<updated>2021-03-03T10:00:00Z</updated><content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>{PROSE}</p><p>Ende.</p></div></content></entry>
<entry><title>Steg</title><id>urn:2</id><published>2020-01-01T00:00:00Z</published>
<updated>2021-03-03T10:00:00Z</updated><author><name>Bo Ek</name></author>
<content type="text">Plain &lt;b&gt; text.</content></entry></feed>"""
QUOTED = PROSE.replace(" bridge", "=20br=\nidge")
MAIL = f"""From: =?utf-8?q?Caf=C3=A9_Post?= <news@post.example>
Subject: =?iso-8859-1?Q?The_caf=E9?=
 is shut
Date: Wed, 03 Mar 2021 10:00:00 +0100
Message-ID: <1@post.example>
Content-Language: de-DE
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=b"

--=b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

{QUOTED}
--=b
Content-Type: text/html; charset=utf-8

<p>{PROSE}</p>
--=b--
"""
MAILBOX = f"""From news@post.example Wed Mar  3 10:00:00 2021
{MAIL}
From - Wed Mar  3 11:00:00 2021
From: Ann Lee <ann@post.example>
Subject: Second
Message-ID: <2@post.example>

First words.

From here on it goes,
>From there as well.
"""
CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/book.opf"/></rootfiles></container>"""
CHAPTERS = {
    "one.xhtml": f"<html><head><title/></head><body><h1>Chapter 1</h1><p>{PROSE}</p></body></html>",
    "two.xhtml": "<html><body><h2>The second</h2><p>caf&eacute;</p></body></html>",
}


def the_article(path: Path, columns: Mapping[str, str] | None = None) -> Article:
    """The only article of a file."""
    (article,) = load(path, columns)
    assert isinstance(article, Article), str(article)
    return article


def the_error(path: Path) -> str:
    """The message of the only error of a file."""
    (error,) = load(path)
    assert isinstance(error, LoadError), error
    return str(error)


def furniture_of(article: Article) -> list[str]:
    return [span.of(article.text) for span in article.furniture]


def write_pdf_lines(
    path: Path,
    pages: Sequence[Sequence[tuple[float, float, str]]],
    *,
    size: float = 11,
    **about: str,
) -> None:
    """A PDF with each text at its place: `(x, y, text)` in points from the lower left."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(595, 842))
    if "title" in about:
        canvas.setTitle(about["title"])
    if "author" in about:
        canvas.setAuthor(about["author"])
    for page in pages:
        for x, y, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()


def column(
    lines: Sequence[str], *, x: float = 72, top: float = 740, pitch: float = 14
) -> list[tuple[float, float, str]]:
    """Lines under one another, for `write_pdf_lines`."""
    return [(x, top - number * pitch, line) for number, line in enumerate(lines)]


def outcome(path: Path, columns: Mapping[str, str] | None = None) -> list[str]:
    """What a file of many articles gives: `uri: title` or the message of an error."""
    return [
        str(item) if isinstance(item, LoadError) else f"{item.uri}: {item.title}"
        for item in load(path, columns)
    ]


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def book(
    chapters: Mapping[str, str] = CHAPTERS,
    about: str = "",
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An EPUB of these chapters; its contents call the first one "First of all"."""
    items = "".join(
        f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = f"""<package xmlns="http://www.idpf.org/2007/opf"
xmlns:opf="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>The Lune</dc:title><dc:creator>Ann Lee</dc:creator>
<dc:language>en-GB</dc:language>{about}</metadata>
<manifest>{items}<item id="n" href="nav.xhtml" properties="nav"
media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/>{spine}</spine></package>"""
    contents = f"""<html xmlns="http://www.w3.org/1999/xhtml"
xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc">
<ol><li><a href="{next(iter(chapters))}#top">First of all</a></li></ol></nav></body></html>"""
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OPS/book.opf": package,
            "OPS/nav.xhtml": contents,
            **{f"OPS/{name}": text for name, text in chapters.items()},
            **(more if more is not None else {}),
        }
    )


def samples(folder: Path) -> dict[str, bytes]:
    """A valid file of every format, by suffix; `folder` is where libraries write them."""
    import docx

    write_pdf_lines(folder / "sample.pdf", [column(PROSE.split(". "))] * 3)
    document = docx.Document()
    document.add_heading("Dam holds", 0)
    document.add_paragraph(PROSE)
    document.save(str(folder / "sample.docx"))
    page = f"<html lang=en><title>Dam holds</title><article><p>{PROSE}</p></article></html>"
    row = json.dumps({"id": "a", "title": "Dam holds", "body": PROSE})
    text = f"Dam holds\n\nPublished: 3 May 2021\n\n{PROSE}\n"
    files = {
        ".atom": ATOM.encode(),
        ".csv": f'title,body\nDam holds,"{PROSE}"\nSecond,"Two\nlines"\n'.encode(),
        ".docx": (folder / "sample.docx").read_bytes(),
        ".eml": MAIL.encode(),
        ".epub": book(),
        ".html": page.encode(),
        ".jsonl": f'{row}\n{{"body": "Second."}}\n'.encode(),
        ".jsonl.gz": gzip.compress(row.encode(), mtime=0),
        ".mbox": MAILBOX.encode(),
        ".md": f"---\ntitle: Dam holds\n---\n\n{PROSE}\n".encode(),
        ".pdf": (folder / "sample.pdf").read_bytes(),
        ".rss": FEED.encode(),
        ".tsv": f"title\tbody\nDam holds\t{PROSE}\n".encode(),
        ".txt": text.encode(),
        ".xml": FEED.encode(),
    }
    inner = zipped({"in/a.txt": text, "b.rss": FEED})
    return files | {".zip": zipped({"a.txt": text, "b.md": "# B\n\nText.", "c.zip": inner})}
