"""The part of the page that shows an article open at a cited place; import it late."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.article import asked_place
from ui.chat import Chat, Turn
from ui.talk import Talk

# A click on any place in the chat is told to the page; with a modifier key the browser opens a new
# page of its own at the same link. Gradio's sanitizer leaves a link no attribute but its address.
ON_CLICK = """
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="?article="]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  trigger('click', {place: link.getAttribute('href')});
});
"""
# The arrows walk through the marks of the article that is open.
_ON_LOAD = """
element.addEventListener('click', (event) => {
  const step = event.target.closest('button[data-walk]');
  if (!step) return;
  const marks = [...element.querySelectorAll('mark[id]')];
  const at = marks.findIndex((mark) => mark.classList.contains('byline-here'));
  const next = (at + Number(step.dataset.walk) + marks.length) % marks.length;
  element.querySelectorAll('.byline-here').forEach((m) => m.classList.remove('byline-here'));
  marks[next].classList.add('byline-here');
  element.querySelector('.byline-walk output').textContent = next + 1;
  marks[next].scrollIntoView({block: 'center'});
});
"""
_SHOW_MARK = """() => setTimeout(() => {
  const mark = document.querySelector('#byline-article .byline-here');
  if (mark) mark.scrollIntoView({block: 'center'});
}, 150)"""
TAB = "article"
_EMPTY = (
    '<div class="byline-article"><p class="byline-hint">Click a citation to read it in its '
    "article.</p></div>"
)


def build_article() -> gr.HTML:
    """The panel, empty at first."""
    return gr.HTML(_EMPTY, elem_id="byline-article", js_on_load=_ON_LOAD)


def wire_article(
    page: gr.Blocks, chat: Chat, header: gr.HTML, panel: gr.HTML, talk: Talk, tabs: gr.Tabs
) -> None:
    """Clicks on citations, which `header` tells of, and addresses that name a place."""

    def opened(link: str, turns: tuple[Turn, ...]) -> tuple[Any, ...]:
        values = (pair.partition("=") for pair in link.lstrip("?").split("&"))
        place = asked_place((name, value) for name, _, value in values)
        if place is None:
            return gr.skip(), gr.skip()
        return chat.article(*place, turns), gr.update(selected=TAB)

    def clicked(turns: tuple[Turn, ...], event: gr.EventData) -> tuple[Any, ...]:
        return opened(str(getattr(event, "place", "")), turns)

    def arrived(request: gr.Request) -> tuple[Any, ...]:
        return opened(str(request.query_params), ())

    options: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    for event in (
        header.click(clicked, talk.turns, [panel, tabs], **options),
        page.load(arrived, None, [panel, tabs], **options),
    ):
        event.then(fn=None, js=_SHOW_MARK, api_visibility="private")
