"""A fact: the span that answers, with every sentence that gives it."""

from __future__ import annotations

from qa.compose import Candidate
from qa.forms.draft import Draft


def compose(candidate: Candidate) -> Draft:
    """The candidate's text, cited to all its places."""
    return Draft(candidate.text, candidate.evidence)
