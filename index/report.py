"""What a change to an index did, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from index.errors import LoadError

Progress = Callable[[str, int, int], None]
"""Called as (stage, done, total); total is 0 where it is not known yet."""


@dataclass(slots=True)
class BuildReport:
    """What a change did, by article uri; `failed` holds what could not be read, with the reason.

    `moved` pairs the old uri with the new one.
    """

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[LoadError] = field(default_factory=list)
    embedded: int = 0

    def include(self, other: BuildReport) -> None:
        """Takes in what another change did."""
        for name in ("added", "updated", "moved", "unchanged", "removed", "failed"):
            getattr(self, name).extend(getattr(other, name))
        self.embedded += other.embedded

    @property
    def counts(self) -> dict[str, int]:
        """How many of each, in the order in which they are told."""
        return {
            "added": len(self.added),
            "updated": len(self.updated),
            "moved": len(self.moved),
            "unchanged": len(self.unchanged),
            "removed": len(self.removed),
            "failed": len(self.failed),
        }

    def to_dict(self) -> dict[str, object]:
        """Everything as plain values, for JSON."""
        return {
            "added": self.added,
            "updated": self.updated,
            "moved": [{"from": before, "to": uri} for before, uri in self.moved],
            "unchanged": self.unchanged,
            "removed": self.removed,
            "failed": [str(error) for error in self.failed],
            "embedded": self.embedded,
        }

    def __str__(self) -> str:
        said = ", ".join(f"{count:,} {word}" for word, count in self.counts.items() if count)
        passages = "1 passage" if self.embedded == 1 else f"{self.embedded:,} passages"
        return f"{said or 'nothing to do'}; {passages} embedded"
