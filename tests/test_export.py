"""The exported networks against the reference path: the same weights run by transformers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.encoding import Encoder, pad
from qa.export import export_reader
from qa.scorers import OnnxScorer, TorchScorer
from tests.tiny import tiny_reader

pytestmark = pytest.mark.slow


@pytest.mark.filterwarnings("ignore")
def test_exported_reader_gives_the_scores_of_transformers(tmp_path: Path) -> None:
    folder = tiny_reader(tmp_path / "reader")
    export_reader(folder, tmp_path / "out", keep_float=True)
    encoder = Encoder.from_folder(folder)
    (window,) = encoder.windows(encoder.question("z ?"), encoder.tokens("a b c z d e"), 64, 8)
    batch = pad([window])
    reference = TorchScorer.from_folder(folder).scores(batch)
    exact = OnnxScorer(tmp_path / "out" / "reader-float.onnx").scores(batch)
    np.testing.assert_allclose(exact.start, reference.start, atol=1e-4)
    np.testing.assert_allclose(exact.end, reference.end, atol=1e-4)
    small = OnnxScorer(tmp_path / "out" / "reader.onnx").scores(batch)
    spread = float(np.std(reference.start)) + 1e-6
    assert float(np.abs(small.start - reference.start).max()) < spread
