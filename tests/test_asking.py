"""What questions ask for: the form of the answer, the kind of thing, the words that matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.asking import asking
from qa.question.kinds import Kind, expected, may_be
from qa.types import Form

FORMS = {
    Form.FACT: """
        Who was president of Maruva between 1998 and 2006?
        who won the 1998 world cup
        How many plastic ducks escaped?
        hwo many ducks escaped
        rank of Uliastan's dead soldier
        death toll lestovia orvenia border war
        Duarte's age
        population of La Gomera
        Name the judge who read out the ruling.
        Give the date of the dam disaster.
        ghana parliament bill defeated by how many votes
        Was it bread or rusks that the apprentice left?
        Is there a curfew in Abo, and until when?
        Which of the two brothers was arrested?
        Which company sells the cookers?
        What sits on top of each tower?
        What words did Korvic use?
        Can you tell me who won?
        I read about a cyclist. Where was he hiding while the inspectors were there?
        Who's the mayor?
        In 2006, who was president?
        """,
    Form.LIST: """
        Which cities did Duarte visit?
        whcih cities fell
        Who were the brothers detained in Aalst?
        Who are the candidates
        What three things did the union demand?
        In which two countries was the trial carried out?
        What are the names of the cruise ships?
        Name the two cruise ships.
        List the treatments that Lind tried out.
        Which European countries will share the bill?
        """,
    Form.EXPLANATION: """
        Why was the pressure cooker recalled?
        why
        How did the ducks escape?
        waht happened to the lynx
        What happened in Karsheen in August 2013?
        What caused the crash?
        Explain why the cooker was recalled
        For what reason was nobody told?
        How come the lights failed?
        reasons for the strike
        When the founder asked the province for money, why did it refuse?
        """,
    Form.YES_NO: """
        Did Kerry rule out drone strikes?
        did kerry rule out drone strikes
        Is it safe or not?
        Were residents warned?
        Isn't the captain in jail?
        The captain was arrested?
        Has the cease-fire held?
        """,
    Form.TOPIC: """
        Tal Afar
        tal afar
        kerry visit baghdad
        Kerry Visits Baghdad As Fighting Rages
        Will Smith
        May 2014 floods
        Tell me about Selina Duarte
        What did the papers say in June 2014 about Tal Afar?
        latest news on Tal Afar
        latest on the orchestra
        Is there anything about otters?
        What is known about Rashid the Baker?
        What does the article say about brine?
        show me articles about oil spills
        """,
    Form.SUMMARY: """
        What is this article about?
        what's it about
        summarise the article about the ferry
        Summarize it
        tl;dr
        Can you give me a short summary?
        What is the article about the ducks about?
        What does the article say?
        """,
}


@pytest.mark.parametrize(
    ("question", "form"),
    [(line.strip(), form) for form, lines in FORMS.items() for line in lines.strip().splitlines()],
)
def test_the_form_of_the_answer(question: str, form: Form) -> None:
    assert asking(question).form is form


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("Tell me about Selina Duarte", "Selina Duarte"),
        ("What did the papers say in June 2014 about Tal Afar?", "Tal Afar"),
        ("any news about the lynx?", "the lynx"),
        ("Tal Afar?", "Tal Afar"),
        ("summarise the article about the ferry", "ferry"),
        ("What is the article about the ducks about?", "the ducks"),
        ("Give me a short summary of the story about plastic ducks", "plastic ducks"),
        ("What is this article about?", ""),
        ("Who was president?", ""),
    ],
)
def test_what_a_topic_or_a_summary_is_about(question: str, about: str) -> None:
    assert asking(question).about == about


def test_names_numbers_and_words() -> None:
    asked = asking("According to Baloch, who bought 1,140 tents for the Tal Afar camp in 2013?")
    assert asked.names == ("Baloch", "Tal Afar")
    assert asked.numbers == ("1,140", "2013")
    assert asked.terms == ("Baloch", "bought", "1,140", "tents", "Tal", "Afar", "camp", "2013")


def test_only_keywords_are_guessed_to_be_a_topic() -> None:
    assert asking("kerry visit baghdad").guessed
    assert not asking("Tal Afar").guessed
    assert not asking("Tell me about the visit to baghdad").guessed


def test_how_many_are_asked_for() -> None:
    assert asking("What three things did the union demand?").count == 3
    assert asking("Name the 2 ships.").count == 2
    assert asking("Which cities fell?").count is None


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who stitched wounds in the parking lot?", Kind.PERSON),
        ("Which judge read out the ruling?", Kind.PERSON),
        ("What is the name of the captain?", Kind.PERSON),
        ("Where is the estate?", Kind.PLACE),
        ("From which country did antidote come?", Kind.PLACE),
        ("Which company makes the R2?", Kind.ORGANISATION),
        ("When will the board meet?", Kind.DATE),
        ("In what year was the bridge built?", Kind.DATE),
        ("How many ducks were released?", Kind.NUMBER),
        ("What is the population of Puerto Galván?", Kind.NUMBER),
        ("How much did it cost?", Kind.AMOUNT),
        ("How old is she?", Kind.AMOUNT),
        ("Why was it recalled?", Kind.REASON),
        ("How did they escape?", Kind.MANNER),
        ("What did Otis do when officers seized him?", Kind.ANY),
    ],
)
def test_the_kind_of_thing_asked_for(question: str, kind: Kind) -> None:
    assert expected(question) is kind


def test_what_cannot_be_of_a_kind() -> None:
    assert may_be("about forty", Kind.NUMBER)
    assert not may_be("the old lighthouse", Kind.NUMBER)
    assert may_be("last spring", Kind.DATE)
    assert not may_be("Port Edwin", Kind.DATE)
    assert not may_be("212", Kind.PERSON)
    assert may_be("212", Kind.ANY)


@given(st.text(max_size=80))
def test_any_question_has_a_form(question: str) -> None:
    asked = asking(question)
    assert asked.about in question or asked.about in " ".join(question.split())
    assert set(asked.numbers) <= set(question.split()) | {n for n in asked.numbers if n in question}
