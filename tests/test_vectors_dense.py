"""Dense views against a slow reference: changes, removals, filters, both kinds of base, threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.ann import Base, Ids, Scores
from index.ann_build import Batches, build
from index.dense import DenseView, refine
from index.embed import Vectors

DIMENSION = 16
BIG = 2**40  # ids need not fit into 32 bits


def unit(count: int, seed: int = 0, dimension: int = DIMENSION) -> Vectors:
    """Random unit vectors as they are stored: rounded to float16."""
    rows = np.random.default_rng(seed).standard_normal((count, dimension))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float16).astype(np.float32)


def clustered(count: int, seed: int = 0, dimension: int = 192) -> Vectors:
    """Unit vectors round 200 centres, the same ones for every seed."""
    centres = unit(200, 4, dimension)
    draw = np.random.default_rng(seed)
    rows = centres[draw.integers(200, size=count)] + 0.8 * unit(count, seed, dimension)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows.astype(np.float16), np.float32)


def batches_of(ids: Ids, vectors: Vectors, batch: int = 7_000) -> Batches:
    def batches(some: Ids | None) -> Iterable[tuple[Ids, Vectors]]:
        rows = np.arange(len(ids)) if some is None else np.searchsorted(ids, some)
        for at in range(0, len(rows), batch):
            yield ids[rows[at : at + batch]], vectors[rows[at : at + batch]]

    return batches


def base_of(ids: Ids, vectors: Vectors, exact_up_to: int = 10**6) -> Base:
    return build(batches_of(ids, vectors), ids, vectors.shape[1], exact_up_to=exact_up_to)


def reference(
    vectors: dict[int, Vectors], query: Vectors, k: int, allowed: Ids | None = None
) -> list[float]:
    """The best inner products, computed one by one; equal scores make ids ambiguous."""
    names = set(vectors) if allowed is None else set(vectors) & set(allowed.tolist())
    return sorted((float(vectors[name] @ query) for name in names), reverse=True)[:k]


def assert_right(
    found: tuple[Ids, Scores], vectors: dict[int, Vectors], query: Vectors, want: list[float]
) -> None:
    """Every id is there with its own score, each once, and the scores are the best there are."""
    ids, scores = found
    assert len(set(ids.tolist())) == len(ids)
    own = [float(vectors[int(name)] @ query) for name in ids]
    np.testing.assert_allclose(scores, own, atol=1e-5)
    np.testing.assert_allclose(scores, want, atol=1e-5)
    assert scores.dtype == np.float32
    assert ids.dtype == np.int64


def empty() -> DenseView:
    return DenseView.of(base_of(np.empty(0, np.int64), unit(0)), 0)


def test_nothing_to_find() -> None:
    view = empty()
    ids, scores = view.search(unit(1)[0], 5)
    assert (len(ids), len(scores), view.count, view.last_id, view.exact) == (0, 0, 0, 0, True)
    view = view.changed(1, np.array([3]), np.array([4]), unit(1))
    assert view.search(unit(1)[0], 5)[0].tolist() == [4]
    for k in (0, -1):
        assert view.search(unit(1)[0], k)[0].tolist() == []
    assert view.search(unit(1)[0], 5, np.empty(0, np.int64))[0].tolist() == []
    assert view.search(unit(1)[0], 5, np.array([3, 99]))[0].tolist() == []


@pytest.mark.parametrize("exact_up_to", [10**6, 0])
def test_k_larger_than_the_view(exact_up_to: int) -> None:
    ids, vectors = np.arange(1, 21), unit(20)
    view = DenseView.of(base_of(ids, vectors, exact_up_to), 1)
    view = view.changed(2, np.array([1, 2]), np.array([30]), unit(1, seed=1))
    assert sorted(view.search(vectors[0], 100)[0].tolist()) == [*range(3, 21), 30]


def test_equal_scores_come_by_id() -> None:
    vectors = np.repeat(unit(1), 4, axis=0)
    view = DenseView.of(base_of(np.array([5, 9]), vectors[:2]), 1)
    view = view.changed(2, np.array([], np.int64), np.array([11, 7]), vectors[2:])
    assert view.search(vectors[0], 4)[0].tolist() == [5, 7, 9, 11]


changes = st.lists(
    st.tuples(
        st.sets(st.integers(0, 60), max_size=12),  # removed, there or not
        st.integers(0, 8),  # how many are added
        st.booleans(),  # whether one that is there gets a new vector
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(changes=changes, start=st.integers(0, 40), k=st.integers(1, 70), data=st.data())
def test_changes_filters_and_removals_find_what_a_slow_search_finds(
    changes: list[tuple[set[int], int, bool]], start: int, k: int, data: st.DataObject
) -> None:
    ids = BIG + 3 * np.arange(1, start + 1)
    rows = unit(start)
    truth = dict(zip(ids.tolist(), rows, strict=True))
    view = DenseView.of(base_of(ids, rows), 1)
    last = int(ids[-1]) if start else BIG
    for generation, (removed, added, again) in enumerate(changes, start=2):
        gone = np.array([BIG + 3 * number for number in sorted(removed)], np.int64)
        new = last + 2 * np.arange(1, added + 1)
        if again and truth:
            new = np.append(new, data.draw(st.sampled_from(sorted(truth))))
        vectors = unit(len(new), seed=generation)
        before = (view.ids.tolist(), view.generation)
        older, view = view, view.changed(generation, gone, new, vectors)
        assert (older.ids.tolist(), older.generation) == before
        for name in gone.tolist():
            truth.pop(name, None)
        truth |= dict(zip(new.tolist(), vectors, strict=True))
        last = max(last, *new.tolist()) if len(new) else last
        assert (view.ids.tolist(), view.count) == (sorted(truth), len(truth))
        assert view.last_id >= max(truth, default=0)
        query = unit(1, seed=100 + generation)[0]
        assert_right(view.search(query, k), truth, query, reference(truth, query, k))
        pool = [*truth, *gone.tolist(), 1]
        allowed = np.array(data.draw(st.lists(st.sampled_from(pool), max_size=20)), np.int64)
        found = view.search(query, k, allowed)
        assert_right(found, truth, query, reference(truth, query, k, allowed))


@pytest.fixture(scope="module")
def large() -> tuple[DenseView, dict[int, Vectors]]:
    """A base that is not exact, with 2,000 vectors removed and 200 new ones."""
    count = 20_000
    ids, rows = 7 + 2 * np.arange(count), clustered(count)
    view = DenseView.of(base_of(ids, rows, exact_up_to=1_000), 1)
    new, vectors = ids[-1] + np.arange(1, 201), clustered(200, 9)
    view = view.changed(2, ids[::10], new, vectors)
    truth = dict(zip(ids.tolist(), rows, strict=True))
    for name in ids[::10].tolist():
        del truth[name]
    return view, truth | dict(zip(new.tolist(), vectors, strict=True))


def test_the_large_kind_says_what_it_measured(
    large: tuple[DenseView, dict[int, Vectors]],
) -> None:
    view, _ = large
    assert (view.exact, view.base.kind) == (False, "rabitq")
    assert 8 * view.base.candidates < view.base.count  # or searching would score all of them
    assert 0.995 <= view.base.recall <= 1.0


@pytest.mark.parametrize("share", [None, 0.9, 0.5, 0.05, 0.001])
def test_the_large_kind_finds_nearly_everything_once_refined(
    large: tuple[DenseView, dict[int, Vectors]], share: float | None
) -> None:
    view, truth = large
    names = np.array(sorted(truth))
    draw = np.random.default_rng(1)
    found = total = 0
    for number in range(20):
        query = clustered(1, 1_000 + number)[0]
        allowed = None
        if share is not None:
            allowed = draw.choice(names, int(share * len(names)), replace=False)
        ids, scores = view.search(query, 40, allowed)
        assert len(ids) == min(40, len(names) if allowed is None else len(allowed))
        assert (np.diff(scores) <= 0).all()
        assert allowed is None or np.isin(ids, allowed).all()
        rows = np.stack([truth[int(name)] for name in ids])
        np.testing.assert_allclose(scores, rows @ query, atol=0.02)
        best = refine(query, ids, rows, 10)[1]
        want = reference(truth, query, 10, allowed)
        found += int(np.isclose(best[: len(want)], want, atol=1e-5).sum())
        total += len(want)
    assert found >= 0.98 * total


def test_a_filter_against_the_question_finds_as_much(
    large: tuple[DenseView, dict[int, Vectors]],
) -> None:
    """Half of everything is allowed, and it is the half that is farther from the question."""
    view, truth = large
    query = clustered(1, 5)[0]
    names = np.array(sorted(truth))
    far = names[np.argsort([float(truth[int(name)] @ query) for name in names])][: len(names) // 2]
    ids, _ = view.search(query, 40, far)
    rows = np.stack([truth[int(name)] for name in ids])
    best = refine(query, ids, rows, 10)[1]
    assert np.isin(ids, far).all()
    # The farther half begins where scores lie too close together for eight bits a number.
    np.testing.assert_allclose(best, reference(truth, query, 10, far), atol=5e-4)


def test_vectors_whose_signs_say_nothing_are_searched_exactly() -> None:
    """In two dimensions 40,000 vectors share four patterns of signs."""
    base = base_of(np.arange(40_000), unit(40_000, dimension=2), exact_up_to=100)
    assert (base.kind, base.recall) == ("exact", 1.0)


def test_refine_orders_by_the_stored_vectors() -> None:
    rows = unit(5)
    ids, scores = refine(rows[3], np.array([10, 11, 12, 13, 14]), rows, 2)
    assert ids[0] == 13
    np.testing.assert_allclose(scores, reference(dict(enumerate(rows)), rows[3], 2), atol=1e-6)
    assert refine(rows[0], np.empty(0, np.int64), rows[:0], 5)[0].tolist() == []


def test_a_search_leaves_the_number_of_threads_as_it_was() -> None:
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    try:
        view = DenseView.of(base_of(np.arange(3), unit(3)), 1)
        view.changed(2, np.array([1]), np.array([7]), unit(1)).search(unit(1)[0], 2)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(before)


def test_a_view_is_stale_once_much_has_changed() -> None:
    ids = np.arange(1, 5_001)
    view = DenseView.of(base_of(ids, unit(5_000)), 1)
    none = np.empty(0, np.int64)
    assert not view.changed(2, ids[:1_000], 6_000 + ids[:1_000], unit(1_000)).stale
    assert view.changed(2, ids[:1_001], none, unit(0)).stale
    assert view.changed(2, none, 6_000 + ids[:1_001], unit(1_001)).stale


def test_wrong_shapes_and_orders_are_named() -> None:
    view = empty()
    with pytest.raises(ValueError, match=r"need 2 vectors of 16 numbers, got shape \(1, 16\)"):
        view.changed(1, np.array([], np.int64), np.array([1, 2]), unit(1))
    with pytest.raises(ValueError, match="an id comes twice among the new ones"):
        view.changed(1, np.array([], np.int64), np.array([1, 1]), unit(2))
    ids = np.arange(1, 4)
    with pytest.raises(ValueError, match="the ids must grow"):
        build(lambda _: [(ids[::-1], unit(3))], ids[::-1], DIMENSION)
    for batch, message in (
        ((ids, unit(2)), r"need 3 vectors of 16 numbers, got shape \(2, 16\)"),
        ((ids[::-1], unit(3)), "vector 0 and those after it are not those of the ids, in order"),
        ((ids[:2], unit(2)), "need 3 vectors, got 2"),
    ):
        with pytest.raises(ValueError, match=message):
            build(lambda _, batch=batch: [batch], ids, DIMENSION)  # type: ignore[misc]


def test_a_query_that_is_no_number_finds_nothing(
    large: tuple[DenseView, dict[int, Vectors]],
) -> None:
    exact = DenseView.of(base_of(np.arange(3), unit(3)), 1)
    for view in (exact, large[0]):
        query = np.full(view.base.dimension, np.nan, np.float32)
        assert view.base.search(query, 3)[0].tolist() == []


@pytest.mark.parametrize("same", [3_000, 1_500])
def test_many_equal_vectors_are_found(same: int) -> None:
    rows = np.concatenate([np.repeat(unit(1), same, axis=0), unit(3_000 - same, 1)])
    view = DenseView.of(base_of(np.arange(3_000), rows, exact_up_to=100), 1)
    ids, scores = view.search(rows[0], 20)
    assert len(np.unique(ids)) == 20
    np.testing.assert_allclose(scores, 1.0, atol=0.01)


def test_threads_search_while_views_change(
    large: tuple[DenseView, dict[int, Vectors]],
) -> None:
    view, truth = large
    queries = clustered(4, 77)
    want = [view.search(query, 20) for query in queries]
    errors: list[BaseException] = []
    stop = threading.Event()

    def ask(number: int) -> None:
        try:
            while not stop.is_set():
                ids, scores = view.search(queries[number], 20)
                np.testing.assert_array_equal(ids, want[number][0])
                np.testing.assert_array_equal(scores, want[number][1])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    changed = view
    for number in range(15):
        gone = changed.ids[number::1_000]
        changed = changed.changed(
            3 + number, gone, changed.last_id + np.arange(1, 6), clustered(5, number)
        )
        assert not np.isin(gone, changed.search(queries[0], 200)[0]).any()
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(truth) == view.ids.tolist()
