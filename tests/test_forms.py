"""Answers in the form that is asked for: lists, explanations, evidence, topics, summaries."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Article, Filter, Index, Span
from qa import Answer, Assistant, Conversation, Status
from qa.calibrate import Calibration
from qa.forms.enumeration import items, whole
from qa.plain import restored
from qa.spans import ScoredSpan
from qa.types import Form
from tests.conftest import FERRY, PhraseReader

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)

WIRE = (
    "Six miners were found alive under Holm on Monday. Rescuers cheered as they came up. "
    "The men had sheltered for eleven days in a gallery 340 metres below the old chapel, Judge "
    "Olga Brandt of the mining inspectorate told reporters at the pithead, and shared two flasks "
    "of soup, a torch and the crossword of the Holm Courier. The mine has been closed since May."
)
STORIES = [
    Article("/a.txt", "Miners found", WIRE, "A", "2021-05-01"),
    Article("/b.txt", "Miners found", f"{WIRE} Read more tomorrow.", "B", "2021-05-02"),
    Article("/c.txt", "Rescue in Holm", "In Holm 6 miners came up. The mayor wept.", "C",
            "2021-05-03"),
    Article("/d.txt", "Election tour",
            "Selina Duarte spoke in Lanto, Pichu and Karsheen on Friday. But she cancelled "
            "Zerrin. The roads there were flooded. A rally is planned in Asiro.",
            "D", "2021-06-03"),
]  # fmt: skip


class ManyReader(PhraseReader):
    """Finds every one of its phrases in a passage, the first ones more likely."""

    def _spans(self, passage: str) -> list[ScoredSpan]:
        found = [
            ScoredSpan(at, at + len(phrase), 12.0 - number)
            for number, phrase in enumerate(self.phrases)
            if (at := passage.find(phrase)) >= 0
        ]
        return found or super()._spans(passage)


@pytest.fixture
def news(library: Index) -> Index:
    library.add_articles(STORIES)
    return library


def ask(index: Index, question: str, *phrases: str, chosen: Filter | None = None) -> Answer:
    assistant = Assistant(index, reader=ManyReader(*phrases), calibration=TRUSTING)
    answer = assistant.ask(question, chosen)
    check(index, answer)
    return answer


def check(index: Index, answer: Answer) -> None:
    """Every shown word of evidence is verbatim at its offsets; parts stand in what they cite.

    And everything survives being stored as JSON.
    """
    assert restored(Answer, json.loads(json.dumps(answer.to_dict()))) == answer
    cited = [*answer.citations, *answer.nearest]
    cited += [c for other in answer.alternatives for c in other.citations]
    for c in cited:
        text = index.article(c.article_id).text
        assert text[c.start : c.end] == c.text
        assert text[c.sentence_start : c.sentence_end] == c.sentence
        assert c.sentence_start <= c.start < c.end <= c.sentence_end
    by_number = {c.number: c for c in answer.citations}
    assert len(by_number) == len(answer.citations)
    for part in answer.parts:
        assert part.citations
        assert part.text in by_number[part.citations[0]].sentence
    if answer.status is not Status.ANSWERED:
        assert (answer.text, answer.citations, answer.parts) == ("", (), ())
    else:
        assert answer.agreement >= 1


def shown(answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    return [(part.text, part.citations) for part in answer.parts]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the hospital and the airport", ["the hospital", "the airport"]),
        ("Ann, Bob, and Cy", ["Ann", "Bob", "Cy"]),
        ("1,140", ["1,140"]),
        ("1,140 tents and 3 lamps", ["1,140 tents", "3 lamps"]),
        ("Ann Lee", ["Ann Lee"]),
        ("Ann Lee, 34", ["Ann Lee, 34"]),
        ("Ann Lee, 34, and Bo Ray, the mayor", ["Ann Lee, 34", "Bo Ray, the mayor"]),
        ("Denise and Tony Ferrante, of Sandusky", ["Denise", "Tony Ferrante, of Sandusky"]),
        ("a mare, which limped, and a dog", ["a mare, which limped", "a dog"]),
        ("two flasks of soup, a torch and the crossword",
         ["two flasks of soup", "a torch", "the crossword"]),
        ("Gul Hassan; two sisters, aged 8 and 11; and four guards",
         ["Gul Hassan", "two sisters, aged 8 and 11", "four guards"]),
        ("“Salt, and Pepper” and “Rain”", ["“Salt, and Pepper”", "“Rain”"]),
    ],
)  # fmt: skip
def test_items_of_an_enumeration(text: str, found: list[str]) -> None:
    assert [span.of(text) for span in items(text, Span(0, len(text)))] == found


@given(st.text(st.sampled_from('abA1 ,;"“”()andor&'), max_size=40))
def test_items_are_verbatim_in_order_and_apart(text: str) -> None:
    end = 0
    for span in items(text, Span(0, len(text))):
        assert end <= span.start <= span.end <= len(text)
        end = span.end


@pytest.mark.parametrize(
    ("text", "span", "found"),
    [
        ("ties with Georgia, Oman and Peru grew", "Oman", "Georgia, Oman and Peru"),
        ("said Ann Lee and Dr. Bo Ray of Tulsa in May", "Ann Lee",
         "Ann Lee and Dr. Bo Ray of Tulsa"),
        ("said Ann Lee in May", "Ann Lee", "Ann Lee"),
    ],
)  # fmt: skip
def test_an_item_brings_the_names_it_stands_among(text: str, span: str, found: str) -> None:
    at = text.index(span)
    around = whole(text, Span(0, len(text)), Span(at, at + len(span)))
    assert around.of(text) == found


def test_a_list_has_every_item_of_the_enumeration(news: Index) -> None:
    answer = ask(news, "Which cities did Selina Duarte speak in?", "Pichu")
    assert (answer.form, answer.text) == (Form.LIST, "Lanto, Pichu and Karsheen")
    assert shown(answer) == [("Lanto", (1,)), ("Pichu", (1,)), ("Karsheen", (1,))]
    assert [c.text for c in answer.citations] == ["Lanto, Pichu and Karsheen"]


def test_a_list_gathers_items_of_several_places(news: Index) -> None:
    answer = ask(news, "Which towns are mentioned?", "Asiro", "Skerra")
    assert sorted(part.text for part in answer.parts) == ["Asiro", "Skerra"]
    assert answer.text == "; ".join(part.text for part in answer.parts)
    assert sorted(n for part in answer.parts for n in part.citations) == [1, 2]
    assert answer.alternatives == ()


def test_a_list_has_no_more_items_than_were_asked_for(news: Index) -> None:
    answer = ask(
        news, "Which three cities did Duarte speak in?", "Lanto, Pichu and Karsheen", "Asiro"
    )
    assert [part.text for part in answer.parts] == ["Lanto", "Pichu", "Karsheen"]


def test_copies_of_one_story_count_once(news: Index) -> None:
    answer = ask(news, "How many miners were found?", "Six", "6")
    assert answer.text in ("Six", "6 miners", "6")
    assert {c.uri for c in answer.citations} == {"/a.txt", "/b.txt", "/c.txt"}
    assert answer.agreement == 2
    assert answer.alternatives == ()


def test_differing_answers_are_side_by_side_the_newest_first_where_it_is_about_now(
    library: Index,
) -> None:
    library.add_articles(
        [
            Article("/1.txt", "Toll", "In Holm the death toll was 17.", "A", "2021-05-01"),
            Article("/2.txt", "Toll", "In Holm the death toll is 23.", "B", "2021-05-09"),
            Article("/3.txt", "Toll", "The death toll in Holm stood at 19.", "C", "2021-05-04"),
        ]
    )
    then = ask(library, "What was the death toll in Holm?", "17", "19", "23")
    assert (then.text, then.agreement) == ("17", 1)
    assert {other.text for other in then.alternatives} == {"19", "23"}
    now = ask(library, "What is the current death toll in Holm?", "17", "19", "23")
    assert [now.text, *(other.text for other in now.alternatives)] == ["23", "19", "17"]
    numbers = [c.number for o in now.alternatives for c in o.citations]
    assert [now.citations[0].number, *numbers] == [1, 2, 3]


def test_a_reason_comes_with_the_sentences_that_explain(news: Index) -> None:
    answer = ask(news, "Why did rescuers cheer?", "they came up")
    assert (answer.form, answer.text) == (Form.EXPLANATION, "they came up")
    assert [text for text, _ in shown(answer)] == ["Rescuers cheered as they came up."]


def test_a_sentence_that_leans_on_the_one_before_brings_it_along(news: Index) -> None:
    answer = ask(news, "What happened to the visit to Zerrin?", "cancelled Zerrin")
    assert shown(answer) == [
        ("Selina Duarte spoke in Lanto, Pichu and Karsheen on Friday.", (2,)),
        ("But she cancelled Zerrin.", (1,)),
    ]
    assert answer.citations[0].text == "cancelled Zerrin"


def test_two_sentences_that_explain_are_told_in_reading_order(news: Index) -> None:
    answer = ask(news, "Why did she cancel Zerrin?", "were flooded", "cancelled Zerrin")
    assert [text for text, _ in shown(answer)] == [
        "But she cancelled Zerrin.",
        "The roads there were flooded.",
    ]


def test_yes_or_no_is_answered_with_the_sentences_that_bear_on_it(news: Index) -> None:
    answer = ask(news, "Did the mayor weep?", "The mayor wept")
    assert (answer.form, answer.text) == (Form.YES_NO, "The mayor wept")
    assert shown(answer) == [("The mayor wept.", (1,))]
    both = ask(
        news, "Did anybody weep when rescuers cheered?", "Rescuers cheered", "The mayor wept"
    )
    assert [text for text, _ in shown(both)] == [
        "Rescuers cheered as they came up.",
        "The mayor wept.",
    ]
    assert both.alternatives == ()


def test_a_topic_has_its_key_sentences(news: Index) -> None:
    answer = ask(news, "tell me about the miners of Holm")
    assert (answer.status, answer.form) == (Status.ANSWERED, Form.TOPIC)
    texts = [part.text for part in answer.parts]
    assert "Six miners were found alive under Holm on Monday." in texts
    assert "In Holm 6 miners came up." in texts
    assert len(set(texts)) == len(texts)
    assert answer.agreement == 2
    newest = ask(news, "latest news on the miners of Holm")
    assert newest.parts[0].text == "In Holm 6 miners came up."


@pytest.mark.parametrize("topic", ["zebra", "Tell me about Zaphod Beeblebrox"])
def test_a_topic_that_no_article_mentions_is_refused(news: Index, topic: str) -> None:
    answer = ask(news, topic)
    assert answer.status is Status.ABSTAINED
    assert answer.refusal is not None
    assert answer.refusal.missing


def test_keywords_may_be_a_fact_or_a_topic(news: Index) -> None:
    fact = ask(news, "miners found alive Holm", "Six")
    assert (fact.form, fact.text) == (Form.FACT, "Six")
    topic = ask(news, "miners found alive Holm")
    assert (topic.status, topic.form) == (Status.ANSWERED, Form.TOPIC)


def test_a_summary_is_in_the_articles_own_words(news: Index) -> None:
    answer = ask(news, "Summarise the article about the ferry off Skerra")
    assert answer.form is Form.SUMMARY
    assert {c.title for c in answer.citations} == {FERRY.title}
    starts = [c.start for c in answer.citations]
    assert starts == sorted(starts)
    assert len(starts) >= 2


def test_this_article_is_the_one_spoken_of_or_chosen(news: Index) -> None:
    lost = ask(news, "What is this article about?")
    assert lost.status is Status.ABSTAINED
    assert lost.refusal is not None
    assert lost.refusal.missing == ("No article is named, and none was spoken of before.",)
    ferry = next(a.id for a in news.articles() if a.uri == FERRY.uri)
    chosen = ask(news, "What is this article about?", chosen=Filter(articles=(ferry,)))
    assert {c.title for c in chosen.citations} == {FERRY.title}
    assistant = Assistant(news, reader=ManyReader("212"), calibration=TRUSTING)
    conversation = Conversation(assistant)
    conversation.ask("How many people were on board the ferry off Skerra?")
    spoken_of = conversation.ask("Summarise it")
    assert spoken_of.resolved_question == f"Summary of “{FERRY.title}”"
    assert {c.title for c in spoken_of.citations} == {FERRY.title}


def test_more_is_about_what_was_asked_last_and_new(news: Index) -> None:
    assistant = Assistant(news, reader=ManyReader("Six"), calibration=TRUSTING)
    conversation = Conversation(assistant)
    first = conversation.ask("How many miners were found alive in Holm?")
    more = conversation.ask("Tell me more")
    assert more.resolved_question == "Tell me more about Holm"
    assert more.form is Form.TOPIC
    assert first.citations[0].sentence not in [part.text for part in more.parts]
    check(news, more)


def test_dates_in_the_question_limit_the_articles(news: Index) -> None:
    answer = ask(news, "What did the papers say in June 2021 about Holm?")
    assert answer.chosen == Filter("2021-06-01", "2021-06-30")
    assert answer.status is Status.ABSTAINED
    may = ask(news, "What did the papers say in May 2021 about the miners?")
    assert may.status is Status.ANSWERED
    assert {c.published for c in may.citations} <= {"2021-05-01", "2021-05-02", "2021-05-03"}


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None
)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)
    | st.lists(st.sampled_from(
        ["Ann Lee", "and", ",", ". ", "\n\n", "“", "”", "1,140", "miles", "But it", "Dr.", "fled"]
    ), max_size=40).map(" ".join),
    phrases=st.lists(st.text(min_size=1, max_size=6) | st.sampled_from(["Ann", "and", "1"]),
                     min_size=1, max_size=3),
    question=st.sampled_from([
        "Who fled?", "Which people fled?", "Why did they flee?", "Did Ann Lee flee?", "Ann Lee",
        "tell me about Ann Lee", "summarise the article about Ann Lee", "tell me more",
        "latest news on Ann", "What did the papers say in 2021 about Ann?", "how many miles",
    ]),
    threshold=st.sampled_from([0.0, 0.5, 1.0]),
)  # fmt: skip
def test_evidence_is_verbatim_for_any_article_and_form(
    news: Index, text: str, phrases: Sequence[str], question: str, threshold: float
) -> None:
    news.add_articles([Article("/any.txt", "Any Ann", text.replace("\x00", ""), "s", "2021-01-01")])
    assistant = Assistant(
        news, reader=ManyReader(*phrases), calibration=TRUSTING, threshold=threshold
    )
    check(news, assistant.ask(question))
