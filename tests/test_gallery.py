"""Questions of every form over the sample collection, and what Byline makes of them.

`gallery.jsonl` reads as documentation: what is asked (`after` earlier questions), the form and
words of the answer, words of a cited sentence, how many parts there are at least, or that it is
refused and what is said to be missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index import Index
from index.sample import sample_articles
from qa import Assistant, Conversation

pytestmark = pytest.mark.slow

GALLERY = [
    json.loads(line)
    for line in (Path(__file__).parent / "gallery.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    index = Index(tmp_path_factory.mktemp("sample"))
    index.add_articles(sample_articles())
    return Assistant(index)


def named(row: dict[str, Any]) -> str:
    return " / ".join([*row.get("after", []), row["ask"]])


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            id=named(row),
            marks=[pytest.mark.xfail(reason=row["fails"], strict=True)] if "fails" in row else [],
        )
        for row in GALLERY
    ],
)
def test_gallery(assistant: Assistant, row: dict[str, Any]) -> None:
    conversation = Conversation(assistant)
    for earlier in row.get("after", []):
        conversation.ask(earlier)
    answer = conversation.ask(row["ask"])
    if "means" in row:
        assert answer.resolved_question == row["means"]
        if "says" not in row:
            return
    assert answer.status == row.get("status", "answered")
    if answer.status == "abstained":
        assert (answer.text, answer.citations, answer.parts) == ("", (), ())
        assert answer.refusal is not None
        if "missing" in row:
            assert row["missing"] in answer.refusal.missing
        return
    assert answer.form == row.get("form", "fact")
    assert row.get("says", "") in answer.text
    assert len(answer.parts) >= row.get("parts", 0)
    assert any(row["cites"] in citation.sentence for citation in answer.citations)
    for cited in answer.citations:
        text = assistant.index.article(cited.article_id).text
        assert text[cited.start : cited.end] == cited.text
