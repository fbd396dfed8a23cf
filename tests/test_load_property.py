"""Whatever a file holds: no exception, clean text, furniture and pages inside the text."""

from __future__ import annotations

import gzip
import io
import random
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.articles import SUFFIXES, load
from index.errors import LoadError
from index.loaders.cleaning import clean_text
from tests.loader_files import PROSE, column, samples, write_pdf_lines, zipped

PIECES = st.sampled_from(
    [
        "<p>", "</div>", "<table><tr><td>", "<!--", "<script>", "&lt;", "| a | b |\n|-|-|\n", "# ",
        "---\n", "- ", "1. ", "> ", "![x](", "[a]: ", "```\n",
        '{"body": "', '"}\n', "\x00", "\ufeff", "title,body\n", '"', "sep=;\n",
        "<rss><channel><item>", "<description>", "<feed xmlns='http://www.w3.org/2005/Atom'><entry>",
        "<![CDATA[", "]]>", "<!DOCTYPE a [<!ENTITY b 'c'>", "&b;", "&#99999999999;",
        "From a Wed Mar  3 10:00:00 2021\n", "Subject: =?utf-8?q?=C3?=\n", "From: a@b\n",
        "Content-Type: multipart/mixed; boundary=a\n", "--a\n", "Content-Type: text/html\n",
        "Continued from page 1\n", "Story Continues →\n", "Published: 2021-03-03\n", PROSE, "\n\n",
        "שלום עולם ", "東京で橋が。", "\u202e", "e\u0301", "%PDF-1.4\n", "PK\x03\x04", "title: [",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=40)), max_size=30).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-16-be", "cp1252", "shift_jis", "utf-32"])
BYTES = st.one_of(
    st.binary(max_size=400),
    st.builds(lambda text, encoding: text.encode(encoding, "replace"), TEXTS, ENCODINGS),
    st.builds(lambda text, junk: text.encode() + junk, TEXTS, st.binary(max_size=60)),
)


def check(path: Path) -> None:
    """Everything that holds for whatever a file yields."""
    for item in load(path):
        if isinstance(item, LoadError):
            message = str(item)
            assert message.startswith(str(path))
            assert message.endswith(".")
            assert "\n" not in message
            continue
        assert item.text
        assert clean_text(item.text) == item.text
        assert item.title
        assert item.source
        assert len(item.sha256) == 64
        ends = [0]
        for span in item.furniture:
            assert ends[-1] <= span.start < span.end <= len(item.text)
            ends.append(span.end)
        if item.pages:
            assert item.pages[0] == 0
            assert list(item.pages) == sorted(item.pages)
            assert item.pages[-1] <= len(item.text)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=BYTES)
def test_any_bytes_in_any_format(suffix: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        check(path)
        if suffix.endswith(".gz"):
            path.write_bytes(gzip.compress(data))
            check(path)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), max_size=4))
def test_damaged_pdf(cuts: list[tuple[float, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        write_pdf_lines(path, [column(PROSE.split(". "))] * 3)
        data = bytearray(path.read_bytes())
        for place, junk in cuts:
            start = int(place * len(data))
            data[start : start + len(junk)] = junk
        path.write_bytes(bytes(data))
        check(path)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes cut short, with some of them changed, or with a piece doubled."""
    harmed = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        place = chance.randrange(len(harmed)) if harmed else 0
        match chance.randrange(4):
            case 0:
                del harmed[place:]
            case 1:
                del harmed[place : place + chance.randrange(1, 50)]
            case 2:
                harmed[place:place] = harmed[place : place + chance.randrange(1, 500)]
            case _:
                harmed[place : place + 1] = bytes([chance.randrange(256)])
    return bytes(harmed)


def damaged_inside(data: bytes, chance: random.Random) -> bytes:
    """The archive made again from files that are damaged."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(files))
    return zipped(files | {name: damaged(files[name], chance)})


def test_samples_are_whole(tmp_path: Path) -> None:
    for suffix, data in samples(tmp_path).items():
        path = tmp_path / f"a{suffix}"
        path.write_bytes(data)
        assert not [str(item) for item in load(path) if isinstance(item, LoadError)]


def test_damaged_files_and_wrong_suffixes(tmp_path: Path) -> None:
    chance = random.Random(0)
    files = samples(tmp_path)
    for suffix, data in files.items():
        for _ in range(40):
            inside = data.startswith(b"PK") and chance.random() < 0.7
            path = tmp_path / f"a{suffix}"
            path.write_bytes((damaged_inside if inside else damaged)(data, chance))
            check(path)
        for other in files:
            path = tmp_path / f"a{other}"
            path.write_bytes(data)
            check(path)
