"""Starts the page's server on one address and stays until it is interrupted."""

from __future__ import annotations

import importlib.util
import os
import socket
import time
from typing import TYPE_CHECKING, Any

from index.errors import BylineError
from index.loaders.reading import MAX_FILE_BYTES

if TYPE_CHECKING:
    import gradio as gr

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def launch(
    app: gr.Blocks,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    block: bool = True,
    mcp: bool = False,
) -> str:
    """Serves the page, prints its address once it answers, and blocks until Ctrl-C.

    With `block=False` returns the address at once; `app.close()` ends the server. `mcp` also
    serves the endpoints as MCP tools. Raises BylineError where the address cannot be listened on.
    """
    from ui.app import STYLE, theme

    check_address(host, port)
    if mcp:
        _check_mcp()
    _reach_ourselves()
    try:
        app.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            css_paths=STYLE,
            quiet=True,
            prevent_thread_lock=True,
            inline=False,
            inbrowser=False,
            share=False,
            ssr_mode=False,
            mcp_server=mcp,
            pwa=False,
            run_history=False,
            enable_monitoring=False,
            footer_links=[],
            max_file_size=MAX_FILE_BYTES,
            blocked_paths=[],
            app_kwargs=_no_pages(),
        )
    except OSError as error:
        raise _taken(host, port) from error
    address = f"http://{host}:{port}"
    print(f"Byline is listening on {address}", flush=True)
    if mcp:
        print(f"MCP tools: {address}/gradio_api/mcp/", flush=True)
    if block:
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass
        finally:
            app.close(verbose=False)
    return address


def check_address(host: str, port: int) -> None:
    """Raises BylineError unless `host` and `port` are free to listen on."""
    if not 1 <= port <= 65535:
        raise BylineError(f"{port} is not a port; choose one from 1 to 65535 with --port.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, OverflowError, UnicodeError) as error:
        raise BylineError(
            f"{host}:{port} is not an address to listen on ({error}); see --host and --port."
        ) from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise _taken(host, port, error.strerror) from error


def _check_mcp() -> None:
    if importlib.util.find_spec("mcp") is None:
        raise BylineError("MCP tools need one more package; install it with: pip install 'mcp'")


def _taken(host: str, port: int, reason: str | None = None) -> BylineError:
    why = f" ({reason})" if reason else ""
    return BylineError(
        f"Port {port} on {host} cannot be listened on{why}; "
        f"is Byline running already? Choose another with --port {port + 1}."
    )


def _reach_ourselves() -> None:
    """Keeps a proxy named in the environment out of Gradio's calls to its own server."""
    for name in ("NO_PROXY", "no_proxy"):
        known = [part for part in os.environ.get(name, "").split(",") if part]
        missing = [host for host in _LOOPBACK if host not in known]
        os.environ[name] = ",".join([*known, *missing])


def _no_pages() -> dict[str, Any]:
    return {"docs_url": None, "redoc_url": None, "openapi_url": None}
