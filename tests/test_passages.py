"""Passages: whole sentences, none lost, no furniture, overlapping, of bounded length."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from index.furniture import find_furniture
from index.passages import content_sentences, split_passages
from index.sentences import split_sentences
from index.types import Article, Span

LINES = st.lists(
    st.sampled_from(
        [
            "The mayor said the bridge would reopen in May, after 14 months of work.",
            "Continued from page 1",
            "Nobody was hurt. The ship was towed to port.",
            "ADVERTISEMENT",
            "“We will march,” he told volunteers on Sunday.",
            "",
        ]
    ),
    max_size=60,
)


@given(LINES, st.integers(10, 60), st.integers(0, 20))
def test_passages_cover_the_content_and_nothing_else(
    lines: list[str], target: int, overlap: int
) -> None:
    text = "\n".join(lines)
    article = Article("u", "t", text, "s", furniture=find_furniture(text))
    sentences = split_sentences(text)
    passages = split_passages(
        article, sentences, target_words=target, max_words=target + 10, overlap_words=overlap
    )
    for sentence in content_sentences(article, sentences):
        assert any(p.start <= sentence.start and sentence.end <= p.end for p in passages)
    starts, ends = {s.start for s in sentences}, {s.end for s in sentences}
    for passage in passages:
        assert passage.start in starts
        assert passage.end in ends
        assert not any(passage.overlaps(piece) for piece in article.furniture)
        held = [s for s in sentences if passage.start <= s.start and s.end <= passage.end]
        assert len(held) == 1 or len(passage.of(text).split()) <= target + 10


def test_neighbours_overlap_by_a_sentence_or_two() -> None:
    text = " ".join(f"Sentence number {i} is about ten words long, not more." for i in range(80))
    article = Article("u", "t", text, "s")
    passages = split_passages(article, split_sentences(text))
    assert len(passages) > 3
    for left, right in pairwise(passages):
        assert left.start < right.start < left.end < right.end


def test_no_text_no_passage() -> None:
    assert split_passages(Article("u", "t", "", "s"), ()) == ()
    article = Article("u", "t", "ADVERTISEMENT", "s", furniture=(Span(0, 13),))
    assert split_passages(article, split_sentences(article.text)) == ()
