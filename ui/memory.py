"""Conversations kept across reloads and restarts: SQLite beside the index, one owner each.

Knows turns and who asked them. Knows nothing of the page; answers are stored as plain JSON.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.errors import BylineError
from qa.dialogue.resolve import Turn
from qa.plain import restored

FILE = "conversations.db"
_TITLE = 80
_MIGRATIONS = (
    """
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL,
        title TEXT NOT NULL,
        changed TEXT NOT NULL
    );
    CREATE INDEX conversations_by_owner ON conversations (owner, changed);
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
        question TEXT NOT NULL,
        said TEXT NOT NULL,
        at TEXT NOT NULL
    );
    CREATE INDEX turns_by_conversation ON turns (conversation_id, id);
    CREATE TABLE feedback (
        turn_id INTEGER PRIMARY KEY REFERENCES turns ON DELETE CASCADE,
        verdict TEXT NOT NULL,
        text TEXT NOT NULL,
        article TEXT NOT NULL,
        evidence TEXT NOT NULL,
        at TEXT NOT NULL
    );
    """,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One conversation in the list; `changed` is an ISO 8601 moment in UTC."""

    id: int
    title: str
    changed: str
    turns: int


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn as stored, with its number in the store."""

    id: int
    turn: Turn
    at: str


class Memory:
    """The conversations of everybody who uses one index; an owner sees only their own.

    Safe to share between threads; every thread has a connection of its own.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._change() as connection:
                (done,) = connection.execute("PRAGMA user_version").fetchone()
                if done > len(_MIGRATIONS):
                    raise BylineError(
                        f"{path}: written by a newer version of Byline; update, or move it away."
                    )
                for number, script in enumerate(_MIGRATIONS[done:], start=done + 1):
                    for statement in script.split(";"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {number}")
        except sqlite3.Error as error:
            raise BylineError(
                f"{path}: the conversations cannot be opened ({error}); move the file away to "
                "begin anew."
            ) from error

    def begin(self, owner: str, question: str) -> int:
        """A new conversation, named after its first question; returns its number."""
        title = " ".join(question.split())
        title = title if len(title) <= _TITLE else f"{title[: _TITLE - 1].rstrip()}…"
        with self._change() as connection:
            row = connection.execute(
                "INSERT INTO conversations (owner, title, changed) VALUES (?, ?, ?) RETURNING id",
                (owner, title, _now()),
            ).fetchone()
        return int(row[0])

    def keep(self, owner: str, conversation: int, turn: Turn) -> int:
        """Adds a turn to one's own conversation; returns the turn's number."""
        with self._change() as connection:
            changed = connection.execute(
                "UPDATE conversations SET changed = ? WHERE id = ? AND owner = ?",
                (_now(), conversation, owner),
            )
            if changed.rowcount != 1:
                raise BylineError("This conversation is not there any more; begin a new one.")
            row = connection.execute(
                "INSERT INTO turns (conversation_id, question, said, at) VALUES (?, ?, ?, ?)"
                " RETURNING id",
                (conversation, turn.question, json.dumps(asdict(turn)), _now()),
            ).fetchone()
        return int(row[0])

    def turns(self, owner: str, conversation: int) -> list[KeptTurn]:
        """The turns of one's own conversation, the oldest first; of anybody else's, none.

        A turn that this version cannot read is left out.
        """
        rows = self._connection().execute(
            "SELECT t.id, t.said, t.at FROM turns t JOIN conversations c"
            " ON c.id = t.conversation_id WHERE c.id = ? AND c.owner = ? ORDER BY t.id",
            (conversation, owner),
        )
        found = []
        for number, said, at in rows:
            try:
                found.append(KeptTurn(number, restored(Turn, json.loads(said)), at))
            except ValueError:
                continue
        return found

    def list(self, owner: str, words: str = "") -> list[Kept]:
        """One's own conversations, the latest first; with `words` those that hold all of them."""
        condition, values = "c.owner = ?", [owner]
        for word in words.split():
            like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            condition += (
                " AND (c.title LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM turns t WHERE"
                " t.conversation_id = c.id AND t.said LIKE ? ESCAPE '\\'))"
            )
            values += [like, like]
        rows = self._connection().execute(
            "SELECT c.id, c.title, c.changed, (SELECT count(*) FROM turns t"
            " WHERE t.conversation_id = c.id) FROM conversations c"
            f" WHERE {condition} ORDER BY c.changed DESC, c.id DESC",
            values,
        )
        return [Kept(*row) for row in rows]

    def rename(self, owner: str, conversation: int, title: str) -> None:
        """Another title for one's own conversation; a blank one changes nothing."""
        plain = " ".join(title.split())[:_TITLE]
        if plain:
            with self._change() as connection:
                connection.execute(
                    "UPDATE conversations SET title = ? WHERE id = ? AND owner = ?",
                    (plain, conversation, owner),
                )

    def drop_turns(self, owner: str, conversation: int, first: int) -> None:
        """Forgets the turn with this number and all after it, so that it can be asked again."""
        with self._change() as connection:
            connection.execute(
                "DELETE FROM turns WHERE id >= ? AND conversation_id IN"
                " (SELECT id FROM conversations WHERE id = ? AND owner = ?)",
                (first, conversation, owner),
            )

    def delete(self, owner: str, conversation: int) -> None:
        """Deletes one's own conversation with everything in it."""
        with self._change() as connection:
            connection.execute(
                "DELETE FROM conversations WHERE id = ? AND owner = ?", (conversation, owner)
            )

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            self._local.connection = connection
        return connection

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def opened_memory(folder: Path) -> Memory:
    """The conversations of an index folder; where it cannot be written they end with the server."""
    if os.access(folder, os.W_OK):
        return Memory(folder / FILE)
    aside = Path(tempfile.mkdtemp(prefix="byline-"))
    atexit.register(shutil.rmtree, aside, ignore_errors=True)
    return Memory(aside / FILE)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
