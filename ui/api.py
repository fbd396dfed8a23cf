"""The same functions for programs: named HTTP endpoints with typed results, and MCP tools.

Gradio serves them at `/gradio_api/call/NAME`, and with `byline chat --mcp` as tools of the same
names. Every function's docstring is what a program, or an agent, is told about it. Import it late.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api

from index import BylineError, Filter, Index
from qa.assistant import Assistant

_MOST = 50
T = TypeVar("T")


def add_endpoints(index: Index, assistant: Assistant) -> None:
    """Adds the endpoints to the page that is being built."""
    for function in endpoints(index, assistant):
        api(function, api_name=function.__name__, concurrency_id="asking", concurrency_limit=4)


def endpoints(index: Index, assistant: Assistant) -> list[Callable[..., Any]]:
    """The functions, closed over an index and an assistant that reads it."""

    def ask(question: str, since: str = "", until: str = "", source: str = "") -> dict[str, Any]:
        """Answers a question with exact words of the articles and the sentences that hold them.

        No language model writes anything. `status` is "answered", "abstained" (the articles do
        not answer; `nearest` are close sentences, not an answer) or "empty index". Every citation
        has the article's id, title, date, source, the sentence, and character offsets.

        Args:
            question: One question in English.
            since: Only articles published from this day, month or year on, like 2014-06.
            until: Only articles published up to this day, month or year.
            source: Only articles of this source.
        """
        chosen = _filter(since, until, source)
        return _told(lambda: assistant.ask(question, chosen).to_dict())

    def search(
        question: str, count: int = 10, since: str = "", until: str = "", source: str = ""
    ) -> list[dict[str, Any]]:
        """Finds the passages of the articles that fit a question best, the best first.

        Args:
            question: A question or some words.
            count: How many passages, at most 50.
            since: Only articles published from this day, month or year on.
            until: Only articles published up to this day, month or year.
            source: Only articles of this source.
        """
        chosen = _filter(since, until, source)
        return _told(lambda: _passages(index, question, count, chosen))

    def list_articles(words: str = "", count: int = 50) -> list[dict[str, Any]]:
        """Lists articles of the collection: id, title, date, source and address.

        Args:
            words: Only articles whose title or source holds all these words.
            count: How many articles, at most 500.
        """
        wanted = words.lower().split()
        found = [
            article
            for article in index.articles()
            if all(word in f"{article.title} {article.source}".lower() for word in wanted)
        ]
        return [
            {
                "id": article.id,
                "title": article.title,
                "published": article.published,
                "source": article.source,
                "uri": article.uri,
            }
            for article in found[: max(0, min(count, 10 * _MOST))]
        ]

    def read_article(article_id: int) -> dict[str, Any]:
        """Reads one whole article; offsets of citations count characters of its `text`.

        Args:
            article_id: The number of the article, as in a citation.
        """
        return _told(lambda: _article(index, article_id))

    return [ask, search, list_articles, read_article]


def _passages(
    index: Index, question: str, count: int, chosen: Filter | None
) -> list[dict[str, Any]]:
    found = []
    for hit in index.search(question, max(1, min(count, _MOST)), chosen):
        article = index.article(hit.passage.article_id)
        found.append(
            {
                "article_id": hit.passage.article_id,
                "title": article.title,
                "published": article.published,
                "source": article.source,
                "start": hit.passage.start,
                "end": hit.passage.end,
                "text": hit.passage.text,
                "score": hit.score,
            }
        )
    return found


def _article(index: Index, article_id: int) -> dict[str, Any]:
    article = index.article(article_id)
    return {
        "id": article_id,
        "title": article.title,
        "published": article.published,
        "author": article.author,
        "source": article.source,
        "uri": article.uri,
        "text": article.text,
    }


def _filter(since: str, until: str, source: str) -> Filter | None:
    try:
        chosen = Filter(since or None, until or None, (source,) if source else ())
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from None
    return chosen if chosen else None


def _told(work: Callable[[], T]) -> T:
    """What `work` gives; Byline's own errors are told in their one sentence."""
    try:
        return work()
    except BylineError as error:
        raise gr.Error(str(error), print_exception=False) from None
