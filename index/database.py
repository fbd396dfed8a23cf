"""Opens the SQLite file: one visible step a change, one connection a thread, ours or untouched."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexStateError
from index.migrations import APPLICATION_ID, VERSION, migrate

DATABASE = "index.db"
_BUSY_SECONDS = 60


class Database:
    """A Byline database in `folder`, made if there is none.

    Reads inside `snapshot()` see one committed state; everything inside `change()` becomes
    visible in one step, or not at all.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / DATABASE
        self._local = threading.local()
        self._check_ours()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = self.connection()
            if self._pragma("user_version") < VERSION:
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection)
        except (OSError, sqlite3.Error) as error:
            raise IndexStateError(
                f"{self.path}: the index cannot be opened ({error}); "
                "check the folder's permissions and free space."
            ) from error

    def _check_ours(self) -> None:
        if not self.path.exists() or self.path.stat().st_size == 0:
            return
        try:
            application = self._pragma("application_id")
            version = self._pragma("user_version")
        except sqlite3.Error as error:
            raise IndexStateError(
                f"{self.path}: not a Byline index ({error}); "
                "move the file away or choose another folder with --index."
            ) from error
        if application != APPLICATION_ID:
            raise IndexStateError(
                f"{self.path}: a database of another program, left untouched; "
                "choose another folder with --index."
            )
        if version > VERSION:
            raise IndexStateError(
                f"{self.path}: made by a newer Byline (format {version}, this one knows "
                f"{VERSION}); upgrade Byline."
            )

    def _pragma(self, name: str) -> int:
        return int(self.connection().execute(f"PRAGMA {name}").fetchone()[0])

    def connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Closes this thread's connection; other threads' close with them."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Every read of this thread inside the block sees the same committed state."""
        connection = self.connection()
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    @contextmanager
    def change(self) -> Iterator[None]:
        """One visible step: commits and moves the generation on, or leaves everything as it was."""
        connection = self.connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise IndexStateError(
                f"{self.path}: the index cannot be written ({error}); "
                "wait for the other process, or check permissions and free space."
            ) from error
        try:
            yield
            connection.execute(
                "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'"
            )
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise IndexStateError(
                    f"{self.path}: the change could not be written ({error}); the index is as "
                    "it was, run the same command again once that is mended."
                ) from error
            raise

    def meta(self, key: str) -> str | None:
        row = self.connection().execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        self.connection().execute("REPLACE INTO meta VALUES (?, ?)", (key, value))

    @property
    def generation(self) -> int:
        """Grows by one with every committed change."""
        return int(self.meta("generation") or 0)
