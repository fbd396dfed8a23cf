"""The endpoints for programs, over HTTP and as MCP tools, on the real command and models."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a program, which runs by itself, got from `byline chat --mcp`."""
    folder, port = tmp_path_factory.mktemp("api"), free_port()
    command = [sys.executable, "-u", "-m", "ui.cli", "chat", "--mcp"]
    server = subprocess.Popen(
        [*command, "--index", str(folder / "index"), "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "GRADIO_TEMP_DIR": str(folder / "temporary")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if line.startswith("MCP tools:"):
                break
        client = [sys.executable, "-m", "tests.api_client", f"http://127.0.0.1:{port}"]
        done = subprocess.run(client, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout.splitlines()[-1])
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)


def test_only_what_is_meant_for_programs_is_named(found: dict[str, Any]) -> None:
    assert found["http"]["endpoints"] == ["/ask", "/list_articles", "/read_article", "/search"]
    assert found["mcp"]["tools"] == ["ask", "list_articles", "read_article", "search"]


def test_asking_and_reading_the_cited_place(found: dict[str, Any]) -> None:
    answer, article = found["http"]["answer"], found["http"]["article"]
    assert (answer["status"], answer["text"]) == ("answered", "3,700")
    cited = answer["citations"][0]
    assert article["text"][cited["start"] : cited["end"]] == "3,700"
    assert found["mcp"]["answer"]["text"] == "3,700"


def test_filters_searching_and_listing(found: dict[str, Any]) -> None:
    assert found["http"]["early"]["status"] == "abstained"
    assert len(found["http"]["found"]) == 2
    assert "ducks" in found["http"]["found"][0]["text"]
    assert all("ducks" in article["title"].lower() for article in found["http"]["listed"])
    assert found["http"]["listed"]


def test_a_bad_call_gets_one_sentence(found: dict[str, Any]) -> None:
    empty, date, gone = found["http"]["refused"]
    assert "The question is empty" in empty
    assert "a date must look like" in date
    assert "not in this index" in gone
