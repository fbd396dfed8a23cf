"""Markdown files into documents: front matter, headings, lists and tables as plain lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.furniture import is_furniture
from index.loaders.blocks import Block, Kind, join_blocks
from index.loaders.cleaning import clean_text, label, sensible_author, sensible_title
from index.loaders.dates import iso_date
from index.loaders.decoding import decode
from index.loaders.document import Document
from index.loaders.language import language_code
from index.loaders.links import web_address
from index.loaders.reading import read_bytes

if TYPE_CHECKING:
    from markdown_it.token import Token

_MOST_PARSED = 2 * 1024 * 1024  # characters; the parser needs up to ten seconds for as many
_LONGEST_FRONT_MATTER = 64 * 1024
_ADDRESS_NAMES = ("canonical_url", "url", "link")


def read_markdown(path: Path) -> Document:
    """The document of a Markdown file; raises LoadError.

    A text of more than 2 MiB is no article but a dump: it is kept as it is, markup and all.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.front_matter import front_matter_plugin

    text = clean_text(decode(path, read_bytes(path)))
    if len(text) > _MOST_PARSED:
        return Document(text)
    parser = MarkdownIt("commonmark").enable("table").use(front_matter_plugin)
    tokens = parser.parse(text)
    front = _front_matter(tokens)
    title = sensible_title(front.get("title"))
    published = (iso_date(front.get(name)) for name in ("date", "published", "published_at"))
    return Document(
        text=plain_text(tokens),
        title=title if title is not None else _first_heading(tokens),
        source=label(front.get("source")),
        published=next((date for date in published if date is not None), None),
        author=sensible_author(front.get("author")),
        address=next(filter(None, map(web_address, map(front.get, _ADDRESS_NAMES))), None),
        language=next(filter(None, map(language_code, map(front.get, ("lang", "language")))), None),
    )


def plain_text(tokens: Sequence[Token]) -> str:
    """The readable text of parsed Markdown: `"# A\\n* b [c](d)"` becomes `"A\\n\\n- b c"`."""
    blocks: list[Block] = []
    counters: list[int | None] = []
    cells: list[str] | None = None
    bullet = ""
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                counters.append(None)
            case "ordered_list_open":
                start = token.attrGet("start")
                counters.append(int(start) if start is not None else 1)
            case "bullet_list_close" | "ordered_list_close":
                counters.pop()
            case "list_item_open":
                bullet = _bullet(counters)
            case "tr_open":
                cells = []
            case "tr_close" if cells is not None:
                blocks.append(Block(" | ".join(cells), Kind.ROW))
                cells = None
            case "inline" if cells is not None:
                cells.append(" ".join(_inline(token).split()))
            case "inline":
                blocks.append(Block(bullet + _inline(token), Kind.ITEM if bullet else Kind.TEXT))
                bullet = ""
            case "fence" | "code_block":
                blocks.append(Block(token.content, Kind.TEXT))
            case _:
                pass
    return join_blocks(blocks)


def _bullet(counters: list[int | None]) -> str:
    number = counters[-1]
    if number is None:
        return "- "
    counters[-1] = number + 1
    return f"{number}. "


def _inline(token: Token) -> str:
    """The characters of an inline token; images and raw HTML leave nothing behind.

    The lines of a paragraph become one, except that furniture keeps its own line.
    """
    lines = [""]
    for child in token.children if token.children is not None else ():
        match child.type:
            case "text" | "code_inline" | "text_special":
                lines[-1] += child.content
            case "image":
                lines[-1] = lines[-1].rstrip(" ")
            case "softbreak":
                lines.append("")
            case "hardbreak":
                lines[-1] += "\n"
            case _:
                pass
    lines = [line.strip(" ") for line in lines]
    parts = lines[:1]
    for left, right in pairwise(lines):
        apart = left.endswith("\n") or is_furniture(left) or is_furniture(right)
        parts += ["\n" if apart else " ", right]
    return "".join(parts)


def _first_heading(tokens: Sequence[Token]) -> str | None:
    for token, content in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return sensible_title(_inline(content))
    return None


def _front_matter(tokens: Sequence[Token]) -> Mapping[object, object]:
    """The YAML mapping on top of the file; empty where it is missing, broken or no mapping."""
    import yaml

    if not tokens or tokens[0].type != "front_matter":
        return {}
    try:
        front: object = yaml.safe_load(tokens[0].content[:_LONGEST_FRONT_MATTER])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return front if isinstance(front, Mapping) else {}
