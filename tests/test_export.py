"""The exported networks against the reference path: the same weights run by transformers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.export import export_embedder
from index.runtime import Network
from qa.encoding import Encoder, pad
from qa.export import export_reader
from qa.scorers import OnnxScorer, TorchScorer
from tests.tiny import tiny_reader

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def test_exported_reader_gives_the_scores_of_transformers(tmp_path: Path) -> None:
    folder = tiny_reader(tmp_path / "reader")
    export_reader(folder, tmp_path / "out", keep_float=True)
    encoder = Encoder.from_folder(folder)
    windows = [
        window
        for text in ("a b c z d e", "z", "x y z " * 9)
        for window in encoder.windows(encoder.question("z ?"), encoder.tokens(text), 64, 8)
    ]
    batch = pad(windows)
    real = batch.mask.astype(bool)
    assert not real.all()
    reference = TorchScorer.from_folder(folder).scores(batch)
    exact = OnnxScorer(tmp_path / "out" / "reader-float.onnx").scores(batch)
    np.testing.assert_allclose(exact.start[real], reference.start[real], atol=1e-4)
    np.testing.assert_allclose(exact.end[real], reference.end[real], atol=1e-4)
    assert np.isneginf(exact.start[~real]).all()
    assert np.isneginf(exact.end[~real]).all()

    scorer = OnnxScorer(tmp_path / "out" / "reader.onnx")
    small = scorer.scores(batch)
    spread = float(np.std(reference.start[real])) + 1e-6
    assert float(np.abs(small.start - reference.start)[real].max()) < spread
    for row, window in enumerate(windows):
        alone = scorer.scores(pad([window]))
        np.testing.assert_array_equal(small.start[row, : len(window.ids)], alone.start[0])
        np.testing.assert_array_equal(small.end[row, : len(window.ids)], alone.end[0])


def test_exported_embedder_pools_the_hidden_states_of_transformers(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModel

    folder = tiny_reader(tmp_path / "reader")
    export_embedder(str(folder), tmp_path / "embedder.onnx")
    network = Network(tmp_path / "embedder.onnx")
    bert = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    for ids in ([2, 7, 3], [2, *range(5, 35), 3]):
        with torch.inference_mode():
            hidden = bert(input_ids=torch.tensor([ids])).last_hidden_state[0].mean(0)
        expected = (hidden / hidden.norm()).numpy()
        (vector,) = network.run(ids, [0] * len(ids))
        assert vector.shape == (1, 16)
        assert float(vector[0] @ expected) > 0.98
        assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)
