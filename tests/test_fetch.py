"""Web addresses into articles, from a server on the loopback."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from docx import Document as WordDocument
from httpcore import MockBackend, NetworkBackend
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import LoadError
from index.fetch import fetch, is_address
from index.types import Article
from index.web.client import Limits, Web
from index.web.media import loader_suffix
from tests.loader_files import PROSE, column, write_pdf_lines
from tests.loopback import Names, Page, Site, Switchboard, redirect, serving

STORY = f"""<!DOCTYPE html>
<html lang="en"><head><title>Bridge to be rebuilt</title>
<meta property="og:site_name" content="The Lune Post">
<meta property="article:published_time" content="2021-03-02">
</head><body><nav>Home News</nav><article><h1>Bridge to be rebuilt</h1>
<p>{PROSE}</p><p>{PROSE[::-1].title()}</p></article></body></html>""".encode()
BARE = f"<html><body><p>{PROSE}</p></body></html>".encode()


@pytest.fixture(autouse=True)
def _no_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Everything kept while loading lies in one folder, which is empty afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def all_of(site: Site, path: str) -> list[Article | LoadError]:
    """Everything at an address; no word of it tells where it was kept."""
    found = list(fetch(site.at(path), allow_private=True, web=Web(resolver=Names({}))))
    for one in found:
        assert "byline-" not in repr(one)
        assert "page." not in repr(one).lower()
    return found


def article_at(site: Site, path: str) -> Article:
    (article,) = all_of(site, path)
    assert isinstance(article, Article), str(article)
    return article


def error_at(site: Site, path: str) -> str:
    (error,) = all_of(site, path)
    assert isinstance(error, LoadError), error
    assert str(error).startswith(f"{site.at(path)} ")
    return str(error).removeprefix(f"{site.at(path)} ")


def only(page: Page, path: str = "/a") -> Mapping[str, Page]:
    return {path: page}


def pdf(folder: Path) -> bytes:
    path = folder / "made.pdf"
    lines = [PROSE[at : at + 80] for at in range(0, 320, 80)]
    write_pdf_lines(path, [column(lines)])
    return path.read_bytes()


def word(folder: Path) -> bytes:
    path = folder / "made.docx"
    document = WordDocument()
    document.add_paragraph(PROSE)
    document.save(str(path))
    return path.read_bytes()


def test_a_page_becomes_an_article_under_its_own_address() -> None:
    there = "/dam?utm_source=x&id=7"
    with serving({"/old": redirect(f"{there}#top"), there: Page(STORY)}) as site:
        article = article_at(site, "/old")
        assert article.uri == article.address == site.at("/dam?id=7")
    assert article.title == "Bridge to be rebuilt"
    assert article.source == "The Lune Post"
    assert article.published == "2021-03-02"
    assert PROSE in article.text
    assert "Home News" not in article.text


def test_source_and_title_fall_back_to_the_address() -> None:
    pages = {
        "/2021/bridge-to-be-rebuilt.html": Page(BARE),
        "/a%20mayor_resigns/": Page(BARE),
        "/2.5-million-lost": Page(BARE),
        "/12345": Page(BARE),
        "/": Page(BARE),
    }
    with serving(pages) as site:
        articles = [article_at(site, path) for path in pages]
    assert [article.title for article in articles] == [
        *("Bridge to be rebuilt", "A mayor resigns", "2.5 million lost", "127.0.0.1", "127.0.0.1"),
    ]
    assert all(article.title_from_name for article in articles)
    assert {article.source for article in articles} == {"127.0.0.1"}


def test_the_name_in_the_source_has_no_www() -> None:
    names = Names({"www.news.example": [["93.184.215.14"]]})
    with serving(only(Page(BARE))) as site:
        web = Web(resolver=names, network=Switchboard(site))
        (article,) = fetch("HTTP://www.news.example/a#b", web=web)
    assert isinstance(article, Article)
    assert (article.uri, article.source) == ("http://www.news.example/a", "news.example")


@pytest.mark.parametrize(
    ("link", "uri"),
    [
        ("/dam", "/dam"),
        ("/dam?utm_source=x#top", "/dam"),
        ("https://other.example/dam", "/a"),
        ("/", "/a"),
        ("javascript:alert(1)", "/a"),
    ],
)
def test_a_page_may_name_its_own_address_but_no_other_site_s(link: str, uri: str) -> None:
    page = BARE.replace(b"<body>", b'<head><link rel="canonical" href="LINK"></head><body>')
    with serving({}) as site:
        named = site.at(link) if link.startswith("/") else link
        site.pages = only(Page(page.replace(b"LINK", named.encode())))
        article = article_at(site, "/a")
        assert article.uri == article.address == site.at(uri)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/report", "application/pdf"),
        ("/report", "application/octet-stream"),
        ("/report", "text/html"),
        ("/report.pdf", None),
    ],
)
def test_a_pdf_is_known_by_its_first_bytes(path: str, kind: str | None, tmp_path: Path) -> None:
    with serving(only(Page(pdf(tmp_path), kind), path)) as site:
        article = article_at(site, path)
    assert article.pages == (0,)
    assert article.text.startswith("The council voted")


@pytest.mark.parametrize(
    ("path", "kind"), [("/get?id=3", WORD), ("/report.docx", "application/zip")]
)
def test_a_word_document_is_read(path: str, kind: str, tmp_path: Path) -> None:
    with serving(only(Page(word(tmp_path), kind), path)) as site:
        assert article_at(site, path).text == PROSE


@pytest.mark.parametrize(
    ("path", "kind", "marked"),
    [
        ("/notes.md", "text/plain", False),
        ("/notes", "text/markdown; charset=UTF-8", False),
        ("/notes.txt", "text/plain", True),
        ("/notes", "text/plain", True),
        ("/notes", None, True),
    ],
)
def test_text_and_markdown_are_read(path: str, kind: str | None, marked: bool) -> None:
    body = f"# Bridge news\n\n*{PROSE}*\n".encode()
    with serving(only(Page(body, kind), path)) as site:
        article = article_at(site, path)
    assert PROSE in article.text
    assert ("*" in article.text) is marked
    assert article.title == ("# Bridge news" if marked else "Bridge news")


@pytest.mark.parametrize("kind", [None, "application/octet-stream", "text/html", "Text/HTML;x=y"])
def test_a_page_is_known_by_how_it_starts(kind: str | None) -> None:
    with serving(only(Page(b"\xef\xbb\xbf\n" + STORY, kind))) as site:
        assert article_at(site, "/a").title == "Bridge to be rebuilt"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("path", "kind"), [("/rows.jsonl", "text/plain"), ("/rows", "application/x-ndjson")]
)
def test_each_row_is_an_article_and_each_bad_row_an_error(
    path: str, kind: str, packed: bool
) -> None:
    rows = [
        {"id": "bridge", "title": "Bridge", "text": PROSE, "source": "The Lune Post"},
        {"id": "x"},
        {"id": "dam", "text": PROSE},
    ]
    body = "\n".join(map(json.dumps, rows)).encode()
    path = path + ".gz" if packed else path
    with serving(only(Page(gzip.compress(body) if packed else body, kind), path)) as site:
        bridge, error, dam = all_of(site, path)
        assert isinstance(bridge, Article)
        assert isinstance(dam, Article)
        assert bridge.uri == site.at(f"{path}#bridge")
        assert dam.uri == site.at(f"{path}#dam")
        assert (bridge.title, bridge.source) == ("Bridge", "The Lune Post")
        assert (dam.title, dam.source) == ("Rows dam", "127.0.0.1")
        assert str(error).startswith(f"{site.at(path)}, line 2: no text")


FEED = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Lune Post</title>
<item><guid isPermaLink="false">bridge</guid><link>https://news.example/bridge</link>
<title>Bridge to be rebuilt</title><description>{PROSE}</description></item>
<item><title>Café to close</title><description>{PROSE[::-1]}</description></item>
<item><guid isPermaLink="false">bare</guid><title>Only a headline</title></item>
</channel></rss>"""


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("application/rss+xml; charset=utf-8", "utf-8"),
        ("application/rss+xml; charset=cp437", "cp437"),
        ("text/html", "utf-8"),
        ("application/xml", "utf-8"),
    ],
)
def test_each_entry_of_a_feed_is_an_article_as_the_feed_gives_it(kind: str, encoding: str) -> None:
    with serving(only(Page(FEED.encode(encoding), kind), "/feed?utm_source=x")) as site:
        bridge, cafe, error = all_of(site, "/feed?utm_source=x")
        assert [path for path, _ in site.seen] == ["/feed?utm_source=x"]
        assert isinstance(bridge, Article)
        assert isinstance(cafe, Article)
        assert bridge.uri == site.at("/feed#bridge")
        assert bridge.address == "https://news.example/bridge"
        assert cafe.uri.startswith(site.at("/feed#"))
        assert cafe.address == site.at("/feed")
        assert {bridge.source, cafe.source} == {"The Lune Post"}
        assert (bridge.title, cafe.title) == ("Bridge to be rebuilt", "Café to close")
        assert bridge.text == PROSE
        assert "has no text for 1 of its 3 entries" in str(error)


LATIN = "Café Zürich: señor Nuñez, naïve façade, über alles. " * 9
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, řekl ředitel Škoda. " * 9


@pytest.mark.parametrize(
    ("text", "encoding", "said", "meta"),
    [
        (LATIN, "latin-1", "text/html; charset=ISO-8859-1", ""),
        (LATIN, "latin-1", "text/html", '<meta charset="iso-8859-1">'),
        (LATIN, "utf-8", "text/html; charset=ISO-8859-1", ""),
        (CZECH, "iso-8859-2", 'text/html; charset="iso-8859-2"', ""),
        (CZECH, "iso-8859-2", "text/plain; charset=iso-8859-2", ""),
        (CZECH, "cp1250", "text/html", '<meta charset="windows-1250">'),
        (CZECH, "utf-16", "text/html", ""),
        (CZECH, "utf-8", "text/html; charset=no-such-thing", ""),
    ],
)
def test_letters_arrive_whatever_the_encoding(
    text: str, encoding: str, said: str, meta: str
) -> None:
    body = f"<html><head>{meta}</head><body><p>{text}</p></body></html>".encode(encoding)
    with serving(only(Page(body, said))) as site:
        assert text.strip() in article_at(site, "/a").text


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png", "is a PNG image, which is not read;"),
        (b"GIF89a...", "text/plain", "is a GIF image, which is not read;"),
        (b"\x00\x01\x02", "application/octet-stream", "is application/octet-stream, which is not"),
        (b"\x00\x01\x02", None, "is something unknown, which is not read;"),
        (b"PK\x03\x04...", "application/zip", "is a ZIP archive or Office document, which is not"),
        (b"body { }", "text/css", "is text/css, which is not read; web pages, PDF, text"),
        (b"<svg></svg>", "image/svg+xml", "is image/svg+xml, which is not read;"),
        (b"<?xml version='1.0'?><a/>", "text/xml", "is text/xml, which is not read;"),
        (b"\x00\x01", "evil\x1b[31m/type", "is something unknown, which is not read;"),
        (b"\x00\x01\x02" * 99, "text/html", "is not text in any known encoding; save it as UTF-8."),
        (b"\x00\x01\x02" * 99, "text/html; charset=latin-1", "is not text in any known encoding"),
        (b"", "text/html", "is an empty page; look at it in a browser."),
        (b" \n ", "text/plain", "is an empty page; look at it in a browser."),
        (b"<html><body></body></html>", "text/html", "shows no article text, perhaps without"),
        (b"<html><script>app()</script></html>", "text/html", "save the page in a browser and add"),
    ],
)
def test_what_is_no_article_is_one_sentence(body: bytes, kind: str | None, reason: str) -> None:
    with serving(only(Page(body, kind))) as site:
        assert reason in error_at(site, "/a")


def test_an_error_is_a_value_and_names_the_address() -> None:
    with serving({}) as site:
        assert error_at(site, "/gone") == "does not exist there (status 404); check the address."
        (error,) = fetch(site.at("/a"), web=Web(resolver=Names({})))
    assert f"names port {site.port}" in str(error)
    (error,) = fetch("http://127.0.0.1/", web=Web(resolver=Names({})))
    assert str(error) == (
        "http://127.0.0.1/ leads to 127.0.0.1, which is not on the public internet; "
        "add --allow-private if it is a machine of your own."
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(), max_size=30))
def test_no_text_makes_it_fail(text: str) -> None:
    web = Web(resolver=Names({}), network=NetworkBackend())
    for address in (text, f"http://{text}", f"https://news.example/{text}"):
        (error,) = fetch(address, web=web)
        assert isinstance(error, LoadError)
        assert "\n" not in str(error)


HEADERS = st.sampled_from(
    (
        *(b"Content-Type: text/html", b"Content-Type: application/rss+xml; charset=latin-1"),
        *(b"Content-Type: \xff/\xfe; charset==", b"Content-Encoding: gzip", b"Content-Length: 9"),
        *(b"Transfer-Encoding: chunked", b"Location: /b", b"Location: \xff\xfe", b"Location: //["),
    )
)
STATUSES = st.sampled_from((b"200 OK", b"302 Found", b"404 No", b"101 Switching", b"999 ?"))
HEADS = st.builds(
    lambda status, headers: b"\r\n".join((b"HTTP/1.1 " + status, *headers, b"", b"")),
    STATUSES,
    st.lists(HEADERS, max_size=4),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.just(b""), HEADS), st.binary(max_size=60))
def test_no_answer_makes_it_fail(head: bytes, body: bytes) -> None:
    names = Names({"news.example": [["93.184.215.14"]]})
    web = Web(resolver=names, network=MockBackend([head, body]))
    for found in fetch("http://news.example/a", web=web):
        assert isinstance(found, Article) or str(found).startswith("http://news.example/")


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with serving(only(Page(BARE))) as site, monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
        reason = "cannot be kept while it is read (No such file or directory); make room"
        assert reason in error_at(site, "/a")


def test_a_fetch_that_nobody_finishes_leaves_nothing() -> None:
    rows = "\n".join(json.dumps({"text": PROSE}) for _ in range(9)).encode()
    with serving(only(Page(rows, "application/jsonl"))) as site:
        loading = fetch(site.at("/a"), allow_private=True, web=Web(Limits(), Names({})))
        assert isinstance(next(loading), Article)
        loading.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://news.example/a", True),
        ("  HTTP://news.example", True),
        ("ftp://news.example", True),
        ("news.example/a", False),
        ("/home/ann/a.txt", False),
        ("C:/news/a.txt", False),
        ("C://news/a.txt", False),
        ("report.pdf", False),
        ("", False),
    ],
)
def test_an_address_is_told_from_a_path(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one


@pytest.mark.parametrize(
    ("media_type", "path", "content", "suffix"),
    [
        ("text/html", "/feed", b"<?xml version='1.0'?>\n<rss version='2.0'>", ".rss"),
        ("application/xml", "/feed", b"<feed xmlns='x'>", ".rss"),
        ("text/xml", "/", b"\xef\xbb\xbf<?xml?><rdf:RDF xmlns='x'>", ".rss"),
        ("application/rss+xml", "/page.html", b"anything", ".rss"),
        ("text/html", "/a", b"<!doctype html><html><p>&lt;rss> <rss >", ".html"),
        ("text/plain", "/feed.txt", b"Write <rss > first", ".txt"),
        ("text/plain", "/page.html", b"<html><p>As text</html>", ".txt"),
        ("text/html", "/a.pdf", b"<html>", ".html"),
        ("", "/a.MD", b"# A", ".md"),
        ("application/json", "/rows.jsonl.gz", b"{}", ".jsonl"),
        ("application/json", "/api/rows", b"{}", None),
        ("application/xml", "/a", b"<?xml?><html xmlns='x'>", ".html"),
        ("video/mp4", "/a.txt", b"words", None),
    ],
)
def test_which_loader_reads_it(
    media_type: str, path: str, content: bytes, suffix: str | None
) -> None:
    assert loader_suffix(media_type, path, content) == suffix
