"""Copies of one story: signatures that edits do not move, groups that no order changes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import stories
from index.furniture import find_furniture
from index.sample import sample_articles
from index.stories import (
    MIN_WORDS,
    PERMUTATIONS,
    SAME_STORY,
    TOGETHER,
    bands,
    connected,
    groups,
    regroup,
    same_story,
    signature,
    similarities,
    similarity,
)
from index.types import Span


def signed(text: str) -> bytes:
    """The signature of a text that is long enough, its furniture left out."""
    found = signature(text, find_furniture(text))
    assert found is not None
    return found


def form(rng: random.Random) -> str:
    """A report of the kind that is the same every week but for its facts."""
    name = rng.choice(["Hale", "Ruiz", "Okafor", "Moreau", "Tanaka", "Novak", "Byrne"])
    street = rng.choice(["Church", "Mill", "Station", "Bridge", "Chapel"])
    age, other, day = rng.randint(18, 80), rng.randint(18, 80), rng.randint(1, 30)
    return (
        f"A man has appeared in court charged with wounding in {street} Street.\n\n{name}, {age},"
        f" of {rng.choice(['Portlow', 'Ashby', 'Calder'])}, appeared before magistrates on the"
        f" {day}th. He spoke only to confirm his name, age and address, and entered no plea.\n\n"
        f"The charge relates to an incident in {street} Street in the early hours, when a"
        f" {other}-year-old woman was taken to hospital with minor injuries.\n\n{name} was"
        " remanded in custody and will appear at the crown court next month. Police are asking"
        " anyone who saw the incident, or who has dashcam footage, to come forward."
    )


def half(text: str) -> str:
    return text[: text.index(". ", len(text) // 2) + 1]


TEXTS = [article.text for article in sample_articles()]
ORIGINAL = TEXTS[5]
FIRST, *REST = ORIGINAL.split("\n\n")
OTHER = TEXTS[9].split("\n\n")
CLOSING = (
    "The Harwick Post has reported from the county since 1871. Letters to the editor, of no more"
    " than 200 words, can be sent to the office in Castle Street, Harwick, and must bear the name"
    " and address of the writer. Complaints are answered by the readers' editor, Ana Hale."
)


@pytest.mark.parametrize(
    "edited",
    [
        ORIGINAL.replace("'", "’").replace('"', "”").replace("-", "–"),
        ORIGINAL.replace("\n\n", "\r\n \r\n").replace(" the ", "\u00a0the  "),
        ORIGINAL.replace("\n\n", " "),
        ORIGINAL.replace(". ", ".\n"),
        f"Somebody jailed at last\n\nBy Our Crime Reporter\n\nNELSON (WNS) - {ORIGINAL}",
        f"NEW DELHI: {ORIGINAL}\n\n(Reporting by Jo Moe; Editing by Al Poe)",
        f"Advertisement\n\n{ORIGINAL}\n\nStory Continues →\n\nFollow us on Facebook",
    ],
    ids=["quotes", "blanks", "one line", "many lines", "head", "dateline", "furniture"],
)
def test_typesetting_changes_nothing(edited: str) -> None:
    assert edited != ORIGINAL
    assert signed(edited) == signed(ORIGINAL)


def test_accents_initials_and_thousands_are_spelled_in_one_way() -> None:
    base = " ".join(["word"] * MIN_WORDS)
    assert signed(f"{base} In Klaipėda the U.S. Army’s camp cost 3,000 euros.") == signed(
        f"{base} In Klaipeda the US Army's camp cost 3000 euros."
    )


@pytest.mark.parametrize(
    "copy",
    [
        half(ORIGINAL),
        "\n\n".join([OTHER[0], *REST]),
        "\n\n".join([FIRST, OTHER[2], *REST, OTHER[3]]),
        "\n\n".join([FIRST, *reversed(REST)]),
        "\n\n".join([OTHER[0], *REST[:-2], OTHER[2]]),
        ORIGINAL.replace("our", "or").replace("ise", "ize").replace(" said", " told reporters"),
    ],
    ids=["trimmed", "own lead", "inserted", "reordered", "all three", "spelling"],
)
def test_copies_are_one_story(copy: str) -> None:
    assert same_story(signed(ORIGINAL), signed(copy))


FERRY = (
    "A passenger ferry with 212 people on board ran aground on a sandbank off Skerra on Monday"
    " after its engine failed, the coastguard said. Nobody was hurt. Captain Ana Ruiz dropped both"
    " anchors and asked for help at 7.40 in the morning. Two lifeboats took off the passengers, who"
    " were given tea and blankets in the school at Port Edwin, nine miles away. “I have never been"
    " so glad of a biscuit,” said one of them, Tom Hale."
)
FERRY_TOLD_BY_ANOTHER = (
    "Tom Hale was finishing his breakfast when the floor tilted. The Skerra ferry, which he takes"
    " every week, had come to rest on sand with 212 passengers and crew. Its captain, Ana Ruiz,"
    " said on Monday that the engine had stopped without warning and that the tide did the rest."
    " By noon everyone had been brought to Port Edwin in lifeboats, and the school there had run"
    " out of blankets. “I have never been so glad of a biscuit,” Hale said. No one was injured."
)


def test_signature_is_the_same_on_every_machine() -> None:
    one = signed(FERRY)
    assert len(one) == 4 * (1 + PERMUTATIONS)
    assert np.frombuffer(one, "<u4")[:3].tolist() == [598, 2549189, 6893370]
    assert bands(one)[:2] == [29606798711776709, 30767913057284838]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ORIGINAL, TEXTS[9]),
        (FERRY, FERRY_TOLD_BY_ANOTHER),
        (ORIGINAL, "\n\n".join([*OTHER, *REST[-2:]])),
        (ORIGINAL, "\n\n".join([*OTHER[:3], *REST[1:3]])),
        (f"{half(ORIGINAL)}\n\n{CLOSING}", f"{half(TEXTS[9])}\n\n{CLOSING}"),
        (form(random.Random(1)), form(random.Random(2))),
    ],
    ids=["other", "same event", "background", "short follow-up", "same closing", "one form"],
)
def test_what_only_looks_alike_is_not_one_story(one: str, other: str) -> None:
    assert not same_story(signed(one), signed(other))


def test_short_texts_have_no_signature() -> None:
    assert signature(" ".join(["word"] * (MIN_WORDS - 1))) is None
    assert signature(" ".join(["word"] * MIN_WORDS)) is not None
    assert signature(ORIGINAL, (Span(0, len(ORIGINAL)),)) is None


WORDS = st.sampled_from(
    "The ferry U.S. 3,000 “We don’t — (AP) é \n \u0301 - NEW DELHI: ㎏ ½".split(" ")
)


@given(
    st.text(max_size=400) | st.lists(WORDS, max_size=250).map(" ".join),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=3),
)
def test_any_text_has_a_signature_or_none(text: str, cuts: list[tuple[int, int]]) -> None:
    furniture = [Span(*sorted(min(at, len(text)) for at in cut)) for cut in cuts]
    found = signature(text, furniture)
    assert found is None or len(found) == 4 * (1 + PERMUTATIONS)
    assert found == signature(text, furniture[::-1])


def runs(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


@pytest.mark.parametrize("shared", [0, 40, 80, 120, 160, 200])
def test_similarity_is_near_the_true_cosine(shared: int) -> None:
    rng = random.Random(shared)
    common, mine, yours = (
        " ".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=count)) for count in (shared, 150, 60)
    )
    one, other = f"{common} {mine}".strip(), f"{common} {yours} {yours[::-1]}".strip()
    a, b = runs(one), runs(other)
    true = len(a & b) / (len(a) * len(b)) ** 0.5
    assert similarity(signed(one), signed(other)) == pytest.approx(true, abs=0.12)


def test_similarities_are_those_of_pairs() -> None:
    some = [signed(text) for text in (ORIGINAL, half(ORIGINAL), *TEXTS[6:10])]
    for one in some:
        assert similarities(one, some).tolist() == [similarity(one, other) for other in some]
        assert similarities(one, some).tolist() == [similarity(other, one) for other in some]
        assert similarity(one, one) == 1.0


def test_bands_are_sqlite_integers_that_copies_share() -> None:
    ours, copy, other = (set(bands(signed(t))) for t in (ORIGINAL, half(ORIGINAL), TEXTS[9]))
    assert len(bands(signed(ORIGINAL))) == PERMUTATIONS // 2
    assert all(-(2**63) <= value < 2**63 for value in ours | copy | other)
    assert ours & copy
    assert not ours & other


def library() -> dict[int, bytes]:
    """Four stories with copies, a round-up of two of them, and reports from one form."""
    rng = random.Random(7)
    texts = []
    for text in TEXTS[2:6]:
        first, *rest = text.split("\n\n")
        donor = TEXTS[rng.randint(10, 20)].split("\n\n")
        texts += [text, half(text), "\n\n".join([donor[0], *rest]), "\n\n".join([first, *rest[2:]])]
    texts += [f"{TEXTS[2]}\n\n{TEXTS[3]}", *(form(rng) for _ in range(12)), TEXTS[2], TEXTS[25]]
    return dict(enumerate(map(signed, texts), start=1))


LIBRARY = library()


def slow_groups(signatures: Mapping[int, bytes]) -> list[set[int]]:
    """Every pair compared, then average linkage as the textbook has it."""
    near: dict[int, set[int]] = {i: {i} for i in signatures}
    for i, j in combinations(signatures, 2):
        a, b = signatures[i], signatures[j]
        if similarity(a, b) >= SAME_STORY and set(bands(a)) & set(bands(b)):
            near[i].add(j)
            near[j].add(i)
    components: list[set[int]] = []
    for i in signatures:
        joined = near[i].union(*(c for c in components if c & near[i]))
        components = [c for c in components if not c & near[i]] + [joined]
    return sorted((part for c in components for part in slow_split(c, signatures)), key=min)


def slow_split(component: set[int], signatures: Mapping[int, bytes]) -> list[set[int]]:
    copies: dict[bytes, set[int]] = {}
    for i in component:
        copies.setdefault(signatures[i], set()).add(i)
    parts = [[text] for text in copies]
    while len(parts) > 1:
        score, a, b = max(
            (float(np.mean([similarities(one, parts[b]) for one in parts[a]])), a, b)
            for a, b in combinations(range(len(parts)), 2)
        )
        if len(copies) > 2 and score < TOGETHER:
            break
        parts[a] += parts.pop(b)
    return [set().union(*(copies[text] for text in part)) for part in parts]


def test_groups_are_those_of_comparing_every_pair() -> None:
    found = groups(LIBRARY)
    assert found == slow_groups(LIBRARY)
    assert {1, 2, 3, 4, 30} in [group - {17} for group in found]
    assert {5, 6, 7, 8} in [group - {17} for group in found]
    assert groups({}) == []


def test_a_round_up_does_not_join_its_stories() -> None:
    hub, one, other = LIBRARY[17], LIBRARY[1], LIBRARY[5]
    assert same_story(hub, one)
    assert same_story(hub, other)
    assert connected({2: one}, store({1: hub, 2: one, 3: other})).keys() == {1, 2, 3}
    assert not any({2, 3} <= group for group in groups({1: hub, 2: one, 3: other}))


def test_a_tangle_that_is_too_large_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "LARGEST", 3)
    assert groups({i: LIBRARY[i] for i in (1, 2, 3, 4, 30)}) == [{1, 30}, {2}, {3}, {4}]
    assert groups({i: LIBRARY[i] for i in (1, 2, 3)}) == [{1, 2, 3}]


@given(st.permutations(sorted(LIBRARY)))
def test_ids_and_their_order_make_no_difference(ids: list[int]) -> None:
    renamed = {new: LIBRARY[old] for new, old in zip(ids, LIBRARY, strict=True)}
    back = dict(zip(ids, LIBRARY, strict=True))
    found = [{back[i] for i in group} for group in groups(renamed)]
    assert sorted(found, key=min) == groups(LIBRARY)


def store(signatures: Mapping[int, bytes]) -> stories.Candidates:
    """What the database answers: signatures that share a band with those asked for."""

    def candidates(values: list[int]) -> dict[int, bytes]:
        asked = set(values)
        return {i: one for i, one in signatures.items() if asked & set(bands(one))}

    return candidates


@given(st.lists(st.sets(st.sampled_from(sorted(LIBRARY)), min_size=1, max_size=6), max_size=8))
def test_changes_one_by_one_end_like_all_at_once(changes: list[set[int]]) -> None:
    held: dict[int, bytes] = {}
    story: dict[int, int] = {}
    for change in changes:  # what is there goes, what is not there comes
        gone = {i: held[i] for i in change & held.keys()}
        near = connected(gone, store(held))
        for i in gone:
            del held[i], story[i]
        held |= {i: LIBRARY[i] for i in change - gone.keys()}
        start = {i: one for i, one in held.items() if i in near or i in change}
        for group in regroup(start, store(held)):
            story |= dict.fromkeys(group, min(group))
        whole = {i: min(group) for group in groups(held) for i in group}
        assert story == whole


def test_what_only_a_text_that_went_held_together_falls_apart() -> None:
    def made(own: int, *shared: tuple[int, int, int]) -> bytes:
        minima = np.arange(PERMUTATIONS, dtype="<u4") + 1000 * own
        for other, start, end in shared:
            minima[start:end] = np.arange(start, end) + 1000 * other
        return np.append(np.uint32(500), minima).astype("<u4").tobytes()

    hub, one = made(1), made(2, (1, 0, 80))
    other, third = made(3, (1, 78, 128)), made(4, (1, 58, 108), (3, 0, 12))
    held = {1: hub, 2: one, 3: other, 4: third}
    assert groups(held) == [{1, 2}, {3, 4}]
    before = connected({1: held.pop(1)}, store({1: hub, **held}))
    assert before.keys() == {1, 2, 3, 4}
    start = {i: before[i] for i in held}
    assert regroup(start, store(held)) == groups(held) == [{2}, {3}, {4}]
