"""The conversation part of the page: chat, question box, and the list of kept conversations.

Builds Gradio components and wires them to `Chat` and `Memory`; import it late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from index import BylineError
from ui.chat import Chat, Turn, messages, waiting
from ui.identity import owner_of
from ui.memory import Memory

ASKERS = 4
# Brings the newest question to the top of the chat, so that its answer is what one sees first,
# and takes away labels in which Gradio would have screen readers read our HTML aloud.
SHOW_NEWEST = """() => setTimeout(() => {
  document.querySelectorAll("#byline-chat [data-testid][aria-label]").forEach(
    (message) => message.removeAttribute("aria-label"));
  const asked = document.querySelectorAll("#byline-chat .byline-question");
  const last = asked[asked.length - 1];
  const box = last && last.closest(".bubble-wrap");
  if (box) box.scrollTo({top: box.scrollTop + last.getBoundingClientRect().top
    - box.getBoundingClientRect().top - 20, behavior: "smooth"});
}, 60)"""
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Talk:
    """The components that other parts of the page need."""

    chatbot: gr.Chatbot
    turns: gr.State


class Conversations:
    """The list of one's kept conversations, and the one that is open."""

    def __init__(self, memory: Memory, secret: str) -> None:
        self.memory = memory
        self.owner = gr.BrowserState("", storage_key="byline-owner", secret=secret)
        self.opened = gr.BrowserState(0, storage_key="byline-conversation", secret=secret)
        with gr.Sidebar(open=False, position="left", elem_id="byline-memory"):
            self.new = gr.Button("New conversation", size="md", elem_id="byline-new")
            self.words = gr.Textbox(
                label="Search conversations", lines=1, max_lines=1, elem_id="byline-words"
            )
            self.listed = gr.Radio(
                [], label="Conversations", elem_id="byline-conversations", interactive=True
            )
            self.title = gr.Textbox(
                label="Rename", lines=1, max_lines=1, submit_btn="Save", visible=False
            )
            self.delete = gr.Button("Delete this conversation", size="sm", visible=False)

    def choices(self, owner: str, opened: int, words: str = "") -> Any:
        """The list as an update of the radio, the open one chosen."""
        found = self.memory.list(owner, words or "")
        known = [(kept.title, kept.id) for kept in found]
        return gr.update(choices=known, value=opened if opened in [i for _, i in known] else None)

    def outputs(self) -> list[Any]:
        """What `state` fills."""
        return [self.listed, self.title, self.delete]

    def state(self, owner: str, opened: int, words: str = "") -> tuple[Any, ...]:
        """The list and what can be done with the open conversation."""
        names = {kept.id: kept.title for kept in self.memory.list(owner)}
        there = opened in names
        return (
            self.choices(owner, opened, words),
            gr.update(value=names.get(opened, ""), visible=there),
            gr.update(visible=there),
        )


def build_chat() -> tuple[gr.Chatbot, gr.Textbox]:
    """The chat and the box below it."""
    chatbot = gr.Chatbot(
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
    return chatbot, box


def wire_chat(
    page: gr.Blocks, chat: Chat, kept: Conversations, talk: Talk, box: gr.Textbox
) -> None:
    """Asking, examples, and everything about kept conversations."""
    memory = kept.memory
    shown, turns = talk.chatbot, talk.turns

    def reply(
        question: str, before: tuple[Turn, ...], owner: str, opened: int, words: str
    ) -> Iterator[tuple[Any, ...]]:
        asked = question if question else ""
        so_far = (*before, waiting(asked))
        skipped = (gr.skip(),) * (1 + len(kept.outputs()))
        yield (so_far, messages(so_far), "", *skipped)
        turn = chat.ask(asked, before)
        done = (*before, turn)
        if turn.said is not None:
            opened = _remember(memory, owner, opened, turn)
        yield (done, messages(done), gr.skip(), opened, *kept.state(owner, opened, words))

    def example(
        before: tuple[Turn, ...], owner: str, opened: int, words: str, chosen: gr.SelectData
    ) -> Iterator[tuple[Any, ...]]:
        yield from reply(str(chosen.value["text"]), before, owner, opened, words)

    def open_kept(owner: str, opened: int | None, words: str) -> tuple[Any, ...]:
        number = opened or 0
        found = tuple(chat.shown(each.turn) for each in memory.turns(owner, number))
        number = number if found else 0
        return (found, messages(found), number, *kept.state(owner, number, words))

    def arrive(stored: str, opened: int, words: str, request: gr.Request) -> tuple[Any, ...]:
        owner = owner_of(request.username, stored)
        return (owner, *open_kept(owner, opened, words))

    def rename(owner: str, opened: int, title: str, words: str) -> tuple[Any, ...]:
        memory.rename(owner, opened, title)
        return kept.state(owner, opened, words)

    def delete(owner: str, opened: int, words: str) -> tuple[Any, ...]:
        memory.delete(owner, opened)
        return open_kept(owner, 0, words)

    who = [kept.owner, kept.opened, kept.words]
    opening = [turns, shown, kept.opened, *kept.outputs()]
    asking: dict[str, Any] = {
        **_QUIET,
        "outputs": [turns, shown, box, kept.opened, *kept.outputs()],
        "trigger_mode": "once",
        "concurrency_limit": ASKERS,
        "concurrency_id": "asking",
    }
    for event in (
        box.submit(reply, [box, turns, *who], **asking),
        shown.example_select(example, [turns, *who], **asking),
    ):
        event.then(fn=None, js=SHOW_NEWEST, api_visibility="private")
    page.load(arrive, who, [kept.owner, *opening], **_QUIET)
    kept.new.click(lambda owner, words: open_kept(owner, 0, words), [kept.owner, kept.words],
                   opening, **_QUIET)  # fmt: skip
    kept.listed.input(open_kept, [kept.owner, kept.listed, kept.words], opening, **_QUIET)
    kept.words.change(kept.choices, who, kept.listed, **_QUIET)
    kept.title.submit(
        rename, [kept.owner, kept.opened, kept.title, kept.words], kept.outputs(), **_QUIET
    )
    kept.delete.click(delete, who, opening, **_QUIET)


def _remember(memory: Memory, owner: str, opened: int, turn: Turn) -> int:
    """Keeps a turn, in a new conversation where none is open or it has been deleted."""
    assert turn.said is not None
    if opened:
        try:
            memory.keep(owner, opened, turn.said)
        except BylineError:
            opened = 0
        else:
            return opened
    opened = memory.begin(owner, turn.question)
    memory.keep(owner, opened, turn.said)
    return opened
