"""What a set of paths asks to be done, compared with what is known of the files.

A file is what its bytes say: neither its name nor its time tells whether it changed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.articles import discover
from index.database import Database
from index.errors import LoadError
from index.files import Columns, FileRecord, folders, loader_key, records
from index.loaders.reading import file_size, shown, unreadable


@dataclass(frozen=True, slots=True)
class Reading:
    """A file to be read, `moved_from` another path where the same bytes were."""

    path: Path
    digest: bytes
    size: int
    columns: Columns
    moved_from: str | None = None

    @property
    def origin(self) -> str:
        """The path under which its articles are known."""
        return self.moved_from if self.moved_from is not None else str(self.path)

    @property
    def loader(self) -> str:
        return loader_key(self.columns)


@dataclass(slots=True)
class Plan:
    """What makes the index equal to the given paths."""

    readings: list[Reading] = field(default_factory=list)
    unchanged: list[FileRecord] = field(default_factory=list)
    gone: list[FileRecord] = field(default_factory=list)
    failed: list[LoadError] = field(default_factory=list)


def plan(
    database: Database,
    paths: Iterable[Path],
    *,
    prune: bool,
    columns: Columns | None = None,
    advance: Callable[[int], None] | None = None,
) -> Plan:
    """Compares files and folders with what is known of them.

    With `prune` what is known at or below the paths and is not there any more is `gone`, and a
    path that is missing is no error. `columns` maps fields to the columns of tables; where it is
    not given, what the folder or the file was read with last time counts.
    """
    paths = list(paths)
    known = {record.path: record for record in records(database)}
    mappings = folders(database)
    result = Plan()
    new: list[Reading] = []
    seen: set[str] = set()
    for found in discover(path for path in paths if not prune or os.path.lexists(path)):
        if isinstance(found, LoadError):
            result.failed.append(found)
            continue
        name = str(found)
        try:
            size, digest = _digest(found)
        except LoadError as error:
            result.failed.append(error)
            if not _is_gone(name):
                seen.add(name)
            continue
        seen.add(name)
        record = known.get(name)
        mapping = columns if columns is not None else _columns(name, record, mappings)
        reading = Reading(found, digest, size, mapping)
        if record is None:
            new.append(reading)
        elif (record.digest, record.loader) != (digest, reading.loader):
            result.readings.append(reading)
        else:
            result.unchanged.append(record)
        if advance is not None:
            advance(len(seen))
    if prune:
        below = [record for record in known.values() if _below(record.path, paths)]
        missing = [record for record in below if record.path not in seen]
        result.gone = [record for record in missing if not _out_of_sight(record.path, paths)]
    result.readings += _moves(new, result)
    return result


def _moves(new: Sequence[Reading], result: Plan) -> list[Reading]:
    """The new files, those that were somewhere else before taken out of what is gone."""
    gone: dict[bytes, list[FileRecord]] = {}
    for record in sorted(result.gone, key=lambda record: record.path, reverse=True):
        gone.setdefault(record.digest, []).append(record)
    readings: list[Reading] = []
    for reading in sorted(new, key=lambda reading: str(reading.path)):
        if origins := gone.get(reading.digest):
            origin = origins.pop()
            result.gone.remove(origin)
            reading = Reading(
                reading.path, reading.digest, reading.size, reading.columns, origin.path
            )
        readings.append(reading)
    return readings


def _digest(path: Path) -> tuple[int, bytes]:
    """Size and digest of a regular file with a name that can be kept; raises LoadError."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise LoadError(f"{shown(path)} has a name that is not UTF-8; rename it.") from None
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            file_size(path)  # says what is wrong
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16))
    except OSError as error:
        raise unreadable(path, error) from None
    return status.st_size, digest.digest()


def _columns(name: str, record: FileRecord | None, mappings: Mapping[str, Columns]) -> Columns:
    homes = [folder for folder in mappings if _below(name, [Path(folder)])]
    if homes:
        return mappings[max(homes, key=len)]
    return record.columns if record is not None else {}


def _below(name: str, paths: Iterable[Path]) -> bool:
    return any(name == str(path) or name.startswith(os.path.join(path, "")) for path in paths)


def _is_gone(name: str) -> bool:
    """Whether the system says that no file is there; a disk that does not answer says less."""
    try:
        return not stat.S_ISREG(os.stat(name).st_mode)
    except OSError as error:
        return error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def _out_of_sight(name: str, paths: Sequence[Path]) -> bool:
    """Whether a file was not found because a folder above it cannot be listed."""
    for folder in Path(name).parents:
        if not _below(str(folder), paths):
            break
        try:
            os.listdir(folder)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR):
                return True
    return False
