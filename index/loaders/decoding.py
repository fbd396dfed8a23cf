"""Bytes to text: byte order mark, UTF-8, a declared name, then a guess; knows no file format."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from index.errors import LoadError
from index.loaders.reading import kind_of, shown

_MARKS: tuple[tuple[bytes, str], ...] = (  # UTF-32 first: its little-endian mark starts UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 * 1024
_WINDOWS = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_DECLARED = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "macintosh": "mac_roman",
    "x-sjis": "cp932",
}
_KNOWN = re.compile(
    r"iso-8859-\d{1,2}|windows-(125\d|874)|cp(125\d|437|850|852|866|874|932|949|950)|koi8-[ru]"
    r"|gb18030|big5(-hkscs)?|euc-(jp|tw)|iso-2022-jp|tis-620|mac_roman|utf-16(le|be)?",
)
_WESTERN = frozenset(
    "áàâäãåæçéèêëíìîïñóòôöõøœúùûüÿßÁÀÂÄÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜŸ“”„‘’‚–—…•·«»‹›¿¡€£¥¢§©®™°½¼¾²ºª´\u00a0"
)
_EASTERN = frozenset(
    (
        *("Czech", "Slovak", "Polish", "Hungarian", "Romanian", "Croatian", "Serbian", "Slovene"),
        *("Turkish", "Lithuanian", "Latvian", "Estonian", "Vietnamese", "Greek", "Hebrew"),
    )
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd\ufffe\uffff]")


def decode(path: Path, data: bytes, declared: str | None = None) -> str:
    """The text of a file's bytes; `declared` is the encoding the file itself names, if any.

    Raises LoadError for what is not text.
    """
    kind = kind_of(data)
    if kind is not None:
        raise LoadError(f"{shown(path)} is {kind}, not text; give it the suffix that fits.")
    text = _decode(data, declared)
    if text is None or _looks_binary(text):
        raise LoadError(f"{shown(path)} is not text in any known encoding; save it as UTF-8.")
    return text


def _decode(data: bytes, declared: str | None) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    wide = _wide_encoding(data[:_SAMPLE])
    if wide is not None:
        return data.decode(wide, "replace")
    if b"\x1b$" in data[:_SAMPLE]:
        japanese = _strict(data, "iso2022_jp")
        if japanese is not None:
            return japanese
    for encoding in ("utf-8", _python_name(declared)):
        text = _strict(data, encoding) if encoding is not None else None
        if text is not None:
            return text
    mixed = _mostly_utf8(data)
    return mixed if mixed is not None else _guessed(data)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _python_name(declared: str | None) -> str | None:
    if declared is None:
        return None
    name = declared.strip().casefold()
    name = _DECLARED.get(name, name)
    return name if _KNOWN.fullmatch(name) else None


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by where the zero bytes of plain letters stand."""
    if len(sample) < 8 or sample.count(0) * 3 < len(sample):
        return None
    zeros = [sample[place::4].count(0) * 4 / len(sample) for place in range(4)]
    if min(zeros[1:]) > 0.6 and zeros[0] < 0.3:
        return "utf-32-le"
    if min(zeros[:2]) > 0.6 and zeros[3] < 0.3:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    if even > 0.5 and odd < 0.1:
        return "utf-16-be"
    return None


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few stray Windows-1252 bytes in it, as pasted-together files have them."""
    text = data.decode("utf-8", "surrogateescape")
    stray = sum(1 for char in text if "\ud800" <= char <= "\udfff")
    wide = sum(1 for char in text if char > "\x7f") - stray
    return text.translate(_WINDOWS) if stray * 4 <= wide else None


def _guessed(data: bytes) -> str | None:
    """The guesser's best reading, or Windows-1252 where that is as likely."""
    from charset_normalizer import from_bytes

    sample = _telling_sample(data)
    best = from_bytes(sample).best()
    western = _strict(data, "cp1252")
    if best is None:
        return western
    if western is not None and _is_western(sample.decode("cp1252", "replace"), best.language):
        return western
    return data.decode(best.encoding, "replace")


def _is_western(text: str, language: str) -> bool:
    """Whether only letters and marks of Western Europe stand among mostly plain letters.

    The guessed language counts only where there are letters to guess it from.
    """
    plain = sum(1 for char in text if char.isascii() and char.isalpha())
    wide = [char for char in text if not char.isascii()]
    letters = sum(1 for char in wide if char.isalpha())
    if letters * 4 > plain or not all(char in _WESTERN for char in wide):
        return False
    return letters == 0 or language not in _EASTERN


def _telling_sample(data: bytes) -> bytes:
    """The lines that are not plain ASCII, up to the size of a sample."""
    if len(data) <= _SAMPLE:
        return data
    chosen: list[bytes] = []
    size = 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            chosen.append(line[:_SAMPLE])
            size += len(chosen[-1])
            if size >= _SAMPLE:
                break
    return b"".join(chosen)


def _looks_binary(text: str) -> bool:
    """Whether more than one character in twenty, and more than two, is no character of text."""
    sample = text[: 1024 * 1024]
    odd = sum(1 for _ in _CONTROLS.finditer(sample))
    return odd > 2 and odd * 20 > len(sample)
