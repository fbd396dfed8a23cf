"""What a question asks for: the form of its answer, the kind of thing, its names and words.

Rules over words; knows no index and no model. Questions come as people type them: in lower case,
without question mark, as keywords, with typing errors.

    asking("Which cities did Duarte visit?").form is Form.LIST
    asking("rank of Uliastan's dead soldier").form is Form.FACT
    asking("Tal Afar").form is Form.TOPIC
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.dialogue.mentions import names
from qa.dialogue.words import AUXILIARIES, WH
from qa.question.form import PREPOSITION, wanted
from qa.question.kinds import Kind, expected
from qa.question.wording import COUNTS, MISTYPED, POLITE, STOP_WORDS
from qa.types import Form

_ASKED = rf"(?:{PREPOSITION}\s+)?(?:{WH})\b"
_CONTRACTED = re.compile(r"^((?:who|what|where|when|how|why))['’]s\b", re.IGNORECASE)
_SAY_NOTHING = STOP_WORDS | MISTYPED.keys()
_WORDED_ANY = (Form.TOPIC, Form.SUMMARY, Form.YES_NO)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question understood as far as words go.

    `about` is what a topic or a summary is to be about, empty for "this article". `count` is how
    many answers are asked for ("What three things"), None where it is not said. `terms` are the
    words that say something, in order; `names` and `numbers` are those among them that an answer
    can hardly do without. `guessed`: a topic only for want of a question word.
    """

    question: str
    form: Form
    kind: Kind
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    terms: tuple[str, ...]
    about: str = ""
    count: int | None = None
    guessed: bool = False


def asking(question: str) -> Asking:
    """What the question asks for."""
    whole = " ".join(question.split())
    core = _core(whole)
    found = wanted(core)
    told = found.about if found.form in (Form.TOPIC, Form.SUMMARY) else whole
    words = re.findall(r"\w+(?:[.,'’-]\w+)*", told)
    return Asking(
        question=whole,
        form=found.form,
        kind=Kind.ANY if found.form in _WORDED_ANY else expected(core),
        names=tuple(
            name for name in names(told) if name.lower().replace("’", "'") not in STOP_WORDS
        ),
        numbers=tuple(dict.fromkeys(w for w in words if any(c.isdigit() for c in w))),
        terms=tuple(dict.fromkeys(w for w in words if w.lower() not in _SAY_NOTHING)),
        about=found.about,
        count=_count(core) if found.form is Form.LIST else None,
        guessed=found.guessed,
    )


def _core(question: str) -> str:
    """The asking part: `"Can you tell me whos won?"` -> `"who won?"`."""
    core = _CONTRACTED.sub(r"\1 is", question.strip(" \t.!…-–—:\"'“”‘’"))
    before = None
    while core != before:
        before = core
        core = POLITE.sub("", core, count=1).lstrip(" ,:") or core
    first, _, rest = core.partition(" ")
    right = MISTYPED.get(first.lower().rstrip(",?"))
    return _main(f"{right} {rest}".strip() if right is not None else core)


def _main(core: str) -> str:
    """Without what stands before the question word.

    `"When the ship sank, who swam?"` -> `"who swam?"`, `"I read about a thief. Where was he
    caught?"` -> its last sentence.
    """
    later = re.search(
        rf"[.;?!]\s+(?P<rest>(?:{_ASKED}|(?:{AUXILIARIES})\b).*)$", core, re.IGNORECASE
    )
    if later is not None:
        return _main(later["rest"])
    clause = re.match(
        rf"(?!{_ASKED}\s+(?:{AUXILIARIES})\b)[^?]+?[,;]\s+(?P<rest>{_ASKED}.*)$",
        core,
        re.IGNORECASE,
    )
    return clause["rest"] if clause is not None else core


def _count(core: str) -> int | None:
    found = re.search(rf"\b({'|'.join(COUNTS)})\b", core.lower())
    return COUNTS[found[1]] if found is not None else None
