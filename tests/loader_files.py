"""Files of every format, written into a folder for the loader tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.articles import load
from index.errors import LoadError
from index.types import Article

PROSE = (
    "The council voted on Tuesday to rebuild the old bridge over the Lune, closed since 2019. "
    "Mayor Ines Okafor said that the work would cost 42 million euros and take two winters. "
    "Traders on the south bank, who lost a third of their customers, want compensation. "
    "An engineer's report warned that weaknesses in the piers had been ignored for years."
)


def the_article(path: Path) -> Article:
    """The only article of a file."""
    (article,) = load(path)
    assert isinstance(article, Article), str(article)
    return article


def the_error(path: Path) -> str:
    """The message of the only error of a file."""
    (error,) = load(path)
    assert isinstance(error, LoadError), error
    return str(error)


def furniture_of(article: Article) -> list[str]:
    return [span.of(article.text) for span in article.furniture]


def write_pdf_lines(
    path: Path,
    pages: Sequence[Sequence[tuple[float, float, str]]],
    *,
    size: float = 11,
    **about: str,
) -> None:
    """A PDF with each text at its place: `(x, y, text)` in points from the lower left."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(595, 842))
    if "title" in about:
        canvas.setTitle(about["title"])
    if "author" in about:
        canvas.setAuthor(about["author"])
    for page in pages:
        for x, y, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()


def column(
    lines: Sequence[str], *, x: float = 72, top: float = 740, pitch: float = 14
) -> list[tuple[float, float, str]]:
    """Lines under one another, for `write_pdf_lines`."""
    return [(x, top - number * pitch, line) for number, line in enumerate(lines)]
