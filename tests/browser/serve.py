"""Runs `byline` with its arguments and notes every address outside this machine it tries to reach.

python -m tests.browser.serve NOTES chat --index FOLDER --port PORT
"""

from __future__ import annotations

import sys
from pathlib import Path

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def watch(notes: Path) -> None:
    """Writes a line to `notes` for every connection or name look-up that is not loopback."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.connect":
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        elif event == "socket.getaddrinfo":
            host = arguments[0]
        else:
            return
        name = host.decode() if isinstance(host, bytes) else str(host)
        if host is not None and not name.startswith(LOOPBACK):
            with notes.open("a") as stream:
                stream.write(f"{event} {name}\n")

    notes.touch()
    sys.addaudithook(hook)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
    from ui.cli import main

    sys.exit(main(sys.argv[2:]))
