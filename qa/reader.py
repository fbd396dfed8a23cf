"""Reads passages for the spans that may answer; knows nothing of articles or retrieval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from index.errors import ModelError
from index.home import expanded
from index.types import Span
from qa.encoding import Encoder, Window, pad
from qa.scorers import Floats, SpanScorer, load_scorer
from qa.spans import MAX_ANSWER_TOKENS, ScoredSpan, tidy, top_token_spans

WEIGHTS = Path(__file__).parent / "weights"
BUNDLED = "byline-minilm"
_WINDOW_TOKENS = 384
_WINDOW_OVERLAP = 128
_SPANS_PER_PASSAGE = 3


class Reader(Protocol):
    """What answering needs of a reader."""

    def read(
        self, question: str, passages: Sequence[str], history: Sequence[str] = ()
    ) -> list[list[ScoredSpan]]:
        """For every passage its best spans, best first: character offsets into that passage."""
        ...


class SpanReader:
    """A span-predicting network with its tokenizer: windows in, scored character spans out."""

    def __init__(self, scorer: SpanScorer, encoder: Encoder) -> None:
        self._scorer = scorer
        self._encoder = encoder

    def read(
        self, question: str, passages: Sequence[str], history: Sequence[str] = ()
    ) -> list[list[ScoredSpan]]:
        """Scores the windows of all passages together; a long passage takes several windows."""
        ids = self._encoder.question(question, history)
        windows = [
            (place, window)
            for place, passage in enumerate(passages)
            for window in self._encoder.windows(
                ids, self._encoder.context(passage), _WINDOW_TOKENS, _WINDOW_OVERLAP
            )
            if window.last > window.first
        ]
        found: list[list[ScoredSpan]] = [[] for _ in passages]
        if windows:
            logits = self._scorer.scores(pad([window for _, window in windows]))
            scored = zip(windows, logits.start, logits.end, strict=True)
            for (place, window), starts, ends in scored:
                found[place] += self._spans(passages[place], window, starts, ends)
        return [_distinct(spans) for spans in found]

    def _spans(
        self, passage: str, window: Window, starts: Floats, ends: Floats
    ) -> list[ScoredSpan]:
        no_answer = float(starts[0] + ends[0])
        tokens = self._encoder.context(passage)
        spans = []
        for first, last, score in top_token_spans(
            starts[window.first : window.last],
            ends[window.first : window.last],
            _SPANS_PER_PASSAGE,
            MAX_ANSWER_TOKENS,
        ):
            raw = Span(tokens.starts[window.offset + first], tokens.ends[window.offset + last])
            span = tidy(passage, raw)
            if not any(character.isalnum() for character in span.of(passage)):
                continue
            spans.append(ScoredSpan(span.start, span.end, score - no_answer))
        return spans


def _distinct(spans: list[ScoredSpan]) -> list[ScoredSpan]:
    """Best first, without those that overlap a better one (windows and tidying can make them)."""
    kept: list[ScoredSpan] = []
    for span in sorted(spans, key=lambda s: -s.score):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept[:_SPANS_PER_PASSAGE]


def load_reader(name: str | Path = BUNDLED) -> SpanReader:
    """The bundled reader, or one in a folder: exported to ONNX, or any transformers model."""
    folder = WEIGHTS if name == BUNDLED else expanded(name)
    if not folder.is_dir():
        raise ModelError(f"{folder}: not a reader folder; give the folder of a model.")
    return SpanReader(load_scorer(folder), Encoder.from_folder(folder))
