"""The endpoints for programs: over HTTP and as MCP tools, on a real server of this machine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from index import Index
from index.fakes import HashEmbedder
from qa import Assistant
from qa.calibrate import Calibration
from tests.browser.conftest import free_port
from tests.conftest import BAKERY, FERRY, PhraseReader

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with its endpoints and tools, over two articles."""
    from ui.app import build_app, launch

    index = Index(tmp_path_factory.mktemp("index"), HashEmbedder())
    index.add_articles([FERRY, BAKERY])
    assistant = Assistant(index, reader=PhraseReader("212", "3 pounds"), calibration=TRUSTING)
    app = build_app(index, assistant)
    yield launch(app, port=free_port(), block=False, mcp=True)
    app.close(verbose=False)


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


def test_only_what_is_meant_for_programs_is_named(client: Client) -> None:
    named = client.view_api(return_format="dict", print_info=False)
    assert isinstance(named, dict)
    assert sorted(named["named_endpoints"]) == [
        "/ask",
        "/list_articles",
        "/read_article",
        "/search",
    ]


def test_asking_and_reading_the_cited_place(client: Client) -> None:
    answer = client.predict("How many people were on board?", api_name="/ask")
    assert (answer["status"], answer["text"]) == ("answered", "212")
    (cited,) = answer["citations"]
    article = client.predict(cited["article_id"], api_name="/read_article")
    assert article["text"][cited["start"] : cited["end"]] == "212"


def test_filters_searching_and_listing(client: Client) -> None:
    answer = client.predict("How many were there?", until="2020", api_name="/ask")
    assert [cited["title"] for cited in answer["citations"]] == [BAKERY.title]
    (found,) = client.predict("rye bread", 1, api_name="/search")
    assert found["text"] in BAKERY.text
    (listed,) = client.predict("ferry harbour", api_name="/list_articles")
    assert listed["title"] == FERRY.title


@pytest.mark.parametrize(
    ("endpoint", "values", "said"),
    [
        ("/ask", {"question": "?"}, "The question is empty"),
        ("/ask", {"question": "Who?", "since": "June"}, "a date must look like"),
        ("/read_article", {"article_id": 999}, "not in this index"),
    ],
)
def test_a_bad_call_gets_one_sentence(
    client: Client, endpoint: str, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(api_name=endpoint, **values)


def test_an_agent_can_ask_and_cite(address: str) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def ask() -> tuple[list[str], dict[str, Any]]:
        async with (
            streamablehttp_client(f"{address}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = [tool.name for tool in (await session.list_tools()).tools]
            done = await session.call_tool("ask", {"question": "How many people were on board?"})
            # Gradio gives a tool's result as a Python literal.
            return tools, ast.literal_eval(done.content[0].text)  # type: ignore[union-attr]

    tools, answer = anyio.run(ask)
    assert sorted(tools) == ["ask", "list_articles", "read_article", "search"]
    assert answer["text"] == "212"
    assert Path(answer["citations"][0]["uri"]).name == "ferry.txt"
