"""Ways of making a reader int8: what each costs in F1, size and time.

    python -m bench.reader.quantise --model FOLDER --calibrate FILE --dev FILE [FILE ...]

`--model` is a trained transformers folder; static quantisation sets its scales on contexts of
the `--calibrate` file, which must not be a development file. Every variant reads the same
questions, one window at a time, as answering does.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bench.machine import machine
from qa.encoding import Encoder
from qa.evalreader import ReadingSettings, judge, load_sets, read_rows
from qa.export import export_reader
from qa.metrics import figures
from qa.readerdata import Row
from qa.scorers import OnnxScorer

_CALIBRATED = 200
_TIMED, _REPEATS = 64, 3


def variants(full: Path, folder: Path, rows: Sequence[Row], encoder: Encoder) -> Iterator[Path]:
    """Quantised files made from the float file, one at a time, named by what they are."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    yield full
    made: dict[str, Callable[[str], Any]] = {
        "dynamic-per-channel": lambda target: quantize_dynamic(
            str(full), target, per_channel=True, weight_type=QuantType.QInt8, extra_options=_CONST
        ),
        "dynamic-per-tensor": lambda target: quantize_dynamic(
            str(full), target, per_channel=False, weight_type=QuantType.QInt8, extra_options=_CONST
        ),
        "dynamic-float-words": lambda target: quantize_dynamic(
            str(full),
            target,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
            extra_options=_CONST,
        ),
        "dynamic-last-layer-float": lambda target: quantize_dynamic(
            str(full),
            target,
            per_channel=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_products_of(full, "layer.5"),
            extra_options=_CONST,
        ),
        "static-per-channel": lambda target: _static(full, target, rows, encoder),
    }
    for name, make in made.items():
        target = folder / f"{name}.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            make(str(target))
        yield target


_CONST = {"MatMulConstBOnly": True}


def _products_of(path: Path, part: str) -> list[str]:
    import onnx

    nodes = onnx.load(str(path)).graph.node
    return [node.name for node in nodes if node.op_type == "MatMul" and part in node.name]


def _static(full: Path, target: str, rows: Sequence[Row], encoder: Encoder) -> None:
    from onnxruntime.quantization import (
        CalibrationDataReader,
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Contexts(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._rows = iter(rows[:_CALIBRATED])

        def get_next(self) -> dict[str, Any] | None:
            row = next(self._rows, None)
            if row is None:
                return None
            question, context = encoder.question(row.question), encoder.context(row.context)
            window = encoder.windows(question, context, 384, 128)[0]
            ids = np.array([window.ids], dtype=np.int64)
            types = (np.arange(len(window.ids)) >= window.first).astype(np.int64)[None]
            return {"input_ids": ids, "token_type_ids": types}

    quantize_static(
        str(full),
        target,
        Contexts(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        weight_type=QuantType.QInt8,
        activation_type=QuantType.QUInt8,
        op_types_to_quantize=["MatMul"],
        calibrate_method=CalibrationMethod.Percentile,
        extra_options=_CONST | {"CalibPercentile": 99.99},
    )


def main() -> None:
    """Prints a line for every variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--calibrate", type=Path, required=True)
    parser.add_argument("--dev", type=Path, nargs="+", required=True)
    arguments = parser.parse_args()
    encoder = Encoder.from_folder(arguments.model)
    sets = {name: rows for path in arguments.dev for name, rows in load_sets(path).items()}
    calibrating = [row for rows in load_sets(arguments.calibrate).values() for row in rows]
    print(machine())
    with TemporaryDirectory() as place:
        folder = Path(place)
        export_reader(arguments.model, folder, keep_float=True)
        for path in variants(folder / "reader-float.onnx", folder, calibrating, encoder):
            print(_line(path, sets, encoder), flush=True)


def _line(path: Path, sets: dict[str, list[Row]], encoder: Encoder) -> str:
    scorer, settings = OnnxScorer(path), ReadingSettings(batch=1)
    parts = [f"{path.stem:26} {path.stat().st_size / 1e6:5.1f} MB"]
    for name, rows in sets.items():
        found = figures(judge(rows, read_rows(scorer, encoder, rows, settings)))
        shown = f"F1 {found.has_f1:.1f}"
        if found.auroc is not None:
            shown = f"best F1 {found.best_f1:.1f} AUROC {found.auroc:.3f}"
        parts.append(f"{name}: {shown}")
    timed = next(iter(sets.values()))[:_TIMED]
    took = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        read_rows(scorer, encoder, timed, settings)
        took.append(time.perf_counter() - began)
    parts.append(f"{1000 * min(took) / len(timed):.1f} ms a context")
    return " | ".join(parts)


if __name__ == "__main__":
    main()
