"""Saved web pages: the article without its page, metadata, scripts, short and hostile pages."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from index.articles import load
from index.loaders.visible import visible_page
from index.types import Article
from tests.loader_files import PROSE, the_article, the_error

PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head>
<link rel="canonical" href="https://post.example/dam"><title>Dam holds - The Post</title>
<meta property="og:site_name" content="The Post"><meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2021-03-03T10:00:00Z"></head><body>
<nav><a href="/">Home</a><a href="/news">News</a></nav>
<article><h1>Dam holds</h1><p>{PROSE}</p><ul><li>first point</li><li>second point</li></ul>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2021</td><td>42 million</td></tr></table>
<p>The form shows &lt;script&gt;alert(1)&lt;/script&gt; to everyone who opens it in the town.</p>
<p>{PROSE}</p></article><script>steal()</script><style>p {{ color: red }}</style>
</body></html>"""


def test_article_page(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE)
    article = the_article(path)
    assert (article.title, article.source) == ("Dam holds", "The Post")
    assert (article.author, article.published) == ("Ann Lee", "2021-03-03")
    assert (article.address, article.language) == ("https://post.example/dam", "en")
    assert PROSE in article.text
    assert "- first point\n- second point" in article.text
    assert "Year | Cost\n2021 | 42 million" in article.text
    assert "shows <script>alert(1)</script> to" in article.text
    assert "steal" not in article.text
    assert "color" not in article.text


def test_short_page(tmp_path: Path) -> None:
    path = tmp_path / "a.htm"
    path.write_text(
        "<title>Dam holds | post.example</title><meta property=og:url content=https://www.post.example/a>"
        "<meta name=date content='3 March 2021'>"
        "<p>It holds &lt;b&gt;.<script>x()</script><br>Yes<table><tr><td>1<td>2</table>"
    )
    article = the_article(path)
    assert article.text == "It holds <b>.\nYes\n1 | 2"
    assert (article.title, article.source) == ("Dam holds", "post.example")
    assert article.published == "2021-03-03"


@pytest.mark.parametrize(
    ("head", "address", "language"),
    [
        ("<meta property=og:url content=https://post.example/a>", "https://post.example/a", None),
        ("<link rel=canonical href=/a><meta http-equiv=Content-Language content=fr>", None, "fr"),
        ("<link rel=canonical href=javascript:a()>", None, None),
        ("<meta property=og:locale content=de_AT>", None, "de"),
    ],
)
def test_address_and_language(
    tmp_path: Path, head: str, address: str | None, language: str | None
) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html><head>{head}</head><body><p>Dam.</p></body></html>")
    article = the_article(path)
    assert (article.address, article.language) == (address, language)


def test_what_is_not_displayed_is_not_read() -> None:
    page = visible_page(
        "<body style='display:none'><h2>Dam</h2><div hidden><p>No</p><td>No</td></div>"
        "<p style='color:red;display : none'>No</p><table><tr><td><p>a</p><td>b<td><td>d</table>"
    )
    assert (page.text, page.heading) == ("Dam\na\nb | | d", "Dam")


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("iso-8859-2", "iso-8859-2", "Gmina Łódź ogłosiła wyniki głosowania"),
        ("gb2312", "gb18030", "市长宣布大桥将于明年重新开放"),
        ("latin1", "cp1252", "The “old” bridge’s café"),
    ],
)
def test_declared_encoding(tmp_path: Path, charset: str, encoding: str, text: str) -> None:
    path = tmp_path / "a.html"
    page = f"<html><head><meta charset={charset}></head><body><p>{text}</p></body></html>"
    path.write_bytes(page.encode(encoding))
    assert the_article(path).text == text


def test_page_without_text(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body><script>x()</script><img src=a.png></body></html>")
    assert the_error(path) == f"{path} holds no text; put text into it or leave it out."


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 50_000 + "the deep text",
        "<b><i>" * 20_000 + "the deep text",
        "<table><tr><td>" * 15_000 + "the deep text",
        "<a href=x>the deep text</a> " * 50_000,
        "<p " + " ".join(f"a{number}=1" for number in range(20_000)) + ">the deep text",
        "&lt;" * 200_000 + " the deep text",
        "<" * 200_000 + " the deep text",
        "the deep text" + "<!--" * 100_000,
        "<p>the deep text " + "x" * 3_000_000,
    ],
    ids=lambda page: page[:12],
)
def test_hostile_pages_are_read_quickly(tmp_path: Path, page: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(page)
    start = time.monotonic()
    (article,) = load(path)
    assert time.monotonic() - start < 20
    assert isinstance(article, Article), article
    assert "the deep text" in article.text
