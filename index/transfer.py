"""A whole index as one file, out and in again; knows little of what is in the tables.

The file is a database with its own SHA-256 in it, taken while zeros stood in the digest's place.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import pathname2url

from index.database import DATABASE, Database
from index.errors import IndexStateError
from index.migrations import APPLICATION_ID, VERSION, migrate

_ASIDE = "import-"
_DIGEST = "digest"
_PREFIX = "sha256:"
_BLANK = _PREFIX + 64 * "0"


def export_index(database: Database, target: Path) -> int:
    """Writes one committed state to `target`, in one step; returns its size in bytes."""
    if target.exists() or target.is_symlink():
        raise IndexStateError(f"{target}: is there already; remove it or choose another name.")
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        database.connection().execute("VACUUM INTO ?", (str(temporary),))
        # The other tables hold what one machine needs while it builds, not what the index says.
        with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
            copy.execute("DELETE FROM staged")
            copy.execute("DELETE FROM meta WHERE key = 'building'")
            copy.execute("DELETE FROM vectors WHERE id NOT IN (SELECT vector_id FROM passages)")
            copy.execute("REPLACE INTO meta VALUES (?, ?)", (_DIGEST, _BLANK))
            copy.execute("VACUUM")
        _seal(temporary)
        temporary.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise IndexStateError(
            f"{target}: the export could not be written ({error}); check the folder and its "
            "free space."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return target.stat().st_size


def import_index(database: Database, source: Path, *, replace: bool = False) -> None:
    """Makes the index what an exported file says, visible in one step.

    Refuses a file that is damaged or is not an export, and an index that has articles already
    unless `replace` is set.
    """
    held = int(database.connection().execute("SELECT count(*) FROM articles").fetchone()[0])
    if held and not replace:
        raise IndexStateError(
            f"{database.path.parent}: holds {held:,} articles already; import into another "
            "--index folder, or add --replace to lose them."
        )
    if not source.is_file():
        raise IndexStateError(f"{source}: no such file; name one made by `byline index export`.")
    clear_leftovers(database.path.parent)
    try:
        _check(source)
        # Copied first: what is changed and checked is a file nobody else can write to.
        with TemporaryDirectory(dir=database.path.parent, prefix=_ASIDE) as folder:
            copy = Path(folder) / DATABASE
            shutil.copyfile(source, copy)
            with closing(sqlite3.connect(copy, isolation_level=None)) as incoming:
                incoming.execute("PRAGMA trusted_schema = OFF")
                migrate(incoming)
                _check_schema(incoming, source)
                _check_digest(incoming, source)
                generation = 1 + max(database.generation, _generation(incoming))
                for key in ("generation", "removals_since"):
                    incoming.execute("REPLACE INTO meta VALUES (?, ?)", (key, str(generation)))
                incoming.execute("DELETE FROM meta WHERE key = ?", (_DIGEST,))
                incoming.execute(
                    "UPDATE meta SET value = lower(hex(randomblob(16))) WHERE key = 'database'"
                )
                incoming.backup(database.connection())
    except (OSError, sqlite3.Error) as error:
        raise IndexStateError(
            f"{source}: cannot be imported ({error}); export it again, or check free space."
        ) from error


def clear_leftovers(folder: Path) -> None:
    """Removes what an import that was killed left; the caller holds the build lock."""
    for left in folder.glob(f"{_ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)


def _check(source: Path) -> None:
    with source.open("rb") as file:
        header = file.read(100)
    if header[:16] != b"SQLite format 3\0" or int.from_bytes(header[68:72]) != APPLICATION_ID:
        raise IndexStateError(
            f"{source}: is no Byline export; name a file made by `byline index export`."
        )
    version = _version(source)
    if version > VERSION:
        raise IndexStateError(
            f"{source}: made by a newer Byline (format {version}, this one knows {VERSION}); "
            "upgrade Byline."
        )
    uri = f"file:{pathname2url(str(source.resolve()))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
        except sqlite3.DatabaseError:
            sound = False
    if not sound:
        raise _damaged(source)


def _check_digest(incoming: sqlite3.Connection, source: Path) -> None:
    """Refuses a file in which any byte is another than when it was exported.

    Exports of the first format had no digest.
    """
    row = incoming.execute("SELECT value FROM meta WHERE key = ?", (_DIGEST,)).fetchone()
    if row is None and _version(source) == 1:
        return
    if row is None or row[0] != _digest(source, str(row[0])):
        raise _damaged(source)


def _version(source: Path) -> int:
    with source.open("rb") as file:
        return int.from_bytes(file.read(64)[60:])


def _damaged(source: Path) -> IndexStateError:
    return IndexStateError(f"{source}: is damaged; export it again.")


def _seal(path: Path) -> None:
    """Writes a file's digest into it."""
    digest = _digest(path, _BLANK)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        place = data.find(_BLANK.encode())
        data[place : place + len(digest)] = digest.encode()
        data.flush()


def _digest(path: Path, known: str) -> str:
    """The digest of a file in which `known` stands where the digest is kept."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = data.find(known.encode())
        found = hashlib.sha256(memoryview(data)[:place])
        found.update(_BLANK.encode())
        found.update(memoryview(data)[place + len(_BLANK) :])
    return f"{_PREFIX}{found.hexdigest()}"


def _check_schema(incoming: sqlite3.Connection, source: Path) -> None:
    """Refuses tables, views or triggers that Byline did not make."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as ours:
        migrate(ours)
        if _schema(incoming) != _schema(ours):
            raise IndexStateError(
                f"{source}: its tables are not those of a Byline index; export it again."
            )


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
    )
    return set(rows.fetchall())


def _generation(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    return int(row[0])
