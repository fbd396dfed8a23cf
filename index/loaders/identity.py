"""What tells the articles of one file apart, and stays theirs when the file is edited."""

from __future__ import annotations

import hashlib

from index.loaders.cleaning import clean_line

_LONGEST = 200


def identity(value: object) -> str | None:
    """An id as a short line; a very long one as its digest, because cut ids could be equal.

    `identity(7) == "7"`, `identity("") is None`
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    line = clean_line(value if isinstance(value, str) else str(value))
    if not line:
        return None
    return line if len(line) <= _LONGEST else digest(line.encode())


def digest(data: bytes) -> str:
    """Sixteen characters that other bytes will not have."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()
