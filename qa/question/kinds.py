"""What kind of thing a question asks for, and whether a span can be one; words only, no model.

expected("In which year was the bridge built?") is Kind.DATE
may_be("the mayor", Kind.DATE) is False
"""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """What an answer names. `AMOUNT` is money or a measure, `NUMBER` counts things."""

    PERSON = "a person"
    PLACE = "a place"
    ORGANISATION = "an organisation"
    DATE = "a date or a time"
    NUMBER = "a number"
    AMOUNT = "an amount"
    REASON = "a reason"
    MANNER = "how something was done"
    ANY = "an answer"


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HEADS = {
    Kind.PERSON: _words(
        "person man woman boy girl judge doctor scientist historian analyst economist president "
        "minister mayor governor senator lawmaker politician official officer general captain "
        "commander leader chief head director chairman chairwoman founder owner boss manager "
        "spokesman spokeswoman spokesperson witness victim suspect author writer actor actress "
        "singer player coach lawyer professor teacher engineer worker detective campaigner critic "
        "king queen prince princess bishop pope envoy diplomat ambassador surgeon researcher "
        "employee colleague relative brother sister son daughter wife husband father mother winner"
    ),
    Kind.PLACE: _words(
        "city country town village place region island river state province county street port "
        "capital district continent nation neighbourhood neighborhood suburb building location "
        "birthplace venue airport hospital bridge road mountain lake constituency"
    ),
    Kind.ORGANISATION: _words(
        "company firm party team club bank paper newspaper agency organisation organization "
        "university union ministry court studio insurer business charity army militia airline "
        "school museum council committee department government institution foundation retailer"
    ),
    Kind.DATE: _words("year date day month week decade century time weekday season"),
    Kind.NUMBER: _words("number percentage proportion share population toll score count fraction"),
    Kind.AMOUNT: _words(
        "price cost sum amount size speed distance length height weight temperature age budget "
        "salary fee fine rate depth width reward profit loss debt turnover duration value"
    ),
}
_KIND_OF = {word: kind for kind, words in _HEADS.items() for word in words}
_HOW = re.compile(
    r"\bhow\s+(?P<measure>many|much|long|far|old|tall|high|deep|wide|big|large|heavy|fast|often|"
    r"late|early|soon|young|small|hot|cold|strong|close|near|common)\b"
)
_WHICH = re.compile(r"\b(?:which|what|name|name\s+of|give|state)\s+(?P<rest>[^?.,;]*)")
_OPENING = re.compile(r"^(?P<rest>(?:[\w’'-]+\s+){0,2}?[\w’'-]+)\s+(?:of|in|at|for|when)\b")
# Words with which the phrase after "which" or "what" ends.
_END = _words(
    "is are was were be been am did do does has have had can could will would may might must should"
    " shall who whom whose when where why how that to from by with on at for in"
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety|hundreds?|thousands?|millions?|billions?|dozens?|score|half|third|quarter|tenth|fifth|"
    r"none|no|nobody|zero|once|twice|several|few|many|all|both|neither|every|each|most|majority|"
    r"pair|couple|single|only|double|triple|a)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\d|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:[a-z]*|\.)\b|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:spring|summer|autumn|fall|winter|morning|"
    r"afternoon|evening|night|dawn|dusk|noon|midday|midnight|today|yesterday|tomorrow|tonight|"
    r"now|immediately|soon|ago|later|christmas|easter|ramadan|holiday|birthday|"
    r"days?|weeks?|months?|years?|decades?|centur\w+|hours?|minutes?|seconds?|moment|weekend|"
    r"last|next|after|before|when|while|once|during|until|since|as|end|start|beginning)\b",
    re.IGNORECASE,
)


def expected(question: str) -> Kind:
    """The kind of thing that would answer; `Kind.ANY` where the words do not say."""
    plain = " ".join(question.lower().split())
    if (how := _HOW.search(plain)) is not None:
        return Kind.NUMBER if how["measure"] == "many" else Kind.AMOUNT
    if re.match(r"(?:(?:by|since|until|till|from|for)\s+)?when\b", plain):
        return Kind.DATE
    if re.search(r"\bwhy\b|\bhow\s+come\b|\bwhat\s+(?:caused|led|prompted)\b|^(?:reason|cause)s?\b",
                 plain):  # fmt: skip
        return Kind.REASON
    if (which := _WHICH.search(plain)) is not None and (kind := _head(which["rest"])) is not None:
        return kind
    if re.search(r"\b(?:who|whom|whose)\b", plain):
        return Kind.PERSON
    if re.search(r"\bwhere\b", plain):
        return Kind.PLACE
    if re.search(r"\bhow\b", plain):
        return Kind.MANNER
    opening = _OPENING.search(plain)
    return (opening and _head(opening["rest"])) or Kind.ANY


def _head(phrase: str) -> Kind | None:
    """The kind of the noun that a phrase ends in: `"european city did he"` -> a place.

    `"was the name of the judge"` and `"is the capital of"` are read through.
    """
    words = re.findall(r"[\w’'-]+", phrase)
    if words and words[0] in _END:
        asked = re.match(
            r"(?:is|are|was|were)\s+(?:the|his|her|its|their|[\w-]+[’']s)\s+(?P<rest>.*)", phrase
        )
        return _first(asked["rest"]) if asked is not None else None
    before: list[str] = []
    for word in words:
        if word in _END:
            break
        before.append(word)
    known = [_KIND_OF[_one(word)] for word in before[:4] if _one(word) in _KIND_OF]
    return known[-1] if known else None


def _first(phrase: str) -> Kind | None:
    """The kind of the first noun that is known, behind `"name of the"`."""
    phrase = re.sub(r"^(?:full\s+|real\s+)?names?\s+of\s+(?:the|a|an)\s+", "", phrase)
    head = re.split(r"\s+(?:of|in|for|on|at|that|who|which)\s+", phrase)[0]
    for word in reversed(re.findall(r"[\w-]+", head)):
        if (kind := _KIND_OF.get(_one(word))) is not None:
            return kind
    return None


def _one(word: str) -> str:
    """The singular of a known noun: `"cities"` -> `"city"`."""
    if word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("es", "s"):
        if word.endswith(ending) and word[: -len(ending)] in _KIND_OF:
            return word[: -len(ending)]
    return {"men": "man", "women": "woman", "people": "person"}.get(word, word)


def may_be(text: str, kind: Kind) -> bool:
    """Whether a span can be of a kind: false only where it plainly cannot.

    A number needs a digit or a number word, a date a word of time; a person or a place is more
    than figures. Of everything else anything may be one.
    """
    if kind is Kind.NUMBER:
        return _NUMBER.search(text) is not None
    if kind is Kind.DATE:
        return _TIME.search(text) is not None
    if kind in (Kind.PERSON, Kind.PLACE, Kind.ORGANISATION):
        return re.search(r"[^\W\d_]{2}", text) is not None
    return True
