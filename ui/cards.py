"""Citations as HTML: the quoted sentence, where it stands, and the links that open it there.

Pure functions, every piece of article text escaped. Knows neither the index nor Gradio.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.types import Span
from qa.types import Citation
from ui.article import place_link
from ui.words import counted, escape, human_date

_OPEN_CARDS = 3


@dataclass(frozen=True, slots=True)
class Context:
    """The sentences before and after a cited one; empty where there is none."""

    before: str = ""
    after: str = ""


Contexts = Mapping[Citation, Context]


def card_html(citation: Citation, context: Context, *, marked: bool) -> str:
    """A cited sentence between its neighbours, and where it stands.

    With `marked` the answer is highlighted: the text of the `<mark>` is `citation.text`.
    """
    sentence = sentence_html(citation) if marked else escape(citation.sentence)
    number = f'<span class="byline-number">{citation.number}</span>' if marked else ""
    return (
        f'<div class="byline-card">{number}<div class="byline-quote">'
        f'<p class="byline-context" dir="auto">{_near(context.before, "before")}'
        f'<span class="byline-sentence">{sentence}</span>{_near(context.after, "after")}</p>'
        f"{place_html(citation)}</div></div>"
    )


def sentence_html(citation: Citation) -> str:
    """The cited sentence with the words that answer in a `<mark>`."""
    start, end = citation.start - citation.sentence_start, citation.end - citation.sentence_start
    before, after = escape(citation.sentence[:start]), escape(citation.sentence[end:])
    return f"{before}<mark>{escape(citation.text)}</mark>{after}"


def cards_html(citations: Sequence[Citation], contexts: Contexts) -> str:
    """Cards, after the third one folded."""
    cards = [
        card_html(citation, contexts.get(citation, Context()), marked=True)
        for citation in citations
    ]
    shown, folded = cards[:_OPEN_CARDS], cards[_OPEN_CARDS:]
    if folded:
        places = counted(len(folded), "more place", "more places")
        more = f"<summary>{places} with this answer</summary>{''.join(folded)}"
        shown.append(f'<details class="byline-folded">{more}</details>')
    return "".join(shown)


def chips_html(citations: Sequence[Citation]) -> str:
    """The numbers of citations, each a link to its place."""
    return "".join(
        f' <a class="byline-chip" {_opens(citation)} '
        f'title="{escape(citation.title)}">[{citation.number}]</a>'
        for citation in citations
    )


def place_html(citation: Citation) -> str:
    """Title, date, source and page of a citation on one line."""
    facts = [f'<a class="byline-title" dir="auto" {_opens(citation)}>{escape(citation.title)}</a>']
    if citation.published is not None:
        facts.append(f'<span class="byline-date">{escape(human_date(citation.published))}</span>')
    facts.append(f'<span class="byline-source" dir="auto">{escape(citation.source)}</span>')
    if citation.page is not None:
        facts.append(f'<span class="byline-page">page {citation.page}</span>')
    return f'<p class="byline-place" title="{escape(citation.uri)}">{" · ".join(facts)}</p>'


def _opens(citation: Citation) -> str:
    """The attribute of a link that opens the article at the cited words."""
    link = place_link(citation.article_id, Span(citation.start, citation.end))
    return f'href="{escape(link)}"'


def _near(sentence: str, side: str) -> str:
    if not sentence:
        return ""
    text = f'<span class="byline-near">{escape(sentence)}</span>'
    return f"{text} " if side == "before" else f" {text}"
