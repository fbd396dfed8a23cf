"""One row of a table, whatever its file format, into a document."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from index.errors import LoadError
from index.loaders.cleaning import clean_text, headline_of, label, sensible_author, sensible_title
from index.loaders.columns import Columns, listed, names_of
from index.loaders.dates import iso_date
from index.loaders.document import Document
from index.loaders.identity import identity
from index.loaders.language import language_code
from index.loaders.links import hostname, web_address


class Rows:
    """Turns the rows of one file into documents and keeps their identities apart."""

    def __init__(self, columns: Columns) -> None:
        self._names = names_of(columns)
        self._places: dict[str, str] = {}

    def document(
        self, row: Mapping[object, object], number: int, place: str
    ) -> Document | LoadError:
        """The document of a row; its identity is its id, else its number.

        `place` names the row in messages: `"news.csv, row 3"`.
        """
        text = clean_text(self._text(row))
        if not text:
            return LoadError(f"{place}: no text; put the article into {self.body_columns}.")
        name = identity(self._first(row, "id"))
        name = name if name is not None else str(number)
        if name in self._places:
            return LoadError(
                f'{place}: the id "{name}" stands on {self._places[name]} already; '
                "make each id unique."
            )
        self._places[name] = place.rpartition(", ")[2]
        title = sensible_title(self._first(row, "title"))
        address = self._first(row, "url")
        return Document(
            text=text,
            title=title if title is not None else headline_of(text),
            source=_source(self._first(row, "source"), address),
            published=iso_date(self._first(row, "published")),
            author=sensible_author(self._first(row, "author")),
            row=name,
            address=web_address(address),
            language=language_code(self._first(row, "language")),
        )

    def has_body(self, names: Collection[str]) -> bool:
        """Whether one of the columns is where the text is looked for."""
        return any(name in names for name in self._names["body"])

    @property
    def body_columns(self) -> str:
        """Where the text is looked for, as a message says it: `"body", "text" or "content"`."""
        names = self._names["body"]
        return " or ".join(filter(None, (listed(names[:-1]), listed(names[-1:]))))

    def _first(self, row: Mapping[object, object], field: str) -> object:
        """The first value of a field that says something."""
        values = (row.get(name) for name in self._names[field])
        return next((value for value in values if value not in (None, "", [])), None)

    def _text(self, row: Mapping[object, object]) -> str:
        """The first text with more than blanks in it; a list of paragraphs is joined."""
        for name in self._names["body"]:
            value = row.get(name)
            if isinstance(value, list) and all(isinstance(part, str) for part in value):
                value = "\n\n".join(value)
            if isinstance(value, str) and value.strip():
                return value
        return ""


def _source(value: object, address: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name")
    name = label(value)
    if name is not None:
        return name
    url = label(address)
    return label(hostname(url)) if url is not None else None
