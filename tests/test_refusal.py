"""Refusals: what was looked for, and what is visibly missing; nothing else is claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import Filter, Index
from index.fakes import HashEmbedder
from qa import Assistant, Status
from qa.asking import asking
from qa.calibrate import Calibration
from qa.question.written import human_date, in_words, is_time, span_in_words
from qa.refusal import refusal
from tests.conftest import PhraseReader

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)


@pytest.mark.parametrize(
    ("question", "chosen", "missing"),
    [
        ("Who is Zaphod Beeblebrox?", None, ["No article mentions “Zaphod Beeblebrox”."]),
        ("Who is Tom Beeblebrox?", None, ["No article mentions “Tom Beeblebrox”, only “Tom”."]),
        ("Who is Hale Tom?", None, []),
        ("Which Skerran ferry sailed?", None, []),
        ("Who is Tom Hale?", None, []),
        ("How many of the 1,140 were there?", None, ["No article mentions “1,140”."]),
        ("How many of the 212 were there?", None, []),
        ("who is zaphod", None, ["No article mentions “zaphod”."]),
        ("Who sailed in June 2014?", None, ["Nothing in the articles is like it."]),
        ("Who is Tom Hale?", Filter(sources=("Harbour News",)),
         ["No article from Harbour News mentions “Tom Hale”."]),
        ("Who is Tom Hale?", Filter(since="2021"),
         ["No article published since 2021 mentions “Tom Hale”."]),
        ("Who is Tom Hale?", Filter("2014-06-01", "2014-06-30"),
         ["No article was published in June 2014.",
          "The articles are from 5 January 2020 to 2 March 2021."]),
        ("Who is Tom Hale?", Filter(sources=("Nobody",)), ["No article is from Nobody."]),
        ("Who is Tom Hale?", Filter(since="2021", sources=("Town Post",)),
         ["No article was published since 2021 from Town Post."]),
        ("Summarise it", None, ["No article is named, and none was spoken of before."]),
    ],
)  # fmt: skip
def test_what_is_missing(
    library: Index, question: str, chosen: Filter | None, missing: list[str]
) -> None:
    hits = library.search(question, 10, chosen)
    assert list(refusal(library, asking(question), chosen, hits).missing) == missing


def test_nothing_alike(library: Index) -> None:
    hits = library.search("Who? Why?", 10)
    told = refusal(library, asking("Who? Why?"), None, hits)
    assert told.missing == ("Nothing in the articles is like it.",)


@pytest.mark.parametrize(
    ("question", "chosen", "looked_for"),
    [
        ("Who won the cup?", None, "Looked in all articles for a person: won cup."),
        ("When was it?", Filter("2014", "2014"),
         "Looked in the articles published in 2014 for a date or a time."),
        ("Which cups?", None, "Looked in all articles for answers: cups."),
        ("Did it rain?", None,
         "Looked in all articles for a sentence that says so or denies it: rain."),
        ("Tell me about rain", None, "Looked in all articles for sentences about it: rain."),
    ],
)  # fmt: skip
def test_what_was_looked_for(
    library: Index, question: str, chosen: Filter | None, looked_for: str
) -> None:
    assert refusal(library, asking(question), chosen).looked_for == looked_for


def test_the_three_ends_are_never_mixed_up(library: Index, tmp_path: Path) -> None:
    def ask(index: Index, question: str, chosen: Filter | None = None) -> tuple[Status, bool]:
        reader = PhraseReader("212")
        answer = Assistant(index, reader=reader, calibration=TRUSTING).ask(question, chosen)
        return answer.status, answer.refusal is not None

    nobody = Filter(since="2030")
    empty = Index(tmp_path / "empty", HashEmbedder())
    for question in ("How many were there?", "tell me about ducks", "summarise it", "Is it so?"):
        assert ask(empty, question) == (Status.EMPTY_INDEX, False)
        assert ask(empty, question, nobody) == (Status.EMPTY_INDEX, False)
        assert ask(library, question, nobody) == (Status.ABSTAINED, True)
    assert ask(library, "How many people were on board?") == (Status.ANSWERED, False)
    assert ask(library, "tell me about ducks") == (Status.ABSTAINED, True)


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2014-06-01", "2014-06-30", "in June 2014"),
        ("2012-02-01", "2012-02-29", "in February 2012"),
        ("2014-01-01", "2014-12-31", "in 2014"),
        ("2014", "2014", "in 2014"),
        ("2014-06", "2014-06", "in June 2014"),
        ("2014-06-01", "2014-06-01", "on 1 June 2014"),
        ("2014-06-01", "2014-07-02", "from 1 June 2014 to 2 July 2014"),
        ("2014-06", "2015", "from June 2014 to 2015"),
    ],
)
def test_spans_of_days_in_words(since: str, until: str, words: str) -> None:
    assert span_in_words(since, until) == words


def test_filters_and_dates_in_words() -> None:
    assert in_words(Filter(until="2014", sources=("A", "B"))) == "published until 2014 from A or B"
    assert in_words(Filter(articles=(3,))) == "among those chosen"
    assert human_date("2014-13") == "2014-13"
    assert is_time("June 2014")
    assert not is_time("June Allyson")
