"""How well copies of one story are grouped, and how long a signature takes.

python -m bench.stories [A.jsonl ...] [--stories 60] [--seeds 3]

Articles (the sample collection, and those of the files named) are edited as newspapers edit wire
copy, and put into one collection with texts that only look alike: follow-ups with background
paragraphs of an earlier report, reports written from one form, short articles with the same
closing paragraph. Round-ups that hold two whole stories must not join the two.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median

import numpy as np

from bench.pipeline import articles
from index import stories
from index.furniture import find_furniture
from index.sample import sample_articles

Edit = Callable[[str, random.Random, str], str]
"""Takes a text, chance, and an unrelated text to take paragraphs from."""


Setting = tuple[float, float]
USUAL: Setting = (stories.SAME_STORY, stories.TOGETHER)
# Thresholds with the usual average, then the usual threshold with others; 0 joins whole chains.
SETTINGS: list[Setting] = [(same, USUAL[1]) for same in (0.45, 0.5, 0.55, 0.6, 0.65)]
SETTINGS += [(USUAL[0], together) for together in (0.0, 0.3, 0.5)]


@dataclass(frozen=True, slots=True)
class Text:
    """One text and the story that it truly tells; None for a round-up, which may be in any."""

    story: str | None
    kind: str
    text: str


def trimmed(share: float) -> Edit:
    """Whole sentences from the start, about `share` of the words."""

    def edit(text: str, rng: random.Random, other: str) -> str:
        left = share * len(text.split())
        kept = []
        for sentence in re.split(r"(?<=[.?!”\"])(?=\s)", text):
            if left <= 0:
                break
            kept.append(sentence)
            left -= len(sentence.split())
        return "".join(kept)

    return edit


def own_lead(text: str, rng: random.Random, other: str) -> str:
    """Another first paragraph."""
    return "\n\n".join([_paragraphs(other)[0], *_paragraphs(text)[1:]])


def inserted(count: int) -> Edit:
    """Paragraphs of another text put in."""

    def edit(text: str, rng: random.Random, other: str) -> str:
        paragraphs, new = _paragraphs(text), _paragraphs(other)[1:]
        for paragraph in rng.sample(new, min(count, len(new))):
            paragraphs.insert(rng.randint(1, len(paragraphs)), paragraph)
        return "\n\n".join(paragraphs)

    return edit


def reordered(text: str, rng: random.Random, other: str) -> str:
    """Every paragraph but the first in another place."""
    first, *rest = _paragraphs(text)
    return "\n\n".join([first, *rng.sample(rest, len(rest))])


_SPELLING = (
    (r"(?<=col|lab|arb|avi|fav|hon|ghb|rum)our", "or"),
    (r"(?<=[a-z]{2})is(?=(?:e|ed|es|ing|ation)\b)", "iz"),
    (r"(?<=met|ent|eat|lit)re(?=s?\b)", "er"),
    (r"(?<=[a-z]l)l(?=(?:ed|ing|er)\b)", ""),
    (r"\bper cent\b", "percent"),
    (r"\b(Mr|Mrs|Ms|Dr)\b(?!\.)", r"\1."),
    (r"\bU\.S\.", "US"),
    (r"\bgrey\b", "gray"),
)
_TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "--", "–": "-", " ": " "})


def respelled(text: str, rng: random.Random, other: str) -> str:
    """American spelling and abbreviations."""
    for pattern, replacement in _SPELLING:
        text = re.sub(pattern, replacement, text)
    return text


def retyped(text: str, rng: random.Random, other: str) -> str:
    """Plain quotation marks and dashes, paragraphs joined in pairs."""
    paragraphs = _paragraphs(text.translate(_TYPOGRAPHY))
    pairs = [" ".join(paragraphs[i : i + 2]) for i in range(0, len(paragraphs), 2)]
    return "\n".join(pairs).replace(" a ", " a\u00a0")


def dressed(text: str, rng: random.Random, other: str) -> str:
    """Headline, byline, dateline and page furniture round it."""
    first, *rest = _paragraphs(text)
    head = "Something else happened, say officials\n\nBy Our Own Reporter\n\nHARWICK (WNS) - "
    middle = "\n\nAdvertisement\n\n".join([first, "\n\n".join(rest)])
    return f"{head}{middle}\n\nStory Continues →\n\nFollow us on Facebook"


def house_style(text: str, rng: random.Random, other: str) -> str:
    """One word in thirty changed."""
    words = ("the", "a", "said", "also", "")
    return re.sub(r"\w+", lambda m: rng.choice(words) if rng.random() < 1 / 30 else m[0], text)


def chain(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(text: str, rng: random.Random, other: str) -> str:
        for one in edits:
            text = one(text, rng, other)
        return text

    return edit


EDITS: dict[str, Edit] = {
    "trimmed to 75%": trimmed(0.75),
    "trimmed to 60%": trimmed(0.6),
    "trimmed to 50%": trimmed(0.5),
    "own lead": own_lead,
    "one paragraph inserted": inserted(1),
    "two paragraphs inserted": inserted(2),
    "paragraphs reordered": reordered,
    "American spelling": respelled,
    "plain quotes, joined lines": retyped,
    "headline and furniture": dressed,
    "one word in thirty": house_style,
    "60%, one word in thirty": chain(trimmed(0.6), house_style),
    "75%, lead, one inserted": chain(trimmed(0.75), own_lead, inserted(1), retyped, dressed),
    "60%, lead, one inserted": chain(trimmed(0.6), own_lead, inserted(1), respelled, dressed),
}


def follow_up(low: float, high: float) -> Edit:
    """`other` with `low..high` of its words from paragraphs of the text after its first."""

    def edit(text: str, rng: random.Random, other: str) -> str:
        size, paragraphs = len(other.split()), _paragraphs(text)[1:]
        for _ in range(500):
            taken = rng.sample(paragraphs, rng.randint(1, min(3, len(paragraphs))))
            words = sum(len(paragraph.split()) for paragraph in taken)
            if low <= words / (size + words) <= high:
                return "\n\n".join([other, *taken])
        return other

    return edit


FOLLOW_UPS: dict[str, Edit] = {
    "follow-up, 15-25% background": follow_up(0.15, 0.25),
    "follow-up, 25-33% background": follow_up(0.25, 0.33),
    "short follow-up, 30-45%": lambda text, rng, other: follow_up(0.3, 0.45)(
        text, rng, trimmed(0.45)(other, rng, text)
    ),
}

CLOSING = (
    "\n\nThe Harwick Post is an independent newspaper that has reported from the county since 1871."
    " Letters to the editor, of no more than 200 words, can be sent to the office in Castle Street,"
    " Harwick, and must bear the name and address of the writer. The Post follows the code of the"
    " Press Council; complaints are answered by its readers' editor, Ana Hale."
)

# {P1} a place, {N1} a name, {F1} a firm, {D1} a day, {90} a number up to 90, {a|b} a choice. Places
# are the same in every text, as in one newspaper.
FORMS = {
    "weather": """{P0} will see {sunny|grey|clear|bright} skies on {D0} with a high of {30} degrees
and a low of {15}. Winds will blow from the {north|south|east|west} at {25} miles an hour, with
gusts of up to {60} on exposed coasts and hills.

{D1} will bring {sunny|cloudy|wet} spells in the morning, and there is a {90} per cent chance of
rain by the evening. Temperatures will reach {30} degrees inland and {25} on the coast. The pollen
count will be {low|moderate|high}. Sunrise is at 6.{59} and sunset at 7.{59}.

The outlook for the weekend is {fine|mixed|unsettled}, with temperatures close to the average for
the time of year. The Met Office asks people to check the latest forecast before they travel.
Warnings are updated every six hours and can be found on its website and in its free app.""",
    "market": """London shares closed {higher|lower} on {D0}, with the main index {gaining|losing}
{99} points, or 0.{9} per cent, to end the session at {9},{999}.

{F0} led the {risers|fallers} after {a profit warning|a bid|strong sales}, moving {9}.{9} per cent.
{F1} was close behind, while {F2} was the worst performer of the day, down {9} per cent.

The pound was {higher|lower} against the dollar at 1.{99} and against the euro at 1.{99}. Brent
crude, the international benchmark for the price of oil, was trading at {99} dollars a barrel. Gold
stood at {999} pounds an ounce.

In the wider market, advancing shares outnumbered declining ones by {9} to {9}. Past performance is
not a guide to the future, and the value of investments can fall as well as rise.""",
    "earthquake": """A magnitude {9}.{9} earthquake was recorded on {D0} {25} miles from {P0},
according to the national seismological survey.

The tremor struck at {9}:{59} in the morning at a depth of {25}.{9} miles. The epicentre was {25}
miles from {P0}, {60} miles from {P1} and {99} miles from {P2}.

In the past ten days there have been {9} earthquakes of magnitude 3.0 or greater centred nearby.
There were no immediate reports of damage or injuries.

This report was produced from data of the survey's notification service and may be revised when
more data become available. Did you feel the earthquake? Consider reporting what you felt to the
survey. Read about what to do before, during and after an earthquake in our guide for residents.""",
    "court": """A man has appeared in court charged with {burglary|robbery|arson|wounding} in {P0}.

{N0}, {60}, of {P1}, appeared at {P0} magistrates' court on {D0}. He spoke only to confirm his
name, age and address, and entered no plea.

The charge relates to an incident in {Church|Mill|Station|Bridge} Street in the early hours of
{D1}, when a {60}-year-old {man|woman} was taken to hospital with {serious|minor} injuries.

{N0} was remanded in custody and will appear at {P2} crown court on {25} {March|May|June}. Police
are asking anyone who saw the incident, or who has dashcam or doorbell footage, to come forward.
Information can be given by calling 101, online, or anonymously through the charity
Crimestoppers.""",
    "roads": """Drivers in {P0} are being warned of delays as the A{595} closes for {9} weeks
from {D0}.

The county council said the work, which will cost {999},000 pounds, would replace {60} metres of
{gas main|water pipe|kerb} between {Church|Mill|Station} Street and {Chapel|King|Queen} Lane. The
road will be closed between {9} in the evening and 6 in the morning, and traffic lights will be in
place at other times. A signed diversion will be in place through {P1} and {P2}. Access for
residents, businesses and the emergency services will be kept at all times.

“We apologise for any inconvenience while this essential work is carried out,” a council spokesman
said. “We would ask drivers to allow extra time for their journeys.” Bus service {99} will not stop
at {Church|Mill|Station} Street. The work depends on the weather and dates may change.""",
}
_NAMES = {
    "P": "Harwick Portlow Millbrook Dunmore".split(),
    "N": "Hale Ruiz Okafor Moreau Tanaka Novak Byrne Castillo Ferrante Adeyemi Petrov".split(),
    "F": "Vapora Haneul Corvane Tessel Norwick Aldane Brightwater Merrow".split(),
    "D": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}


def filled(form: str, rng: random.Random) -> str:
    """The form with other facts."""
    names = {k: v if k == "P" else rng.sample(v, len(v)) for k, v in _NAMES.items()}

    def fact(match: re.Match[str]) -> str:
        blank: str = match[1]
        if "|" in blank:
            return rng.choice(blank.split("|"))
        if blank.isdigit():
            return str(rng.randint(1, int(blank)))
        return names[blank[0]][int(blank[1:])]

    joined = re.sub(r"(?<!\n)\n(?!\n)", " ", form)
    return re.sub(r"\{([^}]+)\}", fact, joined)


def collection(originals: list[str], donors: list[str], rng: random.Random) -> list[Text]:
    """Originals, their edits with paragraphs of donors, and what could be mistaken for them."""
    texts: list[Text] = []
    for number, text in enumerate(originals):
        story, base = f"story {number}", number % len(donors)
        texts.append(Text(story, "original", text))
        for kind, edit in EDITS.items():
            texts.append(Text(story, kind, edit(text, rng, rng.choice(donors))))
        for kind, edit in FOLLOW_UPS.items():
            texts.append(Text(f"donor {base}", kind, edit(text, rng, donors[base])))
    for base, donor in enumerate(donors[: len(originals)]):
        short = trimmed(0.45)(donor, rng, "") + CLOSING
        texts.append(Text(f"donor {base}", "same closing paragraph", short))
    for kind, form in FORMS.items():
        reports = (filled(form, rng) for _ in range(len(originals) // 4))
        texts += [Text(f"{kind} {number}", kind, one) for number, one in enumerate(reports)]
    for number in range(0, len(originals) - 1, 5):
        both = "\n\n".join(originals[number : number + 2])
        texts.append(Text(None, "round-up", both))
    return texts


def grouped(texts: list[Text], signatures: list[bytes | None]) -> list[list[Text]]:
    """The texts by the story that they were recognised as; those too short to judge alone."""
    signed = {i: one for i, one in enumerate(signatures) if one is not None}
    short = [[text] for text, one in zip(texts, signatures, strict=True) if one is None]
    return short + [[texts[i] for i in sorted(group)] for group in stories.groups(signed)]


def figures(groups: list[list[Text]]) -> dict[str, list[float]]:
    """For each edit: is it with its original? For the rest: is it apart from other stories?

    "pairs" has for every pair of texts that were put together whether they are one story.
    """
    found: dict[str, list[float]] = {"pairs": []}
    for group in groups:
        counts = Counter(text.story for text in group if text.story is not None)
        good = sum(n * (n - 1) // 2 for n in counts.values())
        total = counts.total() * (counts.total() - 1) // 2
        found["pairs"] += [1.0] * good + [0.0] * (total - good)
        originals = {text.story for text in group if text.kind == "original"}
        for text in group:
            right = text.story in originals if text.kind in EDITS else len(counts) <= 1
            found.setdefault(text.kind, []).append(float(right))
    return found


def kept_together(groups: list[list[Text]]) -> float:
    """The share of pairs of edits of one story that were put together."""
    sizes = [Counter(text.story for text in group if text.kind in EDITS) for group in groups]
    totals = sum(sizes, Counter[str | None]())
    together = sum(n * (n - 1) for counts in sizes for n in counts.values())
    return together / sum(n * (n - 1) for n in totals.values())


def sweep(pool: list[str], count: int, seeds: int) -> None:
    """The table of shares by threshold, and how many texts the bands bring together."""
    found: dict[Setting, dict[str, list[float]]] = {setting: {} for setting in SETTINGS}
    missed, candidates = [], []
    for seed in range(seeds):
        rng = random.Random(seed)
        rng.shuffle(pool)
        texts = collection(pool[:count], pool[count:], rng)
        signed = [stories.signature(text.text, find_furniture(text.text)) for text in texts]
        few = _few(texts, rng)
        for setting in SETTINGS:
            stories.SAME_STORY, stories.TOGETHER = setting
            shares = figures(grouped(texts, signed))
            shares["three copies alone"] = [
                kept_together(grouped([texts[i] for i in few], [signed[i] for i in few]))
            ]
            for kind, values in shares.items():
                found[setting].setdefault(kind, []).extend(values)
        stories.SAME_STORY, stories.TOGETHER = USUAL
        bands = np.array([stories.bands(one) for one in signed if one is not None])
        known = [one for one in signed if one is not None]
        for one, mine in zip(known, bands, strict=True):
            meet = (bands == mine).any(axis=1)
            alike = stories.similarities(one, known) >= stories.SAME_STORY
            missed += (~meet[alike]).tolist()
            candidates.append(int(meet.sum()) - 1)
    print(f"{len(texts)} texts of {count} stories, {seeds} times; per cent")
    print(f"{'':32}" + "".join(f"{same:>7}" for same, _ in SETTINGS))
    print(f"{'on average':32}" + "".join(f"{together:>7}" for _, together in SETTINGS))
    for kind in found[USUAL]:
        shares_of = (100 * mean(found[setting][kind]) for setting in SETTINGS)
        print(f"{kind:32}" + "".join(f"{share:7.1f}" for share in shares_of))
    print(f"pairs over {USUAL[0]} that share no band: {100 * mean(missed):.2f}%; ", end="")
    print(f"candidates of a text: {mean(candidates):.1f} of {len(texts)}")


def shortest(originals: list[str]) -> None:
    """Why there is a shortest text: the first words of reports from one form, and of articles."""
    rng, usual = random.Random(1), stories.MIN_WORDS
    stories.MIN_WORDS = stories.SHINGLE_WORDS
    print("words  from one form, joined  one word in thirty, kept")
    for words in (30, 40, 50, 60, 80, 120):
        joined = []
        for form in FORMS.values():
            made = [_first(filled(form, rng), words) for _ in range(25)]
            joined += [_same(a, b) for i, a in enumerate(made) for b in made[:i]]
        starts = [_first(text, words) for text in originals]
        kept = [_same(text, house_style(text, rng, "")) for text in starts]
        print(f"{words:5} {100 * mean(joined):22.1f} {100 * mean(kept):25.1f}")
    stories.MIN_WORDS = usual


def timed(pool: list[str]) -> None:
    """Milliseconds for the signature of a text of 600 words, and for grouping a collection."""
    rng = random.Random(1)
    texts = [_first("\n\n".join(rng.sample(pool, 3)), 600) for _ in range(200)]
    stories.signature(texts[0])
    taken = []
    for text in texts:
        start = time.perf_counter()
        stories.signature(text)
        taken.append(1000 * (time.perf_counter() - start))
    print(f"signature of 600 words: {median(taken):.2f} ms (median), {max(taken):.2f} ms at most")
    chance = np.random.default_rng(1).integers(0, 2**32, (20_000, 129), dtype=np.uint32)
    chance[:, 0] = 3000
    chance[10_000:] = np.where(chance[10_000:] % 4 == 0, chance[10_000:], chance[:10_000])
    signatures = {i: row.tobytes() for i, row in enumerate(chance)}
    start = time.perf_counter()
    found = len(stories.groups(signatures))
    each = 1000 * (time.perf_counter() - start) / len(signatures)
    print(f"groups of {len(signatures):,} texts, {found:,} stories: {each:.2f} ms a text")


def main() -> None:
    """Prints the figures of bench/README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", nargs="*", type=Path)
    parser.add_argument("--stories", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{date.today()}, {os.cpu_count()} cores, {platform.machine()}, ", end="")
    print(f"datasketch {version('datasketch')}, load {os.getloadavg()[0]:.1f} at the start\n")
    pool = [article.text for article in sample_articles()]
    pool += [article.text for path in arguments.articles for article in articles(path)]
    sweep(pool, min(arguments.stories, len(pool) // 2), arguments.seeds)
    print()
    shortest(pool)
    print()
    timed(pool)


def _paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


def _first(text: str, words: int) -> str:
    return " ".join(text.split(" ")[:words])


def _same(one: str, other: str) -> bool:
    a, b = stories.signature(one), stories.signature(other)
    return a is not None and b is not None and stories.same_story(a, b)


def _few(texts: list[Text], rng: random.Random) -> list[int]:
    """Places of everything but the originals, with three edits of each story."""
    edits: dict[str | None, list[int]] = {}
    for i, text in enumerate(texts):
        if text.kind in EDITS:
            edits.setdefault(text.story, []).append(i)
    chosen = {i for places in edits.values() for i in rng.sample(places, 3)}
    rest = (i for i, text in enumerate(texts) if text.kind not in ("original", *EDITS))
    return [*chosen, *rest]


if __name__ == "__main__":
    main()
