"""Where an index lives when nobody says where."""

from __future__ import annotations

import os
from pathlib import Path


def index_folder(folder: str | Path | None = None) -> Path:
    """`folder`, else what BYLINE_INDEX in the environment says, else the user's data folder."""
    from platformdirs import user_data_path

    chosen = folder if folder is not None else os.environ.get("BYLINE_INDEX")
    if chosen is None:
        return user_data_path("byline", appauthor=False) / "index"
    return Path(chosen).expanduser().resolve()
