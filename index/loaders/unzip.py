"""Packed files read within limits, whatever they claim; knows nothing of what they hold.

Everything that is wrong with a ZIP archive is a `zipfile.BadZipFile`.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

# A directory entry of 50 bytes becomes an object of 600; this keeps them below 60 MiB together.
MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
MAX_RATIO = 100  # prose shrinks to a third, tables to a fortieth, zeros to a thousandth
RATIO_COUNTS_FROM = 16 * 1024 * 1024
# LZMA is left out: a header of its own may ask for 4 GiB of memory.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_CHUNK = 256 * 1024
_ENCRYPTED = 1


def allowed_bytes(packed: int, most: int = sys.maxsize) -> int:
    """How many bytes may come out of so many packed ones; bombs are told by their ratio."""
    return min(most, max(RATIO_COUNTS_FROM, packed * MAX_RATIO))


def open_zip(source: BinaryIO) -> zipfile.ZipFile:
    """The archive in a stream opened for binary reading; raises BadZipFile."""
    try:
        return zipfile.ZipFile(_Bounded(source))
    except zipfile.BadZipFile:
        raise
    except Exception as error:  # damaged directories raise ValueError, struct.error and others
        raise zipfile.BadZipFile(str(error)) from None


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether a password is needed to read the member."""
    return bool(member.flag_bits & _ENCRYPTED)


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member as they come out, piece by piece; raises BadZipFile."""
    if member.compress_type not in _METHODS:
        raise zipfile.BadZipFile("packed by a method that is not read")
    try:
        with archive.open(member) as stream:
            while piece := stream.read(_CHUNK):
                yield piece
    except zipfile.BadZipFile:
        raise
    except Exception as error:  # the decompressors raise errors without a common root
        raise zipfile.BadZipFile(str(error)) from None


class _Bounded:
    """A stream that refuses to hand out more at once than a directory may have."""

    def __init__(self, source: BinaryIO) -> None:
        self.seek = source.seek
        self.tell = source.tell
        self.seekable = source.seekable
        self._read = source.read

    def read(self, size: int = -1) -> bytes:
        wanted = size if size >= 0 else MAX_DIRECTORY_BYTES + 1
        data = self._read(min(wanted, MAX_DIRECTORY_BYTES + 1))
        if len(data) > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its directory is too large")
        return data
