"""Questions of every form over the sample collection, and what Byline makes of them.

`gallery.jsonl` reads as documentation, a question a line:

- `ask`, and `after`: the questions of the conversation before it; `means`: what it is taken to mean
- `form` and `status` ("answered" where it is not said) of the answer
- `says`: words of the answer; `items`: those of a list; `tells`: how the sentences that are shown
  begin, in order; `parts`: how many pieces there are at least
- `cites`: words of a cited sentence; `reports`: how many independent reports give the answer
- `since`, `until`: the dates that were read from the question; `missing`: a reason of the refusal
- `fails`: why a row is known to fail
"""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from index import Index
from index.sample import sample_articles
from qa import Answer, Assistant, Conversation
from tests.test_forms import check

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
    check(assistant.index, answer)
    if "means" in row:
        assert answer.resolved_question == row["means"]
    told = (answer.status, answer.form, answer.confidence, answer.text)
    assert answer.status == row.get("status", "answered"), told
    assert answer.form == row["form"], told
    if "since" in row or "until" in row:
        assert answer.chosen is not None
        assert (answer.chosen.since, answer.chosen.until) == (row.get("since"), row.get("until"))
    if answer.status == "abstained":
        assert answer.refusal is not None
        assert row.get("missing", "") in ("", *answer.refusal.missing)
    else:
        check_told(answer, row)


def check_told(answer: Answer, row: dict[str, Any]) -> None:
    texts = [part.text for part in answer.parts]
    assert row.get("says", "") in answer.text
    assert row.get("items", texts) == texts
    assert len(texts) >= row.get("parts", 0)
    for text, begins in zip_longest(texts, row.get("tells", ())):
        assert text.startswith(begins or "")
        if begins is None:
            break
    assert any(row["cites"] in citation.sentence for citation in answer.citations)
    assert answer.agreement == row.get("reports", 1)


def test_every_form_is_in_the_gallery() -> None:
    asked = {row["form"] for row in GALLERY}
    assert asked == {"fact", "list", "explanation", "yes/no", "topic", "summary"}
    assert 60 <= len(GALLERY) <= 80
    assert sum("fails" in row for row in GALLERY) <= 3
