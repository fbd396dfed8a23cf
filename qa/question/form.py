"""The form of the answer that a question asks for, by the words it is put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from qa.dialogue.mentions import names
from qa.dialogue.words import AUXILIARIES, WH
from qa.question.text import lowered
from qa.question.wording import (
    ASKING_NOUNS,
    COUNTS,
    MASS,
    NO_PLURALS,
    POLITE,
    SUMMARIES,
    TOPICS,
)
from qa.types import Form

PREPOSITION = r"(?:in|on|at|for|to|from|by|with|of|since|until|till|under|over|besides|off)"
_AUXILIARIES = frozenset(AUXILIARIES.split("|"))
# Words before which the group of "which two cities" ends.
_GROUP_ENDS = _AUXILIARIES | frozenset("of in on at for to from by with that who which".split())
# So few words name a topic; more may ask for a fact: "visitors in the first three days".
_NAMED = 2
_BEHIND_HEAD = re.compile(r"\s+(?:of|in|for|on|at|that|who|which|to|from|with|by)\s+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form; for topics and summaries also about what, empty for "this article".

    `guessed`: a topic only because nothing else was recognised; it may be a question in keywords.
    """

    form: Form
    about: str = ""
    guessed: bool = False


def wanted(core: str) -> Wanted:
    """The form of what a question asks for, without its polite opening."""
    low = lowered(core).replace("’", "'").rstrip(" ?")
    for form, patterns in ((Form.SUMMARY, SUMMARIES), (Form.TOPIC, TOPICS)):
        for pattern in patterns:
            if (found := pattern.match(low)) is not None:
                return Wanted(form, _as_typed(core, found))
    if _is_yes_no(core, low):
        return Wanted(Form.FACT if _is_choice(low) else Form.YES_NO)
    if _explains(low):
        return Wanted(Form.EXPLANATION)
    if _is_list(low):
        return Wanted(Form.LIST)
    if re.search(rf"\b(?:{WH})\b", low) or _is_keyed(low):
        return Wanted(Form.FACT)
    topic = core.rstrip(" ?")
    plain = names(topic) == [topic] or len(topic.split()) <= _NAMED
    return Wanted(Form.TOPIC, topic, guessed=not plain)


def asks_for_summary(question: str) -> bool:
    """Whether a summary is asked for of an article that is not named: `"Can you sum it up?"`."""
    core = POLITE.sub("", question.strip(), count=1)
    return wanted(core) == Wanted(Form.SUMMARY)


def _as_typed(core: str, found: re.Match[str]) -> str:
    if found["rest"] is None:
        return ""
    return core[found.start("rest") : found.end("rest")].strip(" ?.!,:\"'“”")


def _is_yes_no(core: str, low: str) -> bool:
    """`"Did Kerry rule it out?"`, `"The captain was arrested?"`, but not `"Will Smith"`."""
    if re.search(rf"\s(?:and|or)\s+(?:{PREPOSITION}\s+)?(?:{WH})\b", low):
        return False  # "Is there a curfew, and until when?"
    if core.rstrip().endswith("?") and not re.search(rf"\b(?:{WH})\b", low):
        return re.search(rf"\b(?:{AUXILIARIES})(?:n't)?\s+\w", low) is not None
    if re.match(rf"(?:{AUXILIARIES})(?:n't)?\s+\w", low) is None:
        return False
    return not (re.match(r"may\s+\d", low) or (len(core.split()) <= 3 and core.istitle()))


def _is_choice(low: str) -> bool:
    """`"Was it bread or rusks"`, not `"Is it safe or not"`."""
    either = re.search(r"\w\s+or\s+(?!not\b|so\b|more\b|less\b|any|the\s+like)\w", low)
    return either is not None


def _explains(low: str) -> bool:
    return any(
        re.match(pattern, low) is not None
        for pattern in (
            rf"why\b|how\s+come\b|how\s+(?:{AUXILIARIES})\b|explain\b|describe\b",
            r"(?:for\s+what|what(?:\s+(?:is|was|are|were))?)\s+(?:the\s+)?(?:reason|cause|explanation)s?\b",
            r"(?:reason|cause)s?\s+(?:of|for|why)\b",
            r"what\s+(?:(?:has\s+|had\s+)?happen(?:s|ed)|(?:is\s+)?happening|will\s+happen|caused|causes|"
            r"led\s+to|prompted|triggered|went\s+wrong|became\s+of)\b",
        )
    )


def _is_list(low: str) -> bool:
    """Whether several things are asked for: `"Which cities did..."`, `"Who were..."`."""
    if re.match(
        r"who\s+(?:were|are)\b(?!\s+(?:you|they|we)\b)|list\s+\w|(?:what|who)\s+all\b", low
    ):
        return True
    named = re.match(
        r"(?:name|give|what\s+(?:are|were)(?=\s+(?:the|his|her|its|their|some|all)\b))\s+(?:me\s+)?"
        r"(?:the\s+names?\s+of\s+)?(?:all\s+|some\s+of\s+)?"
        r"(?:the|his|her|its|their|any|some|both|all)?\s*(?P<rest>.+)",
        low,
    )
    if named is not None:
        words = re.findall(r"[\w'-]+", _BEHIND_HEAD.split(named["rest"])[0])
        return 0 < len(words) <= 4 and _is_plural(words[-1])
    asked = re.match(rf"(?:{PREPOSITION}\s+)?(?P<wh>which|what)\s+(?P<rest>.+)", low)
    if asked is None:
        return False
    words = re.findall(r"[\w'-]+", asked["rest"])
    group = list(takewhile(lambda word: word not in _GROUP_ENDS, words))
    auxiliary = "".join(words[len(group) : len(group) + 1]) in _AUXILIARIES
    if not group or group[0] in MASS:
        return False
    if group[0] in COUNTS:
        return True
    if _is_plural(group[0]):
        return auxiliary or asked["wh"] == "which"
    return auxiliary and len(group) <= 4 and _is_plural(group[-1]) and group[-1] not in MASS


def _is_plural(word: str) -> bool:
    if word in ("people", "men", "women", "children", "police"):
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is", "ias", "'s"))
        and word not in NO_PLURALS
    )


def _is_keyed(low: str) -> bool:
    """`"death toll of the bombing"`, `"duarte's age"`: a noun that asks, without question word."""
    if re.match(
        r"(?:name|give|state|find)\b|.*\b(?:death\s+toll|prize\s+money|home\s+town)\b", low
    ):
        return True
    words = re.findall(r"[\w'-]+", low)
    for place, word in enumerate(words[:4]):
        if word in ASKING_NOUNS:
            after = words[place + 1 : place + 2]
            return not after or re.fullmatch(PREPOSITION + "|when|where|per", after[0]) is not None
    return bool(words) and words[-1] in ASKING_NOUNS
