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

from index.database import Database
from index.embed import OnnxEmbedder, Vectors
from index.passages import split_passages
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
    """Fills the empty index in `folder` with at least `passages` passages, and returns known items.

    `vectors` gives one vector a passage, `[dimension]`, in the order of passage ids; random unit
    vectors without it. The known items are also written to `questions.jsonl` in the folder, where
    `known_items(folder)` finds them.
    """
    database = Database(folder)
    draw = np.random.default_rng(seed)
    made = Source(files).articles(seed)
    items: list[KnownItem] = []
    article_id = passage_id = 0
    while passage_id < passages:
        rows = _Rows()
        for article in islice(made, _ARTICLES_AT_ONCE):
            if passage_id >= passages:
                break
            article_id += 1
            passage_id += rows.add(article_id, passage_id, article)
            if article.item is not None:  # a reservoir: every item is as likely to stay
                if len(items) < questions:
                    items.append(article.item)
                elif (place := int(draw.integers(article_id))) < questions:
                    items[place] = article.item
        given = None if vectors is None else np.stack(list(islice(vectors, len(rows.passages))))
        rows.write(database, given if given is not None else _random(len(rows.passages), draw))
    with database.change():
        dimension = OnnxEmbedder.dimension
        database.set_meta("embedder", OnnxEmbedder.name)
        database.set_meta("dimension", str(dimension))
    lines = (json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in items)
    (folder / QUESTIONS).write_text("".join(lines), encoding="utf-8")
    database.close()
    return items


def known_items(folder: Path) -> list[KnownItem]:
    """The questions that were written beside a collection."""
    lines = (folder / QUESTIONS).read_text(encoding="utf-8").splitlines()
    return [KnownItem(**json.loads(line)) for line in lines]


class _Rows:
    """What one transaction writes."""

    def __init__(self) -> None:
        self.articles: list[tuple[object, ...]] = []
        self.sentences: list[tuple[int, int, int]] = []
        self.passages: list[tuple[int, int, int, int, int]] = []
        self.texts: list[tuple[int, str, str]] = []

    def add(self, article_id: int, last_passage: int, made: Made) -> int:
        """Adds the article's rows; the number of its passages."""
        article = made.article
        self.articles.append(
            (article_id, article.uri, article.title, article.text, "corpus", "", "[]", "[]", "")
        )
        self.sentences += [(article_id, span.start, span.end) for span in made.sentences]
        spans = split_passages(article, made.sentences)
        for number, span in enumerate(spans, start=last_passage + 1):
            self.passages.append((number, article_id, span.start, span.end, number))
            self.texts.append((number, article.title, span.of(article.text)))
        return len(spans)

    def write(self, database: Database, vectors: Vectors) -> None:
        blobs = vectors.astype("<f2")
        numbered = [
            (row[0], row[0].to_bytes(16, "big"), blob.tobytes())
            for row, blob in zip(self.passages, blobs, strict=True)
        ]
        inserts: list[tuple[str, Sequence[tuple[object, ...]]]] = [
            (
                "articles (id, uri, title, text, source, sha256, furniture, pages, added_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                self.articles,
            ),
            ("sentences (article_id, start, end) VALUES (?, ?, ?)", self.sentences),
            ("vectors (id, digest, vector) VALUES (?, ?, ?)", numbered),
            (
                "passages (id, article_id, start, end, vector_id) VALUES (?, ?, ?, ?, ?)",
                self.passages,
            ),
            ("passages_fts (rowid, title, body) VALUES (?, ?, ?)", self.texts),
        ]
        with database.change():
            for columns, values in inserts:
                database.connection().executemany(f"INSERT INTO {columns}", values)


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
