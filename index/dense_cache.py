"""The base of a dense view on disk: one data file and the label that names it.

Knows nothing of what is inside a vector. `vectors.json` is the label; the data file carries the
generation and the checksum in its name (`vectors-7-1c291ca3.faiss`) and holds the FAISS index,
then the ids as little-endian int64. The label is replaced last, so that it always names a
complete file, and a process that has an older file mapped is not disturbed.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import numpy as np

from index.ann import Base, Ids
from index.dense import DenseView

if TYPE_CHECKING:
    import faiss

LABEL = "vectors.json"
_FORMAT = 2
_CHUNK = 1 << 20
_TYPES = {"exact": "IndexScalarQuantizer", "rabitq": "IndexRefine"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where vectors come from; a cache of another origin is no use.

    `database` tells one database from another that was made later in the same folder.
    """

    database: str
    embedder: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Label:
    """What `vectors.json` says of the data file; `size` and `crc32` are those of all its bytes."""

    format: int
    database: str
    embedder: str
    dimension: int
    generation: int
    count: int
    kind: str
    candidates: int
    recall: float
    size: int
    crc32: int

    @property
    def file(self) -> str:
        return f"vectors-{self.generation}-{self.crc32:08x}.faiss"

    @property
    def origin(self) -> Origin:
        return Origin(self.database, self.embedder, self.dimension)


def save(folder: Path, origin: Origin, view: DenseView) -> bool:
    """Writes the view's base, then the label, then removes other files; for the builder only.

    False where it cannot be written: the cache is as it was, which costs time at the next start
    and nothing else. Raises `ValueError` for a view that has changed since its base was built.
    """
    if view.live is not None or len(view.new_ids):
        raise ValueError("only a view to which nothing has happened can be saved")
    temporary = folder / f"vectors.{os.getpid()}.tmp"
    try:
        _write(temporary, view.base)
        size, crc32 = _checksum(temporary)
        label = Label(
            format=_FORMAT,
            **asdict(origin),
            generation=view.generation,
            count=view.base.count,
            kind=view.base.kind,
            candidates=view.base.candidates,
            recall=view.base.recall,
            size=size,
            crc32=crc32,
        )
        temporary.replace(folder / label.file)
        temporary.write_text(json.dumps(asdict(label), indent=1), encoding="utf-8")
        temporary.replace(folder / LABEL)
        saved = True
    except (OSError, RuntimeError):  # FAISS raises RuntimeError
        saved = False
    standing = read_label(folder)
    for path in [*folder.glob("vectors*.faiss"), *folder.glob("vectors.*.tmp")]:
        if standing is None or path.name != standing.file:
            _remove(path)
    return saved


def load(folder: Path, origin: Origin) -> DenseView | None:
    """The saved view, its file mapped into memory; None where there is none that can be used."""
    for _ in range(3):
        label = read_label(folder)
        if label is None or label.format != _FORMAT or label.origin != origin:
            return None
        try:
            if _checksum(folder / label.file) != (label.size, label.crc32):
                return None
            return _view(folder / label.file, label)
        except FileNotFoundError:
            continue  # a builder has just replaced it: the label says with what
        except (OSError, RuntimeError):
            return None
    return None


def read_label(folder: Path) -> Label | None:
    """The label as it stands, its data file unread; None where it is missing or damaged."""
    try:
        values = json.loads((folder / LABEL).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    types = get_type_hints(Label)
    if type(values) is not dict or {name: type(value) for name, value in values.items()} != types:
        return None
    return Label(**values)


def _write(path: Path, base: Base) -> None:
    import faiss

    faiss.write_index(base.index, str(path))
    with path.open("ab") as file:
        file.write(base.ids.astype("<i8").tobytes())


def _checksum(path: Path) -> tuple[int, int]:
    """(size, CRC-32): half a second for the file of a million passages."""
    size = crc32 = 0
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            size, crc32 = size + len(data), zlib.crc32(data, crc32)
    return size, crc32


def _view(path: Path, label: Label) -> DenseView | None:
    index = _read(path)
    if (int(index.d), int(index.ntotal)) != (label.dimension, label.count):
        return None
    offset = label.size - 8 * label.count
    ids: Ids = np.fromfile(path, "<i8", label.count, offset=offset).astype(np.int64)
    base = Base(index, ids, label.candidates, label.recall)
    if base.kind != label.kind or type(index).__name__ != _TYPES[base.kind]:
        return None
    return DenseView.of(base, label.generation)


def _read(path: Path) -> faiss.Index:
    import faiss

    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError:  # no mapping on this system or file system
        return faiss.read_index(str(path))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # Windows keeps files that another process has mapped; the next save tries again
