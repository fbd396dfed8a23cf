"""Why a question was refused: what was looked for, and what is plainly not in the articles.

Only what can be seen is named: a name or a number that no article has, articles of a time or a
source, anything alike. A refusal without such a reason says only what was looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index import Filter, Hit, Index
from index.query import lexical_terms
from qa.asking import Asking
from qa.question.written import human_date, in_words, is_time
from qa.types import Form, Refusal

_FAR = 0.2
_MOST_WORDS = 3
_SHOWN_TERMS = 8
_LOOKED_FOR = {
    Form.LIST: "answers",
    Form.EXPLANATION: "sentences that explain it",
    Form.YES_NO: "a sentence that says so or denies it",
    Form.TOPIC: "sentences about it",
    Form.SUMMARY: "the article to summarise",
}


def refusal(
    index: Index, asked: Asking, chosen: Filter | None, hits: Sequence[Hit] = ()
) -> Refusal:
    """What was looked for among `chosen`, and what is missing there."""
    missing = [*_nothing_chosen(index, chosen)]
    if not missing:
        missing = [*_absent(index, asked, chosen)]
        near = max((hit.similarity for hit in hits), default=0.0)
        if asked.form is Form.SUMMARY and not asked.about:
            missing.append("No article is named, and none was spoken of before.")
        elif not missing and near < _FAR and not any(hit.bm25 for hit in hits):
            missing.append("Nothing in the articles is like it.")
    return Refusal(_looked_for(asked, chosen), tuple(missing))


def _looked_for(asked: Asking, chosen: Filter | None) -> str:
    wanted = _LOOKED_FOR.get(asked.form, asked.kind.value)
    where = f"the articles {in_words(chosen)}" if chosen else "all articles"
    words = " ".join(asked.terms[:_SHOWN_TERMS])
    return f"Looked in {where} for {wanted}" + (f": {words}." if words else ".")


def _nothing_chosen(index: Index, chosen: Filter | None) -> Iterator[str]:
    """What of a filter lets no article through, and what there is instead."""
    if not chosen or index.has_articles(chosen):
        return
    dates = Filter(since=chosen.since, until=chosen.until)
    if dates and not index.has_articles(dates):
        yield f"No article was {in_words(dates)}."
        if (there := index.published()) is not None:
            first, last = (human_date(day) for day in there)
            yield f"The articles are from {first} to {last}."
    elif chosen.sources and not index.has_articles(Filter(sources=chosen.sources)):
        yield f"No article is {in_words(Filter(sources=chosen.sources))}."
    else:
        yield f"No article was {in_words(chosen)}."


def _absent(index: Index, asked: Asking, chosen: Filter | None) -> Iterator[str]:
    """Names, numbers and, where there are none, other words that no article has."""
    names = [name for name in asked.names if not is_time(name)]
    wanted = [*names, *(n for n in asked.numbers if not any(n in name for name in asked.names))]
    if not asked.names and not asked.numbers:
        lower = [term for term in asked.terms if len(term) > 3]
        wanted = [term for term in lower if not _held(index, term, chosen)][:_MOST_WORDS]
    for words in dict.fromkeys(wanted):
        held = [word for word in words.split() if _held(index, word, None)]
        if len(held) < len(words.split()):
            only = f", only “{' '.join(held)}”" if held else ""
            yield f"No article mentions “{words}”{only}."
        elif chosen and not all(_held(index, word, chosen) for word in words.split()):
            yield f"No article {in_words(chosen)} mentions “{words}”."


def _held(index: Index, word: str, chosen: Filter | None) -> bool:
    """Whether a word occurs in any of its spellings; for "Colombian" also "Colombia"."""
    if not any(character.isalnum() for character in word):
        return True
    alike = [word, f"{word}n", word.removesuffix("n"), *lexical_terms(word)]
    return any(index.holds(list(dict.fromkeys(alike)), chosen))
