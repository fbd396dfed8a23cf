"""What the chat does: ask, add files, take the sample away, look at the collection. No layout."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index import BylineError, Index
from index.errors import LoadError
from index.types import Span
from qa.assistant import Assistant
from qa.dialogue import resolve as dialogue
from qa.dialogue.conversation import Conversation
from qa.types import Answer, Citation
from ui.article import article_html, gone_html
from ui.panel import Collection, report_html, trouble_html
from ui.render import Context, answer_html, notice_html, question_html, waiting_html
from ui.uploads import keep_upload, uploads_folder

SAMPLE_PREFIX = "sample:"
_REACH = 300
_BROKEN = "Something went wrong inside Byline; the terminal it runs in says what."

_log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its reply as shown.

    `answer` and `said`, what later questions may lean on, are None while the answer is prepared,
    and on an error.
    """

    question: str
    html: str
    answer: Answer | None = None
    said: dialogue.Turn | None = None


class Chat:
    """The chat's handlers over one index; shared by everybody who has the page open."""

    def __init__(self, index: Index, assistant: Assistant) -> None:
        self.index = index
        self.assistant = assistant

    def ask(self, question: str, before: Sequence[Turn] = ()) -> Turn:
        """Answers a question after those before it; an error becomes a sentence."""
        asked = question.encode("utf-8", "replace").decode()
        earlier = [turn.said for turn in before if turn.said is not None]
        conversation = Conversation(self.assistant, earlier)
        try:
            conversation.ask(asked)
            return self.shown(conversation.turns[-1])
        except BylineError as error:
            return Turn(question, notice_html(str(error)))
        except Exception:
            _log.exception("The question %r could not be answered.", asked)
            return Turn(question, notice_html(_BROKEN))

    def shown(self, said: dialogue.Turn) -> Turn:
        """A finished turn as it is shown, also one that was kept."""
        contexts = {citation: self.context(citation) for citation in cited_by(said.answer)}
        return Turn(said.question, answer_html(said.answer, contexts), said.answer, said)

    def article(self, article_id: int, here: Span, turns: Sequence[Turn] = ()) -> str:
        """An article as HTML, open at a span; other places that the turns cited are marked too."""
        try:
            article = self.index.article(article_id)
        except BylineError:
            return gone_html()
        cited = [c for turn in turns if turn.answer is not None for c in cited_by(turn.answer)]
        others = [Span(c.start, c.end) for c in cited if c.article_id == article_id]
        return article_html(article, here, others)

    def context(self, citation: Citation) -> Context:
        """The neighbours of a cited sentence; none if the article has changed since."""
        try:
            article = self.index.article(citation.article_id)
        except BylineError:
            return Context()
        start, end = citation.sentence_start, citation.sentence_end
        if article.text[start:end] != citation.sentence:
            return Context()
        near = self.index.sentences(citation.article_id, max(0, start - _REACH), end + _REACH)
        before = [span for span in near if span.end <= start]
        after = [span for span in near if span.start >= end]
        return Context(
            before[-1].of(article.text) if before else "",
            after[0].of(article.text) if after else "",
        )

    def add(self, files: Iterable[str | Path], progress: Progress | None = None) -> str:
        """Keeps the files in the index folder, adds their articles, and reports as HTML."""
        folder = uploads_folder(self.index.folder)
        kept: list[Path] = []
        fresh: list[Path] = []
        refused: list[LoadError] = []
        for file in files:
            try:
                path, new = keep_upload(Path(file), folder)
            except LoadError as error:
                refused.append(error)
                continue
            kept.append(path)
            if new:
                fresh.append(path)
        try:
            done = self.index.add(kept, progress)
        except BylineError as error:
            return trouble_html(str(error))
        except Exception:
            _log.exception("The files %s could not be added.", [path.name for path in kept])
            return trouble_html(_BROKEN)
        finally:
            self._forget(fresh)
        refused.extend(done.failed)
        return report_html(done, [_without(folder, error) for error in refused])

    def remove_sample(self) -> str:
        """Takes the sample articles out of the index, and reports as HTML."""
        try:
            report = self.index.remove(self.collection().sample)
        except BylineError as error:
            return trouble_html(str(error))
        return report_html(report, [str(error) for error in report.failed])

    def collection(self) -> Collection:
        """What the index holds now, what was added last first."""
        newest = sorted(self.index.articles(), key=lambda a: (a.added_at, a.id), reverse=True)
        articles = tuple(newest)
        return Collection(
            articles,
            sum(article.passages for article in articles),
            tuple(a.uri for a in articles if a.uri.startswith(SAMPLE_PREFIX)),
        )

    def _forget(self, fresh: Sequence[Path]) -> None:
        """Deletes the copies that no article came from."""
        used = self.index.files()
        for path in fresh:
            if str(path.resolve()) not in used:
                path.unlink(missing_ok=True)


def cited_by(answer: Answer) -> list[Citation]:
    """Every citation that an answer shows."""
    others = [citation for other in answer.alternatives for citation in other.citations]
    return [*answer.citations, *others, *answer.nearest]


def waiting(question: str) -> Turn:
    """A turn whose answer is being prepared."""
    return Turn(question, waiting_html())


def messages(turns: Iterable[Turn]) -> list[dict[str, str]]:
    """Turns as chat messages, oldest first; every content is escaped HTML."""
    shown = []
    for turn in turns:
        shown.append({"role": "user", "content": question_html(turn.question)})
        shown.append({"role": "assistant", "content": turn.html})
    return shown


def _without(folder: Path, error: LoadError) -> str:
    """The error's sentence with file names as people know them, not where the copy lies."""
    return str(error).replace(f"{folder}/", "").replace(f"{folder}\\", "")
