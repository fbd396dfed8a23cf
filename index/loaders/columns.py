"""Which columns of a table hold what: the usual names, and those that a person maps to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from index.errors import LoadError
from index.loaders.reading import shown

Columns = Mapping[str, str]
"""Field -> the name of the column that holds it in the file."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "title": ("title", "headline"),
    "body": ("body", "text", "content"),
    "published": ("published", "date", "published_at"),
    "source": ("source", "publisher", "site"),
    "author": ("author", "byline"),
    "url": ("url", "link"),
    "language": ("language", "lang"),
}
_MOST_SHOWN = 20


def parse_columns(pairs: Iterable[str]) -> dict[str, str]:
    """`parse_columns(["title=Headline"]) == {"title": "Headline"}`; raises LoadError."""
    columns: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not (field and equals and column):
            raise LoadError(f'"{pair}" maps no column; write it as FIELD=COLUMN: title=Headline.')
        if field not in FIELDS:
            raise LoadError(f'"{field}" is no field; the fields are {", ".join(FIELDS)}.')
        if field in columns:
            raise LoadError(f'The field "{field}" is mapped twice; leave one of the two out.')
        columns[field] = column
    return columns


def names_of(columns: Columns) -> dict[str, tuple[str, ...]]:
    """The columns in which each field is looked for, the first with a value counting."""
    unknown = [field for field in columns if field not in FIELDS]
    if unknown:
        raise LoadError(f'"{unknown[0]}" is no field; the fields are {", ".join(FIELDS)}.')
    return {field: (columns[field],) if field in columns else FIELDS[field] for field in FIELDS}


def check_columns(path: Path, columns: Columns, found: Collection[str]) -> None:
    """Raises LoadError where a mapped column is not among those that the file has."""
    for field, column in columns.items():
        if column not in found:
            raise LoadError(
                f'{shown(path)} has no column "{column}" for {field}; its columns are '
                f"{listed(found)}."
            )


def listed(found: Collection[str]) -> str:
    """Column names for a message: `listed(["a", "b"]) == '"a", "b"'`."""
    names = [f'"{name}"' for name in list(found)[:_MOST_SHOWN]]
    return ", ".join(names) + (" and more" if len(found) > _MOST_SHOWN else "")
