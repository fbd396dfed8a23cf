"""One builder at a time: a lock file that names its holder; readers never take it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexStateError

_WAIT_SECONDS = 60.0


@contextmanager
def build_lock(folder: Path, wait: float = _WAIT_SECONDS) -> Iterator[None]:
    """Holds the folder's build lock, waiting for another builder up to `wait` seconds."""
    holder = folder / "build.pid"
    lock = FileLock(folder / "build.lock")
    try:
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise IndexStateError(
            f"{folder}: process {_named(holder)} has been changing this index for more than "
            f"{wait:.0f} seconds; run the same command again when it is done."
        ) from error
    except OSError as error:
        raise IndexStateError(
            f"{folder}: the index cannot be written ({error.strerror}); check its permissions and "
            "free space."
        ) from error
    try:
        with contextlib.suppress(OSError):  # on a full disk nobody is told who holds the lock
            holder.write_text(str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _named(holder: Path) -> str:
    try:
        return holder.read_text().strip()
    except OSError:  # it has just let go, or had no room to write its number
        return "unknown"
