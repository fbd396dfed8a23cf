"""The page and its server: Gradio components wired to the chat's handlers. Import it late.

The chatbot shows HTML that `ui.render` escaped, with Markdown and LaTeX off and the browser-side
sanitizer on; it is never an input, the conversation lives on the server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Read when Gradio and huggingface_hub are imported: nothing of Byline talks to other machines.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import gradio as gr

from index import Index
from index.articles import SUFFIXES
from qa.assistant import Assistant
from ui.chat import Chat, Turn, messages, waiting
from ui.panel import adding_html, collection_html
from ui.questions import SAMPLE_QUESTIONS
from ui.server import launch

__all__ = ["build_app", "launch"]

STYLE = Path(__file__).parent / "style.css"
_SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONO_FONTS = ("ui-monospace", "Consolas", "monospace")
_ASKERS = 4
_HEADER = """<header class="byline-header"><h1>Byline</h1>
<p>Answers from your articles, in their own words, with the sentence they stand in.</p></header>"""
# Brings the newest question to the top of the chat, so that its answer is what one sees first,
# and takes away labels in which Gradio would have screen readers read our HTML aloud.
_SHOW_NEWEST = """() => setTimeout(() => {
  document.querySelectorAll("#byline-chat [data-testid][aria-label]").forEach(
    (message) => message.removeAttribute("aria-label"));
  const asked = document.querySelectorAll("#byline-chat .byline-question");
  const last = asked[asked.length - 1];
  const box = last && last.closest(".bubble-wrap");
  if (box) box.scrollTo({top: box.scrollTop + last.getBoundingClientRect().top
    - box.getBoundingClientRect().top - 20, behavior: "smooth"});
}, 60)"""


def build_app(index: Index, assistant: Assistant) -> gr.Blocks:
    """The page over an index and an assistant that reads the same index."""
    chat = Chat(index, assistant)
    with gr.Blocks(title="Byline", analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        turns = gr.State(value=())
        gr.HTML(_HEADER, js_on_load=None)
        with gr.Row(elem_classes="byline-columns"):
            with gr.Column(scale=5, min_width=320):
                shown = _chatbot()
                box = gr.Textbox(
                    label="Question",
                    placeholder="Ask about the articles",
                    show_label=False,
                    lines=1,
                    max_lines=5,
                    submit_btn="Ask",
                    autofocus=True,
                    elem_id="byline-question",
                )
            with (
                gr.Column(scale=3, min_width=300),
                gr.Accordion("Articles", open=True, elem_id="byline-articles"),
            ):
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
        _wire_chat(chat, turns, shown, box)
        _wire_articles(page, chat, shown, report, files, listing, clear)
    app: gr.Blocks = page
    return app


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="byline-chat",
        label="Conversation",
        show_label=False,
        height="max(22rem, calc(100dvh - 13rem))",
        render_markdown=False,
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        line_breaks=False,
        autoscroll=False,
        buttons=[],
        feedback_options=None,
        group_consecutive_messages=False,
        layout="bubble",
        placeholder="Ask a question about the articles.",
    )


def _wire_chat(chat: Chat, turns: gr.State, shown: gr.Chatbot, box: gr.Textbox) -> None:
    def reply(question: str, before: tuple[Turn, ...]) -> Iterator[tuple[Any, ...]]:
        asked = question if question else ""
        so_far = (*before, waiting(asked))
        yield so_far, messages(so_far), ""
        done = (*before, chat.ask(asked, before, f"turn{len(so_far)}"))
        yield done, messages(done), gr.skip()

    def example(before: tuple[Turn, ...], chosen: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        yield from reply(str(chosen.value["text"]), before)

    common: dict[str, Any] = {
        "outputs": [turns, shown, box],
        "show_progress": "hidden",
        "trigger_mode": "once",
        "concurrency_limit": _ASKERS,
        "concurrency_id": "asking",
        "api_visibility": "private",
    }
    for event in (
        box.submit(reply, [box, turns], **common),
        shown.example_select(example, [turns], **common),
    ):
        event.then(fn=None, js=_SHOW_NEWEST, api_visibility="private")
    shown.clear(lambda: (), None, turns, show_progress="hidden", api_visibility="private")


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
