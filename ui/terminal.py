"""Answers and progress for a terminal; article text is shown without control characters."""

from __future__ import annotations

import textwrap
from types import TracebackType
from typing import TYPE_CHECKING

from qa.types import Answer, Citation, Form, Status

if TYPE_CHECKING:
    from tqdm import tqdm

_WIDTH = 88
# Files are counted in bytes: that is what tells the time left.
_UNITS = {
    "looking": (" files", False),
    "indexing": ("B", True),
    "rebuilding": (" articles", False),
    "embedding": (" passages", False),
}
_BOLD, _MARK, _DIM, _OFF = "\x1b[1m", "\x1b[1;4m", "\x1b[2m", "\x1b[0m"


def show_answer(answer: Answer, *, colour: bool = False) -> str:
    """The answer, each cited sentence with its span marked, the article, its date and source."""
    if answer.status is Status.EMPTY_INDEX:
        return "There are no articles yet. Add some with `byline index add PATH...`."
    if answer.status is Status.ABSTAINED:
        lines = ["The articles do not seem to answer this."]
        if answer.refusal is not None:
            missing = answer.refusal.missing or (answer.refusal.looked_for,)
            lines += [_plain(sentence) for sentence in missing]
        if answer.nearest:
            lines += ["", "Nearest sentences (not an answer):"]
            lines += [_citation(citation, colour, mark=False) for citation in answer.nearest]
        return "\n".join(lines)
    lines = [f"{_BOLD}{line}{_OFF}" if colour else line for line in _headline(answer)]
    if answer.form not in (Form.TOPIC, Form.SUMMARY):
        independent = f", {answer.agreement} independent reports" if answer.agreement > 1 else ""
        lines.append(f"confidence {answer.confidence:.0%}{independent}")
    lines.append("")
    lines += [_citation(citation, colour) for citation in answer.citations]
    if answer.alternatives:
        lines += ["", "Other answers in the articles:"]
        for other in answer.alternatives:
            lines.append(f"{_plain(other.text)}  (confidence {other.confidence:.0%})")
            lines += [_citation(citation, colour) for citation in other.citations]
    return "\n".join(lines)


def _headline(answer: Answer) -> list[str]:
    """The answer's own words, or the items or sentences that its form asks for."""
    if answer.parts and answer.form is not Form.EXPLANATION:
        return [
            f"- {_plain(part.text)}  {''.join(f'[{number}]' for number in part.citations)}"
            for part in answer.parts
        ]
    numbers = "".join(f"[{citation.number}]" for citation in answer.citations)
    return [f"{_plain(answer.text)}  {numbers}"]


def _citation(citation: Citation, colour: bool, *, mark: bool = True) -> str:
    sentence = citation.sentence
    if mark:
        at = citation.start - citation.sentence_start
        to = citation.end - citation.sentence_start
        opened, closed = ("\x01", "\x02")
        sentence = f"{sentence[:at]}{opened}{sentence[at:to]}{closed}{sentence[to:]}"
    quoted = textwrap.fill(
        f"[{citation.number}] " + _plain(sentence, keep="\x01\x02"),
        width=_WIDTH,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    left, right = (_MARK, _OFF) if colour else (">>", "<<")
    quoted = quoted.replace("\x01", left).replace("\x02", right)
    page = f"page {citation.page}" if citation.page is not None else None
    about = [citation.title, (citation.published or "")[:10], citation.source, page]
    line = "    " + _plain(" · ".join(part for part in about if part))
    return f"{quoted}\n{_DIM}{line}{_OFF}" if colour else f"{quoted}\n{line}"


def _plain(text: str, keep: str = "") -> str:
    """One line of printable characters: an article cannot move the cursor or change colours."""
    shown = (c if c.isprintable() or c in keep else " " for c in text)
    return " ".join("".join(shown).split(" ")).strip()


class Bars:
    """Progress of a build as bars on standard error, with rate and time left."""

    def __init__(self) -> None:
        self._bar: tqdm[None] | None = None
        self._stage = ""

    def __enter__(self) -> Bars:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def advance(self, stage: str, done: int, total: int) -> None:
        """Moves the bar of `stage` to `done` of `total` (0: not known).

        Embedding goes on inside another stage; where there is one it stands beside its bar.
        """
        from tqdm import tqdm

        if stage == "embedding" and self._bar is not None and self._stage != stage:
            self._bar.set_postfix_str(f"{done:,} passages embedded")
            return
        if stage != self._stage or self._bar is None:
            self._close()
            unit, scaled = _UNITS.get(stage, (" steps", False))
            self._bar = tqdm(
                total=total or None,
                desc=stage,
                unit=unit,
                unit_scale=scaled,
                disable=None,
                leave=False,
            )
            self._stage = stage
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
