"""What a program does with the endpoints, run by itself; prints what came back as JSON.

python -m tests.api_client ADDRESS
"""

from __future__ import annotations

import ast
import json
import sys
from typing import Any

import anyio
from gradio_client import Client


def over_http(address: str) -> dict[str, Any]:
    """The endpoints by name."""
    client = Client(address, verbose=False)
    described = client.view_api(return_format="dict", print_info=False)
    assert isinstance(described, dict)
    answer = client.predict("How many plastic ducks escaped?", api_name="/ask")
    cited = answer["citations"][0]
    return {
        "endpoints": sorted(described["named_endpoints"]),
        "answer": answer,
        "article": client.predict(cited["article_id"], api_name="/read_article"),
        "early": client.predict("How many ducks?", until="1999", api_name="/ask"),
        "found": client.predict("plastic ducks", 2, api_name="/search"),
        "listed": client.predict("ducks derby", api_name="/list_articles"),
        "refused": [
            refusal(client, "/ask", question="?"),
            refusal(client, "/ask", question="Who?", since="June"),
            refusal(client, "/read_article", article_id=999),
        ],
    }


def refusal(client: Client, endpoint: str, **values: Any) -> str:
    """What a bad call is told."""
    try:
        client.predict(api_name=endpoint, **values)
    except Exception as error:
        return str(error)
    return ""


async def as_agent(address: str) -> dict[str, Any]:
    """The same functions as MCP tools."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async with (
        streamablehttp_client(f"{address}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = [tool.name for tool in (await session.list_tools()).tools]
        done = await session.call_tool("ask", {"question": "How many plastic ducks escaped?"})
        # Gradio gives a tool's result as a Python literal.
        said = ast.literal_eval(done.content[0].text)  # type: ignore[union-attr]
        return {"tools": sorted(tools), "answer": said}


if __name__ == "__main__":
    found = {"http": over_http(sys.argv[1]), "mcp": anyio.run(as_agent, sys.argv[1])}
    print(json.dumps(found))
