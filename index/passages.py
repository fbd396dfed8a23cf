"""Groups an article's sentences into overlapping passages; knows nothing of models or storage."""

from __future__ import annotations

from collections.abc import Sequence

from index.types import Article, Span

TARGET_WORDS = 150
MAX_WORDS = 180
OVERLAP_WORDS = 45


def content_sentences(article: Article, sentences: Sequence[Span]) -> tuple[Span, ...]:
    """The sentences that are not page furniture."""
    return tuple(s for s in sentences if not any(s.overlaps(f) for f in article.furniture))


def split_passages(
    article: Article,
    sentences: Sequence[Span],
    *,
    target_words: int = TARGET_WORDS,
    max_words: int = MAX_WORDS,
    overlap_words: int = OVERLAP_WORDS,
) -> tuple[Span, ...]:
    """Runs of whole sentences of about `target_words`, each repeating the end of the one before.

    `sentences` are the article's own, in order. Furniture is never inside a passage: a run ends
    before it. Every other sentence is inside at least one passage. A passage is longer than
    `max_words` only where a single sentence is.
    """
    passages: list[Span] = []
    for run in _runs(article, sentences):
        words = [len(s.of(article.text).split()) for s in run]
        first = 0
        while True:
            last = _fill(words, first, target_words, max_words)
            passages.append(Span(run[first].start, run[last - 1].end))
            if last == len(run):
                break
            first = _step_back(words, first, last, overlap_words)
    return tuple(passages)


def _runs(article: Article, sentences: Sequence[Span]) -> list[list[Span]]:
    """Sentences between two pieces of furniture, furniture left out."""
    kept = content_sentences(article, sentences)
    runs: list[list[Span]] = []
    for sentence in kept:
        between = Span(runs[-1][-1].end, sentence.start) if runs else None
        if between is None or any(between.overlaps(f) for f in article.furniture):
            runs.append([])
        runs[-1].append(sentence)
    return runs


def _fill(words: Sequence[int], first: int, target: int, limit: int) -> int:
    """The end of the run of sentences that starts at `first`."""
    last, total = first + 1, words[first]
    while last < len(words) and total < target and total + words[last] <= limit:
        total += words[last]
        last += 1
    end = last
    while end < len(words) and total + words[end] <= limit:
        total += words[end]
        end += 1
    return end if end == len(words) else last


def _step_back(words: Sequence[int], first: int, last: int, overlap: int) -> int:
    """Where the next passage starts: up to `overlap` words back, always past `first`."""
    start, total = last, 0
    while start - 1 > first and total + words[start - 1] <= overlap:
        start -= 1
        total += words[start]
    return start
