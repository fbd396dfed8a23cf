"""Feeds: an entry is an article; headlines alone, broken XML, no entities, no network."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from index.articles import load
from index.loaders import feed_parts
from index.types import Article
from tests.loader_files import ATOM, FEED, PROSE, the_article, the_error


def items(*contents: str) -> str:
    entries = "".join(f"<item>{content}</item>" for content in contents)
    return f'<rss version="2.0"><channel><title>The Post</title>{entries}</channel></rss>'


def test_rss(tmp_path: Path) -> None:
    path = tmp_path / "news.rss"
    path.write_text(FEED)
    uri = str(path.resolve())
    assert list(load(path)) == [
        Article(
            uri=f"{uri}#post-1",
            title="Dam holds",
            text=f"{PROSE}\nThe second <b> café.",
            source="The Post",
            published="2021-03-03T10:00:00+00:00",
            author="Ann Lee",
            address="https://post.example/1",
            language="en",
        ),
        Article(
            uri=f"{uri}#https://post.example/2",
            title="Bridge shut",
            text="The bridge is shut.\n\nNobody knows why.",
            source="The Post",
            address="https://post.example/2",
            language="en",
        ),
    ]


def test_atom(tmp_path: Path) -> None:
    path = tmp_path / "news.atom"
    path.write_text(ATOM)
    first, second = load(path)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert first.text == f"{PROSE}\nEnde."
    assert (first.source, first.author, first.language) == ("Die Post", "Ann Lee", "de")
    assert (first.published, first.address) == (
        "2021-03-03T10:00:00+00:00",
        "https://post.example/d",
    )
    assert (second.text, second.author) == ("Plain <b> text.", "Bo Ek")
    assert second.published == "2020-01-01T00:00:00+00:00"


def test_rss_as_rdf(tmp_path: Path) -> None:
    path = tmp_path / "news.xml"
    path.write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="https://post.example/"><title>The Post</title></channel>'
        '<item rdf:about="https://post.example/1"><title>Dam holds</title>'
        f"<dc:date>2021-03-03</dc:date><description>{PROSE}</description></item></rdf:RDF>"
    )
    article = the_article(path)
    assert (article.title, article.source, article.text) == ("Dam holds", "The Post", PROSE)
    assert (article.uri, article.published) == (
        f"{path.resolve()}#https://post.example/1",
        "2021-03-03",
    )


def test_headlines_without_text_are_told_once(tmp_path: Path) -> None:
    path = tmp_path / "news.xml"
    bare = [f"<title>Headline {number}</title><link>https://x</link>" for number in range(50)]
    path.write_text(items(*bare, f"<title>Whole</title><description>{PROSE}</description>"))
    article, error = load(path)
    assert isinstance(article, Article)
    assert str(error) == (
        f'{path} has no text for 50 of its 51 entries, the first "Headline 0"; '
        "save the pages that they link to."
    )


def test_entry_keeps_its_name_when_others_come_and_go(tmp_path: Path) -> None:
    path = tmp_path / "news.rss"
    one, two, three = (
        "<guid>g</guid><description>One one.</description>",
        "<link>https://post.example/2</link><description>Two two.</description>",
        "<description>Three three.</description>",
    )
    path.write_text(items(one, two, three))
    before = {article.text: article.uri for article in load(path) if isinstance(article, Article)}
    path.write_text(items(three, two, "<description>New.</description>", one))
    after = {article.text: article.uri for article in load(path) if isinstance(article, Article)}
    assert len(set(before.values())) == 3
    assert before.items() <= after.items()


def test_entry_that_comes_twice_is_one_and_a_shared_id_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "news.rss"
    one = "<guid>g</guid><description>One one.</description>"
    path.write_text(items(one, one, "<guid>g</guid><description>Two two.</description>"))
    assert [article.text for article in load(path) if isinstance(article, Article)] == [
        "One one.",
        "Two two.",
    ]


def test_broken_xml_is_mended_where_it_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.rss"
    path.write_text(FEED.replace("&eacute;", "é").replace("</channel></rss>", "<br> & Co"))
    assert len(list(load(path))) == 2
    monkeypatch.setattr(feed_parts, "_MOST_MENDED", 100)
    assert the_error(path) == (f"{path} is broken XML, too large to be mended; download it again.")


@pytest.mark.parametrize(
    "content",
    ["<urlset><url/></urlset>", "<html><body>rss</body></html>", "no markup", "<!-- <rss> -->"],
)
def test_xml_that_is_no_feed(tmp_path: Path, content: str) -> None:
    path = tmp_path / "sitemap.xml"
    path.write_text(content)
    assert the_error(path) == f"{path} is no RSS or Atom feed; save its articles as web pages."


def test_feed_without_entries(tmp_path: Path) -> None:
    path = tmp_path / "news.rss"
    path.write_text(items())
    assert the_error(path) == f"{path} is a feed without entries; download it again."


def test_declared_encoding(tmp_path: Path) -> None:
    path = tmp_path / "news.rss"
    text = "Мэр города подал в отставку."
    page = items(f"<description>{text}</description>")
    path.write_bytes(f'<?xml version="1.0" encoding="koi8-r"?>\n{page}'.encode("koi8-r"))
    assert the_article(path).text == text
    path.write_bytes(f'<?xml version="1.0" encoding="utf-16"?>\n{page}'.encode("utf-16"))
    assert the_article(path).text == text


def test_no_entity_is_read_and_no_host_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    path = tmp_path / "news.rss"
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    doctype = (
        '<!DOCTYPE rss SYSTEM "http://post.example/a.dtd" [<!ENTITY a "lollol"><!ENTITY b "&a;&a;">'
        f'<!ENTITY c SYSTEM "{secret.as_uri()}"><!ENTITY d SYSTEM "http://post.example/d">]>'
    )
    path.write_text(doctype + items(f"<description>{PROSE} &b; &c; &d;</description>"))
    text = the_article(path).text
    assert text.startswith(PROSE)
    assert "lollol" not in text
    assert "secret" not in text


@pytest.mark.parametrize("link", ["file:///etc/passwd", "javascript:alert(1)", "/a", "http://a@b"])
def test_only_web_addresses_are_kept(tmp_path: Path, link: str) -> None:
    path = tmp_path / "news.rss"
    path.write_text(items(f"<link>{link}</link><description>{PROSE}</description>"))
    assert the_article(path).address is None


def test_entry_without_a_title_opens_with_its_words(tmp_path: Path) -> None:
    path = tmp_path / "news.rss"
    path.write_text(items(f"<description>{PROSE}</description>"))
    assert the_article(path).title == (
        "The council voted on Tuesday to rebuild the old bridge over the Lune, closed…"
    )


ENTRY = "<item><title>Town {0}</title><guid>{0}</guid><description>The dam of town {0} held."
MANY = [f"{ENTRY.format(n)}</description></item>" for n in range(7)]
RSS = f"<rss version='2.0'><channel><title>Post</title>{''.join(MANY)}</channel></rss>"
RDF = (
    "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    f"<channel><title>Post</title></channel>{''.join(MANY)}</r:RDF>"
)
ENTRIES = "".join(
    f"<entry><id>{n}</id><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
    f"<p>The dam of town {n} held.</p></div></content></entry>"
    for n in range(7)
)
ENTRIES = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title>{ENTRIES}</feed>"


@pytest.mark.parametrize(
    ("content", "pieces"),
    [
        (RSS, 4),
        (RDF, 4),
        (ENTRIES, 4),
        (RSS.replace("</channel>", "<language>de</language></channel>"), 4),
        (RSS.replace("</channel>", "<item/>\n<!-- <item> --><link>http://a.b</link></channel>"), 4),
        (RSS.replace("<item>", "\n<![CDATA[<item>]]><item\n>").replace("Town", "Дам"), 4),
        (RSS.replace("<title>Post", f"<x>{'y' * 1000}</x><title>Post"), 2),
        (RSS.replace("</channel>", "</channel><channel><title>Other</title><item/></channel>"), 1),
        (RSS.replace("</rss>", f"{MANY[0].replace('>0<', '>a<')}</rss>"), 1),
        (RSS.replace("</item>", f"{MANY[0]}</item>", 1), 1),
        (RSS.replace("</rss>", ""), 1),
        (items(), 1),
    ],
)  # fmt: skip
def test_pieces_hold_what_the_whole_feed_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, pieces: int
) -> None:
    path = tmp_path / "news.xml"
    path.write_text(content)
    whole = list(map(repr, load(path)))
    monkeypatch.setattr(feed_parts, "_AT_ONCE", 2)
    found = list(feed_parts.small_feeds(path, content.encode()))
    assert list(map(repr, load(path))) == whole
    assert len(found) == pieces


@pytest.mark.parametrize(
    ("limit", "content"), [("_MOST_TAGS", RSS), ("_MOST_ATTRIBUTES", "<rss a='1' b='2' c='3'/>")]
)
def test_what_would_take_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, content: str
) -> None:
    path = tmp_path / "news.xml"
    path.write_text(content)
    monkeypatch.setattr(feed_parts, limit, 2)
    assert the_error(path) == f"{path} is too large for a feed; split it into smaller files."
