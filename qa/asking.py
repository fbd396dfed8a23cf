"""What a question asks for: its form, and its words. Rules over words; knows no articles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.types import Form

_LEAD = r"^\W*(?:(?:and|but|so|also|please|ok|okay)\W+)*"
_AUX = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|"
    r"isn['’]?t|aren['’]?t|wasn['’]?t|weren['’]?t|don['’]?t|doesn['’]?t|didn['’]?t|hasn['’]?t|"
    r"haven['’]?t|hadn['’]?t|can['’]?t|couldn['’]?t|won['’]?t|wouldn['’]?t)"
)
_SUMMARY = re.compile(
    _LEAD
    + r"(?:summari[sz]e\b|sum\s+up\b|(?:give|write|show)\s+(?:me\s+)?(?:a|the|an)\s+(?:short\s+)?"
    r"(?:summary|overview)\b|(?:a\s+)?summary\s+of\b|"
    r"what(?:['’]s|\s+is|\s+are)\s+(?:this|that|the|these)\s+(?:article|story|report|piece|text|page)s?\s+"
    r"about\b|what\s+does\s+(?:this|that|the)\s+(?:article|story|report|piece)\s+say\b)",
    re.IGNORECASE,
)
_MEASURED = (
    "many much old long far often big tall high large deep fast heavy wide soon late near close "
    "common likely hot cold strong expensive well loud bad good"
).replace(" ", "|")
_WHY = re.compile(
    _LEAD + r"(?:why\b|how\s+come\b|for\s+what\s+reasons?\b|"
    r"what\s+(?:was|were|is|are)\s+the\s+reasons?\b|"
    r"what\s+(?:caused|led\s+to|made|prompted|explains?|triggered)\b|"
    rf"how\s+(?!(?:{_MEASURED})\b){_AUX}\b|what\s+happened\b|in\s+what\s+way\b|"
    r"explain\b|describe\b)",
    re.IGNORECASE,
)
_YES_NO = re.compile(_LEAD + _AUX + r"\b(?!\s+(?:me|you\s+tell|you\s+show))", re.IGNORECASE)
_EITHER = re.compile(r"\b\w+\s+or\s+\w+", re.IGNORECASE)
_COUNTED = r"(?:two|three|four|five|six|seven|eight|nine|ten|several|other|all(?:\s+the)?)"
_MANY = re.compile(
    _LEAD + rf"(?:(?:which|what)\s+(?:{_COUNTED}\s+(?:[\w’'-]+\s+)?(?P<counted>[\w’'-]+s)\b|"
    rf"(?!{_AUX}\b|of\b)(?P<noun>[\w’'-]+s)\s+(?:are|were|have|do|did|will|fell|came|took)\b)|"
    r"who\s+(?:are|were)\s+(?:the|all)\s+[\w’' -]*?[a-rt-z]s\b|"
    rf"(?:list|name|give)\s+(?:me\s+)?(?:all|every|{_COUNTED})\b|"
    r"(?:what|which)\s+(?:are|were)\s+the\s+(?:names\b|[\w’'-]+s\s*\?))",
    re.IGNORECASE,
)
_SINGULAR = frozenset(
    "news series species politics economics physics means gas bus boss loss class address process "
    "business crisis basis analysis emphasis status virus campus census focus bonus access success "
    "progress illness mathematics athletics hours words items".split()
)
_QUESTION = re.compile(
    _LEAD + r"(?:(?:in|on|at|for|to|from|by|with|of|since|until|under|after|before|during|against|"
    r"about|into|through|near|around)\s+)?(?:what|which|who|whom|whose|when|where|why|how)\b|"
    + _LEAD
    + _AUX
    + r"\b|\?\s*$",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(?:name|number|age|rank|date|time|place|price|cost|size|length|height|weight|share|"
    r"percentage|population|amount|author|owner|winner|cause|reason|title|year|exchange\s+rate|rate|"
    r"score|salary|distance|speed|capital|nickname|job|profession)\s+(?:of|for|at|in)\b",
    re.IGNORECASE,
)
_TOPIC_LEAD = re.compile(
    _LEAD + r"(?:tell\s+me\s+(?:more\s+)?about|what\s+(?:do|does)\s+(?:we|you|the\s+articles?)\s+"
    r"(?:know|say)\s+about|(?:the\s+)?(?:latest|news|everything|anything)\s+(?:on|about|from))\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:[-’']\w+)*")
_MOST_TOPIC_WORDS = 6


@dataclass(frozen=True, slots=True)
class Asking:
    """A question's form and, for a topic, the words that name it."""

    form: Form
    topic: str = ""


def asking(question: str) -> Asking:
    """The form of answer that a question asks for.

    >>> asking("Why was the bridge closed?").form, asking("Tal Afar").form
    (<Form.EXPLANATION: 'explanation'>, <Form.TOPIC: 'topic'>)
    """
    text = " ".join(question.split())
    if _SUMMARY.search(text):
        return Asking(Form.SUMMARY)
    if (lead := _TOPIC_LEAD.search(text)) is not None:
        return Asking(Form.TOPIC, text[lead.end() :].strip(" ?.!"))
    if _WHY.search(text):
        return Asking(Form.EXPLANATION)
    if _YES_NO.search(text):
        # "Was it Kerry or Rice?" wants one of the two.
        return Asking(Form.FACT if _EITHER.search(text) else Form.YES_NO)
    many = _MANY.search(text)
    if many is not None and (many["noun"] or many["counted"] or "").lower() not in _SINGULAR:
        return Asking(Form.LIST)
    if _is_topic(text):
        return Asking(Form.TOPIC, text.strip(" ?.!"))
    return Asking(Form.FACT)


def _is_topic(text: str) -> bool:
    """A few words without anything that asks, like a heading."""
    if _QUESTION.search(text) or _KEY.search(text):
        return False
    words = _WORD.findall(text)
    return 0 < len(words) <= _MOST_TOPIC_WORDS and not any(w.lower() in _VERBS for w in words)


_VERBS = frozenset("is are was were has have had did does do can will would".split())


_NOW = re.compile(
    r"\b(?:now|currently|current|latest|newest|today|at\s+present|these\s+days|so\s+far)\b",
    re.IGNORECASE,
)


def about_now(question: str) -> bool:
    """Whether a question asks how things stand, so that the newest article counts most."""
    return _NOW.search(question) is not None
