"""Bytes to text: byte order mark, UTF-8, a declared name, then a guess; knows no file format.

`decode` reads a file's bytes, `text_of` a part of them, `open_text` a file of any size.
"""

from __future__ import annotations

import codecs
import re
from io import TextIOWrapper
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
_STREAM_SAMPLE = 1024 * 1024
_STRAY_WINDOWS = "byline-stray-windows-1252"
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
    _check_kind(path, data)
    text = text_of(data, declared)
    if text is None:
        raise _no_encoding(path)
    return text


def text_of(data: bytes, declared: str | None = None) -> str | None:
    """The text of some bytes, None for what is not text."""
    text = data.decode(*_encoding(data, declared))
    return None if _looks_binary(text) else text


def open_text(path: Path) -> TextIOWrapper:
    """The file as a stream of text, its line ends as they are; for files too large to hold.

    The encoding is what the first mebibyte shows. Raises LoadError for what is not text, OSError
    for what cannot be opened.
    """
    with path.open("rb") as stream:
        sample = stream.read(_STREAM_SAMPLE)
    _check_kind(path, sample)
    if len(sample) == _STREAM_SAMPLE:  # no character may be cut in two
        sample = sample[: sample.rfind(b"\n") + 1] or sample[:-3]
    encoding, errors = _encoding(sample, None)
    if _looks_binary(sample.decode(encoding, errors)):
        raise _no_encoding(path)
    return path.open("r", encoding=encoding, errors=errors, newline="")


def _check_kind(path: Path, data: bytes) -> None:
    kind = kind_of(data)
    if kind is not None:
        raise LoadError(f"{shown(path)} is {kind}, not text; give it the suffix that fits.")


def _no_encoding(path: Path) -> LoadError:
    return LoadError(f"{shown(path)} is not text in any known encoding; save it as UTF-8.")


def _encoding(data: bytes, declared: str | None) -> tuple[str, str]:
    """The codec that reads the bytes, and what it does with those that it cannot read."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, _STRAY_WINDOWS if mark == codecs.BOM_UTF8 else "replace"
    wide = _wide_encoding(data[:_SAMPLE])
    if wide is not None:
        return wide, "replace"
    if b"\x1b$" in data[:_SAMPLE] and _fits(data, "iso2022_jp"):
        return "iso2022_jp", "replace"
    if _fits(data, "utf-8"):
        return "utf-8", _STRAY_WINDOWS
    named = _python_name(declared)
    if named is not None and _fits(data, named):
        return named, "replace"
    return ("utf-8", _STRAY_WINDOWS) if _is_mostly_utf8(data) else (_guessed(data), "replace")


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _stray_windows(error: UnicodeError) -> tuple[str, int]:
    """Reads what is no UTF-8 as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAY_WINDOWS, _stray_windows)


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


def _is_mostly_utf8(data: bytes) -> bool:
    """UTF-8 with a few stray Windows-1252 bytes in it, as pasted-together files have them."""
    text = data.decode("utf-8", "surrogateescape")
    stray = sum(1 for char in text if "\ud800" <= char <= "\udfff")
    wide = sum(1 for char in text if char > "\x7f") - stray
    return stray * 4 <= wide


def _guessed(data: bytes) -> str:
    """The guesser's best encoding, or Windows-1252 where that is as likely."""
    from charset_normalizer import from_bytes

    sample = _telling_sample(data)
    best = from_bytes(sample).best()
    if best is None:
        return "cp1252"
    western = _fits(data, "cp1252") and _is_western(
        sample.decode("cp1252", "replace"), best.language
    )
    return "cp1252" if western else best.encoding


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
