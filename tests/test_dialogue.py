"""Follow-up questions: which lean on earlier turns, what they come to mean, what is asked then."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Index
from qa import Answer, Assistant, Conversation, Resolved, Status
from qa.calibrate import Calibration
from qa.dialogue.mentions import names
from qa.dialogue.resolve import Leaning, Turn, leaning, resolve
from qa.spans import ScoredSpan
from tests.conftest import FERRY, PhraseReader

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)


def turn(question: str, said: str = "") -> Turn:
    status = Status.ANSWERED if said else Status.ABSTAINED
    answer = Answer(question, question, status, said, 0.9, (), (), (), {})
    return Turn(question, Resolved(question, question, question), answer)


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("Who owns the Alto Verde mine?", Leaning.NOT),
        ("Did Kerry say he would resign?", Leaning.NOT),
        ("Where did they find Annelies Kroon?", Leaning.NOT),
        ("What happened on 3 May 2014?", Leaning.NOT),
        ("Which analyst predicted that Manila would wait?", Leaning.NOT),
        ("How old is she?", Leaning.CLOSELY),
        ("Why?", Leaning.CLOSELY),
        ("And when?", Leaning.CLOSELY),
        ("For how long?", Leaning.CLOSELY),
        ("What about Mosul?", Leaning.CLOSELY),
        ("Who else?", Leaning.CLOSELY),
        ("How many of them survived?", Leaning.CLOSELY),
        ("What's the correct one?", Leaning.CLOSELY),
        ("Why hasn't that been settled?", Leaning.CLOSELY),
        ("Who negotiated the truce?", Leaning.LOOSELY),
        ("How many people are there?", Leaning.LOOSELY),
        ("Tell me more", Leaning.MORE),
        ("Which article is that from?", Leaning.SOURCE),
        ("Show me the sentence", Leaning.SOURCE),
        ("where does it say that", Leaning.SOURCE),
    ],
)
def test_how_a_question_leans_on_earlier_ones(question: str, leans: Leaning) -> None:
    assert leaning(question) is leans


@pytest.mark.parametrize(
    ("before", "said", "question", "meant"),
    [
        ("Who came third in Maruva?", "Rufino Calle", "How old is he?", "How old is Rufino Calle?"),
        ("Who chairs the fund?", "Ann Lee", "What are her plans?", "What are Ann Lee’s plans?"),
        ("Where was Tom Hale born?", "Uppsala", "Who met him?", "Who met Tom Hale?"),
        ("When did Kerry visit Baghdad?", "Monday", "Why?", "Why did Kerry visit Baghdad?"),
        ("When did Kerry visit Baghdad?", "Monday", "And how?", "How did Kerry visit Baghdad?"),
        ("Who won the cup?", "Turkey", "When?", "When was it that Turkey won the cup?"),
        ("How many fled Tal Afar?", "200,000", "What about Mosul?", "How many fled Mosul?"),
        ("Who was hurt in Karsheen?", "Nobody", "And in Lanto?", "Who was hurt in Lanto?"),
        ("Who spoke in Geneva?", "Ann Lee", "Who else?", "Who spoke in Geneva?"),
        ("Which insurer must pay?", "Noord Assurantie", "What will it pay?",
         "What will Noord Assurantie pay?"),
        ("Who broke the truce?", "Nobody", "Has it held?", "Has the truce held?"),
        ("How old are the Moldovans?", "24", "When will we know if they're guilty?",
         "When will we know if the Moldovans are guilty?"),
    ],
)  # fmt: skip
def test_what_a_follow_up_means(before: str, said: str, question: str, meant: str) -> None:
    assert resolve(question, [turn(before, said)]).question == meant


def test_a_pronoun_may_mean_somebody_of_an_earlier_turn() -> None:
    turns = [turn("What does Ingrid Sollers of Marenga suspect?", "wheel bolts")]
    second = resolve("When were they delivered?", turns)
    assert second.question == "When were wheel bolts delivered?"
    turns.append(Turn("When were they delivered?", second, turns[0].answer))
    assert resolve("How many has she left?", turns).question == "How many has Ingrid Sollers left?"


def test_who_else_leaves_out_every_answer_given() -> None:
    first = turn("Who spoke in Geneva?", "Ann Lee")
    second = resolve("Who else?", [first])
    assert second.exclude == ("Ann Lee",)
    third = resolve(
        "Anyone else?", [first, Turn("Who else?", second, turn("?", "Tom Hale").answer)]
    )
    assert third.exclude == ("Ann Lee", "Tom Hale")


def test_what_cannot_be_rewritten_is_read_after_the_question_before() -> None:
    meant = resolve("How many concerts are off?", [turn("Why is the Solway locked out?", "pay")])
    assert meant.question == "How many concerts are off?"
    assert meant.history == ("Why is the Solway locked out?",)
    assert "Solway" in meant.query


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_conversation_can_be_resolved(before: str, said: str, question: str) -> None:
    meant = resolve(question, [turn(before, said)])
    assert isinstance(meant.question, str)
    leaning(question)
    assert all(name in " ".join(question.split()) for name in names(question))


class HistoryReader(PhraseReader):
    """Notes what it is asked."""

    asked: list[tuple[str, tuple[str, ...]]]

    def __init__(self, *phrases: str) -> None:
        super().__init__(*phrases)
        self.asked = []

    def read(
        self, question: str, passages: Sequence[str], history: Sequence[str] = ()
    ) -> list[list[ScoredSpan]]:
        self.asked.append((question, tuple(history)))
        return super().read(question, passages, history)


def talk(library: Index, *phrases: str) -> tuple[Conversation, HistoryReader]:
    reader = HistoryReader(*phrases)
    return Conversation(Assistant(library, reader=reader, calibration=TRUSTING)), reader


def test_a_conversation_asks_what_is_meant(library: Index) -> None:
    conversation, reader = talk(library, "Ana Ruiz", "Port Edwin")
    first = conversation.ask("Which captain commanded the Skerra ferry?")
    assert first.resolution is None
    second = conversation.ask("What did she say?")
    assert second.question == "What did she say?"
    assert second.resolved_question == "What did Capt. Ana Ruiz say?"
    assert second.resolution is not None
    assert second.resolution.articles == (first.citations[0].article_id,)
    assert reader.asked[-1] == (
        "What did Capt. Ana Ruiz say?",
        ("Which captain commanded the Skerra ferry?",),
    )


def test_a_question_that_stands_alone_drops_the_history(library: Index) -> None:
    conversation, reader = talk(library, "Ana Ruiz", "3 pounds")
    conversation.ask("Which captain commanded the Skerra ferry?")
    answer = conversation.ask("What does the rye bread of Tom Hale cost?")
    assert answer.resolution is None
    assert reader.asked[-1] == ("What does the rye bread of Tom Hale cost?", ())


def test_a_question_without_names_may_change_the_subject(library: Index) -> None:
    conversation, _ = talk(library, "Ana Ruiz", "3 pounds")
    conversation.ask("Which captain commanded the Skerra ferry?")
    answer = conversation.ask("which bakery won the county prize with rye bread")
    assert answer.resolution is None
    assert answer.text == "3 pounds"


def test_a_resolution_can_be_overridden(library: Index) -> None:
    conversation, reader = talk(library, "212", "Ana Ruiz")
    conversation.ask("Which captain commanded the Skerra ferry?")
    answer = conversation.ask("How many?", resolved="How many people were on the Skerra ferry?")
    assert answer.resolved_question == "How many people were on the Skerra ferry?"
    assert reader.asked[-1] == ("How many people were on the Skerra ferry?", ())


def test_asking_for_the_source_shows_the_last_answer_again(library: Index) -> None:
    conversation, reader = talk(library, "212")
    first = conversation.ask("How many people were on the Skerra ferry?")
    again = conversation.ask("Which article is that from?")
    assert (again.text, again.citations) == (first.text, first.citations)
    assert again.citations[0].title == FERRY.title
    assert len(reader.asked) == 1


def test_forgetting_begins_anew(library: Index) -> None:
    conversation, _ = talk(library, "Ana Ruiz")
    conversation.ask("Which captain commanded the Skerra ferry?")
    conversation.forget()
    assert conversation.ask("How old is she?").resolution is None
