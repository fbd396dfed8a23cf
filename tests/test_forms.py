"""Forms of answers: what a question asks for, and what stands beside the exact words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article, Filter, Index
from qa import Answer, Assistant, Conversation, Status
from qa.calibrate import Calibration
from qa.parts import explaining, items
from qa.types import Form
from tests.conftest import PhraseReader

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the hospital and the airport", ["the hospital", "the airport"]),
        ("Ann, Bob, and Cy", ["Ann", "Bob", "Cy"]),
        ("1,140", ["1,140"]),
        ("between May and June", ["between May and June"]),
        ("Ann Lee", ["Ann Lee"]),
    ],
)
def test_items_of_an_enumeration(text: str, found: list[str]) -> None:
    assert [span.of(text) for span in items(text)] == found


@given(st.text(st.sampled_from("ab ,;and or"), max_size=40))
def test_items_are_verbatim_in_order_and_apart(text: str) -> None:
    end = 0
    for span in items(text):
        assert end <= span.start <= span.end <= len(text)
        end = span.end


def test_an_explanation_may_take_two_sentences() -> None:
    told = ["The road closed.", "This was because of snow.", "It opened again."]
    assert list(explaining(told, 0)) == [0, 1]
    assert list(explaining(told, 1)) == [0, 1]
    assert list(explaining(told, 2)) == [2]


WIRE = (
    "Six miners were found alive under Holm on Monday. Rescuers cheered as they came up. "
    "The men had sheltered for eleven days in a gallery 340 metres below the old chapel, Judge "
    "Olga Brandt of the mining inspectorate told reporters at the pithead, and shared two flasks "
    "of soup, a torch and the crossword of the Holm Courier. The mine has been closed since May."
)
OTHER = "In Holm 6 miners came up. The mayor wept."
STORIES = [
    Article("/a.txt", "Miners found", WIRE, "A", "2021-05-01"),
    Article("/b.txt", "Miners found", f"{WIRE} Read more tomorrow.", "B", "2021-05-02"),
    Article("/c.txt", "Rescue in Holm", OTHER, "C", "2021-05-03"),
]


@pytest.fixture
def mine(library: Index) -> Index:
    library.add_articles(STORIES)
    return library


def ask(index: Index, question: str, *phrases: str, chosen: Filter | None = None) -> Answer:
    assistant = Assistant(index, reader=PhraseReader(*phrases), calibration=TRUSTING)
    answer = assistant.ask(question, chosen)
    check(index, answer)
    return answer


def check(index: Index, answer: Answer) -> None:
    """Every shown word is verbatim from an article."""
    texts = [index.article(a.id).text for a in index.articles()]
    cited = [*answer.citations, *answer.nearest]
    cited += [c for other in answer.alternatives for c in other.citations]
    for c in cited:
        text = index.article(c.article_id).text
        assert text[c.start : c.end] == c.text
        assert text[c.sentence_start : c.sentence_end] == c.sentence
    numbers = {c.number for c in cited}
    for part in answer.parts:
        assert any(part.text in text for text in texts)
        assert set(part.citations) <= numbers
    if answer.text:
        assert any(answer.text in text for text in texts)


def test_copies_of_one_story_count_once(mine: Index) -> None:
    answer = ask(mine, "How many miners were found?", "Six", "6")
    assert answer.text in ("Six", "6")
    assert {c.uri for c in answer.citations} == {"/a.txt", "/b.txt", "/c.txt"}
    assert answer.agreement == 2
    assert answer.alternatives == ()


def test_a_reason_comes_with_the_sentences_that_explain(mine: Index) -> None:
    answer = ask(mine, "Why did rescuers cheer?", "they came up")
    assert answer.form is Form.EXPLANATION
    assert answer.text == "they came up"
    assert [part.text for part in answer.parts] == ["Rescuers cheered as they came up."]


def test_yes_or_no_is_answered_with_the_sentence_that_bears_on_it(mine: Index) -> None:
    answer = ask(mine, "Did the mayor weep?", "The mayor wept")
    assert (answer.form, answer.text) == (Form.YES_NO, "The mayor wept")
    assert [part.text for part in answer.parts] == ["The mayor wept."]


def test_a_topic_has_its_key_sentences(mine: Index) -> None:
    answer = ask(mine, "tell me about the miners of Holm")
    assert (answer.status, answer.form) == (Status.ANSWERED, Form.TOPIC)
    assert any("Six miners were found" in part.text for part in answer.parts)
    assert len({part.text for part in answer.parts}) == len(answer.parts)
    nothing = ask(mine, "zebra")
    assert nothing.status is Status.ABSTAINED


def test_a_summary_is_in_the_articles_own_words(mine: Index) -> None:
    answer = ask(mine, "Summarise the article about the ferry off Skerra")
    assert answer.form is Form.SUMMARY
    assert {c.title for c in answer.citations} == {"Ferry runs aground"}
    starts = [c.start for c in answer.citations]
    assert starts == sorted(starts)


def test_a_refusal_says_what_no_article_mentions(mine: Index) -> None:
    answer = ask(mine, "What did Zaphod tell the miners?")
    assert (answer.status, answer.text, answer.citations) == (Status.ABSTAINED, "", ())
    assert answer.refusal is not None
    assert answer.refusal.missing == ("No article mentions “Zaphod”.",)
    assert answer.nearest
    late = ask(mine, "How many miners were found?", "Six", chosen=Filter(since="2030"))
    assert late.refusal is not None
    assert late.refusal.missing[0] == "No article is dated 2030 or later."


def test_more_is_about_what_was_asked_last(mine: Index) -> None:
    reader = PhraseReader("Six")
    conversation = Conversation(Assistant(mine, reader=reader, calibration=TRUSTING))
    conversation.ask("How many miners were found in Holm?")
    more = conversation.ask("Tell me more")
    assert more.resolved_question == "Tell me more about Holm"
    assert more.form is Form.TOPIC
    check(mine, more)
