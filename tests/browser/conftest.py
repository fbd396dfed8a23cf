"""A real server on a free port over the sample collection, and a real Chromium that visits it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    BrowserContext,
    Dialog,
    Page,
    Request,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).parent.parent.parent
SCREENSHOTS = ROOT / "tests" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_START_SECONDS = 120
WAIT_MS = 60_000  # generous: the machine may be busy with other work
expect.set_options(timeout=WAIT_MS)


@dataclass
class Server:
    """A running chat: its address, its process, what it printed and whom it tried to reach."""

    address: str
    process: subprocess.Popen[str]
    notes: Path
    printed: list[str] = field(default_factory=list)


@dataclass
class Visit:
    """One page with everything it asked for and every dialog it opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        """Requests to any host but the chat's."""
        known = ("127.0.0.1", None)
        hosts = {url: urlsplit(url).hostname for url in self.requests}
        schemes = ("data:", "blob:", "about:")
        return [u for u, host in hosts.items() if host not in known and not u.startswith(schemes)]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed Chromium or Chrome."""
    if os.environ.get("BYLINE_NO_BROWSER") == "1":
        pytest.skip("BYLINE_NO_BROWSER=1: the browser tests are left out on request")
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(
            f"no browser found (looked for {', '.join(BROWSERS)}): install one, "
            "`apt-get install chromium`, or set BYLINE_NO_BROWSER=1 to leave these tests out",
            pytrace=False,
        )
    return found


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`byline chat` on a new index, with the bundled models and the sample collection."""
    folder = tmp_path_factory.mktemp("chat")
    port, notes = free_port(), folder / "outside.txt"
    command = [sys.executable, "-u", "-m", "tests.browser.serve", str(notes), "chat"]
    process = subprocess.Popen(
        [*command, "--index", str(folder / "index"), "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "GRADIO_TEMP_DIR": str(folder / "temporary")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Server(f"http://127.0.0.1:{port}", process, notes)
    listening = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            running.printed.append(line)
            if "Byline is listening on" in line:
                listening.set()
        listening.set()

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    try:
        ready = listening.wait(_START_SECONDS) and process.poll() is None
        assert ready, f"the chat did not start:\n{''.join(running.printed)}"
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reading.join(5)
        if process.stdout is not None:
            process.stdout.close()


Open = Callable[..., Visit]


@pytest.fixture
def visit(chromium: str, server: Server, tmp_path: Path) -> Iterator[Open]:
    """Opens the chat in a Chromium with a profile of its own: `visit(width=390, dark=True)`."""
    contexts: list[BrowserContext] = []
    with sync_playwright() as playwright:

        def open_page(*, width: int = 1280, height: int = 900, dark: bool = False) -> Visit:
            context = playwright.chromium.launch_persistent_context(
                str(tmp_path / f"profile{len(contexts)}"),
                executable_path=chromium,
                args=_ARGUMENTS,
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
            )
            contexts.append(context)
            page = context.pages[0] if context.pages else context.new_page()
            page.set_default_timeout(WAIT_MS)
            seen = Visit(page)

            def asked(request: Request) -> None:
                seen.requests.append(request.url)

            def dialog(opened: Dialog) -> None:
                seen.dialogs.append(opened.message)
                opened.dismiss()

            context.on("request", asked)
            page.on("dialog", dialog)
            page.goto(server.address)
            page.locator("#byline-collection .byline-counts").wait_for()
            return seen

        yield open_page
        for context in contexts:
            context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where the pictures of a run go; not kept in the repository."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
