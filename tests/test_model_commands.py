"""`byline train` and `byline evaluate` as they are typed, with a tiny random reader."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from qa.encoding import Encoder, pad
from qa.export import export_reader
from qa.scorers import TorchScorer
from qa.unpack import unpack_reader
from tests.tiny import tiny_reader
from ui.cli import main

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reader(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def squad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SQuAD 2.0 JSON: four answerable questions and two that are not."""
    paragraphs = []
    for number in range(2):
        context = f"box {number} is red. a cat sat on mat {number}."
        qas = [
            {
                "id": f"{number}{ask}",
                "question": ask,
                "is_impossible": False,
                "answers": [{"text": gold, "answer_start": context.index(gold)}],
            }
            for ask, gold in (("where sat the cat?", f"mat {number}"), ("what is red?", "box"))
        ]
        qas.append(
            {"id": f"{number}n", "question": "who?", "is_impossible": True, "answers": []},
        )
        paragraphs.append({"context": context, "qas": qas})
    path = tmp_path_factory.mktemp("squad") / "squad.json"
    data = {"version": "v2.0", "data": [{"title": "T", "paragraphs": paragraphs}]}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_evaluate_prints_the_official_keys(
    reader: Path, squad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--reader", str(squad), "--model", str(reader), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["squad"]
    assert (found["total"], found["HasAns_total"], found["NoAns_total"]) == (6, 4, 2)
    assert found["exact"] == pytest.approx(
        (4 * found["HasAns_exact"] + 2 * found["NoAns_exact"]) / 6
    )
    assert found["best_exact"] >= found["exact"]
    assert main(["evaluate", "--reader", str(squad), "--model", str(reader)]) == 0
    assert capsys.readouterr().out.startswith("squad: 6 questions, forced EM ")


def test_what_cannot_be_evaluated_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.json"
    assert main(["evaluate", "--reader", str(missing)]) == 1
    said = capsys.readouterr().err
    assert str(missing) in said
    assert said.count("\n") == 1


def test_a_reader_is_trained_and_exported(
    reader: Path, squad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    options = "--steps 4 --batch 2 --threads 1 --evaluate-every 2 --dev-rows 2".split()
    training = ["train", "--start", str(reader), "--out", str(run), "--train", str(squad)]
    assert main([*training, *options]) == 0
    assert "reader in" in capsys.readouterr().out
    exporting = ["train", "--export", str(run / "last"), "--out", str(out), "--dev", str(squad)]
    assert main(exporting) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("squad: forced F1 ")
    assert "times as fast" in said[0]
    assert (out / "reader.onnx").exists()
    assert (out / "tokenizer.json").exists()


def test_training_without_files_says_what_to_name(
    reader: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--start", str(reader), "--out", str(tmp_path)]) == 1
    assert "--train FILE" in capsys.readouterr().err


def test_an_exported_reader_can_be_trained_again(tmp_path: Path) -> None:
    reader = _with_distinct_weights(tiny_reader(tmp_path / "reader"))
    export_reader(reader, tmp_path / "out")
    again = unpack_reader(tmp_path / "out", tmp_path / "again")
    encoder = Encoder.from_folder(reader)
    batch = pad(encoder.windows(encoder.question("z ?"), encoder.tokens("x y z " * 9), 64, 8))
    before = TorchScorer.from_folder(reader).scores(batch)
    after = TorchScorer.from_folder(again).scores(batch)
    real = batch.mask.astype(bool)
    spread = float(np.std(before.start[real]))
    np.testing.assert_allclose(after.start[real], before.start[real], atol=0.2 * spread)
    np.testing.assert_allclose(after.end[real], before.end[real], atol=0.2 * spread)


def _with_distinct_weights(folder: Path) -> Path:
    """Weights as training leaves them: an export keeps equal ones (all zero, all one) only once."""
    import torch
    from transformers import BertForQuestionAnswering

    model = BertForQuestionAnswering.from_pretrained(folder)
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.02 * torch.randn_like(weight))
    model.save_pretrained(folder)
    return folder


def test_only_an_exported_reader_can_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "reader.onnx").write_bytes(b"not a network")
    with pytest.raises(ModelError, match=r"no reader\.onnx that can be read"):
        unpack_reader(tmp_path, tmp_path / "again")
