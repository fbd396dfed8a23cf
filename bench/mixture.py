"""Articles without end, put together from the texts of question files; knows nothing of indexes.

Every article is put together from one to four texts. Words that many texts share stand as they
are or, three times in ten, give way to another shared word, drawn as often as texts hold it: so
phrases, sentences and the share of passages that hold a common word stay those of real text,
however many articles there are. Words of few texts (names, numbers, rare words) become made-up
ones, drawn by a Zipf-Mandelbrot law from a vocabulary that grows with the text (Heaps' law,
exponent 0.55); words that stand side by side as a name are drawn together. A substitution holds
for a whole article and for the question asked of it, so every question has something to find: a
known item.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.types import Article, Span
from qa.readerdata import read_questions

_RARE_BELOW = 20  # texts that hold a word
_COMMON_ABOVE = 0.2  # share of texts
_SWAPPED = 0.3
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"(\w+)")
_CONSONANTS, _VOWELS, _LAST = "bdfgklmnprstvz", "aeiou", "kvxb"

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A question and the sentence that answers it: `start..end` of the article at `uri`."""

    question: str
    uri: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Made:
    """An article, its sentences, and a question about it (None where its texts have none)."""

    article: Article
    sentences: tuple[Span, ...]
    item: KnownItem | None


@dataclass(frozen=True, slots=True)
class _Text:
    """Word numbers; for each sentence the stretches around its words; (question, sentence)."""

    words: Numbers
    sentences: tuple[tuple[str, ...], ...]
    questions: tuple[tuple[str, int], ...]


class Source:
    """The texts of question files as numbered words, and articles put together from them."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._numbers: dict[str, int] = {}
        self._texts = [self._text(text, asked) for text, asked in _read(files).items()]
        self._words = np.array(list(self._numbers), dtype=object)
        held = np.concatenate([np.unique(text.words) for text in self._texts])
        frequency = self._texts_with_word()
        self._rare = frequency < _RARE_BELOW
        self._shared = ~self._rare & (frequency <= _COMMON_ABOVE * len(self._texts))
        self._shared_uses = held[self._shared[held]]
        self._surnames = self._follow()

    def _text(self, text: str, asked: Iterable[tuple[str, int]]) -> _Text:
        words: list[int] = []
        sentences: list[tuple[str, ...]] = []
        starts: list[int] = []
        cuts = [0, *(cut.end() for cut in _SENTENCE_END.finditer(text)), len(text)]
        for start, end in pairwise(cuts):
            pieces = _WORD.split(text[start:end].strip())
            if len(pieces) > 1:
                words += [self._numbers.setdefault(w, len(self._numbers)) for w in pieces[1::2]]
                sentences.append(tuple(pieces[::2]))
                starts.append(start)
        questions = [(question, bisect(starts, answer) - 1) for question, answer in asked]
        return _Text(np.array(words, dtype=np.int64), tuple(sentences), tuple(questions))

    def _texts_with_word(self) -> Numbers:
        """In how many texts each word stands, in capitals or not."""
        folded: dict[str, int] = {}
        same = np.array([folded.setdefault(w.lower(), len(folded)) for w in self._words])
        held = np.concatenate([np.unique(same[text.words]) for text in self._texts])
        counts: Numbers = np.bincount(held)[same]
        return counts

    def _follow(self) -> Mapping[int, int]:
        """The rare capitalised word that mostly comes after one, as "Duarte" after "Selina"."""
        capital = np.array([word[0].isupper() for word in self._words]) & self._rare
        after: dict[int, Counter[int]] = {}
        for text in self._texts:
            for left, right in pairwise(text.words.tolist()):
                if capital[left] and capital[right] and left != right:
                    after.setdefault(left, Counter())[right] += 1
        return {word: counts.most_common(1)[0][0] for word, counts in after.items()}

    def articles(self, seed: int = 1) -> Iterator[Made]:
        """Articles without end, the same for the same seed."""
        draw = np.random.default_rng(seed)
        number = written = 0
        while True:
            picked = draw.integers(len(self._texts), size=draw.integers(1, 5))
            texts = [self._texts[i] for i in picked]
            words = np.concatenate([text.words for text in texts])
            number, written = number + 1, written + len(words)
            used, places = np.unique(words, return_inverse=True)
            spelled = self._spelled(used, 40 * (written + 10_000) ** 0.55, draw)
            yield self._made(
                f"corpus:{number}",
                texts,
                spelled[places].tolist(),
                dict(zip(used.tolist(), spelled, strict=True)),
                draw,
            )

    def _spelled(
        self, used: Numbers, vocabulary: float, draw: np.random.Generator
    ) -> NDArray[np.object_]:
        spelled: NDArray[np.object_] = self._words[used]
        swapped = self._shared[used] & (draw.random(len(used)) < _SWAPPED)
        others = draw.integers(len(self._shared_uses), size=int(swapped.sum()))
        spelled[swapped] = self._words[self._shared_uses[others]]
        rare = np.flatnonzero(self._rare[used])
        ranks = 50 * ((vocabulary / 50 + 1) ** draw.random(len(rare)) - 1)  # density 1/(50 + rank)
        drawn = dict(zip(used[rare].tolist(), ranks.astype(int).tolist(), strict=True))
        for at, (word, rank) in zip(rare, drawn.items(), strict=True):
            surname = drawn.get(self._surnames.get(word, -1))
            spelled[at] = _made_up(spelled[at], rank if surname is None else surname * 7919 % 3000)
        return spelled

    def _made(
        self,
        uri: str,
        texts: Sequence[_Text],
        words: list[str],
        spelled: Mapping[int, str],
        draw: np.random.Generator,
    ) -> Made:
        sentences: list[str] = []
        firsts, at = [0], 0
        for text in texts:
            for gaps in text.sentences:
                after = at + len(gaps) - 1
                pairs = zip(words[at:after], gaps[1:], strict=True)
                sentences.append(gaps[0] + "".join(chain.from_iterable(pairs)))
                at = after
            firsts.append(len(sentences))
        starts = np.cumsum([0, *(len(sentence) + 1 for sentence in sentences)]).tolist()
        spans = tuple(
            Span(start, start + len(s)) for start, s in zip(starts, sentences, strict=False)
        )
        title = " ".join(words[:7])
        article = Article(uri, title, " ".join(sentences), "corpus")
        which = int(draw.integers(len(texts)))
        questions = texts[which].questions
        if not questions:
            return Made(article, spans, None)
        question, sentence = questions[int(draw.integers(len(questions)))]
        asked = _WORD.split(question)
        asked[1::2] = [spelled.get(self._numbers.get(w, -1), w) for w in asked[1::2]]
        answer = spans[firsts[which] + max(0, sentence)]
        item = KnownItem("".join(asked), uri, answer.start, answer.end)
        return Made(article, spans, item)


def _read(files: Sequence[Path]) -> dict[str, list[tuple[str, int]]]:
    """text -> its questions and where each is answered; texts of 20 words and more."""
    found: dict[str, list[tuple[str, int]]] = {}
    for file in map(read_questions, files):
        for row in file.rows:
            asked = [(row.question, span.start) for span in row.spans[:1]]
            found.setdefault(row.context, []).extend(asked)
        for article in file.articles:
            asked = [(q.question, q.evidence.start) for q in article.facts if q.evidence]
            found.setdefault(article.body, []).extend(asked)
    return {text: asked for text, asked in found.items() if len(text.split()) >= 20}


def _made_up(like: str, number: int) -> str:
    """The made-up word of that number in the shape of another: "1990" gives digits."""
    if like.isdigit():
        return str(number)
    syllables = 2 if number < 70**2 else 3 if number < 70**3 else 4
    left, word = number * 2_654_435_761, ""  # has no factor in common with 70: no two are alike
    for _ in range(syllables):
        left, syllable = divmod(left, 70)
        word += _CONSONANTS[syllable // 5] + _VOWELS[syllable % 5]
    word += _LAST[number % len(_LAST)]  # an ending that stemming leaves alone
    return word.capitalize() if like[0].isupper() else word
