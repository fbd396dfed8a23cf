"""Answers as HTML for the chat: pure functions, every piece of article text escaped.

Each function returns one line of HTML made of our own tags only; whatever comes from an article,
a file name or a question goes through `escape` and can be nothing but characters. Knows neither
the index nor Gradio.
"""

from __future__ import annotations

from qa.question.written import in_words
from qa.types import Alternative, Answer, Citation, Form, Part, Status
from ui.cards import (
    Context,
    Contexts,
    card_html,
    cards_html,
    chips_html,
    place_html,
    sentence_html,
)
from ui.words import LEADS, confidence_words, counted, escape, human_date, newest

__all__ = [
    "Context",
    "answer_html",
    "card_html",
    "empty_html",
    "notice_html",
    "question_html",
    "waiting_html",
]

_TOLD = (Form.EXPLANATION, Form.YES_NO, Form.TOPIC, Form.SUMMARY)


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


def _answered(answer: Answer, contexts: Contexts) -> str:
    parts = ['<div class="byline-message byline-answered">', _resolved(answer), _chosen(answer)]
    if answer.form in _TOLD and answer.parts:
        told = {number for part in answer.parts for number in part.citations[:1]}
        others = [citation for citation in answer.citations if citation.number not in told]
        parts += [_told(answer), _confidence(answer), cards_html(others, contexts)]
    else:
        parts += [_short(answer), _confidence(answer), cards_html(answer.citations, contexts)]
    if answer.alternatives:
        parts.append('<p class="byline-heading">Other answers in the articles</p>')
        parts += [_alternative(alternative, contexts) for alternative in answer.alternatives]
    return "".join([*parts, "</div>"])


def _short(answer: Answer) -> str:
    """The answer's own words, or the items of a list."""
    if answer.form is Form.LIST and len(answer.parts) > 1:
        rows = "".join(
            f'<li dir="auto">{_quoted(part.text)}{_numbers(part, answer)}</li>'
            for part in answer.parts
        )
        return f'<ul class="byline-answer byline-items">{rows}</ul>'
    dated = _date(answer.citations) if answer.alternatives else ""
    chips = chips_html(answer.citations)
    return f'<p class="byline-answer" dir="auto">{_quoted(answer.text)}{chips}{dated}</p>'


def _told(answer: Answer) -> str:
    """Sentences with the words that answer marked, each with its place."""
    lead = LEADS.get(answer.form)
    heading = f'<p class="byline-heading">{lead}</p>' if lead is not None else ""
    by_number = {citation.number: citation for citation in answer.citations}
    rows = []
    before = None
    for part in reversed(answer.parts):
        citation = by_number[part.citations[0]]
        whole = citation.text == citation.sentence or citation.sentence != part.text
        sentence = escape(part.text) if whole else sentence_html(citation)
        # Sentences of one article that follow each other have its place once, below the last.
        place = place_html(citation) if citation.article_id != before else ""
        rows.append(
            f'<li dir="auto"><span class="byline-sentence">{sentence}</span>'
            f"{_numbers(part, answer)}{place}</li>"
        )
        before = citation.article_id
    return f'{heading}<ul class="byline-sentences">{"".join(reversed(rows))}</ul>'


def _numbers(part: Part, answer: Answer) -> str:
    return chips_html([c for c in answer.citations if c.number in part.citations])


def _alternative(alternative: Alternative, contexts: Contexts) -> str:
    return (
        '<div class="byline-alternative"><p class="byline-other" dir="auto">'
        f"{_quoted(alternative.text)}{chips_html(alternative.citations)}"
        f"{_date(alternative.citations)}</p>{_surely(alternative.confidence)}"
        f"{cards_html(alternative.citations, contexts)}</div>"
    )


def _abstention(answer: Answer, contexts: Contexts) -> str:
    parts = [
        '<div class="byline-message byline-refusal">',
        _resolved(answer),
        _chosen(answer),
        '<p class="byline-refused">The articles do not seem to answer this.</p>',
    ]
    if answer.refusal is not None:
        told = [*answer.refusal.missing, answer.refusal.looked_for]
        parts += [f'<p class="byline-reason">{escape(sentence)}</p>' for sentence in told]
    if answer.nearest:
        parts.append('<p class="byline-heading">Nearest sentences (not an answer)</p>')
        for citation in answer.nearest:
            context = contexts.get(citation, Context())
            parts.append(card_html(citation, context, marked=False))
    return "".join([*parts, "</div>"])


def _quoted(text: str) -> str:
    return f'<span class="byline-text">{escape(text)}</span>'


def _date(citations: tuple[Citation, ...]) -> str:
    """The newest date of the articles that give an answer, where answers differ."""
    published = newest(citations)
    if published is None:
        return ""
    return f' <span class="byline-date">{escape(human_date(published))}</span>'


def _resolved(answer: Answer) -> str:
    if " ".join(answer.question.split()) == answer.resolved_question:
        return ""
    return f'<p class="byline-resolved">Understood as: {escape(answer.resolved_question)}</p>'


def _chosen(answer: Answer) -> str:
    """The dates and sources that limited the answer, also those read from the question."""
    chosen = answer.chosen
    if chosen is None or not (chosen.since or chosen.until or chosen.sources):
        return ""
    return f'<p class="byline-chosen">Only articles {escape(in_words(chosen))}</p>'


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
