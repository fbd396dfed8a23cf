"""Opens the SQLite file: one visible step a change, one connection a thread, ours or untouched."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import pathname2url

from index.errors import IndexStateError
from index.lock import build_lock
from index.migrations import APPLICATION_ID, VERSION, migrate

DATABASE = "index.db"
_BUSY_SECONDS = 60
_WAL_BYTES = 64 * 1024 * 1024


class Database:
    """A Byline database in `folder`, made if there is none.

    Reads inside `snapshot()` see one committed state; everything inside `change()` becomes
    visible in one step, or not at all. Where the folder cannot be written the database is only
    read.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / DATABASE
        self._local = threading.local()
        self.read_only = self.path.exists() and not (
            os.access(self.path, os.W_OK) and os.access(folder, os.W_OK)
        )
        self._check_ours()
        if self.read_only:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self._pragma("user_version") < VERSION:
                with build_lock(folder):  # SQLite does not wait for its turn to change the mode
                    self.connection().execute("PRAGMA journal_mode = WAL")
                    migrate(self.connection())
        except (OSError, sqlite3.Error) as error:
            raise IndexStateError(
                f"{self.path}: the index cannot be opened ({error}); "
                "check the folder's permissions and free space."
            ) from error

    def _check_ours(self) -> None:
        if not self.path.exists() or self.path.stat().st_size == 0:
            return
        try:
            with self.snapshot():  # another process may be making it
                application = self._pragma("application_id")
                version = self._pragma("user_version")
                tables = self.connection().execute("SELECT count(*) FROM sqlite_master")
                if tables.fetchone() == (0,) and (application, version) == (0, 0):
                    return
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
        if version < VERSION and self.read_only:
            raise IndexStateError(
                f"{self.path}: made by an older Byline (format {version}) and cannot be brought "
                f"to format {VERSION} because the folder cannot be written; check its permissions."
            )

    def _pragma(self, name: str) -> int:
        return int(self.connection().execute(f"PRAGMA {name}").fetchone()[0])

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened at its first use."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self._outdated():
            connection.close()
            connection = None
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        target = str(self.path)
        if self.read_only:
            # SQLite's log needs a file beside the database. Where none can be made and none is
            # there, nobody else is writing either, and the database may be read as it lies.
            state = self._state()
            mode = "mode=ro" if state[0] else "mode=ro&immutable=1"
            target = f"file:{pathname2url(str(self.path))}?{mode}"
            self._local.state = state
        connection = sqlite3.connect(
            target, timeout=_BUSY_SECONDS, isolation_level=None, uri=self.read_only
        )
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if self.read_only or not self.path.exists() or self._state()[0]:
                raise
            self.read_only = True  # a full disk has no room for the log either
            return self._connect()
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        return connection

    def _outdated(self) -> bool:
        """Whether a database that is only read has been written to by somebody else."""
        if not self.read_only or self._local.connection.in_transaction:
            return False
        return bool(self._state() != self._local.state)

    def _state(self) -> tuple[bool, int, int]:
        status = self.path.stat()
        log = self.path.with_name(f"{DATABASE}-wal")
        return log.exists() and log.stat().st_size > 0, status.st_mtime_ns, status.st_size

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
    def change(self, *, visible: bool = True) -> Iterator[None]:
        """One step: commits everything, or leaves everything as it was.

        A visible step moves the generation on, which is how readers notice it; an invisible one
        writes only what no reader looks at yet.
        """
        connection = self.connection()
        if self.read_only:
            raise IndexStateError(
                f"{self.path}: the index cannot be written; check the folder's permissions and "
                "free space."
            )
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise IndexStateError(
                f"{self.path}: the index cannot be written ({error}); "
                "wait for the other process, or check permissions and free space."
            ) from error
        try:
            yield
            if visible:
                self.set_meta("generation", str(self.generation + 1))
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

    def settle(self) -> None:
        """Moves the log into the database, as far as readers let it; waits for none of them."""
        connection = self.connection()
        with contextlib.suppress(sqlite3.Error):
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {1000 * _BUSY_SECONDS}")

    def meta(self, key: str) -> str | None:
        row = self.connection().execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str | None) -> None:
        if value is None:
            self.connection().execute("DELETE FROM meta WHERE key = ?", (key,))
        else:
            self.connection().execute("REPLACE INTO meta VALUES (?, ?)", (key, value))

    @property
    def generation(self) -> int:
        """Grows by one with every committed change that readers can see."""
        return int(self.meta("generation") or 0)
