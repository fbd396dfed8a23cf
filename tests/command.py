"""`byline index ...` run in this process, with what it left behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ui.cli import main

FERRY = "Ferry sinks\n\nThe ferry sank off Port Edwin on Monday. All 212 people were saved."
BAKERY = "Bakery wins\n\nThe bakery in Elm Street won the county prize. Its rye bread is famous."


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Byline:
    """The command with a stand-in for the bundled model."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Said:
        self.capsys.readouterr()
        status = main(["index", *map(str, arguments), "--index", str(self.folder)])
        said = self.capsys.readouterr()
        assert "Traceback" not in said.err
        assert all(line.startswith("byline: ") for line in said.err.splitlines())
        return Said(status, said.out, said.err)


def names(uris: Sequence[str]) -> list[str]:
    """`names(["/news/ferry.txt"]) == ["ferry.txt"]`."""
    return [Path(uri).name for uri in uris]
