"""Answers questions about an index of articles with exact, cited spans."""

from __future__ import annotations

from qa.api import answer
from qa.assistant import Assistant
from qa.types import Alternative, Answer, Citation, Status

__all__ = ["Alternative", "Answer", "Assistant", "Citation", "Status", "answer"]
