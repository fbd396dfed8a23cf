"""Time words in questions: which limit the articles, which only prefer some, which do neither."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Filter
from qa.dates import dated, narrowed
from qa.question.calendar import expressions

TODAY = date(2014, 6, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("question", "since", "until", "rest"),
    [
        ("What did the papers say in June 2014 about Tal Afar?", "2014-06-01", "2014-06-30",
         "What did the papers say about Tal Afar?"),
        ("yesterday's news about Iraq", "2014-06-17", "2014-06-17", "news about Iraq"),
        ("last week's headlines", "2014-06-09", "2014-06-15", "headlines"),
        ("news from last Monday about Mosul", "2014-06-16", "2014-06-16", "news about Mosul"),
        ("articles from 2014 about otters", "2014-01-01", "2014-12-31", "articles about otters"),
        ("reports since 2010 about otters", "2010-01-01", None, "reports about otters"),
        ("articles before 2010 about otters", None, "2009-12-31", "articles about otters"),
        ("articles published between May 2013 and June 2014 on otters", "2013-05-01",
         "2014-06-30", "articles published on otters"),
        ("What was reported on 12 April 2008 about bread?", "2008-04-12", "2008-04-12",
         "What was reported about bread?"),
        ("news about the lynx in November 2013", "2013-11-01", "2013-11-30",
         "news about the lynx"),
        ("news about Zerrin after 2010", "2011-01-01", None, "news about Zerrin"),
        ("news of the past three days", "2014-06-15", "2014-06-18", "news"),
        ("stories this year about elections", "2014-01-01", "2014-06-18",
         "stories about elections"),
    ],
)  # fmt: skip
def test_dates_of_what_was_published_limit_the_articles(
    question: str, since: str | None, until: str | None, rest: str
) -> None:
    found = dated(question, TODAY)
    assert found.chosen == Filter(since, until)
    assert (found.near, found.rest) == (None, rest)


@pytest.mark.parametrize(
    "question",
    [
        "Who was president in 2006?",
        "Who was president between 1998 and 2006?",
        "How many people have fled since the invasion?",
        "What did the report say about the 1998 World Cup?",
        "news about the 1998 World Cup",
        "news about elections in 2006",
        "How much did 2,100 tonnes cost in 2009?",
        "Since what year have shoemakers done business in the lane?",
        "Who may win?",
        "Tal Afar 2014",
        "Who was killed on Saturday?",
    ],
)
def test_other_dates_stay_for_reading(question: str) -> None:
    found = dated(question, TODAY)
    assert (found.chosen, found.near, found.rest) == (None, None, question)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What happened in Karsheen in August 2013?", "2013-08-01", "2013-10-01"),
        ("Who did Kerry meet last Monday?", "2014-06-16", "2014-06-23"),
        ("Tal Afar June 2014", "2014-06-01", "2014-07-31"),
        ("What did Kerry say in December?", "2013-12-01", "2014-01-31"),
        ("Who was hurt on Feb. 3, 2010?", "2010-02-03", "2010-02-10"),
    ],
)
def test_a_month_or_a_day_makes_articles_preferred(question: str, since: str, until: str) -> None:
    found = dated(question, TODAY)
    assert (found.chosen, found.near) == (None, Filter(since, until))


@pytest.mark.parametrize(
    ("question", "now"),
    [
        ("latest news on Tal Afar", True),
        ("What is the current price of bread?", True),
        ("How many people are still missing?", True),
        ("How many people were missing?", False),
        ("Who knows Mr Nowak?", False),
    ],
)
def test_questions_about_now(question: str, now: bool) -> None:
    assert dated(question, TODAY).now is now


def test_two_filters_at_once() -> None:
    picked = Filter("2014-06-10", "2014", sources=("Herald",))
    both = narrowed(picked, Filter("2014-06", "2014-06"))
    assert both == Filter("2014-06-10", "2014-06", sources=("Herald",))
    assert narrowed(None, picked) == narrowed(picked, None) == picked
    assert narrowed(None, None) is None


@given(st.text(max_size=60), st.dates(min_value=date(1, 1, 1)))
def test_any_text_on_any_day(text: str, today: date) -> None:
    for when in expressions(text, today):
        assert when.first <= when.last
        assert 0 <= when.start < when.end <= len(text.lower())
    dated(f"{text} yesterday {text}", today)


@given(
    st.sampled_from(["last", "past"]),
    st.integers(0, 10**6),
    st.sampled_from(["days", "weeks", "months", "years"]),
    st.dates(),
)
def test_any_number_of_days(word: str, count: int, unit: str, today: date) -> None:
    (when,) = expressions(f"the {word} {count} {unit}", today)
    assert when.last == today
    assert when.first <= today
