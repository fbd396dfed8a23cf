"""Rewriting a follow-up so that it stands alone: one small rule for each way of leaning.

Each rule returns the rewritten question, or None where it does not apply. What comes out is shown
to people and searched for, so it need not be elegant, but it must name what is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.dialogue.mentions import Mention, mentions, names, wh_phrase
from qa.dialogue.words import (
    ABOUT,
    BARE,
    ELSE,
    GROUPS,
    OPENING,
    PERSONS,
    POSSESSIVES,
    THINGS,
)

_SUBJECT = re.compile(
    r"^(?P<wh>who|what|which(?:\s+[\w’'-]+){1,3}?)\s+(?P<rest>\w+.*?)\s*[?!.]*$", re.I
)
_FRAGMENT = re.compile(
    r"^(?P<preposition>in|on|at|for|from|to|by|with|after|before|during|since)"
    r"\s+(?P<rest>.+?)\s*[?!.]*$",
    re.IGNORECASE,
)
_PREPOSITIONS = frozenset(
    "in on at by for from to of with and or after before during as than but about".split()
)


def without_opening(question: str) -> str:
    """`"And where is she from?"` -> `"Where is she from?"`."""
    rest = OPENING.sub("", question, count=1)
    return rest[:1].upper() + rest[1:] if rest else question


def bare(question: str, before: str, answer: str) -> str | None:
    """`"Why?"` after `"When did Kerry visit Baghdad?"` -> `"Why did Kerry visit Baghdad?"`."""
    asked = BARE.match(without_opening(question))
    if asked is None:
        return None
    wh = asked["wh"][:1].upper() + asked["wh"][1:]
    if wh.lower() in ("who", "what", "which") or before.lower().startswith(wh.lower() + " "):
        return None
    known = wh_phrase(before)
    if known is not None and known["rest"]:
        # The answer takes the place of what was asked where that stood behind the verb.
        return f"{wh} {known['aux']} {known['rest']}?"
    subject = _SUBJECT.match(before)
    if subject is not None and answer:
        return f"{wh} was it that {answer} {subject['rest']}?"
    return None


def about(question: str, before: str) -> str | None:
    """`"What about Mosul?"` after `"How many fled Tal Afar?"` -> `"How many fled Mosul?"`."""
    plain = without_opening(question)
    asked = ABOUT.match(plain)
    place = _FRAGMENT.match(plain) if asked is None else None
    if asked is not None:
        rest = asked["rest"]
        inner = _FRAGMENT.match(rest)
        return about(rest, before) if inner is not None else _exchanged(before, rest)
    if place is None or wh_phrase(plain) is not None:
        return None
    old = re.search(
        rf"\b{place['preposition']}\s+[^?.,;]+?"
        rf"(?=\s+(?:{'|'.join(sorted(_PREPOSITIONS))})\b|\s*[?.,;]|\s*$)",
        before,
        re.IGNORECASE,
    )
    new = f"{place['preposition'].lower()} {place['rest']}"
    stem = before.rstrip(" ?.!")
    return (
        f"{stem[: old.start()]}{new}{stem[old.end() :]}?" if old is not None else f"{stem} {new}?"
    )


def _exchanged(before: str, new: str) -> str:
    """The question with its last name, or its last phrase, exchanged for another."""
    known = [name for name in names(before) if name.lower() not in new.lower()]
    old = (
        known[-1]
        if known
        else next(
            (m.text for m in reversed(mentions(before, "")) if m.text.lower() not in new.lower()),
            None,
        )
    )
    stem = before.rstrip(" ?.!")
    if old is None:
        return f"{stem}, {new}?"
    at = stem.rfind(old)
    return f"{stem[:at]}{new}{stem[at + len(old) :]}?"


def other(question: str, before: str) -> str | None:
    """`"Who else?"` -> the question before; the caller leaves out what was answered already."""
    asked = ELSE.match(without_opening(question))
    if asked is None:
        return None
    if asked["rest"].strip():
        return re.sub(r"\s+else\b", "", without_opening(question), count=1)
    return before


def pronouns(question: str, spoken: Sequence[Mention]) -> str | None:
    """`"What share did he get?"` -> `"What share did Rufino Calle get?"`; None where nothing fits.

    `spoken` is what was spoken of, the likeliest first. Every kind of pronoun takes the first
    mention of its kind that the question does not name already.
    """
    words = re.split(r"(\W+)", without_opening(question))
    here = question.lower()
    chosen: dict[str, str] = {}
    changed = False
    for place, word in enumerate(words):
        kind = _kind(word)
        if kind is None:
            continue
        if kind not in chosen:
            taken = {mention.lower() for mention in chosen.values()}
            fitting = [
                m.text
                for m in _fitting(kind, spoken)
                if m.text.lower() not in here and m.text.lower() not in taken
            ]
            if not fitting:
                continue
            chosen[kind] = fitting[0]
        words[place] = _put(word, chosen[kind], words[place + 1 :])
        changed = True
    return "".join(words) if changed else None


def _kind(word: str) -> str | None:
    low = word.lower()
    for kind, members in (("person", PERSONS), ("thing", THINGS), ("group", GROUPS)):
        if low in members:
            return kind
    return None


def _fitting(kind: str, spoken: Sequence[Mention]) -> list[Mention]:
    if kind == "person":
        return [m for m in spoken if m.person is not False]
    things = [m for m in spoken if m.person is not True]
    if kind == "thing":
        return things
    plural = [m for m in things if m.person is False and m.text.lower().endswith("s")]
    # Not the answer itself first: "they" is more often whoever did what was asked about.
    return plural + [m for m in things[1:] + things[:1] if m not in plural]


def _put(word: str, mention: str, rest: Sequence[str]) -> str:
    """The mention in the pronoun's place, with 's where the pronoun was possessive."""
    following = next((w for w in rest if w.strip() and w[:1].isalpha()), "")
    low = word.lower()
    owns = low in POSSESSIVES and not (
        low == "her" and (not following or following.lower() in _PREPOSITIONS)
    )
    if not owns:
        return mention
    return f"{mention}’" if mention.endswith("s") else f"{mention}’s"
