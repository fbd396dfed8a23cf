"""What FTS5 makes of a text, asked of an FTS5 table in memory; knows nothing of ranking."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

_TOKENIZE = re.compile(r"tokenize\s*=\s*('[^']*'|\"[^\"]*\")")
_UNWRITTEN_BYTES = 32 * 1024 * 1024


def tokenizer(connection: sqlite3.Connection) -> str:
    """The tokenizer of `passages_fts` as it stands in its definition, quoted."""
    row = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'passages_fts'").fetchone()
    match = _TOKENIZE.search(row[0])
    return match[1] if match else "'unicode61'"


class Stems:
    """Texts cut into stems by a tokenizer of FTS5's. Safe to share between threads.

    `Stems("'porter unicode61'").of(["Tal Afar", "fled"])` is `[["tal", "afar"], ["fled"]]`.
    """

    def __init__(self, tokenize: str) -> None:
        self._lock = threading.Lock()
        self._memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._memory.executescript(
            f"""
            CREATE VIRTUAL TABLE texts USING fts5 (
                title, body, content = '', tokenize = {tokenize}
            );
            CREATE VIRTUAL TABLE stems USING fts5vocab (texts, row);
            CREATE VIRTUAL TABLE places USING fts5vocab (texts, instance);
            INSERT INTO texts (texts, rank) VALUES ('hashsize', {_UNWRITTEN_BYTES});
            """
        )

    def of(self, texts: Sequence[str]) -> list[list[str]]:
        """The stems of each text, in the order in which they stand."""
        stems: list[list[str]] = [[] for _ in texts]
        with self._lock:
            self.read((number, "", text) for number, text in enumerate(texts))
            for number, stem in self._memory.execute(
                "SELECT doc, term FROM places ORDER BY doc, offset"
            ):
                stems[number].append(stem)
            self._memory.execute("INSERT INTO texts (texts) VALUES ('delete-all')")
        return stems

    def read(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Takes in texts as (id, title, body), to be counted below."""
        with self._memory:
            self._memory.execute("BEGIN")
            self._memory.executemany(
                "INSERT INTO texts (rowid, title, body) VALUES (?, ?, ?)", rows
            )

    def sizes(self) -> Iterator[tuple[int, int]]:
        """(id, number of stems) of every text that was taken in."""
        for number, sizes in self._memory.execute("SELECT id, sz FROM texts_docsize"):
            yield number, sum(varints(sizes))

    def all(self) -> list[str]:
        """Every stem of the texts that were taken in, once."""
        return [row[0] for row in self._memory.execute("SELECT term FROM stems")]

    def occurrences(self, stem: str) -> NDArray[np.int64]:
        """Where the texts hold a stem, as id * 256 + place, rising.

        A place is a word's number in the title, at most 31, or 32 and its number in the body, which
        starts again from 32 after 223 words: words that follow each other have places that do.
        """
        (listed,) = self._memory.execute(
            "SELECT group_concat("
            "doc * 256 + iif(col = 'title', min(offset, 31), 32 + offset % 223)"
            ") FROM places WHERE term = ?",
            (stem,),
        ).fetchone()
        return np.unique(np.fromstring(listed, dtype=np.int64, sep=","))

    def close(self) -> None:
        """Frees the memory."""
        self._memory.close()


def varints(blob: bytes) -> Iterator[int]:
    """The numbers of a blob in SQLite's variable-length format, as FTS5 keeps sizes in."""
    value = 0
    for byte in blob:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            yield value
            value = 0
