"""The one place where text is decided: newlines, control characters, blank lines, headlines."""

from __future__ import annotations

import re
import sys
import unicodedata
from textwrap import shorten

from index.furniture import is_furniture

_NEWLINES = dict.fromkeys(map(ord, "\v\f\x85\u2028\u2029"), "\n")
_CONTROLS = {
    code: None
    for code in range(0x100)
    if unicodedata.category(chr(code)) == "Cc" and chr(code) not in "\n\t\r\v\f\x85"
}
_TABLE: dict[int, str | None] = {**_CONTROLS, **_NEWLINES, 0xFEFF: None}
_SURROGATE = re.compile("[\ud800-\udfff]")
_MANY_BLANK_LINES = re.compile(r"\n{4,}")
_LONGEST_HEADLINE = 120
_LONGEST_LINE = 300
_NOT_A_HEADLINE = re.compile(r"(by|from|published|date|posted|author|source|updated)\b", re.I)
_NO_TITLE = re.compile(
    r"\W*(untitled|unnamed|unknown|none|null|title|no title|(new )?document|slide|scan|page|layout)"
    r"[ _-]?\(?\d*\W*"
    r"|microsoft (word|powerpoint|excel)\b.*"
    r"|.*\.(docx?|pdf|indd|qxd|qxp|tex|dvi|rtf|odt|pptx?|xlsx?|txt|html?|pages|fm|p65|eps|ps)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\W*(anonymous|unknown|none|null|admin(istrator)?|user|owner|author|python-docx|unspecified)\W*",
    re.IGNORECASE,
)


def clean_text(text: str) -> str:
    """Text as it is stored; cleaning it again changes nothing.

    `clean_text("a \\r\\nb\\x00") == "a\\nb"`
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)
    text = _SURROGATE.sub("\ufffd", text)
    text = "\n".join(map(str.rstrip, text.split("\n")))
    return _MANY_BLANK_LINES.sub("\n\n", text).strip()


def clean_line(text: str) -> str:
    """Text as one line without surplus blanks: `clean_line(" a\\n b ") == "a b"`."""
    return " ".join(clean_text(text).split())


def label(value: object) -> str | None:
    """A metadata value as a short line, or None where it says nothing.

    Lists of names are joined: `label(["Ann Lee", "Bo Ek"]) == "Ann Lee, Bo Ek"`.
    """
    if isinstance(value, list | tuple):
        names = [name for name in map(label, value[:20]) if name is not None]
        return label(", ".join(names))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < sys.maxsize:
        value = str(value)
    if not isinstance(value, str):
        return None
    line = clean_line(value[: _LONGEST_LINE * 4])
    if len(line) > _LONGEST_LINE:
        line = line[: _LONGEST_LINE - 1].rstrip() + "…"
    return line if line else None


def sensible_title(value: object) -> str | None:
    """The title, or None for what programs write by themselves ("Microsoft Word - x.doc")."""
    line = label(value)
    if line is None or _NO_TITLE.fullmatch(line) or not any(map(str.isalpha, line)):
        return None
    return line


def sensible_author(value: object) -> str | None:
    """The author, or None for what programs write by themselves ("anonymous")."""
    line = label(value)
    return None if line is None or _NO_NAME.fullmatch(line) else line


def readable_stem(name: str) -> str:
    """A file name as a title: `readable_stem("mayor_resigns-2021.txt") == "Mayor resigns 2021"`."""
    stem = re.sub(r"(\.(jsonl|ndjson))?\.[^.]*$", "", name)
    words = clean_line(re.sub(r"[_\-\s]+", " ", stem if stem else name))
    return words[:1].upper() + words[1:] if words else clean_line(name)


def opening_words(text: str) -> str | None:
    """The first words of a text that has no title: `"The dam held. It was built…"`."""
    line = label(text.strip().split("\n", 1)[0])
    return shorten(line, 80, placeholder="…") if line is not None else None


def is_headline(line: str) -> bool:
    """Whether a line reads like a headline: short, with letters, not ending like a sentence."""
    return (
        3 <= len(line) <= _LONGEST_HEADLINE
        and line[-1] not in ".:;,-–—。"
        and any(map(str.isalpha, line))
        and not _NOT_A_HEADLINE.match(line)
        and not is_furniture(line)
    )


def headline_of(text: str) -> str | None:
    """The first line that is no furniture, if it stands alone and reads like a headline."""
    lines = text.split("\n", 40)[:40]
    for number, line in enumerate(lines):
        if not line.strip() or is_furniture(line):
            continue
        alone = number + 2 < len(lines) and not lines[number + 1].strip()
        return label(line) if alone and is_headline(line.strip()) else None
    return None
