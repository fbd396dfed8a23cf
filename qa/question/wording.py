"""The words by which questions show what they ask for; data only, used by `form` and `asking`."""

from __future__ import annotations

import re

from qa.dialogue.words import WH

COUNTS = {
    word: number
    for number, word in enumerate("two three four five six seven eight nine ten".split(), start=2)
} | {str(number): number for number in range(2, 11)}

STOP_WORDS = frozenset(
    """a about according after all also am an and any anybody anyone are as at be been before being
    besides but by can could describe did do does during explain for from give had has have he her
    his how i in into is it its know latest list me mr mrs ms my name new news of on or our over
    please say said says she should so some summarise summarize tell than that the their them then
    there these they this those to under until us was we were what when where which while who whom
    whose why will with would you your isn't aren't wasn't weren't don't doesn't didn't hasn't
    haven't hadn't can't couldn't won't wouldn't""".split()
)

ASKING_NOUNS = frozenset(
    """age amount area author birthplace budget capital cause charge colour color composition cost
    creator date day deadline death depth description destination diameter dimensions director
    distance duration element employer fee fine founder frequency function gain height hours
    identity ingredient inventor job jobs killer kind language length limit location loss maker
    makeup maximum meaning method minimum month name names nationality nickname number occupation
    odds origin owner pages payment penalty percentage place population position post price prize
    profession profit proportion punishment purpose quantity rank rate ratio reason record result
    reward role salary score sentence share size source speed sum tally target temperature term
    thickness time title toll total type value verdict victim vote wage weight width winner wording
    year yearly""".split()
)
"""Nouns that ask where there is no question word: "population of La Gomera"."""

MASS = frozenset(
    """words terms hours odds means grounds circumstances conditions remains news letters figures
    lengths measures wages details sports times goods proceeds""".split()
)
"""Plurals that ask for one thing: "On what grounds", "What words did she use"."""

NO_PLURALS = frozenset(
    """news series species politics economics mathematics physics athletics headquarters means
    always perhaps does has was makes causes happens needs comes goes remains becomes lies stands
    keeps gives follows explains links drives threatens stops prevents connects shows tells takes
    holds helps lets runs gets says wants owns pays sells plays leads works sets puts brings turns
    feeds powers covers separates distinguishes protects allows determines decides counts begins
    starts ends looks sounds seems appears costs lives wins loses meets yes lens overseas towards
    gas atlas christmas texas kansas athens paris wales honduras""".split()
)
"""Words that end in s and are no plurals: verbs behind "which" and "what", names."""

MISTYPED = {
    wrong: right
    for right, wrongs in {
        "what": "waht whta wht hwat whatt whst wath",
        "which": "wich whcih whihc wihch hwich whic",
        "where": "wher whre wehre hwere werhe whear",
        "when": "whn wehn hwen whne",
        "who": "woh whp whoo",
        "how": "hwo hwow",
        "why": "hwy whyy",
    }.items()
    for wrong in wrongs.split()
}

_ASKED = rf"(?=\s+(?:(?:in|on|at|for|to|from|by|with|since|until)\s+)?(?:{WH})\b)"
POLITE = re.compile(
    rf"""^(?:
        (?:hi|hello|hey|please|and|but|so|ok|okay|well|um|question)\b[\s,!.:]+
        |(?:can|could|would|will)\ you\ (?:please\ )?(?:tell|say|show|give|find|explain|remind)
            (?:\ me|\ us)?(?:\ out)?{_ASKED}
        |(?:can|could|would|will)\ you\ (?:please\ )?
            (?=(?:summari[sz]e|sum\ up|explain|describe|name|list|tell|give)\b)
        |do(?:es)?\ (?:you|anyone|anybody|they|we)\ (?:know|remember|happen\ to\ know){_ASKED}
        |(?:i|we)(?:['’]d|\ would)?\ (?:like|want|need|wish)\ to
            \ (?:know|find\ out|learn|understand){_ASKED}
        |(?:i\ wonder|i\ was\ wondering|any\ idea|tell\ me|tell\ us|remind\ me|show\ me|find\ out
            |let\ me\ know|is\ it\ known){_ASKED}
    )""",
    re.IGNORECASE | re.VERBOSE,
)

_ARTICLE = r"(?:articles?|stor(?:y|ies)|reports?|pieces?|texts?|documents?|pages?|papers?)"
_FILLING = (
    rf"(?:\ (?:this|that|these|the|it|me|us|for|to|of|on|about|whole|entire|news|titled|called|"
    rf"headlined|{_ARTICLE}))*"
)
SUMMARIES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:please )?(?:summari[sz]e|sum up|recap)\b{_FILLING}(?: (?P<rest>.+))?$",
        r"(?:(?:please )?(?:give|show|write|make|get)(?: me| us)? )?(?:an? |the )?"
        r"(?:(?:short|brief|quick|concise) )?(?:summary|overview|gist|synopsis|recap|main points?|"
        rf"key points?|tl;?dr)\b{_FILLING}(?: (?P<rest>.+))?$",
        rf"what (?:is|was|are|were) (?:(?:this|that|these|those|the) {_ARTICLE}|this|that|it)"
        r"(?: (?:about|on|of|titled|called))?(?: (?P<rest>.+?))?(?: all| mainly| mostly)? about$",
        rf"what (?:does|do|did) (?:this|that|these|the) {_ARTICLE}"
        r" (?:say|tell|report|cover|talk about|deal with)(?: us| me)?(?P<rest>)$",
        rf"what (?:is|are|was|were) the (?:main|key|most important) (?:points?|ideas?|facts?|news|"
        rf"message|story)\b{_FILLING}(?: (?P<rest>.+))?$",
    )
)
"""Ways to ask for a summary; `rest` says of what, None or empty for "this article"."""

_PAPERS = (
    rf"(?:the )?(?:{_ARTICLE}|news|newspapers?|press|media|collection|library|archive|sources?)"
)
_NEWS = (
    r"(?:news|headlines|reports?|articles?|stories|coverage|developments?|updates?|information|info|"
    r"background|details|anything|something|everything|more|all)"
)
_ABOUT = r"(?:about|on|of|regarding|concerning|from|with)"
TOPICS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:please )?(?:tell|inform|brief|show|give|find|get)(?: me| us)?(?: {_NEWS})*"
        r"(?: (?:you know|you have|there is))? (?:about|on|regarding) (?P<rest>.+)",
        rf"what (?:do|does|did|has|have|can|is|was|are|were) (?:you|they|it|we|{_PAPERS})"
        r"(?: (?:know|known|say|said|saying|report|reported|write|written|wrote|tell|told|got))+"
        r"(?: us| me)?\b.*?\b(?:about|on|of) (?P<rest>.+)",
        r"(?:(?:what (?:is|are|was)|is there|are there|do you have|have you got|any|search for) )*"
        r"(?:the |any |all |some )*(?:(?:very )?(?:latest|newest|recent|current|last|most recent|"
        rf"today's|yesterday's) )*{_NEWS}\b.*?\b{_ABOUT} (?P<rest>.+)",
        rf"(?:what (?:is|was) )?(?:the )?(?:latest|newest) {_ABOUT} (?P<rest>.+)",
        r"what (?:is|was) (?:new|known|going on|happening) (?:with|in|at|about|on|of) (?P<rest>.+)",
        r"(?:i am|i'm) interested in (?P<rest>.+)",
        r"(?:search(?: for)?|look up|look for) (?P<rest>.+)",
    )
)
"""Ways to ask about a topic rather than a question; `rest` is the topic."""
