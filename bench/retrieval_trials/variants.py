"""Other choices of what a question looks for by word; knows nothing of how words are weighed."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from index.query import _STOP_WORDS, lexical_terms

Terms = Callable[[str], tuple[str, ...]]

# The stop words of version 0.1, besides those of today.
_MORE_STOP_WORDS = frozenset(
    """about after all also am because before between both during each here hers himself if into
    itself just me more most much must no nor not off once only other ours out over own same shall
    should some such these through too under until up very yours""".split()
)
_QUESTION_WORDS = frozenset(
    "called kind known many much name number percent percentage term type year".split()
)
_WORD = re.compile(r"\w+(?:[.'’]\w+)*")
_OLD_WORD = re.compile(r"\w+(?:[.'’\-]\w+)*")
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty"
).split()
_BRITISH = dict(
    pair.split("/")
    for pair in """behaviour/behavior centre/center colour/color defence/defense favourite/favorite
    grey/gray harbour/harbor honour/honor kilometres/kilometers labour/labor licence/license
    metres/meters neighbour/neighbor organisation/organization organised/organized
    programme/program theatre/theater tonnes/tons travelled/traveled""".split()
)
_FORMS = [
    family.split("/")
    for family in """beat/beaten become/became begin/began/begun bite/bit/bitten blow/blew/blown
    break/broke/broken bring/brought build/built buy/bought catch/caught choose/chose/chosen
    come/came deal/dealt draw/drew/drawn drink/drank/drunk drive/drove/driven eat/ate/eaten
    fall/fell/fallen feed/fed feel/felt fight/fought find/found flee/fled fly/flew/flown
    forbid/forbade/forbidden forget/forgot/forgotten freeze/froze/frozen get/got give/gave/given
    go/went/gone grow/grew/grown hang/hung hear/heard hide/hid/hidden hold/held keep/kept
    know/knew/known lay/laid lead/led leave/left lend/lent lose/lost make/made mean/meant meet/met
    pay/paid ride/rode/ridden ring/rang/rung rise/rose/risen run/ran say/said see/saw/seen
    seek/sought sell/sold send/sent shake/shook/shaken shoot/shot show/shown sing/sang/sung
    sink/sank/sunk sit/sat sleep/slept speak/spoke/spoken spend/spent stand/stood
    steal/stole/stolen stick/stuck strike/struck swear/swore/sworn sweep/swept swim/swam/swum
    take/took/taken teach/taught tear/tore/torn tell/told think/thought throw/threw/thrown
    wake/woke/woken wear/wore/worn win/won withdraw/withdrew/withdrawn write/wrote/written
    child/children man/men woman/women person/people foot/feet life/lives""".split()
]
_FAMILY = {form: family for family in _FORMS for form in family}


def expressions(make: Terms) -> Callable[[str], str]:
    """Question -> FTS5 expression; `come*` is a beginning, `a ~ b` are words near each other."""
    return lambda question: " OR ".join(map(_quoted, dict.fromkeys(make(question))))


def _quoted(term: str) -> str:
    if term.endswith("*"):
        return f'"{term[:-1]}"*'
    if " ~ " in term:
        left, _, right = term.partition(" ~ ")
        return f'NEAR("{left}" "{right}", 4)'
    return f'"{term}"'


def _kept(wanted: Callable[[str], bool]) -> Terms:
    return lambda question: tuple(term for term in lexical_terms(question) if wanted(term))


def _more(found: Callable[[list[str]], list[str]]) -> Terms:
    """Today's terms, and what is found in the question's words."""
    return lambda question: (*lexical_terms(question), *found(_WORD.findall(question)))


def _says(word: str) -> bool:
    return word.lower() not in _STOP_WORDS


def _across(words: list[str]) -> list[str]:
    threes = zip(words, words[1:], words[2:], strict=False)
    return [" ".join(w) for w in threes if [_says(x) for x in w] == [True, False, True]]


def _three(words: list[str]) -> list[str]:
    return [
        " ".join(w) for w in zip(words, words[1:], words[2:], strict=False) if all(map(_says, w))
    ]


def _near(words: list[str]) -> list[str]:
    return [f"{left} ~ {right}" for left, right in pairwise([w for w in words if _says(w)])]


def _beginnings(words: list[str]) -> list[str]:
    return [f"{w[: max(4, len(w) - 3)]}*" for w in words if len(w) > 5 and w.isalpha()]


def _numbers(words: list[str]) -> list[str]:
    spelled = [str(_NUMBERS.index(w.lower()) + 1) for w in words if w.lower() in _NUMBERS]
    return spelled + [_NUMBERS[int(w) - 1] for w in words if re.fullmatch(r"1?\d|20", w) and int(w)]


def _forms(words: list[str]) -> list[str]:
    return [form for word in words for form in _FAMILY.get(word.lower(), []) if _says(form)]


def _american(words: list[str]) -> list[str]:
    other = _BRITISH | {us: uk for uk, us in _BRITISH.items()}
    return [other[word.lower()] for word in words if word.lower() in other]


def _as_version_0_1(question: str) -> tuple[str, ...]:
    words = _OLD_WORD.findall(question)
    stop = _STOP_WORDS | _MORE_STOP_WORDS
    names = [f"{a} {b}" for a, b in pairwise(words[1:]) if a[0].isupper() and b[0].isupper()]
    return (*([w for w in words if w.lower() not in stop] or words), *names)


VARIANTS: dict[str, Terms] = {
    "as in version 0.1": _as_version_0_1,
    "no phrases": _kept(lambda term: " " not in term),
    "phrases of names only": _kept(lambda t: all(part[0].isupper() for part in t.split()[1:])),
    "acronyms as written": _kept(lambda term: re.fullmatch(r"[A-Z]( [A-Z])+", term) is None),
    "no question words": _kept(lambda term: not _QUESTION_WORDS & set(term.lower().split())),
    "longer stop list": _kept(lambda term: not _MORE_STOP_WORDS & set(term.lower().split())),
    "no stop list": _more(lambda words: words),
    "and across a stop word": _more(_across),
    "and three words": _more(_three),
    "and neighbours within 4": _more(_near),
    "and beginnings": _more(_beginnings),
    "and numbers both ways": _more(_numbers),
    "and irregular forms": _more(_forms),
    "and British, American": _more(_american),
}
