"""Answers in a terminal: every form as lines of print, whatever the article holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index import Filter
from qa.types import Alternative, Form, Part, Refusal, Status
from tests.ui_values import answer, citation, sentences
from ui.terminal import show_answer

PLACE = "    Race day · 2020-02-25 · Herald"


def test_a_fact_with_its_sentence() -> None:
    shown = show_answer(answer(citations=(citation(),), agreement=2))
    assert shown.splitlines() == [
        "Ann Lee  [1]",
        "confidence 90%, 2 independent reports",
        "",
        "[1] >>Ann Lee<< won the race.",
        PLACE,
    ]


def test_a_list_with_its_items() -> None:
    cited = citation("Ann Lee and Bo Ray won.", 0, 18)
    items = (Part("Ann Lee", (1,)), Part("Bo Ray", (1,)))
    shown = show_answer(answer(citations=(cited,), form=Form.LIST, parts=items))
    assert shown.splitlines()[:3] == ["- Ann Lee  [1]", "- Bo Ray  [1]", "confidence 90%"]
    assert ">>Ann Lee and Bo Ray<< won." in shown


def test_sentences_that_tell_with_the_place_once() -> None:
    core = citation()
    before = citation("It rained.", 0, 10, number=2, at=80)
    told = sentences(before, core)
    shown = show_answer(answer(citations=(core, before), form=Form.EXPLANATION, parts=told))
    assert shown.splitlines() == [
        "[2] It rained.",
        "[1] >>Ann Lee<< won the race.",
        PLACE,
        "",
        "confidence 90%",
    ]
    evidence = show_answer(answer(citations=(core,), form=Form.YES_NO, parts=sentences(core)))
    assert evidence.startswith("The articles say:\n[1] >>Ann Lee<<")
    topic = show_answer(answer(citations=(before,), form=Form.TOPIC, parts=sentences(before)))
    assert topic == f"What the articles say about this:\n[2] It rained.\n{PLACE}"


def test_differing_answers_with_their_dates() -> None:
    other = citation("Bob Ray won.", 0, 7, number=2, published="2021-03-01")
    made = answer(citations=(citation(),), alternatives=(Alternative("Bob Ray", 0.5, (other,)),))
    lines = show_answer(made).splitlines()
    assert lines[0] == "Ann Lee  [1]  2020-02-25"
    assert "Bob Ray  2021-03-01  (confidence 50%)" in lines


def test_a_refusal_with_its_reasons_and_limits() -> None:
    made = answer(
        Status.ABSTAINED,
        nearest=(citation(),),
        refusal=Refusal("Looked for a person.", ("No article mentions “X”.",)),
        chosen=Filter("2014", "2014"),
    )
    assert show_answer(made).splitlines() == [
        "Only articles published in 2014.",
        "The articles do not seem to answer this.",
        "No article mentions “X”.",
        "Looked for a person.",
        "",
        "Nearest sentences (not an answer):",
        "[1] Ann Lee won the race.",
        PLACE,
    ]


@given(st.text(max_size=60), st.sampled_from(Form))
def test_nothing_but_print_reaches_the_terminal(text: str, form: Form) -> None:
    cited = citation(f"x{text}", 0, 1, title=text, source=text, published=text)
    parts = (Part(cited.sentence, (1,)), Part(text, (1,)))
    for made in (
        answer(citations=(cited,), form=form, parts=parts, chosen=Filter(sources=(text,))),
        answer(Status.ABSTAINED, nearest=(cited,), refusal=Refusal(text, (text,))),
    ):
        assert all(c.isprintable() for line in show_answer(made).split("\n") for c in line)
