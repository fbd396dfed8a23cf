"""An article as HTML: its own words, marked where cited, whatever stands in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Article, Span
from tests.conftest import FERRY
from tests.ui_values import parsed
from ui.article import article_html, asked_place, place_link

LINES = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=80
)


def marks(html: str, name: str) -> str:
    return "".join(element.text for element in parsed(html).of(name))


def test_the_cited_words_are_marked_in_their_place() -> None:
    at = FERRY.text.index("212")
    other = FERRY.text.index("Port Edwin")
    html = article_html(FERRY, Span(at, at + 3), [Span(other, other + 10)])
    page = parsed(html)
    assert [element.text for element in page.of("byline-here")] == ["212"]
    assert [element.text for element in page.of("byline-mark")] == ["212", "Port Edwin"]
    assert page.of("byline-mark")[1].attributes["id"] == "byline-mark-2"
    assert "Cited place 1 of 2" in page.text
    assert "2 March 2021" in page.text
    assert FERRY.uri in page.text


def test_where_it_came_from_is_a_link_only_on_the_web() -> None:
    web = Article("https://example.org/a?b=1&c=2", "T", "Text.", "S")
    (link,) = parsed(article_html(web, Span(0, 4))).tags("a")
    assert link.attributes["href"] == web.uri
    assert link.attributes["rel"] == "noopener noreferrer"
    odd = Article("javascript:alert(1)", "T", "Text.", "S")
    assert parsed(article_html(odd, Span(0, 4))).tags("a") == []


def test_pages_and_furniture() -> None:
    text = "First page.\nStory Continues\nSecond page."
    article = Article("/a.pdf", "T", text, "S", furniture=(Span(12, 27),), pages=(0, 28))
    page = parsed(article_html(article, Span(28, 34)))
    assert [element.text for element in page.of("byline-page-number")] == ["page 1", "page 2"]
    assert [element.text for element in page.of("byline-furniture")] == ["Story Continues"]
    assert "page 2" in page.of("byline-facts")[0].text


@given(LINES, st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=4))
def test_any_text_and_any_spans_show_exactly_the_text(
    text: str, places: list[tuple[int, int]]
) -> None:
    article = Article("/a.txt", "<b>T</b>", text, "S")
    spans = [Span(min(pair), max(pair)) for pair in places]
    html = article_html(article, spans[0], spans[1:])
    body = parsed(html).of("byline-body")[0].text
    assert "".join(body.split()) == "".join(text.split())
    assert "".join(marks(html, "byline-here").split()) == "".join(
        text[spans[0].start : spans[0].end].split() if spans[0].end <= len(text) else ""
    )


@pytest.mark.parametrize("hostile", ["<script>x</script>", '" onload="x', "<img src=x onerror=x>"])
def test_nothing_in_an_article_becomes_markup(hostile: str) -> None:
    article = Article(hostile, hostile, hostile, hostile, author=hostile, language=hostile)
    page = parsed(article_html(article, Span(0, 3)))
    assert page.tags("script") == []
    assert page.tags("img") == []
    assert all("onload" not in element.attributes for element in page.tags("article"))


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 10**6))
def test_links_come_back_as_places(article: int, a: int, b: int) -> None:
    span = Span(min(a, b), max(a, b))
    values = [pair.split("=") for pair in place_link(article, span)[1:].split("&")]
    assert asked_place([(name, value) for name, value in values]) == (article, span)


@pytest.mark.parametrize(
    "values", [{}, {"article": "x"}, {"article": "1", "from": "9", "to": "3"}, {"from": "1"}]
)
def test_a_bad_link_opens_nothing(values: dict[str, str]) -> None:
    assert asked_place(values.items()) is None
