"""Who is at the page: a name after a login, else a random one that only their browser knows."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

_SECRET = "page.secret"
_BYTES = 32


def page_secret(folder: Path) -> str:
    """What encrypts the names in the browsers; kept in the index folder, so it outlives restarts.

    Where nothing can be written it lasts as long as the server.
    """
    path = folder / _SECRET
    with contextlib.suppress(OSError):
        known = path.read_text(encoding="ascii").strip()
        if len(known) >= _BYTES:
            return known
    made = secrets.token_urlsafe(_BYTES)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(made)
    return made


def new_owner() -> str:
    """A name that nobody can guess."""
    return f"browser:{secrets.token_urlsafe(_BYTES)}"


def owner_of(login: str | None, stored: str | None) -> str:
    """The owner of conversations: the login where there is one, else the browser's name."""
    if login:
        return f"login:{login}"
    if stored and stored.startswith("browser:"):
        return stored
    return new_owner()
