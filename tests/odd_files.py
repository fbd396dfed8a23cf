"""A folder of a thousand files that nobody should have to think of, and fifty good ones."""

from __future__ import annotations

import gzip
import json
import os
import random
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tests.loader_files import book, column, samples, write_pdf_lines
from tests.odd_contents import KINDS, Files, cut_short, same, wrong_suffixes, zipped
from tests.test_load_property import damaged

COUNT = 1100
GOOD = 50


@dataclass(frozen=True, slots=True)
class Good:
    """A file that must be answered from: nothing else in the folder holds `answer`."""

    path: Path
    question: str
    answer: str


def write_odd_files(folder: Path, seed: int = 0) -> list[Good]:
    """Fills an empty folder with `COUNT` files, the same for the same seed; returns the good ones.

    Links, a pipe, a socket, hidden files and folders named like files come on top of these.
    """
    from reportlab import rl_config

    rl_config.invariant = 1  # no time of day in a PDF
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        valid = {suffix: same(data) for suffix, data in samples(Path(scratch)).items()}
        good = list(_write_good(folder / "good", Path(scratch)))
    for _, (name, data) in zip(range(COUNT - GOOD), _odd(valid, chance), strict=False):
        raw = name.encode() if isinstance(name, str) else name
        path = os.path.join(os.fsencode(folder), raw)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
    _write_special(folder / "special", good[0].path)
    return good


def _odd(valid: dict[str, bytes], chance: random.Random) -> Files:
    """Every kind of file, and after these damaged ones without end."""
    yield from wrong_suffixes(valid, chance)
    yield from cut_short(valid)
    for kind in KINDS:
        yield from kind()
    yield from _names()
    number = 0
    while True:
        number += 1
        suffix = chance.choice(sorted(valid))
        junk = chance.randbytes(chance.randrange(1, 2000))
        data = junk if number % 4 == 0 else damaged(valid[suffix], chance)
        yield f"damaged/{number}{suffix}", data


def _names() -> Files:
    """Plain texts, each about a town of its own, under names that are hard to pass on."""
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
            yield b"names/%s/%s.md" % (raw, raw), ""
            yield b"names/%s/plain.txt" % raw, f"The bridge of town {number} held on Friday."


def _write_special(folder: Path, good: Path) -> None:
    """What is no plain file, and what is not to be read."""
    folder.mkdir()
    (folder / "again.txt").symlink_to(good)
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    (folder / "itself.txt").symlink_to("itself.txt")
    (folder / "round").symlink_to(folder.parent)
    (folder / "device.txt").symlink_to(os.devnull)
    os.mkfifo(folder / "pipe.txt")
    with chdir(folder), socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket.jsonl")
    (folder / "folder.pdf").mkdir()
    (folder / "folder.pdf" / "inside.txt").write_text("The folder is called like a file.")
    (folder / "empty.txt").mkdir()
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "secret.txt").write_text("Nobody reads this.")
    (folder / ".hidden.txt").write_text("Nor this.")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "no suffix").write_text("Nor this.")


def _write_good(folder: Path, scratch: Path) -> Iterator[Good]:
    """Small sound files of every format, each about the lighthouse of another town."""
    folder.mkdir()
    heads = ("Bar", "Dol", "Fen", "Gar", "Hol", "Kel", "Lun", "Mor")
    ends = ("brek", "dorf", "minster", "stead", "toft", "wick", "vik")
    suffixes = sorted(_FORMATS)
    for number, parts in zip(range(GOOD), product(heads, ends), strict=False):
        town, suffix = "".join(parts), suffixes[number % len(suffixes)]
        price = f"{1009 + 37 * number:,} crowns"
        text = (
            f"The town of {town} sold its lighthouse for {price} on Tuesday. "
            f"The new owner of the {town} lighthouse wants to open a school for sailors there. "
            "It had stood empty since the last keeper left, and the roof is gone."
        )
        path = folder / f"{town}{suffix}"
        path.write_bytes(_FORMATS[suffix](f"{town} sells its lighthouse", text, scratch))
        yield Good(path, f"For how much did {town} sell its lighthouse?", price)


def _page(title: str, text: str) -> str:
    body = f"<article><h1>{title}</h1><p>{text}</p></article>"
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def _mail(title: str, text: str) -> str:
    return f"From: Ann Lee <ann@post.example>\nSubject: {title}\n\n{text}\n"


def _mailbox(title: str, text: str) -> str:
    return f"From a@b Wed Mar  3 10:00:00 2021\n{_mail(title, text)}"


def _row(title: str, text: str) -> str:
    return json.dumps({"id": "a", "title": title, "body": text})


def _feed(title: str, text: str) -> str:
    item = f"<item><title>{title}</title><description>{text}</description></item>"
    return f"<rss version='2.0'><channel><title>The Post</title>{item}</channel></rss>"


def _pdf(title: str, text: str, scratch: Path) -> bytes:
    lines = [title, "", *text.replace(". ", ".\n").split("\n")]
    write_pdf_lines(scratch / "good.pdf", [column(lines)])
    return (scratch / "good.pdf").read_bytes()


def _word(title: str, text: str, scratch: Path) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(title, 0)
    document.add_paragraph(text)
    document.save(str(scratch / "good.docx"))
    return same((scratch / "good.docx").read_bytes())


_FORMATS: dict[str, Callable[[str, str, Path], bytes]] = {
    ".csv": lambda title, text, _: f'title,body\n"{title}","{text}"\n'.encode(),
    ".docx": _word,
    ".eml": lambda title, text, _: _mail(title, text).encode(),
    ".epub": lambda title, text, _: same(book({"one.xhtml": _page(title, text)})),
    ".html": lambda title, text, _: _page(title, text).encode(),
    ".jsonl": lambda title, text, _: _row(title, text).encode(),
    ".jsonl.gz": lambda title, text, _: gzip.compress(_row(title, text).encode(), mtime=0),
    ".mbox": lambda title, text, _: _mailbox(title, text).encode(),
    ".md": lambda title, text, _: f"# {title}\n\n{text}\n".encode(),
    ".pdf": _pdf,
    ".rss": lambda title, text, _: _feed(title, text).encode(),
    ".txt": lambda title, text, _: f"{title}\n\n{text}\n".encode(),
    ".zip": lambda title, text, _: zipped({"a.txt": f"{title}\n\n{text}\n"}),
}
