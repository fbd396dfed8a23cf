"""Collections of any size to measure on, written straight into an index; knows no models.

    python -m bench.corpus FOLDER FILE [FILE ...] [--passages 100000] [--seed 1]

The files are question files. Every article is put together from one to four of their texts.
Words that many texts share stand as they are or, three times in ten, give way to another shared
word, drawn as often as texts hold it: so phrases, sentences and the share of passages that hold
a common word stay those of real text, however large the collection. Words of few texts (names,
numbers, rare words) become made-up ones, drawn by a Zipf-Mandelbrot law from a vocabulary that
grows with the collection (Heaps' law, exponent 0.55); words that stand side by side as a name
are drawn together. A substitution holds for a whole article and for the question asked of it, so
every question has something to find: a known item.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embed import OnnxEmbedder, Vectors
from index.passages import split_passages
from index.store import Store
from index.types import Article, Span
from qa.readerdata import read_questions

QUESTIONS = "questions.jsonl"

_RARE_BELOW = 20  # texts that hold a word
_COMMON_ABOVE = 0.2  # share of texts
_SWAPPED = 0.3
_ARTICLES_AT_ONCE = 2000
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"(\w+)")
_CONSONANTS, _VOWELS, _LAST = "bdfgklmnprstvz", "aeiou", "kvxb"

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A question and where its answer stands: `start..end` of the text of the article at `uri`."""

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
    """Word numbers; for each sentence the stretches around its words; what is asked of it."""

    words: Numbers
    sentences: tuple[tuple[str, ...], ...]
    questions: tuple[str, ...]


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

    def _text(self, text: str, questions: Iterable[str]) -> _Text:
        words: list[int] = []
        sentences: list[tuple[str, ...]] = []
        for sentence in _SENTENCE_END.split(text.strip()):
            pieces = _WORD.split(sentence)
            if len(pieces) > 1:
                words += [self._numbers.setdefault(w, len(self._numbers)) for w in pieces[1::2]]
                sentences.append(tuple(pieces[::2]))
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
        asked = _WORD.split(questions[int(draw.integers(len(questions)))])
        asked[1::2] = [spelled.get(self._numbers.get(w, -1), w) for w in asked[1::2]]
        start, end = spans[firsts[which]].start, spans[firsts[which + 1] - 1].end
        return Made(article, spans, KnownItem("".join(asked), uri, start, end))


def _read(files: Sequence[Path]) -> dict[str, list[str]]:
    """text -> its questions, texts of fewer than 20 words left out."""
    found: dict[str, list[str]] = {}
    for file in map(read_questions, files):
        for row in file.rows:
            found.setdefault(row.context, []).extend([row.question] if row.spans else [])
        for article in file.articles:
            found.setdefault(article.body, []).extend(fact.question for fact in article.facts)
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


def write(
    folder: Path,
    passages: int,
    files: Sequence[Path],
    *,
    seed: int = 1,
    vectors: Iterator[Vectors] | None = None,
    questions: int = 2000,
) -> list[KnownItem]:
    """Fills an index that is empty or not there with at least `passages` passages.

    Returns known items, which are also written beside the index: `known_items(folder)` reads them.
    `vectors` gives a vector `[dimension]` for every passage in the order of passage ids; without
    it they are random unit vectors.
    """
    store = Store(folder)
    draw = np.random.default_rng(seed)
    made = Source(files).articles(seed)
    items: list[KnownItem] = []
    count = asked = 0
    while count < passages:
        batch: list[tuple[Made, tuple[Span, ...]]] = []
        first = count
        while count < passages and len(batch) < _ARTICLES_AT_ONCE:
            article = next(made)
            batch.append((article, split_passages(article.article, article.sentences)))
            count += len(batch[-1][1])
            if article.item is not None:  # a reservoir: each is as likely to stay
                asked += 1
                place = len(items) if len(items) < questions else int(draw.integers(asked))
                items[place : place + 1] = [article.item] if place < questions else []
        given = _random(count - first, draw) if vectors is None else _take(vectors, count - first)
        with store.change():
            _put(store, batch, given, first)
    with store.change():
        store.record_model(OnnxEmbedder.name, OnnxEmbedder.dimension)
    store.close()
    lines = [json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in items]
    (folder / QUESTIONS).write_text("".join(lines), encoding="utf-8")
    return items


def _put(
    store: Store, batch: Sequence[tuple[Made, tuple[Span, ...]]], vectors: Vectors, first: int
) -> None:
    """Writes articles and their passages; `vectors` are the passages' in order."""
    digests = [(first + n).to_bytes(16, "big") for n in range(len(vectors))]
    store.put_vectors(dict(zip(digests, vectors, strict=True)))
    ids = store.vector_ids(digests)
    next_id = iter([ids[digest] for digest in digests])
    for made, spans in batch:
        store.put_article(made.article, made.sentences, [(span, next(next_id)) for span in spans])


def known_items(folder: Path) -> list[KnownItem]:
    """The questions that were written beside a collection."""
    lines = (folder / QUESTIONS).read_text(encoding="utf-8").splitlines()
    return [KnownItem(**json.loads(line)) for line in lines]


def _take(vectors: Iterator[Vectors], count: int) -> Vectors:
    return np.stack(list(islice(vectors, count)))


def _random(count: int, draw: np.random.Generator) -> Vectors:
    vectors = draw.standard_normal((count, OnnxEmbedder.dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def main() -> None:
    """Writes one collection and says how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.perf_counter()
    items = write(arguments.folder, arguments.passages, arguments.files, seed=arguments.seed)
    took = time.perf_counter() - began
    print(f"{arguments.passages:,} passages, {len(items):,} known items: {took:.0f} s")


if __name__ == "__main__":
    main()
