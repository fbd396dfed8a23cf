"""The collection and what adding did, as HTML for the panel beside the chat; pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.report import BuildReport
from index.store import StoredArticle
from ui.words import counted, escape, human_date

_LISTED = 300


@dataclass(frozen=True, slots=True)
class Collection:
    """What the index holds at one moment; `sample` are the uris of the sample articles in it."""

    articles: tuple[StoredArticle, ...]
    passages: int
    sample: tuple[str, ...]


def collection_html(collection: Collection) -> str:
    """Counts, then the titles with date and source."""
    articles = collection.articles
    if not articles:
        return (
            '<div class="byline-panel"><p class="byline-counts">No articles yet. '
            "Add files below.</p></div>"
        )
    counts = f"{counted(len(articles), 'article')}, {counted(collection.passages, 'passage')}"
    rows = "".join(_row(article) for article in articles[:_LISTED])
    left = len(articles) - _LISTED
    more = f'<p class="byline-more">and {counted(left, "more", "more")}</p>' if left > 0 else ""
    return (
        f'<div class="byline-panel"><p class="byline-counts">{counts}</p>'
        f'<ul class="byline-list" tabindex="0" aria-label="Articles">{rows}</ul>{more}</div>'
    )


def report_html(report: BuildReport, failures: Sequence[str]) -> str:
    """What one change did: counts, then each failing file's sentence as given in `failures`."""
    counts = [
        (len(report.added), "added"),
        (len(report.updated), "updated"),
        (len(report.unchanged), "unchanged"),
        (len(report.removed), "removed"),
        (len(failures), "failed"),
    ]
    said = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    items = "".join(f'<li dir="auto">{escape(sentence)}</li>' for sentence in failures)
    listed = f'<ul class="byline-failures">{items}</ul>' if items else ""
    return (
        f'<div class="byline-report" role="status"><p>{said or "Nothing to do"}.</p>{listed}</div>'
    )


def adding_html(files: int) -> str:
    """What stands under the progress bar while files are added."""
    return f'<div class="byline-adding"><p>Adding {counted(files, "file")}…</p></div>'


def trouble_html(sentence: str) -> str:
    """A change that could not be made, in one sentence."""
    return f'<div class="byline-report" role="status"><p>{escape(sentence)}</p></div>'


def _row(article: StoredArticle) -> str:
    facts = [] if article.published is None else [escape(human_date(article.published))]
    facts.append(escape(article.source))
    return (
        f'<li title="{escape(article.uri)}"><span class="byline-title" dir="auto">'
        f'{escape(article.title)}</span><span class="byline-facts">{" · ".join(facts)}</span></li>'
    )
