"""Tells what changed below a folder once it is complete; knows nothing of articles or the index."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from index.errors import BylineError, IndexStateError

if TYPE_CHECKING:
    from watchfiles import Change

Failed = Callable[[BylineError], None]

# Hidden files, and what editors, browsers and Office write beside a file while it is open.
_TEMPORARY = re.compile(
    r"\.|~\$|#.*#$|4913$|.*(?:~|\.(?:tmp|temp|part|partial|crdownload|download|sw[a-p]))$",
    re.IGNORECASE,
)
_TICK = 0.1
# Polling tells times apart by whole seconds: a file that has been still for one shows every edit.
_POLL_SECONDS = 1.0
_LONGEST_PAUSE = 3600.0
_LONGEST_RESTART = 60.0


def watch(
    folder: Path,
    changed: Callable[[set[Path]], None],
    stop: threading.Event,
    *,
    failed: Failed,
    debounce: float = 1.0,
    patience: float = 30.0,
    retry: float = 60.0,
    poll: bool = False,
    apart: Sequence[Path] = (),
) -> None:
    """Calls `changed` with the paths below `folder` that came, changed or went, until `stop`.

    Paths begin with `folder`, made absolute. A folder among them stands for all that is in it, and
    `folder` itself for everything: it is the first call, made when watching has begun, and comes
    again whenever something may have been missed. Changes are held until there has been none for
    `debounce` seconds and no file grows any more, but at most for `patience` seconds. Hidden
    files, temporary files and all that is below `apart` are left out.

    A BylineError that `changed` raises goes to `failed`; the same paths come again with the next
    change, or after `retry` seconds, twice as long every time. A folder that disappears is not
    taken for the deletion of its files, for a disk that is not there looks like that: `failed` is
    told, and watching goes on when the folder is back and not empty.

    With `poll` it looks every `debounce` seconds, at least 1, for network drives, where the system
    does not tell what other machines do. Targets of links to folders are watched, those of links
    to files are not. Ctrl+C ends it as `stop` does. Raises IndexStateError where there is no
    folder.

        watch(Path("news"), lambda paths: print(paths), threading.Event(), failed=print)
    """
    top = folder.absolute()
    if not top.is_dir():
        raise IndexStateError(f"{top}: not a folder; name the folder to watch.")
    debounce = max(debounce, _POLL_SECONDS) if poll else debounce
    left_out = tuple(path.absolute() for path in apart)
    held, kept = Held(debounce, patience), set[Path]()
    pause, again = retry, 0.0
    try:
        for paths in _changes(top, stop, failed, debounce, poll, left_out):
            now = monotonic()
            if top in paths:
                held.paths.clear()
            held.add(paths, now)
            ready = held.release(now)
            if kept and (ready or now >= again):
                ready |= kept
            if not ready:
                continue
            ready = {top} if top in ready else ready
            try:
                changed(ready)
            except BylineError as error:
                failed(error)
                kept, again = ready, monotonic() + pause
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                kept, pause = set(), retry
    except KeyboardInterrupt:
        return


@dataclass(slots=True)
class _Seen:
    """The size and time of a file, since when they have been so, and since when it is held."""

    state: tuple[int, int] | None
    still_since: float
    held_since: float


@dataclass(slots=True)
class Held:
    """Changed paths that wait until all is still; `debounce` and `patience` as in `watch`."""

    debounce: float
    patience: float
    paths: dict[Path, _Seen] = field(default_factory=dict)

    def add(self, paths: Iterable[Path], now: float) -> None:
        """Takes paths that changed at `now`, seconds of any steady clock."""
        for path in paths:
            first = self.paths[path].held_since if path in self.paths else now
            self.paths[path] = _Seen(_state(path), now, first)

    def release(self, now: float) -> set[Path]:
        """Every path once all are still; before, what waits too long and what is still then."""
        for path, seen in self.paths.items():
            if (state := _state(path)) != seen.state:
                seen.state, seen.still_since = state, now
        still = {p for p, seen in self.paths.items() if now - seen.still_since >= self.debounce}
        late = {p for p, seen in self.paths.items() if now - seen.held_since >= self.patience}
        if not late and len(still) < len(self.paths):
            return set()
        for path in still | late:
            del self.paths[path]
        return still | late


def _changes(
    top: Path,
    stop: threading.Event,
    failed: Failed,
    interval: float,
    poll: bool,
    apart: Sequence[Path],
) -> Iterator[set[Path]]:
    """What changed, several times a second while the folder is there; `{top}` after every gap."""
    from watchfiles import watch as notices

    away = told = False
    errors = 0
    while not stop.is_set():
        identity = _identity(top, poll)
        if identity is None or (away and _is_empty(top)):
            if not told:
                failed(
                    IndexStateError(
                        f"{top}: not there at present; its articles stay in the index, and "
                        "watching goes on when it is back."
                    )
                )
            away = told = True
            stop.wait(_TICK)
            continue
        away = told = False
        missed = {top}
        began = monotonic()
        try:
            for changes in notices(
                top,
                watch_filter=None,
                stop_event=stop,
                step=50,
                debounce=round(1000 * _TICK),
                rust_timeout=round(1000 * _TICK),
                yield_on_timeout=True,
                force_polling=poll or None,
                poll_delay_ms=round(1000 * interval),
                ignore_permission_denied=True,
            ):
                if _identity(top, poll) != identity:
                    away = True
                    break
                yield missed | _below(top, changes, apart)
                missed = set()
        except (OSError, RuntimeError) as error:  # RuntimeError: watchfiles' own
            errors = 0 if monotonic() - began > _LONGEST_RESTART else errors + 1
            wait = min(2.0**errors, _LONGEST_RESTART)
            if "limit" in str(error) and not poll:
                poll, wait = True, 0.0
                mend = f"looking every {interval:g} seconds instead"
            else:
                mend = f"trying again in {wait:g} seconds"
            failed(IndexStateError(f"{top}: the system cannot watch it ({error}); {mend}."))
            stop.wait(wait)


def _below(top: Path, changes: Iterable[tuple[Change, str]], apart: Sequence[Path]) -> set[Path]:
    """The changed paths that count, as paths that begin with `top`."""
    from watchfiles import Change

    real = Path(os.path.realpath(top))  # what some systems report where `top` is a link
    found = set()
    for change, name in changes:
        path = Path(name)
        base = top if path.is_relative_to(top) else real
        if path == base or not path.is_relative_to(base):
            continue
        inner = path.relative_to(base)
        path = top / inner
        if any(_TEMPORARY.match(part) for part in inner.parts):
            continue
        if any(path.is_relative_to(folder) for folder in apart):
            continue
        if change is Change.modified and path.is_dir():  # what changed in it is told by itself
            continue
        found.add(path)
    return found


def _state(path: Path) -> tuple[int, int] | None:
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns


def _identity(top: Path, poll: bool) -> tuple[int, int] | None:
    """The disk and number of the folder, None where there is none.

    The system watches the folder with this number, whatever comes to its name. Polling goes by
    the name, and network drives may number anew.
    """
    try:
        info = top.stat()
    except OSError:
        return None
    if not stat.S_ISDIR(info.st_mode):
        return None
    return info.st_dev, 0 if poll else info.st_ino


def _is_empty(top: Path) -> bool:
    try:
        return next(top.iterdir(), None) is None
    except OSError:
        return True
