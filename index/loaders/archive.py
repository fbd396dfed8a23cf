"""ZIP archives of articles into the documents of the files in them, one file at a time.

A member's name is never used as a path: members are written under numbers into a folder of
their own, and what is written is counted, whatever the archive claims.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from index.errors import LoadError
from index.loaders.cleaning import clean_line
from index.loaders.document import Document
from index.loaders.reading import file_size, shown, unreadable
from index.loaders.unzip import allowed_bytes, is_encrypted, open_zip, unpacked

ARCHIVE = ".zip"
MAX_DEPTH = 2  # archives in archives in the archive; bombs nest deeper, people do not
MAX_MEMBERS = 20_000  # in all, whether read or not; as many articles take minutes
MAX_MEMBER_BYTES = 256 * 1024 * 1024  # of a table or mailbox; the file of one article has its own
MAX_TOTAL_BYTES = 1024 * 1024 * 1024  # in all: of a temporary disk, and of time
_MEBIBYTE = 1024 * 1024
_DRIVE = re.compile(r"[A-Za-z]:/")

Read = Callable[[Path], Iterator[Document | LoadError]]
"""Gives what a file on disk holds and raises nothing."""
Kind = Callable[[str], str | None]
"""Gives the suffix that a member's name has, None where files of that suffix are not read."""


def read_archive(path: Path, read: Read, kind: Kind) -> Iterator[Document | LoadError]:
    """The documents of the files in an archive, `Document.member` being their path inside it.

    What is wrong with one member is one error; raises LoadError where the archive cannot be
    read or is over a limit. Nothing stays in the temporary folder.
    """
    size = file_size(path)
    try:
        with TemporaryDirectory(prefix="byline-", ignore_cleanup_errors=True) as folder:
            unpacking = _Unpacking(path, size, read, kind, Path(folder))
            yield from unpacking.documents(path, shown(path))
    except OSError as error:
        raise unreadable(path, error) from None


class _Unpacking:
    """One archive with those inside it: they share the limits and the folder."""

    def __init__(self, path: Path, size: int, read: Read, kind: Kind, folder: Path) -> None:
        self._path = path
        self._read = read
        self._kind = kind
        self._folder = folder
        self._files = 0
        self._members_left = MAX_MEMBERS
        self._bytes_allowed = allowed_bytes(size, MAX_TOTAL_BYTES)
        self._bytes_left = self._bytes_allowed

    def documents(
        self, path: Path, place: str, inside: str = "", depth: int = 0
    ) -> Iterator[Document | LoadError]:
        """Everything in the archive at `path`, which messages call `place`."""
        found = False
        try:
            with path.open("rb") as stream, open_zip(stream) as archive:
                for item in self._members(archive, place, inside, depth):
                    found = True
                    yield item
        except zipfile.BadZipFile:
            yield LoadError(f"{place} is not a readable ZIP archive; make it again.")
            return
        if not found:
            yield LoadError(f"{place} holds no file of a kind that is read; add the files alone.")

    def _members(
        self, archive: zipfile.ZipFile, place: str, inside: str, depth: int
    ) -> Iterator[Document | LoadError]:
        members = archive.infolist()
        self._members_left -= len(members)
        if self._members_left < 0:
            raise LoadError(
                f"{shown(self._path)} holds more than {MAX_MEMBERS:,} files; "
                "unpack it and add the folder."
            )
        chosen = {name: member for member in members if (name := self._name(member)) is not None}
        if sum(member.file_size for member in chosen.values()) > self._bytes_left:
            raise self._over_limit()
        counts = Counter(map(self._name, members))
        locked = [name for name, member in chosen.items() if is_encrypted(member)]
        if locked:
            yield LoadError(
                f"{place} is password-protected ({len(locked)} of {len(chosen)} files); "
                "make it again without a password."
            )
        for name, member in chosen.items():
            where = f"{place}/{name}"
            if counts[name] > 1:
                yield LoadError(
                    f"{where} stands {counts[name]} times in it; only the last is read."
                )
            if problem := _problem(name, member):
                yield LoadError(f"{where} {problem}")
            elif not is_encrypted(member):
                yield from self._member(archive, member, where, inside + name, depth)

    def _name(self, member: zipfile.ZipInfo) -> str | None:
        """The member's path inside the archive, None where it is not to be read."""
        name = clean_line(member.filename.replace("\\", "/"))
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if member.is_dir() or not parts or self._kind(parts[-1]) is None:
            return None
        if any(part == "__MACOSX" or part.lstrip(".") != part != ".." for part in parts):
            return None
        return name if name.startswith("/") else "/".join(parts)

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str, name: str, depth: int
    ) -> Iterator[Document | LoadError]:
        self._files += 1
        suffix = self._kind(name)
        target = self._folder / f"{self._files}{suffix}"
        try:
            problem = self._unpack(archive, member, target)
            if problem is not None:
                yield LoadError(f"{where} {problem}")
            elif suffix != ARCHIVE:
                yield from self._read_member(target, where, name)
            elif depth < MAX_DEPTH:
                yield from self.documents(target, where, f"{name}/", depth + 1)
            else:
                yield LoadError(f"{where} is an archive too deep in archives; add it alone.")
        finally:
            target.unlink(missing_ok=True)

    def _read_member(self, target: Path, where: str, name: str) -> Iterator[Document | LoadError]:
        """What a member holds, its own name standing for that of the temporary file."""
        for item in self._read(target):
            if isinstance(item, LoadError):
                yield LoadError(str(item).replace(shown(target), where))
            else:
                yield replace(item, member=name)

    def _unpack(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path
    ) -> str | None:
        """Writes a member to `target`; says why not, or raises LoadError at the common limit."""
        written = 0
        try:
            with target.open("wb") as stream:
                for piece in unpacked(archive, member):
                    written += len(piece)
                    self._bytes_left -= len(piece)
                    if self._bytes_left < 0:
                        raise self._over_limit()
                    if written > MAX_MEMBER_BYTES:
                        return (
                            f"has more than {MAX_MEMBER_BYTES // _MEBIBYTE} MiB; "
                            "split it into smaller files."
                        )
                    stream.write(piece)
        except zipfile.BadZipFile:
            return "cannot be unpacked; make the archive again."
        return None

    def _over_limit(self) -> LoadError:
        return LoadError(
            f"{shown(self._path)} unpacks to more than {self._bytes_allowed // _MEBIBYTE} MiB, "
            "the limit for its size; unpack it and add the folder."
        )


def _problem(name: str, member: zipfile.ZipInfo) -> str | None:
    """What speaks against reading a member, by its name and kind."""
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return "has a path that leads out of the archive; make the archive again."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link; put the file itself into the archive."
    return None
