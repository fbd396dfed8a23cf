"""Frozen dataclasses out of the plain JSON values that `dataclasses.asdict` made of them."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def restored(kind: type[T], value: Any) -> T:
    """A `kind` from plain values; what a newer version added takes its default.

    Raises ValueError where the value is not one that was made of a `kind`.

    >>> from index.types import Span
    >>> restored(Span, {"start": 1, "end": 2})
    Span(start=1, end=2)
    """
    try:
        return cast(T, _restored(kind, value))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a stored {kind.__name__}: {error}") from error


def _restored(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = [part for part in get_args(kind) if part is not type(None)]
        return None if value is None else _restored(inner[0], value)
    if origin is tuple:
        return tuple(_restored(get_args(kind)[0], item) for item in value)
    if origin is dict:
        return dict(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if is_dataclass(kind):
        hints = _hints(cast(type, kind))
        known = {field.name for field in fields(kind)}
        return cast(Any, kind)(
            **{name: _restored(hints[name], item) for name, item in value.items() if name in known}
        )
    return value


@lru_cache(maxsize=32)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
