"""Whether two short texts give the same answer: "six" and "6", "Kerry" and "John Kerry".

Knows only texts; what it takes for the same still differs in wording, which stays as it is.
"""

from __future__ import annotations

import re
import unicodedata

from qa.question.kinds import Kind
from qa.question.numbers import values

_TITLES = frozenset(
    """mr mrs ms miss mx dr drs prof professor sir dame lord lady gen general lt lieutenant col
    colonel maj major capt captain sgt sergeant cpl corporal pvt private adm admiral sen senator rep
    representative gov governor rev reverend fr father sister brother st judge justice president
    prime minister premier chancellor king queen prince princess mayor superintendent inspector
    detective commissioner commander secretary ambassador grand ayatollah ex former then""".split()
)
_ARTICLES = frozenset("a an the".split())
_HEDGES = re.compile(
    r"\b(?:about|around|some|roughly|approximately|nearly|almost|more than|less than|fewer than|"
    r"at least|at most|up to|over|under|just|only|an? estimated|as many as|as much as|exactly)\b"
)
_OPENING = frozenset("in on at by for from to of since until with into near because".split())
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|"
    r"ember)?\b\.?"
)
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))?\s*([ap])\.?\s?m\b\.?")
_CURRENCY = {"dollar": "$", "usd": "$", "euro": "€", "pound": "£", "sterling": "£", "gbp": "£"}
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[%$€£¥]")
_NAMED = (Kind.PERSON, Kind.PLACE, Kind.ORGANISATION, Kind.ANY)


def canonical(text: str) -> tuple[str, ...]:
    """The text as tokens in which only what it says is left, in an order of their own kind.

    >>> canonical("about $18 million") == canonical("18 million dollars") == canonical("$18m")
    True
    >>> canonical("on Feb. 3") == canonical("3 February"), canonical("six") == canonical("6")
    (True, True)
    """
    low = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    low = _CLOCK.sub(lambda m: f" {int(m[1])}{m[2] if m[2] else '00'} {m[3]}m ", low)
    low = _ORDINAL.sub(r"\1", re.sub(r"\bper\s?cent\b", "%", low))
    low = _HEDGES.sub(" ", re.sub(r"'s\b|s'(?=\s|$)", "", low))
    numbers, rest = values(low)
    words = [_CURRENCY.get(_one(w), _one(w)) for w in _TOKEN.findall(_MONTH.sub(r" \1 ", rest))]
    words = [w for w in words if w not in _ARTICLES and w not in _TITLES]
    while words and words[0] in _OPENING:
        words.pop(0)
    return (*sorted(numbers), *words)


def same(left: str, right: str, kind: Kind = Kind.ANY) -> bool:
    """Whether two answers to one question of this kind say the same.

    Numbers must be equal, what stands beside them may be left out by one of the two; of a name
    one may give only the last part; of a longer clause one may hold all the words of the other.
    """
    a, b = canonical(left), canonical(right)
    if not a or not b:
        return left == right
    if a == b:
        return True
    figures = [{t for t in tokens if t[0].isdigit()} for tokens in (a, b)]
    short, long = sorted((set(a), set(b)), key=len)
    if figures[0] or figures[1]:
        return figures[0] == figures[1] and short <= long
    if kind in _NAMED and (names := (_name(left, kind), _name(right, kind))) and all(names):
        return _same_name(*names, kind)
    return len(short) >= 3 and short <= long


def _one(word: str) -> str:
    """Without the s of a plural: "hours" is "hour"."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _name(text: str, kind: Kind) -> tuple[str, ...]:
    """The words of a name in lower case, without titles; empty where the text is not a name.

    Of a person, a place or an organisation a description may stand round it: "the union leader
    Rufino Calle", "Rufino Calle, the union leader".
    """
    head = text.split(",")[0].split(" (")[0].strip(" .“”\"'‘’")
    words = [re.sub(r"['’]s$", "", word) for word in head.split()]
    named = [w[:1].isupper() or w.lower() in ("of", "the", "de", "al", "bin") or _particle(w)
             for w in words]  # fmt: skip
    if kind is Kind.ANY and not all(named):
        return ()
    start = next((i for i in range(len(words)) if all(named[i:])), len(words))
    kept = [w.lower().strip(".") for w in words[start:]]
    kept = [w for w in kept if w not in _TITLES and w not in _ARTICLES]
    return tuple(kept) if any(w[:1].isupper() or _particle(w) for w in words[start:]) else ()


def _particle(word: str) -> bool:
    """`"al-Maliki"`: a name that begins small."""
    return re.match(r"(?:al|el|an|ar|as|at|ad|bin|ibn|de|van|von)-[A-Z]", word) is not None


def _same_name(left: tuple[str, ...], right: tuple[str, ...], kind: Kind) -> bool:
    short, long = sorted((left, right), key=len)
    if not short:
        return False
    if long[-len(short) :] == short:
        return True
    if kind in (Kind.PLACE, Kind.ORGANISATION) and long[: len(short)] == short:
        return True
    initials = "".join(word[0] for word in long if word not in ("of", "and"))
    return len(short) == 1 and len(long) > 1 and short[0].replace(".", "") == initials
