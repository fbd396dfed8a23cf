"""Every error Byline raises on purpose: one clear sentence that names the file and the mend.

Only the command line and the chat turn these into text; nothing below them prints.
"""

from __future__ import annotations


def printable(text: str) -> str:
    """The text on one line, with what moves a cursor or turns text round written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class BylineError(Exception):
    """Root of all deliberate errors; `str(error)` is the sentence shown to people, on one line.

    Names of files may hold what moves a cursor or turns text round: that is written out.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))


class LoadError(BylineError):
    """A file cannot become an article: missing, unreadable, empty, broken, encrypted, too large."""


class IndexStateError(BylineError):
    """The index cannot be used as it is: another embedding model, not a Byline database, locked."""


class ModelError(BylineError):
    """A model folder or name cannot be loaded, or does not fit the index."""


class QuestionError(BylineError):
    """The question cannot be asked: empty or too long."""
