"""Loads articles, cuts them into passages, stores, embeds and searches them."""

from __future__ import annotations

from index.errors import BylineError, IndexStateError, LoadError, ModelError, QuestionError
from index.filters import Filter
from index.library import Index, Status
from index.report import BuildReport
from index.types import Article, Hit, Passage, Span

__all__ = [
    "Article",
    "BuildReport",
    "BylineError",
    "Filter",
    "Hit",
    "Index",
    "IndexStateError",
    "LoadError",
    "ModelError",
    "Passage",
    "QuestionError",
    "Span",
    "Status",
]
