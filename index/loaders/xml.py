"""XML of unknown origin as a tree: no entities, no external files, no network, however broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding=[\"']([\w:.-]{2,40})")
_DECLARATION = re.compile(r"\s{0,99}<\?xml[^>]{0,200}\?>")


def xml_tree(data: bytes) -> Any:
    """The root element of lxml, None where there is none. Entities stay unread."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None


def named(tree: Any, *names: str) -> Iterator[Any]:
    """The elements of these names, whatever their namespace, in the order of the document."""
    return tree.iter(*(f"{{*}}{name}" for name in names))  # type: ignore[no-any-return]


def text_in(element: Any) -> str:
    """All text in an element on one line."""
    return " ".join("".join(element.itertext()).split())


def declared_encoding(data: bytes) -> str | None:
    """The encoding that the XML declaration at the start names."""
    found = _DECLARED.search(data[:256])
    return found[1].decode("ascii", "replace") if found is not None else None


def without_declaration(text: str) -> str:
    """Text that was decoded, without the line that says how: it is not true any more."""
    return _DECLARATION.sub("", text, count=1)
