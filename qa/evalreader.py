"""How well a reader answers when the context is given: no retrieval, only reading and refusing.

Long contexts are read in overlapping windows. Any `SpanScorer` can be measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from index.errors import LoadError
from qa.encoding import Encoder, Window, pad
from qa.metrics import Figures, Judged, figures
from qa.readerdata import Row, article_rows, read_questions
from qa.scorers import Floats, SpanScorer, load_scorer


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
    threshold: float = 0.0,
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
        judged = judge(rows, [known[row.id, row.context] for row in rows])
        results[name] = figures(judged, threshold)
    return results


def combined_score(results: Mapping[str, Figures]) -> float:
    """One number for "better": the mean of all F1 and of AUROC where there are both kinds."""
    values: list[float] = []
    for found in results.values():
        if found.auroc is None:
            values.append(found.has_f1 if found.has_f1 is not None else found.f1)
        else:
            values += [found.best_f1, 100 * found.auroc]
    return fmean(values)


def run(
    files: Sequence[Path], model: Path, *, threshold: float, max_tokens: int, as_json: bool
) -> int:
    """Print the figures of every set of the files, one line each or as JSON.

    Where a set has questions to refuse, those scoring below `threshold` are refused.
    """
    scorer = load_scorer(model)
    encoder = Encoder.from_folder(model)
    sets = {name: rows for path in files for name, rows in load_sets(path).items()}
    settings = ReadingSettings(max_tokens=max_tokens)
    results = evaluate(scorer, encoder, sets, settings, threshold=threshold)
    if as_json:
        shown = {name: found.official() for name, found in results.items()}
        print(json.dumps(shown, indent=1, allow_nan=False))
        return 0
    for name, found in results.items():
        print(f"{name}: {describe(found)}")
    return 0


def describe(found: Figures) -> str:
    """One line: `450 questions, forced EM 54.0 F1 63.7, best EM 52.7 F1 57.3, AUROC 0.755`.

    With questions to refuse also what the threshold given makes of them: all, HasAns, NoAns.
    """
    parts = [f"{found.questions} questions"]
    if found.has_em is not None:
        parts.append(f"forced EM {found.has_em:.1f} F1 {found.has_f1:.1f}")
    if found.auroc is not None:
        parts.append(f"best EM {found.best_em:.1f} F1 {found.best_f1:.1f}")
        parts.append(f"AUROC {found.auroc:.3f}")
        parts.append(
            f"at the threshold EM {found.em:.1f} F1 {found.f1:.1f}, HasAns F1 {found.kept_f1:.1f}, "
            f"NoAns {found.no_answer:.1f}"
        )
    return ", ".join(parts)
