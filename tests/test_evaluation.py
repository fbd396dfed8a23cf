"""Evaluating the whole pipeline: files of questions, outcomes, figures worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Index
from index.errors import LoadError
from qa.assistant import Assistant
from qa.calibrate import Calibration
from qa.evaluation.measures import reliability, risk_coverage, summarise
from qa.evaluation.outcomes import Outcome, outcomes
from qa.evaluation.plots import plot
from qa.evaluation.questions import Asked, read_set
from qa.evaluation.report import as_json, as_text
from tests.conftest import BAKERY, FERRY, PhraseReader

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)
OPEN: list[dict[str, object]] = [
    {
        "kind": "fact",
        "q": "How many were on board?",
        "answers": ["212", "212 people"],
        "article": "ferry",
        "evidence": "A ferry with 212 people on board ran aground off Skerra on Monday.",
    },
    {"kind": "none", "q": "What does the ferry cost?", "answers": [], "article": "ferry"},
    {
        "kind": "chat",
        "turns": [
            {"q": "Who won the county prize?", "answers": ["The bakery"], "article": "bakery"},
            {"q": "What does its rye bread cost?", "answers": ["3 pounds"], "article": "bakery"},
        ],
    },
]


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def outcome(confidence: float, right: bool, answerable: bool = True, **other: object) -> Outcome:
    asked = Asked("1", "fact" if answerable else "none", "?", ("x",) * answerable, (), "g")
    values: dict[str, object] = {
        "asked": asked,
        "text": "x",
        "confidence": confidence,
        "exact": float(right),
        "f1": float(right),
        "cited": right,
        "rank": None,
        "sentence": "",
        "seconds": 0.1,
    }
    return Outcome(**(values | other))  # type: ignore[arg-type]


def test_questions_of_a_collection(tmp_path: Path) -> None:
    found = read_set(written(tmp_path / "q.jsonl", OPEN))
    assert found.articles == ()
    assert [[turn.kind for turn in turns] for turns in found.conversations] == [
        ["fact"],
        ["none"],
        ["turn 1", "turn 2"],
    ]
    assert found.size == 4
    assert found.conversations[0][0].evidence == (
        "A ferry with 212 people on board ran aground off Skerra on Monday.",
    )


def test_articles_with_questions_are_asked_of_themselves(tmp_path: Path) -> None:
    row: dict[str, object] = {
        "id": "f",
        "title": FERRY.title,
        "body": FERRY.text,
        "qas": [{"q": "How many?", "answers": ["212"], "evidence": FERRY.text.split("\n")[0]}],
        "unanswerable": [{"q": "Why?"}],
    }
    found = read_set(written(tmp_path / "a.jsonl", [row]))
    assert [article.uri for article in found.articles] == ["f"]
    assert [turns[0].article for turns in found.conversations] == ["f", "f"]
    assert [turns[0].accepted for turns in found.conversations] == [("212",), ()]


def test_squad_contexts_become_articles(tmp_path: Path) -> None:
    context = "It rained. The ferry sank in May. Nobody knew why."
    qas = [{"id": "1", "question": "When?", "answers": [{"text": "May", "answer_start": 29}]}]
    squad = {"data": [{"title": "The_Ferry", "paragraphs": [{"context": context, "qas": qas}]}]}
    (tmp_path / "squad.json").write_text(json.dumps(squad, indent=1), encoding="utf-8")
    found = read_set(tmp_path / "squad.json")
    assert [(article.title, article.text) for article in found.articles] == [("The Ferry", context)]
    ((asked,),) = found.conversations
    assert (asked.accepted, asked.evidence) == (("May",), ("The ferry sank in May.",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no question"),
        ('{"q": "Who?", "answers": []}\n{"answers": []}\n', "line 2"),
        ('{"q": "Who?"}\n', "line 1"),
        ('{"q": "Who?", "answers": []}\nnot json\n', "line 2"),
    ],
)
def test_what_is_no_question_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LoadError, match=said) as caught:
        read_set(path)
    assert str(path) in str(caught.value)


def test_outcomes_of_the_pipeline(library: Index, tmp_path: Path) -> None:
    asked = read_set(written(tmp_path / "q.jsonl", OPEN))
    reader = PhraseReader("212", "3 pounds")
    assistant = Assistant(library, reader=reader, threshold=0, calibration=TRUSTING)
    fact, none, _, second = outcomes(assistant, asked)
    assert (fact.text, fact.right, fact.cited, fact.rank) == ("212", True, True, 1)
    assert (none.right, none.cited, none.rank) == (False, False, None)
    assert second.text == "3 pounds"
    with pytest.raises(ValueError, match="threshold"):
        next(outcomes(Assistant(library, reader=reader), asked))


def test_a_question_of_one_article_sees_no_other(library: Index, tmp_path: Path) -> None:
    row: dict[str, object] = {"q": "What does bread cost?", "answers": ["3 pounds"]}
    asked = read_set(written(tmp_path / "q.jsonl", [row]))
    ((turn,),) = asked.conversations
    limited = Asked(turn.id, turn.kind, turn.text, turn.accepted, (), "g", FERRY.uri)
    asked = type(asked)(((limited,),), ())
    reader = PhraseReader("3 pounds", "212")
    assistant = Assistant(library, reader=reader, threshold=0, calibration=TRUSTING)
    (found,) = outcomes(assistant, asked)
    assert BAKERY.text.find("3 pounds") > 0
    assert found.text == "212"


def test_figures_worked_out_by_hand() -> None:
    found = [
        outcome(0.9, True),
        outcome(0.8, False),
        outcome(0.7, False, answerable=False),
        outcome(0.4, True),
        outcome(0.2, False, answerable=False),
    ]
    summary = summarise(found, 0.5)
    assert summary.kinds["fact"].questions == 3
    assert summary.kinds["fact"].right == pytest.approx(2 / 3)
    assert summary.coverage == pytest.approx(2 / 3)  # 0.9 and 0.8 of three
    assert summary.precision == pytest.approx(1 / 3)  # of 0.9, 0.8, 0.7 only the first
    assert summary.refusal_recall == 0.5
    assert summary.refusal_precision == 0.5  # refusing 0.4 lost a right answer
    # Pairs of right and wrong: 0.9 beats three, 0.4 beats one of three.
    assert summary.auroc_right == pytest.approx(4 / 6)
    # Bins 0.9: |0.9 - 1|, 0.8: 0.8, 0.7: 0.7, 0.4: 0.6, 0.2: 0.2; one of five each.
    assert summary.calibration_error == pytest.approx((0.1 + 0.8 + 0.7 + 0.6 + 0.2) / 5)
    assert [point.right for point in risk_coverage(found)] == pytest.approx(
        [1, 1 / 2, 1 / 3, 1 / 2, 2 / 5]
    )
    text = "\n".join(as_text(found, summary))
    assert "at the threshold of 0.50: 66.7% of answerable questions answered, 33.3%" in text
    assert "Wrong and sure" in text
    json.dumps(as_json(found, summary), allow_nan=False)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans()), min_size=1))
def test_curves_and_shares_hold_for_any_outcomes(
    items: list[tuple[float, bool, bool]],
) -> None:
    found = [outcome(p, right and has, has) for p, right, has in items]
    points = risk_coverage(found)
    assert [p.coverage for p in points] == sorted(p.coverage for p in points)
    assert points[-1].coverage == 1
    assert points[-1].right == pytest.approx(sum(o.right for o in found) / len(found))
    assert sum(b.questions for b in reliability(found)) == len(found)
    assert 0 <= summarise(found, 0.5).calibration_error <= 1


@pytest.mark.filterwarnings("ignore")
def test_both_curves_are_drawn(tmp_path: Path) -> None:
    found = [outcome(0.9, True), outcome(0.3, False)]
    for path in plot(found, 0.5, tmp_path / "plots"):
        assert path.read_bytes().startswith(b"\x89PNG")
