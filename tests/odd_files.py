"""A thousand files that nobody should have to think of, and fifty good ones among them."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import socket
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from index.articles import SUFFIXES
from tests.loader_files import ATOM, FEED, MAILBOX, PROSE, book, column, samples, write_pdf_lines
from tests.test_load_property import damaged

COUNT = 1000
GOOD = 50
_MILLION = 1_000_000

Files = Iterator[tuple[str | bytes, str | bytes]]
"""Names below the folder, with what the files hold; text is written as UTF-8."""


@dataclass(frozen=True, slots=True)
class Good:
    """A file that must be answered from: nothing else in the folder holds `answer`."""

    path: Path
    question: str
    answer: str


def write_odd_files(folder: Path, seed: int = 0) -> list[Good]:
    """Fills an empty folder with `COUNT` files, the same for the same seed; returns the good ones.

    Links, a pipe, a socket, hidden files and folders with a file's name come on top of these.
    """
    chance = random.Random(seed)
    from reportlab import rl_config

    rl_config.invariant = 1  # no time of day in a PDF
    with tempfile.TemporaryDirectory() as scratch:
        valid = {suffix: _same(data) for suffix, data in samples(Path(scratch)).items()}
        good = list(_write_good(folder, Path(scratch)))
    written = len(good)
    for name, data in _odd(valid, chance):
        path = os.path.join(os.fsencode(folder), name.encode() if isinstance(name, str) else name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
        written += 1
        if written == COUNT:
            break
    _write_special(folder, good[0].path)
    return good


def _odd(valid: dict[str, bytes], chance: random.Random) -> Files:
    """Every kind of file, and at the end damaged ones without end."""
    yield from _wrong_suffixes(valid, chance)
    yield from _cut_short(valid)
    for kind in (_sizes, _encodings, _texts, _pages, _rows, _tables, _feeds_and_mail, _archives):
        yield from kind()
    yield from _names()
    number = 0
    while True:
        number += 1
        suffix = chance.choice(sorted(valid))
        junk = chance.randbytes(chance.randrange(1, 2000))
        data = junk if number % 4 == 0 else damaged(valid[suffix], chance)
        yield f"damaged/{number}{suffix}", data


def _wrong_suffixes(valid: dict[str, bytes], chance: random.Random) -> Files:
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


def _cut_short(valid: dict[str, bytes]) -> Files:
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
    yield "encodings/surrogates.jsonl", '{"id": "\\ud800", "title": "\\udfff", "body": "A \\ud83d dam."}'
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
        "formula": "title,body\n=cmd|' /C calc'!A0,\"=HYPERLINK(\"\"x\"\") The dam held.\"\n",
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
    yield "archives/bomb.epub", book({"one.xhtml": "<p>" + "0" * (20 * _MILLION)})
    yield "archives/slips.zip", zipped({"../out.txt": text, "/etc/x.txt": text, "C:\\y.txt": text})
    yield "archives/nothing.zip", zipped({})
    yield "archives/of pictures.zip", zipped({"a.png": b"\x89PNG"})
    yield "archives/broken inside.zip", zipped({"a.pdf": b"%PDF-", "b.docx": b"PK", "c.txt": b""})
    yield "archives/odd names.zip", zipped({"a\nb.txt": text, "é\u202e.txt": text, "-r.txt": text})
    yield "archives/wrong CRC.zip", zipped({"a.txt": text}).replace(b"\x00\x00!\x00", b"\x00\x00!\x01")
    yield "archives/junk before.zip", b"junk" * 100 + zipped({"a.txt": text})
    yield "archives/empty book.epub", book({"one.xhtml": ""})
    yield "archives/bad book.epub", book(more={"OPS/book.opf": "<package><spine>"})
    yield "archives/no book.epub", zipped({"mimetype": "application/epub+zip"})
    with tempfile.TemporaryDirectory() as folder:
        for name, pages in (("no text", [[], []]), ("blanks", [[(72, 700, "   ")]])):
            write_pdf_lines(Path(folder) / "a.pdf", pages)
            yield f"archives/{name}.pdf", (Path(folder) / "a.pdf").read_bytes()


def _names() -> Files:
    """The same plain text, with its name in it, under names that are hard to pass on."""
    names: list[str | bytes] = [
        "two  blanks", "new\nline", "#hash", "a#1", "%20", "%s%n", "ümläut", "u\u0308", "東京",
        "\u202egnp", "a'b\"c", "back\\slash", "-rf", "--help", "~", "~root", "$HOME", "`id`", "*",
        "?", "[a]", "semi;colon", "pipe|", "&amp;", "<b>", "tab\tbell\x07\x1b[31m", "Case", "case",
        "x" * 200, "é" * 100, "https:", "NUL", ".. ", " lead", "a.b.c", "'; DROP TABLE files; --",
        b"latin \xe9", b"\xff\xfe", b"cut \xe6\x9d",
    ]  # fmt: skip
    for number, name in enumerate(names):
        raw = name.encode() if isinstance(name, str) else name
        yield b"names/%s.txt" % raw, f"The dam of town {number} held on Monday."
        if number % 4 == 1:
            yield b"names/%s.PDF" % raw, f"%PDF-1.4 {number}"
            yield b"names/%s/" % raw + raw + b".md", ""
            yield b"names/%s/plain.txt" % raw, f"The bridge of town {number} held on Friday."


def _write_special(folder: Path, good: Path) -> None:
    """What is no plain file."""
    special = folder / "special"
    special.mkdir()
    (special / "again.txt").symlink_to(good)
    (special / "broken.txt").symlink_to(special / "nowhere.txt")
    (special / "itself.txt").symlink_to("itself.txt")
    (special / "round").symlink_to(folder)
    (special / "device.txt").symlink_to(os.devnull)
    os.mkfifo(special / "pipe.txt")
    with chdir(special), socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket.jsonl")
    (special / "folder.pdf").mkdir()
    (special / "folder.pdf" / "inside.txt").write_text("The folder is called like a file.")
    (special / "empty.txt").mkdir()
    (special / ".hidden").mkdir()
    (special / ".hidden" / "secret.txt").write_text("Nobody reads this.")
    (special / ".hidden.txt").write_text("Nor this.")
    (special / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (special / "no suffix").write_text("Nor this.")


def _write_good(folder: Path, scratch: Path) -> Iterator[Good]:
    """Small sound files of every format, each about a lighthouse of its own."""
    heads = ("Bar", "Dol", "Fen", "Gar", "Hol", "Kel", "Lun", "Mor")
    places = ["".join(parts) for parts in product(heads, ("brek", "dorf", "minster", "stead", "toft", "wick", "vik"))]
    for number, place in enumerate(places[:GOOD]):
        suffix = sorted(_FORMATS)[number % len(_FORMATS)]
        price = f"{1009 + 37 * number:,} crowns"
        title = f"{place} sells its lighthouse"
        text = (
            f"The town of {place} sold its lighthouse for {price} on Tuesday. "
            f"The new owner of the {place} lighthouse wants to open a school for sailors there. "
            "It had stood empty since the last keeper left, and the roof is gone."
        )
        path = folder / "good" / f"{place}{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_FORMATS[suffix](title, text, scratch))
        yield Good(path, f"For how much did {place} sell its lighthouse?", price)


def _page(title: str, text: str) -> str:
    body = f"<article><h1>{title}</h1><p>{text}</p></article>"
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def _mail(title: str, text: str) -> str:
    return f"From: Ann Lee <ann@post.example>\nSubject: {title}\n\n{text}\n"


def _row(title: str, text: str) -> str:
    return json.dumps({"id": "a", "title": title, "body": text})


def _feed(title: str, text: str) -> str:
    item = f"<item><title>{title}</title><description>{text}</description></item>"
    return f"<rss version='2.0'><channel><title>The Post</title>{item}</channel></rss>"


def _pdf(title: str, text: str, scratch: Path) -> bytes:
    path = scratch / "good.pdf"
    write_pdf_lines(path, [column([title, "", *text.replace(". ", ".\n").split("\n")])])
    return path.read_bytes()


def _word(title: str, text: str, scratch: Path) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(title, 0)
    document.add_paragraph(text)
    document.save(str(scratch / "good.docx"))
    return _same((scratch / "good.docx").read_bytes())


_FORMATS: dict[str, Callable[[str, str, Path], bytes]] = {
    ".csv": lambda title, text, _: f'title,body\n"{title}","{text}"\n'.encode(),
    ".docx": _word,
    ".eml": lambda title, text, _: _mail(title, text).encode(),
    ".epub": lambda title, text, _: _same(book({"one.xhtml": _page(title, text)})),
    ".html": lambda title, text, _: _page(title, text).encode(),
    ".jsonl": lambda title, text, _: _row(title, text).encode(),
    ".jsonl.gz": lambda title, text, _: gzip.compress(_row(title, text).encode(), mtime=0),
    ".mbox": lambda title, text, _: f"From a@b Wed Mar  3 10:00:00 2021\n{_mail(title, text)}".encode(),
    ".md": lambda title, text, _: f"# {title}\n\n{text}\n".encode(),
    ".pdf": _pdf,
    ".rss": lambda title, text, _: _feed(title, text).encode(),
    ".txt": lambda title, text, _: f"{title}\n\n{text}\n".encode(),
    ".zip": lambda title, text, _: zipped({"a.txt": f"{title}\n\n{text}\n"}),
}


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A ZIP archive that is the same today and tomorrow."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _same(data: bytes) -> bytes:
    """An archive without the time at which it was made; other bytes as they are."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})
