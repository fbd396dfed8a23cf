"""Other choices of what a question looks for by word; knows nothing of how words are weighed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bench.retrieval_trials.bed import Terms
from index.query import _STOP_WORDS, NAME_WEIGHT, lexical_terms

_WORD = re.compile(r"\w+(?:[.'’]\w+)*")
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty"
).split()


def _changed(weight: Callable[[str, float], float]) -> Terms:
    """Today's terms with other weights; those of weight 0 are left out."""
    return lambda question: {
        term: other
        for term, now in lexical_terms(question).items()
        if (other := weight(term, now)) > 0
    }


def _more(found: Callable[[list[str]], Iterable[str]]) -> Terms:
    """Today's terms, and what is found in the question's words."""
    return lambda question: (
        dict.fromkeys(found(_WORD.findall(question)), 1.0) | lexical_terms(question)
    )


def one_spelling(question: str) -> dict[str, float]:
    """Today's words and phrases without other spellings of numbers, days and acronyms."""
    asked = _parts(re.sub("['’]s\\b", "", question))
    return {term: w for term, w in lexical_terms(question).items() if _parts(term) in asked}


def _parts(text: str) -> str:
    """What FTS5 sees of a text: `" 1 140 tents "` for `"1,140 tents?"`."""
    return " ".join(["", *re.findall(r"[^\W_]+", text), ""])


def _says(word: str) -> bool:
    return word.lower() not in _STOP_WORDS


def _runs(wanted: list[bool]) -> Callable[[list[str]], list[str]]:
    """Three words in a row that say something or not as wanted."""
    return lambda words: [
        " ".join(three)
        for three in zip(words, words[1:], words[2:], strict=False)
        if [_says(word) for word in three] == wanted
    ]


def _spelled(words: list[str]) -> list[str]:
    digits = [str(_NUMBERS.index(w.lower()) + 1) for w in words if w.lower() in _NUMBERS]
    return digits + [_NUMBERS[int(w) - 1] for w in words if re.fullmatch(r"1?\d|20", w) and int(w)]


VARIANTS: dict[str, Terms] = {
    "names and numbers count 1": _changed(lambda term, now: min(now, 1.0)),
    "names and numbers count 2": _changed(lambda term, now: 2.0 if now == NAME_WEIGHT else now),
    "phrases count 0.5": _changed(lambda term, now: 0.5 if " " in term else now),
    "no phrases": _changed(lambda term, now: 0.0 if " " in term else now),
    "one spelling": one_spelling,
    "stop words too": _more(lambda words: words),
    "and across a stop word": _more(_runs([True, False, True])),
    "and three words": _more(_runs([True, True, True])),
    "and numbers as words": _more(_spelled),
}
