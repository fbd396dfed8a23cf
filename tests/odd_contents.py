"""What odd files hold: every format under every suffix, cut short, mixed up, nested, packed."""

from __future__ import annotations

import gzip
import io
import json
import random
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from index.articles import SUFFIXES
from tests.loader_files import ATOM, FEED, MAILBOX, PROSE, book, write_pdf_lines

_MILLION = 1_000_000

Files = Iterator[tuple[str | bytes, str | bytes]]
"""Names below a folder, with what the files hold; text stands for its UTF-8."""


def wrong_suffixes(valid: dict[str, bytes], chance: random.Random) -> Files:
    """The content of every format, of images and of programs, under every suffix."""
    strange = {
        "png": b"\x89PNG\r\n\x1a\n",
        "jpeg": b"\xff\xd8\xff\xe0",
        "gif": b"GIF89a",
        "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
        "elf": b"\x7fELF\x02\x01\x01",
        "exe": b"MZ\x90\x00\x03",
        "sqlite": b"SQLite format 3\x00",
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "rtf": b"{\\rtf1\\ansi ",
    }
    contents = {name: magic + chance.randbytes(600) for name, magic in strange.items()}
    for (name, data), suffix in product({**valid, **contents}.items(), SUFFIXES):
        yield f"suffixes/{name.strip('.')} as{suffix}", data


def cut_short(valid: dict[str, bytes]) -> Files:
    for suffix in (".pdf", ".docx", ".epub", ".zip", ".jsonl.gz"):
        for tenth in (0.2, 1, 2, 4, 5, 6, 8, 9, 9.8):
            data = valid[suffix]
            yield f"cut short/{tenth} tenths{suffix}", data[: int(len(data) * tenth / 10)]


def _sizes() -> Files:
    yield "sizes/nothing.txt", ""
    for suffix in SUFFIXES:
        yield f"sizes/nothing{suffix.upper()}", ""
    yield "sizes/blank.txt", " \n\t \r\n\u00a0\u3000"
    yield "sizes/nul.txt", b"\0" * 5000
    yield "sizes/one letter.txt", "a"
    yield "sizes/only marks.txt", "... !!! --- ???"
    yield "sizes/one line.txt", (PROSE + " ") * (20 * _MILLION // len(PROSE))
    yield "sizes/a million lines.txt", "ab\n" * _MILLION
    yield "sizes/a million rows.jsonl", "[]\n" * _MILLION
    yield "sizes/one word.html", "<p>" + "a" * _MILLION
    yield "sizes/one cell.csv", "title,body\na," + "b" * (17 * _MILLION)


def _encodings() -> Files:
    text = f"Café “quoted” – naïve\n\n{PROSE} Œuvre, Łódź, Ελλάδα, Москва, 東京, ﷽.\n"
    wide = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")
    narrow = ("cp1252", "cp1250", "koi8_r", "shift_jis", "gb18030", "big5", "euc_kr", "utf-7")
    for name in (*wide, *narrow, "iso2022_jp", "mac_roman", "cp037", "cp437", "iso8859_7"):
        yield f"encodings/{name}.txt", text.encode(name, "replace")
        yield f"encodings/{name}.csv", f'title,body\na,"{text}"\n'.encode(name, "replace")
    whole = text.encode()
    yield "encodings/two halves.txt", whole + text.encode("cp1252", "replace")
    yield "encodings/half a character.txt", whole[:4]
    yield "encodings/surrogates.txt", whole + "\ud800 \udfff".encode("utf-8", "surrogatepass")
    yield "encodings/odd UTF-16.txt", text.encode("utf-16") + b"a"
    yield "encodings/two marks.txt", b"\xef\xbb\xbf\xef\xbb\xbf" + whole
    yield "encodings/wrong mark.txt", b"\xff\xfe" + whole
    yield "encodings/only a mark.txt", b"\xef\xbb\xbf"
    yield "encodings/NULs.txt", PROSE.replace(" ", " \0")
    yield (
        "encodings/surrogates.jsonl",
        '{"id": "\\ud800", "title": "\\udfff", "body": "A \\ud83d dam."}',
    )
    yield "encodings/declared.html", f"<meta charset=utf-99><p>{PROSE}".encode("utf-16-be")


def _texts() -> Files:
    words = {
        "right to left": "הסכר עמד כל הלילה. \u202eabc\u202c العاصمة \u2067x\u2069 اليوم.",
        "no spaces": "東京で橋が落ちた。市長は修理を約束した。" * 40,
        "emoji": "👩\u200d👩\u200d👧 won 🏳️\u200d🌈. 🇩🇪 lost! " * 60,
        "combining": "Z" + "\u0301" * 3000 + "algo rose. e\u0301 " * 50,
        "controls": "".join(map(chr, range(32))) + PROSE + "\x7f\x80\x9b31m\u0085\u2028\u2029",
        "private": "\ue000\uf8ff\U0010fffd\ufffe\uffff " + PROSE,
        "zero width": "\u200b\u2060\ufeff".join(PROSE),
        "escapes": "\x1b[31mRed\x1b[0m \x1b]0;title\x07 " + PROSE,
        "brackets": "(“" * 20_000,
        "titles": "Mr. " * 20_000,
        "queries": '" OR NEAR(a b) AND * ^ { } : "; DROP TABLE articles; --',
    }
    for name, text in words.items():
        yield f"texts/{name}.txt", text
        yield f"texts/{name}.md", f"# {text[:60]}\n\n{text}"
        yield f"texts/{name}.jsonl", json.dumps({"title": text, "author": text, "body": text})


def _pages() -> Files:
    deep = 10_000
    pages = {
        "scripts": f"<script>alert('{PROSE}')</script><style>p{{}}</style><p onclick=x()>{PROSE}",
        "only a script": "<script>document.write('all')</script>",
        "unclosed": f"<div><p><b><i><a href='<table><tr><td>{PROSE}",
        "nested": "<div>" * deep + PROSE + "</div>" * deep,
        "tables": "<table><tr><td>" * deep + PROSE,
        "lists": "<ul><li>" * deep + PROSE,
        "spans": "<b><i>" * deep + PROSE,
        "attributes": "<p " + " ".join(f"a{n}=1" for n in range(deep)) + f">{PROSE}",
        "entities": "&#99999999999;&#0;&bogus;&amp;lt;script&gt; " + PROSE,
        "comment": f"<!-- {PROSE}",
        "data": f"<![CDATA[{PROSE}]]><plaintext>{PROSE}",
        "frames": "<frameset><frame src=file:///etc/passwd></frameset>",
        "redirect": "<meta http-equiv=refresh content='0;url=http://127.0.0.1/'>",
        "bomb": "<!DOCTYPE a [<!ENTITY b '"
        + "c" * 1000
        + "'>"
        + "".join(f"<!ENTITY d{n} '{f'&d{n - 1};' * 10 if n else '&b;' * 10}'>" for n in range(9))
        + "]><p>&d8;</p>",
        "outside": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><p>&b; " + PROSE,
    }
    for name, text in pages.items():
        yield f"pages/{name}.html", text
        yield f"pages/{name}.xhtml", text
        yield f"pages/{name}.md", text
    for mark in ("> ", "- ", "* 1. ", "[", "![", "`", "*_", "#", "| "):
        yield f"pages/deep {mark.encode().hex()}.md", mark * deep + PROSE


def _rows() -> Files:
    row = json.dumps({"id": "a", "title": "Dam", "body": PROSE})
    rows = {
        "bad": f"{row}\n{{\nnull\n7\n[]\n{{}}\n\n" + '{"body": ""}\n{"body": 7}\n{"text": [1]}',
        "twice": f"{row}\n{row}\n{row}",
        "nested": '{"body": ' + "[" * 5000 + "]" * 5000 + "}",
        "nested id": '{"id": ' + '{"a":' * 500 + "1" + "}" * 500 + f', "body": "{PROSE}"}}',
        "numbers": '{"id": NaN, "title": Infinity, "date": -1e999, "body": "The dam held."}',
        "digits": '{"id": ' + "9" * 5000 + ', "body": "The dam held."}',
        "array": f"[{row}]",
        "keys twice": '{"body": "One.", "body": "Two."}',
        "odd ids": "\n".join(
            json.dumps({"id": name, "body": f"The dam held {number} days."})
            for number, name in enumerate(("#", "../..", "a\nb", "a#b", " ", "\0", "%", "x" * 5000))
        ),
        "dates": '{"body": "A dam.", "date": "99999-13-45", "url": "javascript:alert(1)"}',
        "control": '{"title": "a\\u0000\\u001b[2Jb\\nc", "body": "The dam\\u0000 held."}',
        "CR": row.replace(", ", ",\r") + "\r" + row,
    }
    for name, text in rows.items():
        yield f"rows/{name}.jsonl", text
        yield f"rows/{name}.ndjson.gz", gzip.compress(text.encode(), mtime=0)
    yield "rows/bomb.jsonl.gz", gzip.compress(b" " * (40 * _MILLION), mtime=0)
    yield "rows/two members.jsonl.gz", gzip.compress(row.encode(), mtime=0) * 2
    yield "rows/trailing junk.jsonl.gz", gzip.compress(row.encode(), mtime=0) + b"junk"


def _tables() -> Files:
    tables = {
        "widths": f'id,title,body\n1\n2,a,"{PROSE}",b,c\n3,a,{PROSE[:50]}\n',
        "no header": f'1,"{PROSE}"\n',
        "no body": "id,title\n1,Dam\n",
        "open quote": 'title,body\na,"never closed\nb,c\n' * 50,
        "names twice": f'body,body\n"{PROSE}",other\n',
        "many columns": ",".join(f"c{n}" for n in range(20_000)) + ",body\n" + "x," * 20_000 + "y",
        "NULs": "title,body\na,b\0c\n",
        "only header": "title,body\n",
        "semicolons": f'sep=;\ntitle;body\na;"{PROSE}"\n',
        "line ends": "title,body\ra,The dam held.\rb,It broke.\r",
        "formula": 'title,body\n=cmd|\' /C calc\'!A0,"=HYPERLINK(""x"") The dam held."\n',
    }
    for name, text in tables.items():
        yield f"tables/{name}.csv", text
        yield f"tables/{name}.tsv", text.replace(",", "\t")


def _feeds_and_mail() -> Files:
    item = f"<item><title>T</title><description>{PROSE}</description></item>"
    feeds = {
        "cut": FEED[: len(FEED) * 2 // 3],
        "cut atom": ATOM[: len(ATOM) * 2 // 3],
        "no entries": "<rss version='2.0'><channel><title>T</title></channel></rss>",
        "only headlines": "<rss><channel><item><title>T</title></item></channel></rss>",
        "mixed": FEED + ATOM,
        "bomb": "<!DOCTYPE a [<!ENTITY b 'cccc'><!ENTITY d '&b;&b;&b;&b;&b;&b;&b;'>]>"
        + FEED.replace("Dam holds", "&d;"),
        "bad entities": FEED.replace("Short.", "&nope; &#xD800; &"),
        "deep": "<rss><channel>" + "<item>" * 3000 + PROSE,
        "ten thousand": f"<rss><channel>{item * 3000}</channel></rss>",
        "odd dates": FEED.replace("Wed, 03 Mar 2021 10:00:00 GMT", "Wed, 99 Foo -1 99:99 XXX"),
        "other XML": "<?xml version='1.0'?><svg><text>Dam</text></svg>",
    }
    for name, text in feeds.items():
        yield f"feeds/{name}.rss", text
        yield f"feeds/{name}.xml", text
    mails = {
        "garbage": "From \n\nFrom \nFrom x\n\0\0\n" * 50,
        "cut": MAILBOX[: len(MAILBOX) // 2],
        "no boundary": MAILBOX.replace("--=b", "--=x"),
        "nested": "From a@b Wed Mar  3 10:00:00 2021\n"
        + "Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 500
        + PROSE,
        "long header": "From a@b Wed Mar  3 10:00:00 2021\nSubject: " + "a" * _MILLION + "\n\nDam.",
        "odd charset": MAILBOX.replace("utf-8", "x-no-such"),
        "bad words": MAILBOX.replace("=?utf-8?q?", "=?utf-99?b?"),
        "odd date": MAILBOX.replace("Wed, 03 Mar 2021", "Wed, 03 Mar 99999"),
    }
    for name, text in mails.items():
        yield f"mail/{name}.mbox", text
        yield f"mail/{name}.eml", text.partition("\n")[2]


def _archives() -> Files:
    text = f"Dam holds\n\n{PROSE}\n"
    nested = zipped({"a.txt": text})
    for depth in range(6):
        yield f"archives/{depth} deep.zip", nested
        nested = zipped({"inner.zip": nested})
    zeros = zipped({f"{n}.txt": b"0" * (4 * _MILLION) for n in range(10)})
    yield "archives/bomb.zip", zeros
    yield "archives/bombs.zip", zipped({f"{n}.zip": zeros for n in range(10)})
    yield "archives/bomb.docx", zipped({"word/document.xml": b" " * (40 * _MILLION)})
    yield "archives/bomb.epub", same(book({"one.xhtml": "<p>" + "0" * (20 * _MILLION)}))
    yield "archives/slips.zip", zipped({"../out.txt": text, "/etc/x.txt": text, "C:\\y.txt": text})
    yield "archives/nothing.zip", zipped({})
    yield "archives/of pictures.zip", zipped({"a.png": b"\x89PNG"})
    yield "archives/broken inside.zip", zipped({"a.pdf": b"%PDF-", "b.docx": b"PK", "c.txt": b""})
    odd: dict[str, str | bytes] = {
        "a\nb.txt": text,
        "é\u202e.txt": text,
        "-r.txt": "",
        "\u202e\x1b[2J.pdf": b"%PDF",
    }
    yield "archives/odd names.zip", zipped(odd)
    crc = zlib.crc32(text.encode()).to_bytes(4, "little")
    yield "archives/wrong CRC.zip", zipped({"a.txt": text}).replace(crc, b"\0\0\0\0")
    yield "archives/junk before.zip", b"junk" * 100 + zipped({"a.txt": text})
    yield "archives/empty book.epub", same(book({"one.xhtml": ""}))
    yield "archives/bad book.epub", same(book(more={"OPS/book.opf": "<package><spine>"}))
    yield "archives/no book.epub", zipped({"mimetype": "application/epub+zip"})
    with tempfile.TemporaryDirectory() as folder:
        for name, pages in (("no text", [[], []]), ("blanks", [[(72, 700, "   ")]])):
            write_pdf_lines(Path(folder) / "a.pdf", pages)
            yield f"archives/{name}.pdf", (Path(folder) / "a.pdf").read_bytes()


KINDS = (_sizes, _encodings, _texts, _pages, _rows, _tables, _feeds_and_mail, _archives)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive that is the same today and tomorrow."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def same(data: bytes) -> bytes:
    """An archive without the time at which it was made; other bytes as they are."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: same(archive.read(name)) for name in archive.namelist()})
