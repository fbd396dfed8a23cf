"""The small closed sets of words by which a follow-up shows that it leans on what came before."""

from __future__ import annotations

import re

PERSONS = frozenset("he him his she her hers himself herself".split())
THINGS = frozenset("it its itself".split())
GROUPS = frozenset("they them their theirs themselves".split())
POINTERS = frozenset("this that these those there then here such ones".split())
POSSESSIVES = frozenset("his her its their".split())

AUXILIARIES = (
    "is|are|was|were|be|been|am|did|do|does|has|have|had|can|could|will|would|may|might|must|"
    "should|shall"
)
WH = r"what|which|who|whom|whose|when|where|why|how"

OPENING = re.compile(r"^(?:and|but|so|or|also|then|ok|okay|well|now)\b[\s,]*", re.IGNORECASE)
BARE = re.compile(
    rf"^(?P<wh>(?:(?:in|on|at|for|to|from|by|with|of|since|until)\s+)?(?:{WH})"
    r"(?:\s+(?:many|much|long|often|far|old|year|month|day|time|one|ones))?)"
    r"(?:\s+(?:exactly|then|not|so|though))?\s*[?!.]*$",
    re.IGNORECASE,
)
ABOUT = re.compile(r"^(?:what|how)\s+about\s+(?P<rest>.+?)\s*[?!.]*$", re.IGNORECASE)
ELSE = re.compile(
    rf"^(?:(?:{WH})|any(?:one|body|thing|where))(?:\s+\w+)?\s+else\b(?P<rest>.*?)\s*[?!.]*$",
    re.IGNORECASE,
)
MORE = re.compile(
    r"^(?:(?:please\s+)?(?:tell|show|give)\s+me\s+more|(?:say|know)\s+more|more(?:\s+(?:please|details|"
    r"on\s+(?:that|this|it)|about\s+(?:that|this|it)))?|go\s+on|continue|what\s+else(?:\s+(?:does|do)\s+"
    r"(?:it|they|the\s+article)\s+say)?|anything\s+else|(?:any\s+)?(?:more\s+)?details)"
    r"(?:\s+about\s+(?:that|this|it))?\s*[?!.]*$",
    re.IGNORECASE,
)
SOURCE = re.compile(
    r"^(?:(?:which|what)\s+(?:article|story|report|source|paper|document)\b.*|"
    r"where\s+(?:is|was|does|did)\s+(?:that|this|it)\s+(?:from|come\s+from|say\s+(?:so|that)|said|"
    r"written)|(?:what(?:'|’)?s|what\s+is|show"
    r"(?:\s+me)?)\s+(?:the|your)\s+(?:source|sentence|passage|quote|evidence|article)(?:s)?|"
    r"source(?:s)?|(?:can|could)\s+(?:you|i)\s+(?:show|see)\s+(?:me\s+)?(?:the|that)\s+"
    r"(?:source|sentence|passage|article))\s*[?!.]*$",
    re.IGNORECASE,
)
"""What asks for the place of the last answer, not for another fact."""
