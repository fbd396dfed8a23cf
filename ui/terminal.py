"""Answers and progress for a terminal; article text is shown without control characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING

from qa.question.written import in_words
from qa.types import Answer, Citation, Form, Status
from ui.words import LEADS, newest

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
_TOLD = (Form.EXPLANATION, Form.YES_NO, Form.TOPIC, Form.SUMMARY)
_BOLD, _MARK, _DIM, _OFF = "\x1b[1m", "\x1b[1;4m", "\x1b[2m", "\x1b[0m"


def show_answer(answer: Answer, *, colour: bool = False) -> str:
    """The answer in its form, each cited sentence with its span marked, its article and date."""
    if answer.status is Status.EMPTY_INDEX:
        return "There are no articles yet. Add some with `byline index add PATH...`."
    lines = [] if not _limits(answer) else [_limits(answer)]
    if answer.status is Status.ABSTAINED:
        return "\n".join([*lines, *_refused(answer, colour)])
    told = answer.parts if answer.form in _TOLD else ()
    if told:
        lines += [*_sentences(answer, colour), ""]
    else:
        lines += [f"{_BOLD}{line}{_OFF}" if colour else line for line in _short(answer)]
    if answer.form not in (Form.TOPIC, Form.SUMMARY):
        lines += [f"confidence {answer.confidence:.0%}{_agreement(answer)}", ""]
    shown = {part.citations[0] for part in told}
    lines += [_citation(c, colour) for c in answer.citations if c.number not in shown]
    if answer.alternatives:
        lines += ["", "Other answers in the articles:"]
        for other in answer.alternatives:
            day = _dated(other.citations)
            lines.append(f"{_plain(other.text)}{day}  (confidence {other.confidence:.0%})")
            lines += [_citation(citation, colour) for citation in other.citations]
    return "\n".join(lines).rstrip()


def _refused(answer: Answer, colour: bool) -> list[str]:
    lines = ["The articles do not seem to answer this."]
    if answer.refusal is not None:
        lines += [_plain(line) for line in (*answer.refusal.missing, answer.refusal.looked_for)]
    if answer.nearest:
        lines += ["", "Nearest sentences (not an answer):"]
        lines += [_citation(citation, colour, mark=False) for citation in answer.nearest]
    return lines


def _short(answer: Answer) -> list[str]:
    """The answer's own words, or the items of a list."""
    if answer.form is Form.LIST and len(answer.parts) > 1:
        return [f"- {_plain(part.text)}  {_numbers(part.citations)}" for part in answer.parts]
    numbers = _numbers(citation.number for citation in answer.citations)
    day = _dated(answer.citations) if answer.alternatives else ""
    return [f"{_plain(answer.text)}  {numbers}{day}"]


def _sentences(answer: Answer, colour: bool) -> list[str]:
    """The sentences that tell, in order; the place of an article below its last one in a row."""
    by_number = {citation.number: citation for citation in answer.citations}
    cited = [by_number[part.citations[0]] for part in answer.parts]
    lead = LEADS.get(answer.form)
    lines = [] if lead is None else [lead]
    for place, citation in enumerate(cited):
        follows = cited[place + 1 : place + 2]
        last = not follows or follows[0].article_id != citation.article_id
        lines.append(_quote(citation, colour, mark=citation.text != citation.sentence))
        lines += [_place(citation, colour)] if last else []
    return lines


def _citation(citation: Citation, colour: bool, *, mark: bool = True) -> str:
    return f"{_quote(citation, colour, mark=mark)}\n{_place(citation, colour)}"


def _quote(citation: Citation, colour: bool, *, mark: bool) -> str:
    sentence = citation.sentence
    if mark:
        at = citation.start - citation.sentence_start
        to = citation.end - citation.sentence_start
        sentence = f"{sentence[:at]}\x01{sentence[at:to]}\x02{sentence[to:]}"
    quoted = textwrap.fill(
        f"[{citation.number}] " + _plain(sentence, keep="\x01\x02"),
        width=_WIDTH,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    left, right = (_MARK, _OFF) if colour else (">>", "<<")
    return quoted.replace("\x01", left).replace("\x02", right)


def _place(citation: Citation, colour: bool) -> str:
    page = f"page {citation.page}" if citation.page is not None else None
    about = [citation.title, (citation.published or "")[:10], citation.source, page]
    line = "    " + _plain(" · ".join(part for part in about if part))
    return f"{_DIM}{line}{_OFF}" if colour else line


def _numbers(numbers: Iterable[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def _agreement(answer: Answer) -> str:
    return f", {answer.agreement} independent reports" if answer.agreement > 1 else ""


def _dated(citations: Iterable[Citation]) -> str:
    """The newest date of the articles that give an answer, where answers differ."""
    published = newest(citations)
    return f"  {_plain(published[:10])}" if published is not None else ""


def _limits(answer: Answer) -> str:
    """The dates and sources that limited the answer, also those read from the question."""
    chosen = answer.chosen
    if chosen is None or not (chosen.since or chosen.until or chosen.sources):
        return ""
    return _plain(f"Only articles {in_words(chosen)}.")


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
