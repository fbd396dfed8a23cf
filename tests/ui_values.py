"""Answers and citations made by hand, and what a browser would see of rendered HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from index import Filter
from qa.types import Alternative, Answer, Citation, Form, Part, Refusal, Status

VOID = {"br", "img", "input", "meta", "link"}


def citation(
    sentence: str = "Ann Lee won the race.",
    start: int = 0,
    end: int = 7,
    *,
    number: int = 1,
    title: str = "Race day",
    source: str = "Herald",
    uri: str = "/articles/race.txt",
    published: str | None = "2020-02-25",
    page: int | None = None,
    at: int = 100,
) -> Citation:
    """A citation of `sentence[start:end]` in a sentence that begins at `at` in its article."""
    return Citation(
        number=number,
        article_id=1,
        uri=uri,
        title=title,
        source=source,
        published=published,
        page=page,
        sentence=sentence,
        sentence_start=at,
        sentence_end=at + len(sentence),
        text=sentence[start:end],
        start=at + start,
        end=at + end,
    )


def answer(
    status: Status = Status.ANSWERED,
    *,
    question: str = "Who won?",
    resolved: str | None = None,
    confidence: float = 0.9,
    citations: tuple[Citation, ...] = (),
    alternatives: tuple[Alternative, ...] = (),
    nearest: tuple[Citation, ...] = (),
    form: Form = Form.FACT,
    parts: tuple[Part, ...] = (),
    agreement: int = 1,
    refusal: Refusal | None = None,
    chosen: Filter | None = None,
) -> Answer:
    """An answer whose text is that of its first citation."""
    return Answer(
        question=question,
        resolved_question=resolved if resolved is not None else question,
        status=status,
        text=citations[0].text if citations else "",
        confidence=confidence,
        citations=citations,
        alternatives=alternatives,
        nearest=nearest,
        timings={},
        form=form,
        parts=parts,
        agreement=agreement,
        refusal=refusal,
        chosen=chosen,
    )


def sentences(*cited: Citation) -> tuple[Part, ...]:
    """The whole sentences of citations as parts."""
    return tuple(Part(citation.sentence, (citation.number,)) for citation in cited)


@dataclass
class Element:
    """One element of parsed HTML with the text inside it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Parses HTML into a flat list of elements; fails on tags that do not nest."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"a processing instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a section: {data}")

    def of(self, name: str) -> list[Element]:
        """Elements with this class, in order."""
        return [e for e in self.elements if name in (e.attributes.get("class") or "").split()]

    def tags(self, name: str) -> list[Element]:
        """Elements with this tag, in order."""
        return [e for e in self.elements if e.tag == name]


def parsed(html: str) -> Page:
    """The page that `html` makes."""
    page = Page()
    page.feed(html)
    page.close()
    return page
