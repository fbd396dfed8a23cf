"""Answers questions about an index of articles with exact, cited spans."""

from __future__ import annotations

from qa.api import answer
from qa.assistant import Assistant
from qa.dialogue.conversation import Conversation
from qa.types import Alternative, Answer, Citation, Form, Part, Refusal, Resolved, Status

__all__ = [
    "Alternative",
    "Answer",
    "Assistant",
    "Citation",
    "Conversation",
    "Form",
    "Part",
    "Refusal",
    "Resolved",
    "Status",
    "answer",
]
