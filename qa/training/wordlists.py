"""Word lists for mining and editing training questions: stop words, opposites, sets of a kind."""

from __future__ import annotations

_STOP = """
a an the of in on at by for from with to and or but not is are was were be been being do does
did has have had can could will would should may might must what who whom whose when where which
why how that this these those it its he she his her they their them i you we your our my there
then than as if so into about during after before between many much any some other also s t
"""

_OPENERS = """
the a an in on at by for from with he she it they we you i his her its their this that these
those but and or if when while after before since as however although what who where which how
why there some many most all no not one two our my your so then also both each
"""

_SETS = """
January February March April May June July August September October November December
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred
second third fourth fifth sixth seventh eighth ninth tenth
red blue green yellow black white brown grey purple orange pink
mother father sister brother son daughter wife husband uncle aunt cousin
morning afternoon evening night noon midnight
spring summer autumn winter
north south east west
northern southern eastern western
day week month year decade century
days weeks months years decades centuries
mayor minister governor president chairman director secretary judge senator
doctor nurse teacher lawyer engineer farmer soldier driver pilot
"""

_OPPOSITES = """
first/last largest/smallest biggest/smallest highest/lowest most/least more/fewer before/after
increase/decrease increased/decreased increasing/decreasing rise/fall rose/fell gain/loss
gained/lost won/lost win/lose winner/loser oldest/youngest old/new older/younger early/late
earliest/latest earlier/later long/short longest/shortest longer/shorter high/low higher/lower
large/small larger/smaller big/small above/below over/under inside/outside near/far male/female
men/women man/woman boys/girls boy/girl king/queen he/she his/her rich/poor strong/weak
stronger/weaker strongest/weakest fast/slow faster/slower fastest/slowest hot/cold
public/private open/closed opened/closed open/close accepted/rejected accept/reject
allowed/banned allow/forbid support/oppose supported/opposed supporters/opponents begin/end
began/ended start/finish started/finished started/stopped arrive/leave arrived/left joined/left
enter/leave buy/sell bought/sold import/export imported/exported lend/borrow maximum/minimum
majority/minority positive/negative easy/difficult easier/harder common/rare best/worst
better/worse good/bad liked/disliked love/hate loved/hated advantage/disadvantage
advantages/disadvantages ancient/modern upper/lower left/right heavy/light heavier/lighter
cheap/expensive cheaper/dearer success/failure successful/unsuccessful legal/illegal
possible/impossible alive/dead live/die lived/died born/buried born/killed built/destroyed
build/destroy created/abolished founded/dissolved appointed/dismissed hired/fired
promoted/demoted arrested/released guilty/innocent attack/defend attacked/defended friend/enemy
ally/enemy allies/enemies urban/rural domestic/foreign internal/external include/exclude
included/excluded includes/excludes attract/repel expand/shrink expanded/shrank raise/lower
raised/lowered raise/cut raised/cut strengthened/weakened proved/disproved confirmed/denied
confirm/deny agree/disagree agreed/disagreed always/never often/rarely usually/rarely
"""

STOP_WORDS = frozenset(_STOP.split())
"""Words that say nothing about a topic."""

OPENERS = frozenset(_OPENERS.split())
"""Words whose capital at the start of a sentence does not make them a name."""

CLOSED_SETS = tuple(tuple(line.split()) for line in _SETS.strip().split("\n"))
"""Words of which one can stand for another in a question: months, colours, kin, offices."""

OPPOSITES = tuple((pair.split("/")[0], pair.split("/")[1]) for pair in _OPPOSITES.split())
"""Pairs whose swap turns a question round: ("first", "last")."""
