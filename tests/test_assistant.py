"""Answers: the three statuses, citations into the article, abstention, alternatives, errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qa
from index import Article, Index, QuestionError
from index.fakes import HashEmbedder
from qa import Answer, Assistant, Status
from qa.calibrate import Calibration, Features, logistic_fit
from tests.conftest import BAKERY, FERRY, PhraseReader

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)


def check_offsets(index: Index, answer: Answer) -> None:
    cited = [*answer.citations, *answer.nearest]
    cited += [c for other in answer.alternatives for c in other.citations]
    for c in cited:
        text = index.article(c.article_id).text
        assert text[c.start : c.end] == c.text
        assert text[c.sentence_start : c.sentence_end] == c.sentence
        assert c.sentence_start <= c.start < c.end <= c.sentence_end


def test_answered(library: Index) -> None:
    assistant = Assistant(library, reader=PhraseReader("212"), calibration=TRUSTING)
    answer = assistant.ask("How many people were on board?")
    assert (answer.status, answer.text) == (Status.ANSWERED, "212")
    assert answer.confidence > 0.99
    (citation,) = answer.citations
    assert citation.sentence == (
        "A ferry with 212 people on board ran aground off Skerra on Monday."
    )
    assert (citation.title, citation.source, citation.published, citation.number) == (
        FERRY.title,
        "Harbour News",
        "2021-03-02",
        1,
    )
    assert answer.nearest == ()
    assert set(answer.timings) == {"retrieve", "read", "compose", "total"}
    check_offsets(library, answer)


def test_abstained_shows_the_nearest_sentences_and_no_citation(library: Index) -> None:
    assistant = Assistant(library, reader=PhraseReader("zebra"), calibration=TRUSTING)
    answer = assistant.ask("What does the rye bread cost?")
    assert (answer.status, answer.text, answer.citations) == (Status.ABSTAINED, "", ())
    assert answer.nearest[0].sentence == "Its rye bread costs 3 pounds."
    check_offsets(library, answer)


def test_empty_index_is_not_an_abstention(tmp_path: Path) -> None:
    index = Index(tmp_path, HashEmbedder())
    answer = Assistant(index, reader=PhraseReader("x"), calibration=TRUSTING).ask("Who?")
    assert answer.status is Status.EMPTY_INDEX


def test_same_answer_in_two_articles_is_one_with_two_citations(library: Index) -> None:
    library.add_articles([Article("/o.txt", "Again", "All 212 were saved off Skerra.", "Other")])
    assistant = Assistant(library, reader=PhraseReader("212"), calibration=TRUSTING)
    answer = assistant.ask("How many people were on the ferry?")
    assert [c.number for c in answer.citations] == [1, 2]
    assert {c.source for c in answer.citations} == {"Harbour News", "Other"}


def test_other_answers_are_alternatives(library: Index) -> None:
    library.add_articles([Article("/o.txt", "Again", "On board the ferry were 198.", "Other")])
    assistant = Assistant(library, reader=PhraseReader("212", "198"), calibration=TRUSTING)
    answer = assistant.ask("How many people were on board the ferry?")
    assert {answer.text, *(other.text for other in answer.alternatives)} == {"212", "198"}
    check_offsets(library, answer)


@pytest.mark.parametrize(("threshold", "status"), [(0.0, Status.ANSWERED), (1.0, Status.ABSTAINED)])
def test_threshold_zero_is_respected(library: Index, threshold: float, status: Status) -> None:
    assistant = Assistant(
        library, reader=PhraseReader("zebra"), calibration=TRUSTING, threshold=threshold
    )
    assert assistant.ask("What does the rye bread cost?").status is status


def test_threshold_outside_its_range(library: Index) -> None:
    with pytest.raises(ValueError, match=r"threshold must be in \[0, 1\], got 2"):
        Assistant(library, reader=PhraseReader(), calibration=TRUSTING, threshold=2.0)


@pytest.mark.parametrize("question", ["", "   ", "?!\n"])
def test_empty_question(library: Index, question: str) -> None:
    assistant = Assistant(library, reader=PhraseReader(), calibration=TRUSTING)
    with pytest.raises(QuestionError, match="The question is empty; ask something in words"):
        assistant.ask(question)


def test_enormous_question(library: Index) -> None:
    assistant = Assistant(library, reader=PhraseReader(), calibration=TRUSTING)
    with pytest.raises(QuestionError) as caught:
        assistant.ask("why " * 5000)
    assert str(caught.value) == (
        "The question has 19,999 characters, at most 2,000 are read; ask one thing at a time."
    )


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300),
    phrase=st.text(min_size=1, max_size=6),
    question=st.text(min_size=1, max_size=30).filter(lambda q: any(c.isalnum() for c in q)),
)
def test_offsets_hold_for_any_article_and_question(
    library: Index, text: str, phrase: str, question: str
) -> None:
    library.add_articles([Article("/any.txt", "Any", text.replace("\x00", ""), "s")])
    assistant = Assistant(library, reader=PhraseReader(phrase), calibration=TRUSTING)
    check_offsets(library, assistant.ask(question))


def test_answer_function_uses_the_folder(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []

    def fake(folder: Path) -> Assistant:
        seen.append(folder)
        return Assistant(library, reader=PhraseReader("212"), calibration=TRUSTING)

    monkeypatch.setattr("qa.api.Assistant", fake)
    assert qa.answer("How many people?", index=library.folder).text == "212"
    assert qa.answer("How many people?", index=library.folder).text == "212"
    assert seen == [library.folder]


def test_json_holds_everything(library: Index) -> None:
    assistant = Assistant(library, reader=PhraseReader("212"), calibration=TRUSTING)
    plain = assistant.ask("How many people were on board?").to_dict()
    assert plain["status"] == "answered"
    assert plain["citations"][0]["text"] == "212"
    assert plain["resolved_question"] == "How many people were on board?"


def test_logistic_fit_recovers_a_plain_rule() -> None:
    rows = [[x / 10, 0.5] for x in range(-20, 21)]
    weights, bias = logistic_fit(rows, [int(x > 0) for x, _ in rows])
    assert weights[0] > 1
    assert abs(bias) < 0.5


def test_calibration_survives_its_file(tmp_path: Path) -> None:
    TRUSTING.save(tmp_path / "c.json")
    assert Calibration.load(tmp_path / "c.json") == TRUSTING
    features = Features(2.0, 0, 0, 0)
    assert TRUSTING.probability(features) == pytest.approx(0.8808, abs=1e-4)


def test_bakery_is_still_there(library: Index) -> None:
    assistant = Assistant(library, reader=PhraseReader("Tom Hale"), calibration=TRUSTING)
    assert assistant.ask("Whose bakery won?").citations[0].title == BAKERY.title
