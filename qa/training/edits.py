"""Questions edited until their context no longer answers them: swapped names, numbers, senses.

Each edit is checked against the text: what is swapped in must not stand in the answer's sentence,
nor beside the rest of the question in any other. Knows nothing of models or files.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.readerdata import AnswerSpan
from qa.training.contexts import holder, sentences
from qa.training.lexical import content_words
from qa.training.wordlists import CLOSED_SETS, OPENERS, OPPOSITES

_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+(?:of\s+|the\s+|de\s+)?[A-Z][\w’'-]*)*")
_OPENING = re.compile(r"(?:^|[.!?\n])[\s\"“‘(]*$")
_NUMBER = re.compile(r"\b\d[\d,]*(?:\.\d+)?\b")
_LIKE = re.compile(r"[a-z]{4,}")
_AUXILIARY = re.compile(
    r"\b(did|does|do|is|are|was|were|has|have|had|can|could|will|would|should)\b(?!n['’]t| not)"
)
_NEGATED = re.compile(r"\b(did|does|do|is|are|was|were|has|have|had|could|would|should)n['’]t\b")
_NEGATION = re.compile(
    r"n['’]t\b|\b(?:not|no|nor|never|none|neither|without|except|fail\w*|refus\w*|declin\w*|unable)\b"
)
_SUFFIXES = ("tion", "ment", "ness", "ing", "ers", "est", "ies", "ed", "ly", "er", "al", "s")


@dataclass(frozen=True, slots=True)
class Edit:
    """An edited question and the kind of edit that made it."""

    question: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Ground:
    """What edits look at: the question, its context and the sentence that holds the answer."""

    question: str
    context: str
    answer: str
    sentence: str
    others: tuple[str, ...]
    pool: tuple[str, ...]


def names(text: str) -> list[str]:
    """Capitalised phrases in order of appearance: `"It saw Ann Lee."` -> `["Ann Lee"]`.

    A single word that opens a sentence counts only where it stands inside one as well.
    """
    lower = set(re.findall(r"\b[a-z][\w’'-]*", text))
    found: dict[str, bool] = {}
    for match in _NAME.finditer(text):
        words = match.group().split()
        inside = _OPENING.search(text[max(0, match.start() - 4) : match.start()]) is None
        while words and (words[0].lower() in lower or words[0].lower() in OPENERS):
            words, inside = words[1:], True
        name = " ".join(words).removesuffix("'s").removesuffix("’s").rstrip("'’-")
        if len(name) > 2:
            found[name] = found.get(name, False) or inside or " " in name
    return [name for name, sure in found.items() if sure]


def edit_question(
    question: str,
    context: str,
    answer: AnswerSpan,
    pool: Sequence[str],
    rng: random.Random,
) -> Edit | None:
    """One random edit that makes the question impossible, or None where none passes the checks.

    `pool` holds names of other contexts, to be swapped in where the context offers none.
    """
    cuts = sentences(context)
    first, last = holder(cuts, answer)
    ground = _Ground(
        question,
        context,
        context[answer.start : answer.end],
        context[cuts[first].start : cuts[last].end],
        tuple(context[c.start : c.end] for i, c in enumerate(cuts) if not first <= i <= last),
        tuple(pool),
    )
    kinds = list(_EDITS)
    while kinds:
        kind = rng.choices(kinds, [_EDITS[k][0] for k in kinds])[0]
        kinds.remove(kind)
        if rng.random() > _EDITS[kind][0]:
            continue
        for edited in _EDITS[kind][1](ground, rng):
            return Edit(edited, kind)
    return None


def has_word(text: str, word: str) -> bool:
    """Whether the word or phrase stands in the text as whole words, in any case."""
    return re.search(_whole(word), text, re.IGNORECASE) is not None


def _whole(word: str) -> str:
    """A pattern for a word that is neither part of another nor of a contraction like "won't"."""
    return rf"(?<!\w){re.escape(word)}(?!\w|['’]t\b)"


def _put(text: str, old: str, new: str) -> str:
    """The text with the first whole-word `old` replaced; lower case and capitals follow `old`."""

    def cased(match: re.Match[str]) -> str:
        said = match.group()
        if said.islower():
            return new.lower()
        return new[:1].upper() + new[1:] if said[:1].isupper() else new

    return re.sub(_whole(old), cased, text, count=1, flags=re.IGNORECASE)


def _stays_unanswered(ground: _Ground, old: str, new: str) -> bool:
    """Whether no sentence that holds `new` also holds much of the rest of the question."""
    if has_word(ground.sentence, new) or has_word(ground.question, new):
        return False
    rest = content_words(ground.question) - content_words(old)
    for sentence in ground.others:
        if has_word(sentence, new):
            shared = len(rest & content_words(sentence))
            if shared > 1 or 3 * shared > len(rest):
                return False
    return True


def _name_swaps(ground: _Ground, rng: random.Random) -> Iterator[str]:
    here = names(ground.context)
    targets = [name for name in here if has_word(ground.question, name)]
    if not targets:
        return
    old = max(rng.sample(targets, min(2, len(targets))), key=len)
    near = [name for name in here if name not in targets and name not in ground.answer]
    far = list(ground.pool)
    rng.shuffle(near)
    rng.shuffle(far)
    for new in near + far if rng.random() < 0.65 else far + near:
        same_shape = (" " in new) == (" " in old)
        apart = not (set(new.lower().split()) & set(old.lower().split()))
        if same_shape and apart and _stays_unanswered(ground, old, new):
            yield _put(ground.question, old, new)


def _number_swaps(ground: _Ground, rng: random.Random) -> Iterator[str]:
    targets = _NUMBER.findall(ground.question)
    if not targets:
        return
    old = rng.choice(targets)
    plain = old.replace(",", "")
    near = [n for n in dict.fromkeys(_NUMBER.findall(ground.context)) if len(n) == len(old)]
    rng.shuffle(near)
    if plain.isdigit():
        value = int(plain)
        step = rng.randint(1, 15) if len(plain) == 4 else max(1, value // rng.randint(2, 9))
        near.append(str(value - step if value > step and rng.random() < 0.5 else value + step))
    for new in near:
        if new != old and _stays_unanswered(ground, old, new):
            yield _put(ground.question, old, new)


def _set_swaps(ground: _Ground, rng: random.Random) -> Iterator[str]:
    choices = [
        (word, members)
        for members in CLOSED_SETS
        for word in members
        if has_word(ground.question, word)
    ]
    rng.shuffle(choices)
    for old, members in choices:
        for new in rng.sample(members, len(members)):
            if new != old and not has_word(ground.context, new):
                yield _put(ground.question, old, new)


def _opposite_swaps(ground: _Ground, rng: random.Random) -> Iterator[str]:
    pairs = [(a, b) for a, b in OPPOSITES] + [(b, a) for a, b in OPPOSITES]
    rng.shuffle(pairs)
    for old, new in pairs:
        said = "the last" if old == "last" else old
        if has_word(ground.question, said) and _stays_unanswered(ground, old, new):
            yield _put(ground.question, old, new)


def _negations(ground: _Ground, rng: random.Random) -> Iterator[str]:
    if _NEGATION.search(ground.sentence.lower()):
        return
    if _NEGATION.search(ground.question.lower()):
        yielded = _NEGATED.sub(r"\1", ground.question, count=1)
        if yielded != ground.question:
            yield yielded
        return
    places = list(_AUXILIARY.finditer(ground.question))
    if places:
        place = places[0]
        word = {"can": "can't", "will": "won't"}.get(place.group(), place.group() + "n't")
        yield ground.question[: place.start()] + word + ground.question[place.end() :]


def _ending(word: str) -> str:
    return next((suffix for suffix in _SUFFIXES if word.endswith(suffix)), "")


def _word_swaps(ground: _Ground, rng: random.Random) -> Iterator[str]:
    said = [w for w in _LIKE.findall(ground.question) if has_word(ground.sentence, w)]
    targets = [w for w in said if content_words(w)]
    others = {w for s in ground.others for w in re.findall(r"\b[a-z]{4,}\b", s) if content_words(w)}
    offers = sorted(others)
    rng.shuffle(targets)
    rng.shuffle(offers)
    for old in targets:
        for new in offers:
            if (
                _ending(old)
                and _ending(new) == _ending(old)
                and _stays_unanswered(ground, old, new)
            ):
                yield _put(ground.question, old, new)


# Each with its weight, which is also the chance that it is tried at all once drawn: the rougher
# kinds must not fill in wherever a question offers nothing better.
_EDITS: dict[str, tuple[float, Callable[[_Ground, random.Random], Iterator[str]]]] = {
    "name": (1.0, _name_swaps),
    "number": (1.0, _number_swaps),
    "set": (0.8, _set_swaps),
    "opposite": (1.0, _opposite_swaps),
    "word": (0.35, _word_swaps),
    "negation": (0.3, _negations),
}
