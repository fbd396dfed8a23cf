"""How well a reader answers when the context is given: no retrieval, only reading and refusing.

Long contexts are read in overlapping windows. Any `SpanScorer` can be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.errors import LoadError, ModelError
from qa.encoding import Batch, Encoder, Window, pad
from qa.metrics import Figures, Judged, figures
from qa.readerdata import Row, article_rows, read_questions

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Logits:
    """Start and end scores of every token: two arrays of shape (windows, tokens)."""

    start: Floats
    end: Floats


class SpanScorer(Protocol):
    """A reader's network: scores every token of padded windows as start and as end."""

    def scores(self, batch: Batch) -> Logits:
        """Logits of the batch's shape; those of [CLS] (column 0) stand for "no answer"."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The best span of a context: `context[start:end]`; `score` is its logits minus no answer's."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """How contexts are read: tokens a window, tokens neighbours share, longest answer, batch."""

    max_tokens: int = 384
    overlap: int = 128
    max_answer_tokens: int = 30
    batch: int = 16


class TorchScorer:
    """A Hugging Face question-answering model run by torch: the reference path."""

    def __init__(self, model: object, bfloat16: bool = False) -> None:
        self._model, self._bfloat16 = model, bfloat16

    @classmethod
    def from_folder(cls, folder: Path, bfloat16: bool = False) -> TorchScorer:
        """Load float32 weights from a model folder, without touching the network."""
        import torch
        from transformers import AutoModelForQuestionAnswering

        try:
            model = AutoModelForQuestionAnswering.from_pretrained(
                folder, local_files_only=True, dtype=torch.float32, attn_implementation="eager"
            )
        except OSError as error:
            raise ModelError(f"{folder}: not a reader folder: {error}") from error
        return cls(model.eval(), bfloat16)

    def scores(self, batch: Batch) -> Logits:
        """One forward pass without gradients."""
        import torch

        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, self._bfloat16):
            out = self._model(  # type: ignore[operator]
                input_ids=torch.from_numpy(batch.ids),
                attention_mask=torch.from_numpy(batch.mask),
                token_type_ids=torch.from_numpy(batch.types),
            )
        return Logits(out.start_logits.float().numpy(), out.end_logits.float().numpy())


def best_span(
    start: Floats, end: Floats, window: Window, max_answer: int
) -> tuple[int, int, float]:
    """First and last token (inclusive, window positions) of the best span, and its score.

    Joint over start <= end < start + `max_answer`, context tokens only; the score is the two
    logits minus the two of [CLS].
    """
    first, last = window.first, window.last
    joint = start[first:last, None] + end[None, first:last]
    size = last - first
    allowed = np.tri(size, size, max_answer - 1, dtype=bool) & ~np.tri(size, size, -1, dtype=bool)
    place = int(np.argmax(np.where(allowed, joint, -np.inf)))
    row, column = divmod(place, size)
    return first + row, first + column, float(joint[row, column] - start[0] - end[0])


def read_rows(
    scorer: SpanScorer, encoder: Encoder, rows: Sequence[Row], settings: ReadingSettings
) -> list[Reading]:
    """The best reading of every row; windows of like length share a batch."""
    jobs: list[tuple[int, Window]] = []
    for number, row in enumerate(rows):
        question = encoder.question(row.question, row.history)
        context = encoder.context(row.context)
        windows = encoder.windows(question, context, settings.max_tokens, settings.overlap)
        jobs += [(number, window) for window in windows if window.last > window.first]
    jobs.sort(key=lambda job: len(job[1].ids))
    best: dict[int, Reading] = {}
    for at in range(0, len(jobs), settings.batch):
        part = jobs[at : at + settings.batch]
        logits = scorer.scores(pad([window for _, window in part]))
        for place, (number, window) in enumerate(part):
            start, end, score = best_span(
                logits.start[place], logits.end[place], window, settings.max_answer_tokens
            )
            if number not in best or score > best[number].score:
                tokens = encoder.context(rows[number].context)
                shift = window.offset - window.first
                best[number] = Reading(
                    tokens.starts[start + shift], tokens.ends[end + shift], score
                )
    return [best.get(number, Reading(0, 0, -np.inf)) for number in range(len(rows))]


def judge(rows: Sequence[Row], readings: Sequence[Reading]) -> list[Judged]:
    """Readings beside what is accepted, ready for `figures`."""
    return [
        Judged(row.context[reading.start : reading.end], reading.score, row.answers)
        for row, reading in zip(rows, readings, strict=True)
    ]


def load_sets(path: Path) -> dict[str, list[Row]]:
    """The sets of a file by name: one for a row file; `facts`, `all`, `followups` for articles.

    `facts` are the answerable questions, `all` adds the unanswerable ones.
    """
    file = read_questions(path)
    name = path.name.split(".json")[0]
    sets: dict[str, list[Row]] = {name: list(file.rows)}
    for article in file.articles:
        facts = article_rows(article, article.facts)
        parts = {
            "facts": facts,
            "all": facts + article_rows(article, article.unanswerable),
            "followups": article_rows(article, article.followups),
        }
        for part, rows in parts.items():
            sets.setdefault(f"{name}/{part}", []).extend(rows)
    sets = {key: rows for key, rows in sets.items() if rows}
    if not sets:
        raise LoadError(f"{path}: holds no question to evaluate on")
    return sets


def evaluate(
    scorer: SpanScorer,
    encoder: Encoder,
    sets: dict[str, list[Row]],
    settings: ReadingSettings | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> dict[str, Figures]:
    """Figures of every set; a row that is in several sets (facts, all) is read once."""
    settings = settings if settings is not None else ReadingSettings()
    known: dict[tuple[str, str], Reading] = {}
    results: dict[str, Figures] = {}
    for name, rows in sets.items():
        progress(name)
        fresh = [row for row in rows if (row.id, row.context) not in known]
        for row, reading in zip(fresh, read_rows(scorer, encoder, fresh, settings), strict=True):
            known[row.id, row.context] = reading
        results[name] = figures(judge(rows, [known[row.id, row.context] for row in rows]))
    return results
