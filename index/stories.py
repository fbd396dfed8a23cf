"""Recognises near-copies of one story by their words; knows no database, no models, no titles.

A newspaper trims wire copy from the end, writes its own lead, adds a paragraph and changes
spelling and quotation marks. What is left are long runs of the same words with the same names and
numbers. A signature is a MinHash (Broder 1997) of the runs of six words. Runs that hold a name or
a number weigh more, because weather, market and court reports written from one form share every
other word. `bench/stories.py` measures all of this.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from index.types import Span

SAME_STORY = 0.55
"""Two texts are copies of one story from this similarity on."""

TOGETHER = 0.4
"""Parts of what hangs together are one story while their texts are as similar on average."""

MIN_WORDS = 60
"""Shorter texts have no signature: of two notices from one form too few words differ."""

SHINGLE_WORDS = 6
FACT_WEIGHT = 16
PERMUTATIONS = 128

LARGEST = 2000
"""More different texts than this that hang together were written from a form: each is alone."""
_SEED = 1
_AT_ONCE = 8192

Candidates = Callable[[list[int]], Mapping[int, bytes]]
"""Band values -> id and signature of every stored text that has one of them."""


def signature(text: str, furniture: Sequence[Span] = ()) -> bytes | None:
    """What `similarity` and `bands` need of a text; None for less than `MIN_WORDS` words.

    516 bytes: 129 little-endian uint32, first the number of weighted runs, then the minima. The
    same text gives the same bytes on every machine. Accents, quotation marks, dashes, white space,
    furniture, and headline, byline and dateline above the text make no difference.
    """
    from datasketch import MinHash

    words, facts = _words(_body(text, furniture))
    if len(words) < MIN_WORDS:
        return None
    items = _weighted_shingles(words, facts)
    minhash = MinHash(PERMUTATIONS, seed=_SEED, hashfunc=int, scheme="affine32")
    for at in range(0, len(items), _AT_ONCE):
        minhash.update_batch(items[at : at + _AT_ONCE])
    return np.append(np.uint32(len(items)), minhash.hashvalues).astype("<u4").tobytes()


def similarity(a: bytes, b: bytes) -> float:
    """How much two texts share, 0 to 1: `similarity(a, a) == 1.0`; see `similarities`."""
    return float(similarities(a, [b])[0])


def similarities(a: bytes, others: Sequence[bytes]) -> NDArray[np.float64]:
    """The similarity of one signature to each of `others`, `[len(others)]`, 0 to 1.

    The cosine of the two sets of weighted runs, |A and B| / sqrt(|A| |B|), from the estimated
    Jaccard index and the sizes: the geometric mean of how much of either text is in the other. A
    copy trimmed to half has 0.7 (Jaccard: 0.5), a short follow-up of which one half is background
    from a report three times as long has 0.3.
    """
    one, many = _matrix([a])[0], _matrix(others)
    jaccard = (many[:, 1:] == one[1:]).mean(axis=1)
    size, sizes = float(one[0]), many[:, 0].astype(np.float64)
    shared = jaccard / (1 + jaccard) * (size + sizes)
    shared = np.minimum(shared, np.minimum(size, sizes))
    cosines: NDArray[np.float64] = shared / np.sqrt(size * sizes)
    return cosines


def same_story(a: bytes, b: bytes) -> bool:
    """Whether two texts are copies of one story."""
    return similarity(a, b) >= SAME_STORY


def bands(signature: bytes) -> list[int]:
    """64 signed 64-bit integers, two minima each; texts that share one are to be compared.

    At the threshold, texts of equal length (Jaccard index 0.38) share one with probability
    0.9999, a text and its first 30 per cent with 0.998; texts without a run in common never do.
    """
    values: list[int] = _band_values(_matrix([signature]))[0].tolist()
    return values


def groups(signatures: Mapping[int, bytes]) -> list[set[int]]:
    """Every id in its story, stories in the order of their smallest ids, single ones included.

    `groups({1: a, 2: b, 3: trimmed_a}) == [{1, 3}, {2}]`. The order of ids makes no difference.
    """
    if not signatures:
        return []
    values = _band_values(_matrix(list(signatures.values())))
    order = np.argsort(values, axis=None, kind="stable")
    ordered = values.ravel()[order]
    owners = np.repeat(np.array(list(signatures)), values.shape[1])[order]

    def candidates(wanted: list[int]) -> dict[int, bytes]:
        left = np.searchsorted(ordered, wanted, "left").tolist()
        right = np.searchsorted(ordered, wanted, "right").tolist()
        found = {i for x, y in zip(left, right, strict=True) for i in owners[x:y].tolist()}
        return {i: signatures[i] for i in found}

    return regroup(signatures, candidates)


def regroup(start: Mapping[int, bytes], candidates: Candidates) -> list[set[int]]:
    """The stories of the texts in `start` and of all that hang together with them, as `groups`.

    When texts come, `start` is these. When texts go or change, it is what hung together with
    them before, `connected`, without those that are gone.
    """
    waiting = dict(start)
    stories: list[set[int]] = []
    while waiting:
        first = next(iter(waiting))
        component = connected({first: waiting[first]}, candidates)
        for member in component:
            waiting.pop(member, None)
        stories.extend(_split(component))
    return sorted(stories, key=min)


def connected(start: Mapping[int, bytes], candidates: Candidates) -> dict[int, bytes]:
    """`start` and everything that a chain of similar texts leads to from there."""
    reached, outside = dict(start), dict[int, bytes]()
    waiting, known_bands = sorted(set(start.values())), set[int]()
    seen = set(waiting)
    while waiting:
        one = waiting.pop()
        fresh = [value for value in bands(one) if value not in known_bands]
        if fresh:
            known_bands.update(fresh)
            outside |= {i: s for i, s in candidates(fresh).items() if i not in reached}
        for i in _linked(one, outside):
            reached[i] = outside.pop(i)
            if reached[i] not in seen:
                seen.add(reached[i])
                waiting.append(reached[i])
    return reached


def _linked(one: bytes, others: Mapping[int, bytes]) -> list[int]:
    """Ids of `others` that share a band with `one` and are similar to it."""
    if not others:
        return []
    signatures = list(others.values())
    meet = (_band_values(_matrix(signatures)) == np.array(bands(one))).any(axis=1)
    alike = meet & (similarities(one, signatures) >= SAME_STORY)
    return [i for i, same in zip(others, alike.tolist(), strict=True) if same]


def _split(component: Mapping[int, bytes]) -> list[set[int]]:
    """The stories in what hangs together, by average linkage.

    A round-up hangs together with every story in it, and of a hundred reports from one form a
    few always do. Sorting by signature makes the result independent of ids.
    """
    texts = sorted(set(component.values()))
    if len(texts) <= 2:
        return [set(component)]
    if len(texts) > LARGEST:
        labels = list(range(len(texts)))
    else:
        from scipy.cluster.hierarchy import fcluster, linkage

        pairs = [1.0 - similarities(text, texts[i:]) for i, text in enumerate(texts[:-1], start=1)]
        tree = linkage(np.concatenate(pairs), method="average")
        labels = fcluster(tree, 1.0 - TOGETHER, criterion="distance").tolist()
    label_of = dict(zip(texts, labels, strict=True))
    parts: dict[int, set[int]] = {}
    for i, text in component.items():
        parts.setdefault(label_of[text], set()).add(i)
    return list(parts.values())


def _matrix(signatures: Sequence[bytes]) -> NDArray[np.uint32]:
    """Signatures as rows, `[n, 1 + PERMUTATIONS]`."""
    return np.frombuffer(b"".join(signatures), dtype="<u4").reshape(-1, 1 + PERMUTATIONS)


def _band_values(matrix: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Two neighbouring minima read as one integer, `[n, PERMUTATIONS / 2]`."""
    return np.ascontiguousarray(matrix[:, 1:]).view("<i8")


# A headline, byline, place or date above the text: a few words without a full stop.
_HEAD_LINES = 5
_HEAD_WORDS = 16
_ENDS = (*".!?…:;,)”’\"'",)
# "LONDON, March 3 (Reuters) - ", "NEW DELHI: ", "(AP) — "
_DATELINE = re.compile(r"([^\n]{2,70}?)\s*(?:—|–|--?|:)\s+(?=\S)")
_CREDIT = re.compile(r"\(?(?:additional )?(?:reporting|writing|editing) by\b", re.IGNORECASE)
_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]")
# don't, U.S., 3,000: one word each
_JOINTS = re.compile(
    r"(?<=[^\W_])['’‘ʼ`](?=[^\W_])|(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)|(?<=\d),(?=\d{3})"
)
_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W_]+")
_OPENS = re.compile(r"[.!?…:\n\"“”„«»‘’']")


def _body(text: str, furniture: Sequence[Span]) -> str:
    """The text without furniture, heads and credits."""
    at, kept = 0, []
    for span in sorted(furniture):
        kept.append(text[at : span.start])
        at = max(at, span.end)
    lines = "\n".join([*kept, text[at:]]).split("\n")
    lines = [line for raw in lines if (line := raw.strip()) and not _CREDIT.match(line)]
    first = 0
    while first < min(_HEAD_LINES, len(lines)) and _is_head(lines[first]):
        first += 1
    body = "\n".join(lines[first:])
    dateline = _DATELINE.match(body)
    return body[dateline.end() :] if dateline is not None and _is_place(dateline[1]) else body


def _is_head(line: str) -> bool:
    return not line.endswith(_ENDS) and len(line.split()) <= _HEAD_WORDS


def _is_place(text: str) -> bool:
    word = text.split()[0].strip(",.")
    return text.startswith("(") or (len(word) > 1 and word.isupper())


def _words(text: str) -> tuple[list[str], list[bool]]:
    """Words in lower case, and which of them are facts: numbers, and capitals inside a sentence."""
    plain = _JOINTS.sub("", _MARKS.sub("", unicodedata.normalize("NFKD", text)))
    words: list[str] = []
    facts: list[bool] = []
    end = 0
    for match in _WORD.finditer(plain):
        word = match[0]
        opens = end == 0 or _OPENS.search(plain, end, match.start()) is not None
        facts.append(word[0].isdigit() or (word[0].isupper() and word != "I" and not opens))
        words.append(word.casefold())
        end = match.end()
    return words, facts


def _weighted_shingles(words: Sequence[str], facts: Sequence[bool]) -> NDArray[np.uint32]:
    """Distinct hashes of all runs of words; a run that holds a fact has `FACT_WEIGHT` of them."""
    starts = range(len(words) - SHINGLE_WORDS + 1)
    runs = (" ".join(words[i : i + SHINGLE_WORDS]).encode() for i in starts)
    hashes = np.fromiter(map(zlib.crc32, runs), dtype=np.uint32)
    before = np.array([0, *accumulate(facts)])
    holds = before[SHINGLE_WORDS:] > before[:-SHINGLE_WORDS]
    salts = (np.arange(FACT_WEIGHT, dtype=np.uint64) * 0x9E3779B1).astype(np.uint32)
    return np.unique(np.concatenate([hashes, (hashes[holds, None] + salts[1:]).ravel()]))
