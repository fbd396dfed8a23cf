"""The page and its server: Gradio components wired to the chat's handlers. Import it late.

The chatbot shows HTML that `ui.render` escaped, with Markdown and LaTeX off and the browser-side
sanitizer on; it is never an input, the conversation lives on the server.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Read when Gradio and huggingface_hub are imported: nothing of Byline talks to other machines.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import gradio as gr

from index import Index
from index.articles import SUFFIXES
from qa.assistant import Assistant
from ui.api import add_endpoints
from ui.chat import Chat
from ui.identity import page_secret
from ui.memory import opened_memory
from ui.panel import adding_html, collection_html
from ui.questions import SAMPLE_QUESTIONS
from ui.reading import ON_CLICK, TAB, build_article, wire_article
from ui.server import launch
from ui.talk import Conversations, Talk, build_chat, wire_chat

__all__ = ["build_app", "launch"]

STYLE = Path(__file__).parent / "style.css"
_SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONO_FONTS = ("ui-monospace", "Consolas", "monospace")
_HEADER = """<header class="byline-header"><h1>Byline</h1>
<p>Answers from your articles, in their own words, with the sentence they stand in.</p></header>"""


def build_app(index: Index, assistant: Assistant) -> gr.Blocks:
    """The page over an index and an assistant that reads the same index."""
    chat = Chat(index, assistant)
    memory = opened_memory(index.folder)
    with gr.Blocks(title="Byline", analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        turns = gr.State(value=())
        kept = Conversations(memory, page_secret(index.folder))
        header = gr.HTML(_HEADER, js_on_load=ON_CLICK)
        with gr.Row(elem_classes="byline-columns"):
            with gr.Column(scale=5, min_width=320):
                shown, box = build_chat()
            with (
                gr.Column(scale=4, min_width=300),
                gr.Tabs(selected="library", elem_id="byline-side") as tabs,
            ):
                with gr.Tab("Article", id=TAB):
                    panel = build_article()
                with gr.Tab("Articles", id="library", elem_id="byline-articles"):
                    report = gr.HTML("", elem_id="byline-report", js_on_load=None)
                    files = gr.File(
                        label="Add articles",
                        file_count="multiple",
                        file_types=[*SUFFIXES],
                        height=130,
                        elem_id="byline-files",
                    )
                    listing = gr.HTML(elem_id="byline-collection", js_on_load=None)
                    clear = gr.Button("Remove the sample articles", size="sm", visible=False)
        talk = Talk(shown, turns)
        wire_chat(page, chat, kept, talk, box)
        wire_article(page, chat, header, panel, talk, tabs)
        _wire_articles(page, chat, shown, report, files, listing, clear)
        add_endpoints(index, assistant)
    app: gr.Blocks = page
    return app


def _wire_articles(
    app: gr.Blocks,
    chat: Chat,
    shown: gr.Chatbot,
    report: gr.HTML,
    files: gr.File,
    listing: gr.HTML,
    clear: gr.Button,
) -> None:
    def state() -> tuple[Any, ...]:
        collection = chat.collection()
        sample = bool(collection.sample)
        examples = [{"text": question} for question in SAMPLE_QUESTIONS] if sample else []
        return (
            collection_html(collection),
            gr.update(visible=sample),
            gr.update(examples=examples),
        )

    def add(chosen: list[str] | None, progress: gr.Progress = gr.Progress()) -> tuple[Any, ...]:  # noqa: B008
        def step(stage: str, done: int, total: int) -> None:
            if stage == "embedding":
                progress((done, None), desc="Indexing", unit="passages")

        said = chat.add(chosen if chosen is not None else [], step)
        return (said, None, *state())

    def remove() -> tuple[Any, ...]:
        return (chat.remove_sample(), *state())

    def begin(chosen: list[str] | None) -> str:
        return adding_html(len(chosen) if chosen is not None else 0)

    overview = [listing, clear, shown]
    common: dict[str, Any] = {"concurrency_id": "changing", "api_visibility": "private"}
    app.load(state, None, overview, show_progress="hidden", api_visibility="private")
    begun = files.upload(begin, files, report, show_progress="hidden", api_visibility="private")
    begun.then(add, files, [report, files, *overview], show_progress_on=report, **common)
    clear.click(remove, None, [report, *overview], show_progress_on=report, **common)


def theme() -> gr.themes.Base:
    """One calm theme in light and dark, drawn with the fonts of the machine."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.zinc,
        font=_SYSTEM_FONTS,
        font_mono=_MONO_FONTS,
    )
