"""The files of a dense base: what is damaged, foreign or half written is never searched."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import dense_cache
from index.dense import DenseView
from index.dense_cache import LABEL, Origin, load, save
from tests.test_vectors_dense import DIMENSION, base_of, unit

ORIGIN = Origin("d1", "hash", DIMENSION)
IDS = 2**33 + 5 * np.arange(1, 301)


def view_of(generation: int = 7, count: int = 300, exact: bool = True) -> DenseView:
    base = base_of(IDS[:count], unit(count), 10**6 if exact else 0)
    return DenseView.of(base, generation)


def loaded(folder: Path) -> DenseView:
    view = load(folder, ORIGIN)
    assert view is not None
    return view


def same(one: DenseView, other: DenseView) -> None:
    assert (one.generation, one.base.kind, one.base.candidates, one.base.recall) == (
        other.generation,
        other.base.kind,
        other.base.candidates,
        other.base.recall,
    )
    for query in unit(3, seed=2):
        for found, want in zip(one.search(query, 20), other.search(query, 20), strict=True):
            np.testing.assert_array_equal(found, want)


@pytest.mark.parametrize("exact", [True, False])
def test_what_is_saved_is_loaded(tmp_path: Path, exact: bool) -> None:
    view = view_of(exact=exact)
    assert save(tmp_path, ORIGIN, view)
    same(loaded(tmp_path), view)
    np.testing.assert_array_equal(loaded(tmp_path).ids, IDS)
    label = json.loads((tmp_path / LABEL).read_text())
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"vectors-7-{label['crc32']:08x}.faiss", LABEL]
    assert (label["count"], label["dimension"], label["embedder"]) == (300, DIMENSION, "hash")


def test_nothing_at_all_is_saved_and_loaded(tmp_path: Path) -> None:
    assert save(tmp_path, ORIGIN, view_of(count=0))
    assert loaded(tmp_path).search(unit(1)[0], 5)[0].tolist() == []


def test_only_a_fresh_view_is_saved(tmp_path: Path) -> None:
    none = np.empty(0, np.int64)
    for view in (
        view_of().changed(8, IDS[:1], none, unit(0)),
        view_of().changed(8, none, IDS[-1:] + 1, unit(1)),
    ):
        with pytest.raises(ValueError, match="only a view to which nothing has happened"):
            save(tmp_path, ORIGIN, view)


def test_there_is_nothing_where_nothing_was_saved(tmp_path: Path) -> None:
    assert load(tmp_path, ORIGIN) is None
    assert load(tmp_path / "nowhere", ORIGIN) is None


@pytest.mark.parametrize(
    "other", [{"database": "d2"}, {"embedder": "other"}, {"dimension": DIMENSION + 1}]
)
def test_vectors_of_another_origin_are_not_loaded(tmp_path: Path, other: dict[str, Any]) -> None:
    save(tmp_path, ORIGIN, view_of())
    assert load(tmp_path, replace(ORIGIN, **other)) is None


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-8],
        lambda data: data[:100],
        lambda data: b"",
        lambda data: data + b"\x00",
        lambda data: b"\x00" * len(data),
        flipped,
    ],
    ids=["an id short", "truncated", "empty", "longer", "zeros", "one bit"],
)
@pytest.mark.parametrize("exact", [True, False])
def test_a_damaged_file_is_not_loaded(
    tmp_path: Path, damage: Callable[[bytes], bytes], exact: bool
) -> None:
    save(tmp_path, ORIGIN, view_of(exact=exact))
    (path,) = tmp_path.glob("*.faiss")
    path.write_bytes(damage(path.read_bytes()))
    assert load(tmp_path, ORIGIN) is None


def test_a_missing_file_is_not_loaded(tmp_path: Path) -> None:
    save(tmp_path, ORIGIN, view_of())
    (path,) = tmp_path.glob("*.faiss")
    path.unlink()
    assert load(tmp_path, ORIGIN) is None
    path.mkdir()
    assert load(tmp_path, ORIGIN) is None


@pytest.mark.parametrize("value", [None, "1", 1.5, -1, 10**30, True, [], {}])
@pytest.mark.parametrize(
    "name", "format database embedder dimension generation count kind candidates size crc32".split()
)
def test_a_label_with_a_wrong_value_is_not_believed(
    tmp_path: Path, name: str, value: object
) -> None:
    save(tmp_path, ORIGIN, view_of())
    label = json.loads((tmp_path / LABEL).read_text())
    (tmp_path / LABEL).write_text(json.dumps(label | {name: value}))
    assert load(tmp_path, ORIGIN) is None


@pytest.mark.parametrize(
    "text", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"size": 1', b"1" * 5_000]
)
def test_a_label_that_is_none_is_not_believed(tmp_path: Path, text: bytes) -> None:
    save(tmp_path, ORIGIN, view_of())
    (tmp_path / LABEL).write_bytes(text)
    assert load(tmp_path, ORIGIN) is None


def test_a_label_cannot_pass_one_kind_for_the_other(tmp_path: Path) -> None:
    save(tmp_path, ORIGIN, view_of())
    label = json.loads((tmp_path / LABEL).read_text())
    (tmp_path / LABEL).write_text(json.dumps(label | {"kind": "rabitq", "candidates": 250}))
    assert load(tmp_path, ORIGIN) is None


@pytest.mark.parametrize("exact", [True, False])
def test_a_mapped_base_survives_its_replacement(tmp_path: Path, exact: bool) -> None:
    save(tmp_path, ORIGIN, view_of(7, exact=exact))
    old = loaded(tmp_path)
    assert save(tmp_path, ORIGIN, view_of(8, count=200, exact=exact))
    assert len(list(tmp_path.glob("*.faiss"))) == 1
    same(old, view_of(7, exact=exact))
    same(loaded(tmp_path), view_of(8, count=200, exact=exact))


def test_a_crash_before_the_label_leaves_the_old_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, ORIGIN, view_of(7))
    replace_file = Path.replace

    def crash(self: Path, target: Path) -> Path:
        if target.name == LABEL:
            raise KeyboardInterrupt
        return replace_file(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            save(tmp_path, ORIGIN, view_of(8, count=200))
    same(loaded(tmp_path), view_of(7))
    assert save(tmp_path, ORIGIN, view_of(9, count=100))
    assert len(list(tmp_path.iterdir())) == 2  # what the crash left is gone


def test_a_full_disk_leaves_the_old_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path, ORIGIN, view_of(7))
    for error in (OSError(errno.ENOSPC, "full"), RuntimeError("write error in FAISS")):

        def write(path: Path, base: object, error: Exception = error) -> None:
            path.write_bytes(b"half of")
            raise error

        monkeypatch.setattr(dense_cache, "_write", write)
        assert not save(tmp_path, ORIGIN, view_of(8))
        assert len(list(tmp_path.iterdir())) == 2
        same(loaded(tmp_path), view_of(7))


def test_a_disk_that_is_full_at_the_label_leaves_the_old_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, ORIGIN, view_of(7))

    def write_text(self: Path, data: str, encoding: str) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "write_text", write_text)
    assert not save(tmp_path, ORIGIN, view_of(8, count=200))
    assert len(list(tmp_path.iterdir())) == 2
    same(loaded(tmp_path), view_of(7))


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    assert not save(tmp_path / "nowhere", ORIGIN, view_of())


def test_a_file_replaced_while_it_is_opened_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, ORIGIN, view_of(7))
    checksum = dense_cache._checksum
    calls: list[Path] = []

    def late(path: Path) -> tuple[int, int]:
        calls.append(path)
        if len(calls) == 1:
            with monkeypatch.context() as patch:
                patch.setattr(dense_cache, "_checksum", checksum)
                save(tmp_path, ORIGIN, view_of(8, count=200))
        return checksum(path)

    monkeypatch.setattr(dense_cache, "_checksum", late)
    same(loaded(tmp_path), view_of(8, count=200))
    assert len(calls) == 2
