"""Topics and summaries: key sentences in place of a span, with a probability of their own."""

from __future__ import annotations

from dataclasses import replace

from index import Filter, Index
from qa.cite import Articles
from qa.composition import Composer, Task
from qa.dialogue.words import MORE
from qa.forms import summary, topic
from qa.forms.covering import Covering, figures
from qa.types import Answer, Form


class Extractor:
    """Answers with key sentences over one index; below `threshold` it refuses."""

    def __init__(self, index: Index, composer: Composer, threshold: float) -> None:
        self._index, self._composer, self._threshold = index, composer, threshold
        self._articles = Articles(index)

    def topic(self, task: Task) -> Answer:
        """The key sentences about a topic, or about what was spoken of for "tell me more"."""
        chosen = task.chosen if task.chosen is not None else Filter()
        spoken_of = set(task.resolved.articles) & set(chosen.articles or task.resolved.articles)
        more = MORE.match(task.question.strip()) is not None and bool(spoken_of)
        if more:
            chosen = replace(chosen, articles=tuple(sorted(spoken_of)))
        hits = self._index.search(task.asked.about, topic.PASSAGES, chosen or None)
        task = replace(task, hits=hits)
        near = figures(task.asked, hits, self._articles)
        sure = 1.0 if more else Covering.load().probability(*near)
        if not hits or sure < self._threshold:
            return self._composer.refuse(task, sure if hits else 0.0)
        draft = topic.compose(
            task.asked,
            hits,
            self._index,
            self._articles,
            newest_first=task.now,
            shown=task.resolved.exclude,
        )
        if draft is None:
            return self._composer.refuse(task, 0.0)
        return self._composer.finished(task, Form.TOPIC, draft, sure)

    def summary(self, task: Task) -> Answer:
        """The sentences that say most of one article: the one named, spoken of, or alone there."""
        found = self._article(task)
        if found is None:
            return self._composer.refuse(task, 0.0)
        article_id, sure = found
        if sure < self._threshold:
            return self._composer.refuse(task, sure)
        draft = summary.compose(article_id, self._index, self._articles)
        if draft is None:
            return self._composer.refuse(task, sure)
        answer = self._composer.finished(task, Form.SUMMARY, draft, sure)
        if task.asked.about:
            return answer
        title = self._articles.get(article_id).title
        return replace(answer, resolved_question=f"Summary of “{title}”")

    def _article(self, task: Task) -> tuple[int, float] | None:
        """The article to summarise, and how surely it is the one meant."""
        chosen = task.chosen if task.chosen is not None else Filter()
        if task.asked.about:
            hits = self._index.search(task.asked.about, topic.PASSAGES, chosen or None)
            return summary.meant(task.asked, hits, self._articles)
        for known in (task.resolved.articles, chosen.articles):
            if known:
                return known[0], 1.0
        only = self._index.articles()
        return (only[0].id, 1.0) if len(only) == 1 else None
