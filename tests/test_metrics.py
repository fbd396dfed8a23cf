"""Measures against a worked example and slow references; evaluation with a foreseeable reader."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError
from qa.encoding import Batch, Encoder, Window
from qa.evalreader import (
    ReadingSettings,
    best_span,
    combined_score,
    evaluate,
    load_sets,
    read_rows,
)
from qa.metrics import Judged, auroc, best_threshold, exact, f1, figures, normalize
from qa.readerdata import AnswerSpan, Row, read_questions
from qa.scorers import Logits
from tests.tiny import tiny_tokenizer

SCORES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The U.S.", "us"),
        ("  an   Apple, a day!", "apple day"),
        ("Another theatre", "another theatre"),
        ("$5.5 million", "55 million"),
        ("the", ""),
        ("“curly”", "“curly”"),
    ],
)
def test_normalizing(text: str, normal: str) -> None:
    assert normalize(text) == normal


def test_f1_is_word_overlap_with_the_best_accepted_answer() -> None:
    assert f1("red cat", ["the cat"]) == pytest.approx(2 / 3)
    assert f1("red cat", ["dog", "a red cat"]) == 1
    assert f1("cat cat", ["cat"]) == pytest.approx(2 / 3)
    assert f1("cat", []) == 0
    assert f1("", []) == 1
    assert exact("", []) == 1
    assert exact("Cat!", ["dog", "the cat"]) == 1


def test_a_worked_example() -> None:
    judged = [
        Judged("Paris", 3.0, ("Paris",)),  # right: EM 1, F1 1
        Judged("the red house", 1.0, ("red",)),  # EM 0, F1 2 * 1 / (2 + 1) = 2/3
        Judged("1999", -2.0, ("1998",)),  # refused at 0; wrong if answered
        Judged("nonsense", 2.0, ()),  # answered, should be refused
        Judged("noise", -1.0, ()),  # rightly refused
    ]
    found = figures(judged)
    assert (found.questions, found.answerable) == (5, 3)
    # Refusing below 0: EM 1, 0, 0, 0, 1; F1 1, 2/3, 0, 0, 1.
    assert found.em == pytest.approx(100 * 2 / 5)
    assert found.f1 == pytest.approx(100 * (2 + 2 / 3) / 5)
    assert found.has_em == pytest.approx(100 / 3)
    assert found.has_f1 == pytest.approx(100 * (5 / 3) / 3)
    assert found.no_answer == 50
    # Of the answerable ones as kept at 0: EM 1, 0, 0; F1 1, 2/3, 0.
    assert found.kept_em == pytest.approx(100 / 3)
    assert found.kept_f1 == pytest.approx(100 * (5 / 3) / 3)
    # Answering only scores >= 3: both refusals right and Paris: 3 of 5. Answering >= 1 gains
    # 2/3 and loses 1.
    assert found.best_em == pytest.approx(60)
    assert found.best_f1 == pytest.approx(60)
    assert (found.best_em_threshold, found.best_f1_threshold) == (3.0, 3.0)
    # Pairs (answerable above impossible): 3 beats 2 and -1, 1 beats -1, -2 beats none: 3 of 6.
    assert found.auroc == pytest.approx(0.5)


def test_figures_without_impossible_questions() -> None:
    found = figures([Judged("a cat", -1.0, ("cat",))])
    assert (found.has_em, found.no_answer, found.auroc) == (100, None, None)
    assert (found.em, found.kept_em, found.best_em) == (100, 100, 100)
    assert found.official()["NoAns_exact"] is None
    with pytest.raises(ValueError, match="at least one"):
        figures([])


def test_the_official_keys_are_json() -> None:
    found = figures([Judged("wrong", 1.0, ("right",)), Judged("x", 2.0, ())], threshold=1.5)
    keys = found.official()
    assert (keys["total"], keys["HasAns_total"], keys["NoAns_total"]) == (2, 1, 1)
    assert (keys["HasAns_f1"], keys["NoAns_f1"], keys["exact"]) == (0, 0, 0)
    # Refusing everything is best, so no threshold is.
    assert (keys["best_f1"], keys["best_f1_thresh"]) == (50, None)
    json.dumps(keys, allow_nan=False)


@given(SCORES, SCORES)
def test_auroc_equals_counting_all_pairs(up: list[float], down: list[float]) -> None:
    pairs = [(a > b) + (a == b) / 2 for a in up for b in down]
    assert auroc(up, down) == pytest.approx(sum(pairs) / len(pairs))


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 4), st.booleans()), min_size=1))
def test_best_threshold_equals_trying_all(items: list[tuple[int, int, bool]]) -> None:
    scores = [float(score) for score, _, _ in items]
    gains = [gain / 4 if has else 0.0 for _, gain, has in items]
    refused = [float(not has) for _, _, has in items]
    tried = [
        sum(g if s >= at else r for s, g, r in zip(scores, gains, refused, strict=True))
        for at in [*scores, float("inf")]
    ]
    best, threshold = best_threshold(scores, gains, refused)
    assert best == pytest.approx(max(tried) / len(items))
    reached = sum(
        g if s >= threshold else r for s, g, r in zip(scores, gains, refused, strict=True)
    )
    assert reached / len(items) == pytest.approx(best)


class WordScorer:
    """Answers with the token `wanted` wherever it stands; otherwise prefers no answer."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted

    def scores(self, batch: Batch) -> Logits:
        logits = (10.0 * (batch.ids == self.wanted)).astype(np.float32)
        logits[:, 0] = 5.0
        return Logits(logits, logits)


def test_reading_finds_the_word_in_any_window_and_never_in_the_question() -> None:
    tokenizer = tiny_tokenizer()
    encoder = Encoder(tokenizer)
    word = tokenizer.token_to_id("z")
    assert word is not None
    context = "a b c d e f g h i j k l m n o p " * 4 + "z " + "q r s " * 10
    rows = [
        Row(
            "1", "s", "t", context, "z ?", (AnswerSpan(context.index("z"), context.index("z") + 1),)
        ),
        Row("2", "s", "t", "a b c", "z ?", ()),
        Row("3", "s", "t", "", "z ?", ()),
    ]
    settings = ReadingSettings(max_tokens=24, overlap=6, batch=3)
    readings = read_rows(WordScorer(word), encoder, rows, settings)
    assert context[readings[0].start : readings[0].end] == "z"
    assert readings[0].score == 10
    assert readings[1].score == -10
    assert readings[2].score == -np.inf
    found = evaluate(WordScorer(word), encoder, {"set": rows, "part": rows[:1]}, settings)
    assert found["set"].best_f1 == found["part"].has_em == 100
    assert found["set"].auroc == 1


@given(st.integers(1, 12), st.integers(0, 4), st.integers(1, 5), st.integers(0, 2**32))
def test_best_span_equals_trying_all(size: int, head: int, longest: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    first, last = 1 + head, 1 + head + size
    start, end = (draw.normal(size=last + 1).astype(np.float32) for _ in range(2))
    tried = {
        (i, j): float(start[i] + end[j])
        for i in range(first, last)
        for j in range(i, min(last, i + longest))
    }
    i, j, score = best_span(start, end, Window((0,) * (last + 1), first, last, 0), longest)
    assert tried[i, j] == max(tried.values())
    assert score == pytest.approx(tried[i, j] - float(start[0] + end[0]), abs=1e-5)


def test_all_formats_are_read(tmp_path: Path) -> None:
    answered = [
        {"id": "1", "question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}]},
        {"id": "2", "question": "Why?", "answers": [], "is_impossible": True},
        {"id": "3", "question": "Off?", "answers": [{"text": "Bo", "answer_start": 0}]},
    ]
    paragraph = {"context": "Ann saw Bo.", "qas": answered}
    squad = {"version": "v2.0", "data": [{"title": "T", "paragraphs": [paragraph]}]}
    plain = tmp_path / "squad.json"
    plain.write_text(json.dumps(squad, indent=1), encoding="utf-8")
    packed = tmp_path / "squad.json.gz"
    packed.write_bytes(gzip.compress(json.dumps(squad).encode()))
    for path in (plain, packed):
        file = read_questions(path)
        assert [row.answers for row in file.rows] == [("Ann",), ()]
        assert file.skipped == 1
    article = {
        "id": "n1",
        "title": "T",
        "body": "Ann saw Bo. Bo ran.",
        "qas": [{"q": "Who saw?", "answers": ["Ann"], "evidence": "Ann saw Bo."}],
        "unanswerable": [{"q": "Where?"}],
        "followups": [
            {"history": ["Who saw?"], "q": "Who ran?", "answers": ["Bo"], "evidence": "Bo ran."}
        ],
    }
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps(article) + "\n", encoding="utf-8")
    sets = load_sets(path)
    assert {name: len(rows) for name, rows in sets.items()} == {
        "news/facts": 1,
        "news/all": 2,
        "news/followups": 1,
    }
    followup = sets["news/followups"][0]
    assert (followup.answers, followup.history) == (("Bo",), ("Who saw?",))
    assert followup.spans[0].start == 12


def test_broken_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(LoadError, match=r"bad\.jsonl, record 1: not a reader row"):
        read_questions(path)
    path.write_text('{"body": 1}\nnonsense\n', encoding="utf-8")
    with pytest.raises(LoadError, match=r"bad\.jsonl"):
        read_questions(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(LoadError, match="holds no question"):
        load_sets(path)
    with pytest.raises(LoadError, match=r"none\.jsonl: cannot be read"):
        read_questions(tmp_path / "none.jsonl")


def test_one_number_for_better_is_the_mean_of_f1_and_auroc() -> None:
    facts = figures([Judged("cat", 1.0, ("cat",)), Judged("dog", 2.0, ("cat",))])
    mixed = figures([Judged("cat", 1.0, ("cat",)), Judged("dog", 2.0, ())])
    # F1 50; best F1 50 (refuse all, or answer all); AUROC 0.
    assert combined_score({"facts": facts, "mixed": mixed}) == pytest.approx(100 / 3)
