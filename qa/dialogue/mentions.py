"""What a turn was about: the names and noun phrases that a later "he", "it" or "there" may mean.

Rules over words, no grammar: a mention that is wrong shows in the resolved question, which people
see and can edit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.dialogue.words import AUXILIARIES, WH

_WORD = r"[^\W\d_][\w’'.-]*\w|[^\W\d_]"
_NAME = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Prof|Gen|Col|Capt|Sgt|Sen|Rep|Gov)\.?\s+)?"
    r"\b[A-Z][\w’'-]*(?:\s+(?:of\s+|the\s+|de\s+|van\s+|von\s+|al-|bin\s+|da\s+|der\s+)*[A-Z0-9][\w’'-]*)*"
)
_TITLE = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Prof|Sir|Lady|Gen|Col|Capt|Sgt|Sen|Rep|Gov)\b")
_OPENERS = frozenset(
    "the a an in on at by for from to of with and but is are was were did do does has have had can "
    "could will would should what which who whom whose when where why how tell show give name list "
    "since after before during under over about any some no not yes there this that these those i "
    "he she it they we you his her its their my our your if as".split()
)
_PHRASE = re.compile(
    r"\b(?:the|a|an|its|their|his|her)\s+((?:[\w’'-]+\s+){0,3}?[\w’'-]+)"
    rf"(?=\s*(?:[?.,;:]|$)|\s+(?:{AUXILIARIES}|in|on|at|by|for|from|to|of|with|and|or|after|before|"
    r"during|that|which|who|when|where|as|over|under|into|about|against|between|than)\b)",
    re.IGNORECASE,
)
_PERSON_QUESTION = re.compile(
    r"^(?:\W*(?:and|but|so)\W+)?(?:who|whom|whose)\b|\b(?:by|to|with|from)\s+whom\b", re.I
)
_NUMBERISH = re.compile(
    r"\d|^(?:one|two|three|four|five|six|seven|eight|nine|ten|a|half|several)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase that was spoken of; `person` is None where it may be one."""

    text: str
    person: bool | None


def names(text: str) -> list[str]:
    """Capitalised phrases, without the words that merely open a sentence.

    >>> names("When did Dr. Saira Lodhi leave Karsheen?")
    ['Dr. Saira Lodhi', 'Karsheen']
    """
    found = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and re.split("[’'.]", words[0].lower())[0] in _OPENERS:
            words = words[1:]
        name = re.sub(r"(?:'s|’s)$", "", " ".join(words))
        if name:
            found.append(name)
    return list(dict.fromkeys(found))


def phrases(question: str) -> list[str]:
    """Noun phrases after an article, with it: `"Who owns the Alto Verde mine?"` -> that mine."""
    return [match.group().strip() for match in _PHRASE.finditer(question)]


def mentions(question: str, answer: str) -> list[Mention]:
    """What was spoken of in a turn, the likeliest to be meant first: the answer, then the question.

    An answer that is a number, a date or a whole clause is nothing one speaks of.
    """
    found: list[Mention] = []
    asks_person = _PERSON_QUESTION.search(question) is not None
    said = answer.strip().strip("“”\"'")
    thing = bool(said) and not _NUMBERISH.search(said) and len(said.split()) <= 8
    if thing and (named := names(said)):
        # "the union leader Rufino Calle" is spoken of as Rufino Calle.
        longest = max(named, key=len)
        person = True if asks_person else _person(longest)
        found.append(Mention(said if person is False else longest, person))
    elif thing and asks_person:
        found.append(Mention(said, True))
    around = phrases(question)
    for name in names(question):
        wider = next((phrase for phrase in around if name in phrase), None)
        if wider is not None:
            found.append(Mention(wider, False))
            continue
        head = re.split(r"\s+of\s", name)[0]
        person = _person(head)
        found.append(Mention(name if person is False else head, person))
    found += [Mention(phrase, False) for phrase in around]
    if thing and not asks_person and not names(said):
        found.append(Mention(said, False))
    return found


def _person(name: str) -> bool | None:
    """Whether a name is a person's: with a title it is, two or three plain words may be."""
    if _TITLE.match(name):
        return True
    plain = re.compile(r"[A-Z][^\W\d_’'-]*(?:[-’']\w+)?")
    words = name.split()
    return None if 2 <= len(words) <= 3 and all(plain.fullmatch(w) for w in words) else False


def wh_phrase(question: str) -> re.Match[str] | None:
    """The asking part of a question up to its auxiliary: `"In what year"` of `"In what year did"`.

    Groups: `wh`, `aux` (None where the question word is the subject), `rest`.
    """
    return re.match(
        rf"^\W*(?P<wh>(?:(?:in|on|at|for|to|from|by|with|of|since|until)\s+)?(?:{WH})\b"
        rf"(?:(?!\s+(?:{AUXILIARIES})\b)\s+[\w’'$%-]+)*?)"
        rf"\s+(?P<aux>{AUXILIARIES})\b\s*(?P<rest>.*?)\s*[?!.]*$",
        question,
        re.IGNORECASE,
    )
