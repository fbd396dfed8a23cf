"""Where an index lives when nobody says where."""

from __future__ import annotations

import os
from pathlib import Path


def index_folder(folder: str | Path | None = None) -> Path:
    """`folder`, else what BYLINE_INDEX in the environment says, else the user's data folder."""
    from platformdirs import user_data_path

    chosen = folder if folder is not None else os.environ.get("BYLINE_INDEX") or None
    if chosen is None:
        return user_data_path("byline", appauthor=False) / "index"
    return expanded(chosen).resolve()


def expanded(path: str | Path) -> Path:
    """The path with `~` written out; an unknown `~user` stays as it is and will not be found."""
    return Path(os.path.expanduser(path))


def located(path: str | Path) -> Path:
    """The path as a collection knows it: absolute, links followed in folders but not in the file.

    A file that is a link keeps its own name, so that it is gone when the link is.
    """
    path = expanded(path)
    if path.is_dir():
        return Path(os.path.realpath(path))
    return Path(os.path.realpath(path.parent)) / path.name
