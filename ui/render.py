"""Answers as HTML for the chat: pure functions, every piece of article text escaped.

Each function returns one line of HTML made of our own tags only; whatever comes from an article,
a file name or a question goes through `escape` and can be nothing but characters. Knows neither
the index nor Gradio.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.types import Span
from qa.types import Alternative, Answer, Citation, Form, Part, Status
from ui.article import place_link
from ui.words import confidence_words, counted, escape, human_date

_OPEN_CARDS = 3


@dataclass(frozen=True, slots=True)
class Context:
    """The sentences before and after a cited one; empty where there is none."""

    before: str = ""
    after: str = ""


Contexts = Mapping[Citation, Context]


def answer_html(answer: Answer, contexts: Contexts) -> str:
    """One assistant message."""
    if answer.status is Status.EMPTY_INDEX:
        return empty_html()
    if answer.status is Status.ABSTAINED:
        return _abstention(answer, contexts)
    return _answered(answer, contexts)


def question_html(question: str) -> str:
    """The person's own message."""
    return f'<span class="byline-question" dir="auto">{escape(question)}</span>'


def notice_html(sentence: str) -> str:
    """An error or a remark as one calm sentence."""
    return f'<div class="byline-message byline-notice"><p>{escape(sentence)}</p></div>'


def waiting_html() -> str:
    """What stands where the answer will be."""
    return '<div class="byline-message byline-waiting"><p>Looking through the articles…</p></div>'


def empty_html() -> str:
    """The reply while there is nothing to read."""
    return (
        '<div class="byline-message byline-refusal">'
        '<p class="byline-refused">There are no articles yet.</p>'
        "<p>Add some under “Articles”: text, Markdown, HTML, PDF, Word or JSONL files. "
        "Then ask again.</p></div>"
    )


def card_html(citation: Citation, context: Context, *, marked: bool) -> str:
    """A cited sentence between its neighbours, and where it stands.

    With `marked` the answer is highlighted: the text of the `<mark>` is `citation.text`.
    """
    start, end = citation.start - citation.sentence_start, citation.end - citation.sentence_start
    if marked:
        before, after = escape(citation.sentence[:start]), escape(citation.sentence[end:])
        sentence = f"{before}<mark>{escape(citation.text)}</mark>{after}"
        number = f'<span class="byline-number">{citation.number}</span>'
    else:
        sentence, number = escape(citation.sentence), ""
    return (
        f'<div class="byline-card">{number}<div class="byline-quote">'
        f'<p class="byline-context" dir="auto">{_near(context.before, "before")}'
        f'<span class="byline-sentence">{sentence}</span>{_near(context.after, "after")}</p>'
        f"{_place(citation)}</div></div>"
    )


def _answered(answer: Answer, contexts: Contexts) -> str:
    parts = [
        '<div class="byline-message byline-answered">',
        _resolved(answer),
        _headline(answer),
        _confidence(answer),
        _cards(answer.citations, contexts),
    ]
    if answer.alternatives:
        parts.append('<p class="byline-heading">Other answers in the articles</p>')
        parts += [_alternative(alternative, contexts) for alternative in answer.alternatives]
    return "".join([*parts, "</div>"])


_LEADS = {
    Form.YES_NO: "What the articles say on this:",
    Form.TOPIC: "What the articles say about this:",
    Form.SUMMARY: "In the article's own words:",
}


def _headline(answer: Answer) -> str:
    """The answer's own words, or what its form asks for in their place."""
    if answer.form is Form.LIST and answer.parts:
        rows = "".join(
            f'<li dir="auto">{_quoted(part.text)}{_numbers(part, answer)}</li>'
            for part in answer.parts
        )
        return f'<ul class="byline-answer byline-items">{rows}</ul>'
    if answer.form in _LEADS and answer.parts:
        rows = "".join(
            f'<li dir="auto">{_quoted(part.text)}{_numbers(part, answer)}</li>'
            for part in answer.parts
        )
        lead = f'<p class="byline-heading">{_LEADS[answer.form]}</p>'
        return f'{lead}<ul class="byline-sentences">{rows}</ul>'
    return (
        f'<p class="byline-answer" dir="auto">{_quoted(answer.text)}{_chips(answer.citations)}</p>'
    )


def _numbers(part: Part, answer: Answer) -> str:
    return _chips([c for c in answer.citations if c.number in part.citations])


def _alternative(alternative: Alternative, contexts: Contexts) -> str:
    return (
        '<div class="byline-alternative"><p class="byline-other" dir="auto">'
        f"{_quoted(alternative.text)}"
        f"{_chips(alternative.citations)}</p>{_surely(alternative.confidence)}"
        f"{_cards(alternative.citations, contexts)}</div>"
    )


def _abstention(answer: Answer, contexts: Contexts) -> str:
    parts = [
        '<div class="byline-message byline-refusal">',
        _resolved(answer),
        '<p class="byline-refused">The articles do not seem to answer this.</p>',
    ]
    if answer.refusal is not None:
        missing = answer.refusal.missing or (answer.refusal.looked_for,)
        parts += [f'<p class="byline-reason">{escape(sentence)}</p>' for sentence in missing]
    if answer.nearest:
        parts.append('<p class="byline-heading">Nearest sentences (not an answer)</p>')
        for citation in answer.nearest:
            context = contexts.get(citation, Context())
            parts.append(card_html(citation, context, marked=False))
    return "".join([*parts, "</div>"])


def _quoted(text: str) -> str:
    return f'<span class="byline-text">{escape(text)}</span>'


def _resolved(answer: Answer) -> str:
    if " ".join(answer.question.split()) == answer.resolved_question:
        return ""
    return f'<p class="byline-resolved">Understood as: {escape(answer.resolved_question)}</p>'


def _chips(citations: Sequence[Citation]) -> str:
    return "".join(
        f' <a class="byline-chip" {_opens(citation)} '
        f'title="{escape(citation.title)}">[{citation.number}]</a>'
        for citation in citations
    )


def _cards(citations: Sequence[Citation], contexts: Contexts) -> str:
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


def _opens(citation: Citation) -> str:
    """The attribute of a link that opens the article at the cited words."""
    link = place_link(citation.article_id, Span(citation.start, citation.end))
    return f'href="{escape(link)}"'


def _confidence(answer: Answer) -> str:
    if answer.form in (Form.TOPIC, Form.SUMMARY):
        return ""
    return _surely(answer.confidence, answer.agreement)


def _surely(confidence: float, reports: int = 0) -> str:
    said = f" · {counted(reports, 'independent report')}" if reports > 1 else ""
    return (
        f'<p class="byline-confidence"><span title="Probability of being right: {confidence:.2f}">'
        f"{confidence_words(confidence)}</span>{said}</p>"
    )


def _near(sentence: str, side: str) -> str:
    if not sentence:
        return ""
    text = f'<span class="byline-near">{escape(sentence)}</span>'
    return f"{text} " if side == "before" else f" {text}"


def _place(citation: Citation) -> str:
    facts = [f'<a class="byline-title" dir="auto" {_opens(citation)}>{escape(citation.title)}</a>']
    if citation.published is not None:
        facts.append(f'<span class="byline-date">{escape(human_date(citation.published))}</span>')
    facts.append(f'<span class="byline-source" dir="auto">{escape(citation.source)}</span>')
    if citation.page is not None:
        facts.append(f'<span class="byline-page">page {citation.page}</span>')
    return f'<p class="byline-place" title="{escape(citation.uri)}">{" · ".join(facts)}</p>'
