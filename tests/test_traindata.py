"""Training examples: spans that move exactly, twins that cannot be answered, epochs that repeat."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError
from index.fakes import HashEmbedder
from qa.readerdata import AnswerSpan, read_questions
from qa.training.contexts import moved, passages, sentences, window_around, without
from qa.training.data import Mixture, Part
from qa.training.edits import edit_question, has_word, names
from qa.training.examples import Example, PairSettings, removed_twin
from qa.training.groups import Group, GroupSettings, grouped
from qa.training.lexical import LexicalIndex, content_words
from qa.training.mining import write, wrong
from qa.training.negatives import Negatives, stands_alone
from qa.training.wordlists import CLOSED_SETS, OPPOSITES

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

BODY = (
    "Ann Lee opened the mill in 1902. It stood in Dorport, by the largest weir. "
    "Her rival, Tom Hale of Westby, had bought the quarry in 1899.\n\n"
    "Nobody was hurt when the dam broke. Repairs cost $40,000, the mayor, Dr. J. Cole, said. "
    "The first train came in May. Farmers sold barley there."
)
TEXTS = st.text('ab C.!?\n”"1 ', max_size=80)


def said(text: str, span: AnswerSpan) -> str:
    return text[span.start : span.end]


def flat(groups: Sequence[Group]) -> list[Example]:
    return [example for group in groups for example in group.examples]


def span_of(text: str, part: str) -> AnswerSpan:
    start = text.index(part)
    return AnswerSpan(start, start + len(part))


def test_sentences_keep_abbreviations_and_initials_whole() -> None:
    found = [said(BODY, cut) for cut in sentences(BODY)]
    assert found[0] == "Ann Lee opened the mill in 1902."
    assert found[4] == "Repairs cost $40,000, the mayor, Dr. J. Cole, said."
    assert len(found) == 7


@given(TEXTS)
def test_sentences_hold_every_character_but_blanks(text: str) -> None:
    cuts = sentences(text)
    assert "".join("".join(said(text, cut).split()) for cut in cuts) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(cuts))
    assert all(said(text, cut) == said(text, cut).strip() != "" for cut in cuts)


@given(TEXTS, st.data())
def test_moved_spans_say_what_they_said(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    head = data.draw(TEXTS)
    pairs = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    spans = [AnswerSpan(min(p), max(p)) for p in data.draw(st.lists(pairs, max_size=4))]
    new = head + text[begin:end]
    kept = moved(spans, text, new, len(head) - begin)
    for span in kept or ():
        assert said(new, span) in {said(text, old) for old in spans}
    inside = [span for span in spans if begin <= span.start and span.end <= end]
    if kept is not None and not head:
        assert [said(new, span) for span in kept] == [said(text, span) for span in inside]


def test_a_moved_span_that_says_something_else_is_refused() -> None:
    assert moved([AnswerSpan(0, 3)], "abc", "abd", 0) is None
    assert moved([AnswerSpan(0, 3)], "abc", "ab", 0) is None
    assert moved([AnswerSpan(0, 3), AnswerSpan(1, 2)], "abc", "b", -1) == (AnswerSpan(0, 1),)


@given(st.integers(0, 6), st.integers(1, 80), st.integers())
def test_windows_are_whole_sentences_round_the_evidence(place: int, words: int, seed: int) -> None:
    cuts = sentences(BODY)
    window = window_around(BODY, cuts, cuts[place], words, random.Random(seed))
    assert window.start <= cuts[place].start < cuts[place].end <= window.end
    assert window.start in {cut.start for cut in cuts}
    assert window.end in {cut.end for cut in cuts}
    longest = max(len(said(BODY, cut).split()) for cut in cuts)
    assert len(said(BODY, window).split()) < words + longest


@given(st.integers(2, 80), st.integers())
def test_passages_cover_every_sentence(words: int, seed: int) -> None:
    cuts = sentences(BODY)
    found = passages(BODY, cuts, words, random.Random(seed))
    for cut in cuts:
        assert any(p.start <= cut.start and cut.end <= p.end for p in found)


def test_without_takes_a_sentence_out() -> None:
    text = "One. Two. Three."
    cuts = sentences(text)
    assert without(text, cuts[1]) == "One. Three."
    assert without(text, cuts[0]) == "Two. Three."


def test_names_are_capitalised_phrases() -> None:
    found = names(BODY)
    assert {"Ann Lee", "Dorport", "Tom Hale of Westby", "May"} <= set(found)
    assert not {"It", "Her", "Nobody", "The"} & set(found)


@pytest.mark.parametrize(
    ("question", "answer", "kinds"),
    [
        ("What did Ann Lee open?", "the mill", {"name", "negation", "word"}),
        ("Who opened the mill in 1902?", "Ann Lee", {"number", "opposite", "word"}),
        ("By which weir, the largest there, did it stand?", "the largest weir", {"opposite"}),
        ("What arrived in May for the first time?", "train", {"set", "opposite"}),
    ],
)
def test_edits_bring_in_nothing_that_the_answer_sentence_says(
    question: str, answer: str, kinds: set[str]
) -> None:
    span = span_of(BODY, answer)
    sentence = next(said(BODY, c) for c in sentences(BODY) if c.start <= span.start < c.end)
    seen = set()
    for seed in range(60):
        edit = edit_question(question, BODY, span, ["Mary Poole", "Oslo"], random.Random(seed))
        if edit is None:
            continue
        seen.add(edit.kind)
        assert edit.question != question
        if edit.kind != "negation":
            new = content_words(edit.question) - content_words(question)
            assert not any(has_word(sentence, word) for word in new)
    assert kinds & seen


def test_a_name_is_not_swapped_for_one_that_the_text_answers_too() -> None:
    body = "Ann opened the mill in 1902. Bob opened the mill in 1910."
    for seed in range(60):
        edit = edit_question(
            "When was the mill opened by Ann?", body, span_of(body, "1902"), [], random.Random(seed)
        )
        assert edit is None or "Bob" not in edit.question


def test_whole_words_are_not_parts_of_contractions() -> None:
    assert has_word("He won it.", "won")
    assert not has_word("He won't go.", "won")
    assert has_word("Bob's mill", "Bob")
    assert not has_word("Bobsleigh", "Bob")


def test_word_lists_hold_no_word_twice() -> None:
    assert len(set(OPPOSITES)) == len(OPPOSITES)
    assert all(len(set(pair)) == 2 for pair in OPPOSITES)
    assert all(len(set(members)) == len(members) > 1 for members in CLOSED_SETS)


def test_removed_twins_hold_no_answer() -> None:
    context = BODY.replace("\n\n", " ")
    example = Example("1", "fact", "Who opened it?", context, (span_of(context, "Ann Lee"),))
    twin = removed_twin(example)
    assert twin is not None
    assert twin.context.startswith("It stood in Dorport")
    assert (twin.spans, twin.question) == ((), example.question)
    twice = Example("1", "fact", "Who?", context + " Ann Lee died.", example.spans)
    assert removed_twin(twice) is None


def test_the_lexical_index_ranks_like_counting() -> None:
    index = LexicalIndex(["the mill and the dam", "a quarry", "a dam broke, the dam fell"])
    assert index.ranked("Which dam?", 5) == [2, 0]
    assert index.ranked("Who?", 5) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a.jsonl", Part(Path("a.jsonl"))),
        ("a.jsonl:0.5", Part(Path("a.jsonl"), 0.5)),
        ("a.jsonl:2:plain", Part(Path("a.jsonl"), 2.0, twins=False)),
    ],
)
def test_parts_are_parsed(text: str, part: Part) -> None:
    assert Part.parse(text) == part


def test_parts_and_shares_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="expected FILE"):
        Part.parse("a.jsonl:half")
    with pytest.raises(ValueError, match="shares must lie"):
        PairSettings(edited=0.7, removed=0.6)
    with pytest.raises(ValueError, match="least_words"):
        PairSettings(least_words=200)


def fact(question: str, answer: str, evidence: str, *history: str) -> dict[str, object]:
    """A question of an article row."""
    return {"q": question, "answers": [answer], "evidence": evidence, "history": list(history)}


def row(name: str, title: str, context: str, question: str, answer: str) -> dict[str, object]:
    """A reader row with one answer."""
    return {
        "id": name,
        "source": "s",
        "title": title,
        "context": context,
        "question": question,
        "answers": [{"text": answer, "start": context.index(answer)}],
        "impossible": False,
    }


def write_files(folder: Path) -> list[Part]:
    """An article file, a file of paragraphs and one of single sentences, made by hand."""
    article = {
        "id": "n1",
        "title": "The mill",
        "body": BODY,
        "qas": [
            fact("Who opened the mill?", "Ann Lee", "Ann Lee opened the mill in 1902."),
            fact("What broke?", "the dam", "Nobody was hurt when the dam broke."),
            fact("Lost?", "nowhere", "Not in the body."),
        ],
        "unanswerable": [{"q": "Who built the weir?"}],
        "followups": [
            fact(
                "Where was it?",
                "Dorport",
                "It stood in Dorport, by the largest weir.",
                "Who opened the mill?",
            )
        ],
    }
    rows, lines = [], []
    for number in range(12):
        context = (
            f"Town {number} has a mill. Its miller is called Max{number}. " + "Rain fell. " * 15
        )
        asked = "Who is the miller of the town?"
        rows.append(row(f"r{number}", f"T{number % 2}", context, asked, f"Max{number}"))
        context = f"Sailor Sam{number} left port {number}."
        lines.append(row(f"l{number}", f"T{number % 2}", context, "Who left?", f"Sam{number}"))
    (folder / "news.jsonl").write_text(json.dumps(article) + "\n", encoding="utf-8")
    packed = "".join(json.dumps(item) + "\n" for item in rows).encode()
    (folder / "rows.jsonl.gz").write_bytes(gzip.compress(packed))
    (folder / "lines.jsonl").write_text("".join(json.dumps(item) + "\n" for item in lines))
    names = ("news.jsonl:2", "rows.jsonl.gz", "lines.jsonl")
    return [Part.parse(str(folder / name)) for name in names]


def test_an_epoch_holds_every_kind_and_repeats_exactly(tmp_path: Path) -> None:
    parts = write_files(tmp_path)
    settings = PairSettings(impossible=1.0, least_words=20, most_words=40)
    mixture = Mixture(parts, settings)
    groups = mixture.epoch(1, 0)
    assert mixture.skipped["span does not fit its text"] == 1
    assert groups == Mixture(parts, settings).epoch(1, 0)
    assert groups != mixture.epoch(1, 1)
    assert groups != mixture.epoch(2, 0)
    examples = flat(groups)
    kinds = {example.kind for example in examples}
    assert {"fact", "followup", "written", "neighbour"} <= kinds
    assert sum(example.kind == "written" for example in examples) == 2
    for example in examples:
        if example.kind in {"fact", "followup"}:
            assert example.spans
        else:
            assert not example.spans
    followup = next(example for example in examples if example.kind == "followup")
    assert followup.history == ("Who opened the mill?",)
    assert said(followup.context, followup.spans[0]) == "Dorport"


def test_single_sentences_are_set_among_others(tmp_path: Path) -> None:
    part = write_files(tmp_path)[2]
    for example in flat(Mixture([part], PairSettings(impossible=0)).epoch(3, 0)):
        number = example.id.removeprefix("l")
        assert said(example.context, example.spans[0]) == f"Sam{number}"
        assert example.context.count("Sailor") > 3


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not here")
def test_real_files_give_checked_examples() -> None:
    parts = [
        Part(DATA / "ours" / "train_articles.jsonl", 0.05),
        Part(DATA / "public" / "quoref.jsonl.gz", 0.05),
    ]
    mixture = Mixture(parts)
    examples = flat(mixture.epoch(1, 0))
    assert len(examples) > 150
    impossible = sum(not example.spans for example in examples) / len(examples)
    assert 0.2 < impossible < 0.6
    bodies = {a.body for a in read_questions(DATA / "dev" / "news_dev.jsonl").articles}
    assert not bodies & mixture.texts()
    accepted: dict[str, set[str]] = {}
    for part in parts:
        file = read_questions(part.path)
        for item in file.rows:
            accepted.setdefault(item.id, set()).update(item.answers)
        for article in file.articles:
            for asked in article.facts + article.followups:
                accepted[asked.id] = {said(article.body, span) for span in asked.spans}
    for example in examples:
        for span in example.spans:
            assert said(example.context, span) in accepted[example.id]


def test_mined_passages_are_retrieved_and_do_not_answer(tmp_path: Path) -> None:
    parts = write_files(tmp_path)
    mined = tmp_path / "mined.jsonl"
    assert write([part.path for part in parts[:2]], mined, HashEmbedder()) == 4 + 12
    negatives = Negatives([mined])
    assert len(negatives) == 16
    for number in range(12):
        found = negatives.of(f"r{number}")
        assert found.every
        assert all(wrong(text, [f"Max{number}"]) for text in found.every)
        assert set(found.near) <= set(found.every)
    dam = negatives.of("n1-qas-1")
    assert dam.title == "The mill"
    assert all("the dam" not in text for text in dam.every)
    assert negatives.of("unknown").every == ()
    hidden = negatives.of("r3", frozenset({"title:T1"}))
    assert hidden.near == ()
    again = tmp_path / "again.jsonl"
    write([part.path for part in parts[:2]], again, HashEmbedder())
    assert again.read_bytes() == mined.read_bytes()


def test_other_files_are_no_mined_negatives(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "q", "of": "a", "title": "", "passages": [7]}\n')
    with pytest.raises(LoadError, match=r"x\.jsonl: not a file of mined negatives \(7\)"):
        Negatives([path])


def test_answers_are_found_in_any_dress() -> None:
    assert not wrong("It cost 4000 dollars, in total.", ["4000 Dollars in total"])
    assert not wrong("Then the dam broke.", ["a dam"])
    assert wrong("Damage was small.", ["dam"])


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("Who opened the mill in Dorport?", True),
        ("How many fled in 1999?", True),
        ("who wrote the song", True),
        ("Why was it closed?", False),
    ],
)
def test_questions_stand_alone_by_names_and_numbers(question: str, alone: bool) -> None:
    assert stands_alone(question) is alone


def test_groups_join_twins_and_take_what_may_stand_beside_them(tmp_path: Path) -> None:
    lines = [
        {"passage": 0, "of": "a", "text": "near"},
        {"passage": 1, "of": "b", "text": "far"},
        {"passage": 2, "of": "h", "text": "hidden"},
        {"id": "q", "of": "a", "title": "Mill", "passages": [1, 0, 2]},
        {"id": "n", "of": "a", "title": "Mill", "passages": [1, 0, 2]},
    ]
    path = tmp_path / "mined.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    spans = (AnswerSpan(0, 1),)
    examples = [
        Example("q", "fact", "Why was it closed?", "a b", spans),
        Example("q", "removed", "Why was it closed?", "b", ()),
        Example("q", "edit-word", "Why was it opened?", "a b", ()),
        Example("n", "fact", "Why did Ann close it?", "a b", spans),
    ]

    def made(size: int, titled: float) -> list[Group]:
        settings = GroupSettings(size=size, titled=titled)
        return grouped(examples, settings, Negatives([path]), frozenset({"h"}), random.Random(1))

    assert [len(group.examples) for group in made(1, 0)] == [1, 1, 1, 1]
    first, edited, named = made(9, 0)
    assert [e.context for e in first.examples] == ["a b", "b", "near"]
    assert [e.kind for e in edited.examples] == ["edit-word", "mined"]
    assert sorted(e.context for e in named.examples) == ["a b", "far", "near"]
    titled = made(9, 1)[0]
    assert {e.history for e in titled.examples} == {("Mill",)}
    assert {e.context for e in titled.examples} == {"a b", "b", "near", "far"}
    assert [len(group.examples) for group in made(2, 0)] == [2, 2, 2]
    for group in first, edited, named:
        assert len({(e.question, e.history) for e in group.examples}) == 1


def test_held_out_articles_are_not_trained_on(tmp_path: Path) -> None:
    part = write_files(tmp_path)[0]
    mixture = Mixture([part], groups=GroupSettings(held_out=1))
    assert [article.id for article in mixture.held] == ["n1"]
    assert (mixture.epoch(1, 0), mixture.texts()) == ([], frozenset())
