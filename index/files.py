"""Rows about the files that were read and the folders that are kept in step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.articles import LOADER_VERSION
from index.database import Database

Columns = Mapping[str, str]
"""Our names of fields to a table's names of columns."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was last read; `failures` are the sentences about what could not be."""

    id: int
    path: str
    digest: bytes
    loader: str
    failures: tuple[str, ...]

    @property
    def columns(self) -> Columns:
        columns: dict[str, str] = json.loads(self.loader)["columns"]
        return columns


def loader_key(columns: Columns) -> str:
    """What, besides its bytes, decides what a file is read as."""
    return json.dumps({"version": LOADER_VERSION, "columns": dict(sorted(columns.items()))})


def records(database: Database) -> list[FileRecord]:
    """Every file that was read."""
    rows = database.connection().execute(
        "SELECT id, path, digest, loader, failures FROM files ORDER BY path"
    )
    return [
        FileRecord(file_id, path, digest, loader, tuple(json.loads(failures)))
        for file_id, path, digest, loader, failures in rows
    ]


def put_file(
    database: Database, path: str, digest: bytes, loader: str, failures: Sequence[str]
) -> int:
    """Records what was read; returns the file's id, which it keeps."""
    (file_id,) = (
        database.connection()
        .execute(
            "INSERT INTO files (path, digest, loader, failures) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (path) DO UPDATE SET digest = excluded.digest,"
            " loader = excluded.loader, failures = excluded.failures RETURNING id",
            (path, digest, loader, json.dumps(list(failures))),
        )
        .fetchone()
    )
    return int(file_id)


def folders(database: Database) -> dict[str, Columns]:
    """The folders that are kept in step, each with the columns that its tables are read by."""
    rows = database.connection().execute("SELECT path, columns FROM folders ORDER BY path")
    return {path: json.loads(columns) for path, columns in rows}


def put_folder(database: Database, folder: Path, columns: Columns) -> None:
    database.connection().execute(
        "REPLACE INTO folders VALUES (?, ?)", (str(folder), json.dumps(dict(columns)))
    )


def articles_by_file(database: Database) -> dict[str, dict[str, int]]:
    """path -> uri -> id of the articles that came from it."""
    found: dict[str, dict[str, int]] = {}
    rows = database.connection().execute(
        "SELECT files.path, articles.uri, articles.id FROM articles"
        " JOIN files ON files.id = articles.file_id ORDER BY articles.uri"
    )
    for path, uri, article_id in rows:
        found.setdefault(path, {})[uri] = article_id
    return found


def set_file(database: Database, uri: str, file_id: int) -> None:
    """Says which file an article came from."""
    database.connection().execute("UPDATE articles SET file_id = ? WHERE uri = ?", (file_id, uri))


def delete_file(database: Database, path: str) -> None:
    """Forgets a file, once its articles are gone or have another one."""
    database.connection().execute("DELETE FROM files WHERE path = ?", (path,))


def forget_incomplete(database: Database, article_ids: Sequence[int]) -> None:
    """Has the files of these articles read again at the next sync: they are about to be removed."""
    database.connection().execute(
        "UPDATE files SET digest = x'' WHERE id IN (SELECT file_id FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?)))",
        (json.dumps(list(article_ids)),),
    )
