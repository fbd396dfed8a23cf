"""The sample collection: thirty articles written for Byline, so that there is something to ask."""

from __future__ import annotations

import json
from pathlib import Path

from index.types import Article

SOURCE = "Byline sample"
_FILE = Path(__file__).parent / "articles.jsonl"


def sample_articles() -> list[Article]:
    """The thirty articles; their uris start with `sample:`."""
    rows = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]
    return [
        Article(
            uri=f"sample:{row['id']}",
            title=row["title"],
            text=row["body"],
            source=SOURCE,
            published=row["published"],
        )
        for row in rows
    ]
