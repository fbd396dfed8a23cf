"""Lines of a page that are no part of its article: jumps, adverts, share bars, captions, notices.

Knows only single lines; where a line could be a sentence of the article, it stays unmarked.
"""

from __future__ import annotations

import re
from functools import cache

from index.types import Span

_LONGEST = 500
_EDGES = " \t\u00a0*•|·→←»«›‹▶►▼▲↓↑…_=[](){}<>"
_BLANKS = re.compile(r"\s+")
_SPOKEN = re.compile(
    r"\b(said|says|say|told|tells|asked|added|wrote|writes|according|announced|he|she|they|was"
    r"|were|had|has)\b"
)

# Whole lines, compared in lower case with arrows and brackets stripped from both ends.
_SITES = r"(?:facebook|twitter|x|instagram|youtube|linkedin|whatsapp|telegram|tiktok|threads|reddit"
_SITES += r"|bluesky|mastodon|pinterest|flipboard|messenger|e-?mail|sms|google(?: news)?|rss)"
_PIECE = r"(?:article|story|page|post|report|video|link|gallery|column|interview)"
_PAGE = r"(?:(?:page|pages|pg\.?|p\.?) ?)?(?:[a-z]{0,2}-?\d{1,4}[a-z]?|one|two|three)"

_FIXED = (
    # jumps from page to page
    rf"(?:(?:this )?{_PIECE} )?(?:continued|continues|cont'd|contd?\.?),? (?:from|on|to|at)"
    rf"(?: the)? (?:{_PAGE}|(?:next|previous|front|back|facing|opposite|inside) page|inside|back)",
    rf"(?:see|turn to|jump to|more on)(?: {_PIECE},?)?(?: on)? page {_PAGE}"
    rf"|see .{{1,30}},? page {_PAGE}",
    rf"(?:{_PIECE}|text) continue[sd](?: (?:below|after|under|on next page).{{0,40}})?",
    r"continued(?: below)?|continue reading(?: (?:below|the main story|this story|the story))?",
    # adverts
    r"adver(?:t|ts|tisement|tisements|tising|torial)",
    r"advertisement[.:,]? ?(?:scroll to continue(?: reading)?|continue reading.{0,30})",
    r"scroll (?:down )?to continue(?: reading)?|skip (?:past )?(?:the )?(?:ad|advertisement)s?",
    r"ads?|(?:sponsored|promoted|paid|partner)(?: (?:content|post|links?|stories|by .{1,40}))?",
    # further reading
    r"(?:read|see|load|show|view|learn|find out)(?: more| all| next)"
    rf"(?: (?:here|comments|stories|articles|news|(?:about|on|of) this (?:{_PIECE}|topic)))?",
    rf"read (?:the )?(?:full|whole|entire|original|rest of (?:the|this)) {_PIECE}(?: here)?",
    r"(?:related|recommended|similar|further|suggested)"
    r"(?: (?:articles?|stor(?:y|ies)|content|topics?|posts?|news|links?|coverage|reading|videos?"
    r"|for you|internet links))?",
    r"most (?:read|popular|viewed|shared|watched|commented)(?: (?:stories|articles|news|today))?",
    r"(?:trending|popular)(?: (?:now|stories|news|articles|topics))|top stories"
    r"|editor'?s'? (?:picks?|choice)|what to read next|more for you|latest news",
    r"(?:you|we think you) (?:may|might|will|'ll) also (?:like|enjoy|be interested in)(?: these)?",
    rf"more (?:on|about|like) this(?: {_PIECE}| topic)?|more (?:stories|news|from us)",
    # share bars, printing, saving
    rf"share(?: (?:this|the|our))?(?: {_PIECE})?"
    rf"(?: (?:on|via|by|with|using) (?:{_SITES}\b.{{0,40}}|friends|others))?|share ?save",
    rf"(?:share )?(?:{_SITES}(?: ?[|,/·•] ?| and | or | )){{1,12}}{_SITES}",
    rf"(?:print|e-?mail|save|bookmark|tweet|pin|listen to|download|report|rate)"
    rf"(?: (?:this|the))? {_PIECE}(?: to a friend)?(?: \d+ min(?:ute)?s?)?",
    r"print|tweet(?: this)?|pin it|copy (?:the )?link|link copied!?|share",
    r"print(?:er)?[ -]friendly.{0,10}",
    r"(?:\d{1,3}|one) min(?:ute)?s? read|(?:estimated )?reading time:? .{1,20}",
    # following and commenting
    rf"(?:follow .{{1,80}}|(?:like|find|join) (?:us|our page)) on {_SITES}(?![\w-]).{{0,80}}",
    r"follow (?:us|@\w{1,40})|follow us (?:here|for more).{0,40}",
    r"(?:no |view |show |read |hide |all |\d[\d,.]{0,8} )?comments?(?: \(\d{1,6}\))?"
    r"|comments (?:are|have been)(?: now)? (?:closed|disabled|off).?",
    r"(?:leave|post|add|write) (?:a|your) (?:comment|reply)|join the (?:conversation|discussion)",
    r"(?:have your say|tell us|let us know|what do you think).{0,60}"
    r"\b(?:in the )?comments?(?: section)?(?: below)?[.!]?",
    # moving about the site
    r"skip to (?:the )?(?:main |primary )?(?:content|navigation|menu|footer|search|article)",
    r"skip navigation|(?:back|return) to (?:the )?(?:top|home|homepage|main page)|(?:main )?menu",
    r"(?:next|previous) (?:page|article|story|post)|(?:jump to|toggle) (?:navigation|content)",
    # joining and paying
    r"(?:click|tap)(?: here)?(?: (?:to|for|on) .{1,120})?|click here",
    r"(?:subscribe|sign[ -]?up|register|log ?in|sign in|join)"
    r"(?: (?:now|today|here|(?:for )?free))?!?",
    r"to continue reading,? (?:please )?(?:subscribe|sign|log|register).{0,60}",
    r"(?:please )?(?:subscribe|sign up|register|join|get|receive|enter your e-?mail)\b.{0,120}"
    r"\b(?:newsletters?|inbox|e-?mail alerts?|alerts|bulletins?|daily briefing|mailing list"
    r"|push notifications|e-?mail address|free trial|unlimited access)\b.{0,80}",
    r"already (?:a subscriber|a member|registered|have an account)\?.{0,60}",
    r"(?:log|sign) in (?:to|or) .{1,60}",
    r"this (?:article|story|content) is (?:only |reserved )?for (?:our )?(?:paid )?(?:subscribers"
    r"|members)(?: only)?\.?",
    r"you have (?:reached|read|used) (?:your|all|\d+).{0,40}(?:free|limit).{0,40}",
    r"support (?:our|independent|quality|local) journalism.{0,60}",
    r"become an? (?:member|subscriber|supporter)(?: today| now)?[.!]?|donate(?: now| today)?[.!]?",
    # cookies and legal lines
    r"(?:we (?:and our partners )?use|(?:this|our) (?:web ?)?site uses) (?:\w{1,12} )?cookies"
    r"(?:[.,;]| and | on | to (?:improve|give|ensure|personali[sz]e|enhance|make|offer|provide)\b)"
    r".{0,400}",
    r"(?:we use|(?:this|our) (?:web ?)?site uses) cookies[.!]?",
    r"(?:by (?:continuing|using|clicking|browsing)|if you continue|to give you)\b.{0,250}"
    r"\bcookies?\b.{0,200}",
    r"(?:accept|allow|reject|refuse|manage|decline)(?: all)?(?: (?:cookies?|cookie \w{1,12}"
    r"|preferences|and continue|and close))|i accept|cookie (?:policy|settings|preferences|notice"
    r"|consent|banner)",
    r"(?:privacy|cookies?) (?:policy|notice|settings|statement)(?: ?[|·•,&].{0,80})?"
    r"|terms (?:of|and|&) (?:use|service|conditions)(?: ?[|·•,&].{0,80})?",
    r"(?:©|&copy;) ?.{1,160}|copyright:? ?(?:©|\(c\)|\d{4}\b).{0,160}",
    r".{0,160}\ball rights reserved.{0,80}",
    r"this (?:material|article|story) may not be (?:published|reproduced|copied|reprinted).{0,200}",
)

# Lines whose first words name what they are; a full stop makes them sentences of the article.
_LABELLED = (
    r"(?:related|read|watch|listen|video|gallery|in pictures|see also|don't miss|recommended"
    r"|up next|now read|more on this|more from .{1,40}) ?: ?.{1,160}",
    r"(?:tags?|topics|filed under|categories|keywords|posted in|tagged|hashtags) ?: ?.{1,200}",
    r"filed under .{1,60}|tagged (?:with|as|in) .{1,80}",
    r"(?:picture|image|graphic|illustration|photography|map|chart|caption)s?(?: by| source)?"
    r" ?: ?.{1,200}",
    r"(?:photo(?:graph)?|picture|image|illustration|graphic|video)s?"
    r"(?: credit| copyright| courtesy(?: of)?)?,? (?:by|via|courtesy of|supplied by|provided by)"
    r" .{1,80}",
    r"(?:image|picture|photo) (?:credit|source|caption|copyright) .{1,60}",
    r"(?:file|handout|stock|undated|archive) (?:photo|picture|image)s?",
    r".{0,80}(?:/| / |\bvia )(?:getty(?: images)?|reuters|ap|afp|epa|pa (?:wire|images|media)"
    r"|shutterstock|alamy|istock|unsplash)(?: images| photo)?",
    r"(?:ap|reuters|afp|epa|getty images) ?(?:photo|file|images)?/ ?.{1,60}|getty images|ap photo",
    r"credit: .{1,60}(?:/|images|photo|agency|via).{0,40}",
    r"(?:enlarge|view|hide|toggle|expand|play)(?: this| the)? (?:image|caption|photo|picture|video"
    r"|gallery)(?: in full ?screen| only)?|image caption",
    r"subscribe (?:now |today |here )?(?:to|for|and) .{1,100}",
    r"create (?:a free |an |your )account(?: .{1,40})?|download (?:our|the) .{0,30}\bapp\b.{0,60}",
    r"\(?c\) ?(?:copyright )?\d{4} .{1,80}",
)

# Lines whose first words leave no doubt, even when whole sentences follow.
_CERTAIN = (
    r"(?:also )?read (?:more|also|next) ?[:|] ?.{1,200}|also read ?: ?.{1,160}",
    r"(?:(?:file|main|top|cover|lead|handout) )?photo(?:graph)?s?(?: credit| source| by| caption)?"
    r" ?: ?.{1,450}",
    r"(?:image|picture|photo|video) (?:credit|source|caption|copyright)s? ?[,:] .{1,300}",
)


_PAGE_NUMBER = re.compile(r"(?:page|pg\.?) \d{1,4}(?: ?(?:of|/) ?\d{1,4})?|[-–—] ?\d{1,4} ?[-–—]")


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all patterns, made at first use: making it takes a moment."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def is_furniture(line: str) -> bool:
    """Whether a line is page furniture: `is_furniture("Story Continues →")`."""
    if not line or len(line) > _LONGEST or line.isspace():
        return False
    plain = _BLANKS.sub(" ", line).casefold().replace("’", "'").strip(_EDGES)
    if _PAGE_NUMBER.fullmatch(plain):
        return True
    plain = plain.strip(_EDGES + "-–—")
    if not plain:
        return False
    if _any_of(_CERTAIN).fullmatch(plain):
        return True
    if _SPOKEN.search(plain):
        return False
    if _any_of(_FIXED).fullmatch(plain):
        return True
    return plain[-1] != "." and _any_of(_LABELLED).fullmatch(plain) is not None


def find_furniture(text: str) -> tuple[Span, ...]:
    """The furniture lines of a text, without the blanks around them, in order.

    `find_furniture("Advertisement\\n\\nThe dam held.") == (Span(0, 13),)`
    """
    spans: list[Span] = []
    start = 0
    for line in text.split("\n"):
        if is_furniture(line):
            left = start + len(line) - len(line.lstrip())
            spans.append(Span(left, left + len(line.strip())))
        start += len(line) + 1
    return tuple(spans)
