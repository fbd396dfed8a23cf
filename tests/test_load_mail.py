"""Mails and mailboxes: headers, bodies, encodings, and MIME that was put together badly."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.articles import load
from index.errors import LoadError
from index.loaders import mail, mailbox
from index.types import Article
from tests.loader_files import MAIL, MAILBOX, PROSE, outcome, the_article, the_error

WESTERN = "The “old” café’s piers – all 2 of them – cost £4m."
HEAD = "From: Ann Lee <ann@post.example>\nSubject: Dam holds\n"


def parts(*bodies: str, kind: str = "mixed") -> str:
    divided = "".join(f"--b\n{body}\n" for body in bodies)
    return f"{HEAD}Content-Type: multipart/{kind}; boundary=b\n\npreamble\n{divided}--b--\nepilogue"


def test_mail(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text(MAIL)
    assert the_article(path) == Article(
        uri=str(path.resolve()),
        title="The café is shut",
        text=PROSE,
        source="Café Post",
        published="2021-03-03T10:00:00+01:00",
        author="Café Post",
        language="de",
    )


def test_html_stands_in_for_a_stub(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    plain = "Content-Type: text/plain\n\nView this mail in your browser: https://post.example/1"
    layout = f"<table><tr><td><p>{PROSE}</p></td><td><p>{PROSE}</p></td></tr></table>"
    markup = (
        f"<div style='color: red; display:none'>Not shown.<p>Nor this.</p></div>{layout}"
        "<p hidden>Nor this.</p>"
    )
    path.write_text(parts(plain, f"Content-Type: text/html\n\n{markup}", kind="alternative"))
    assert the_article(path).text == f"{PROSE}\n{PROSE}"


def test_attachments_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text(
        parts(
            "\nFirst words.",
            "Content-Type: text/plain\nContent-Disposition: attachment\n\nAttached.",
            "Content-Type: text/html; name=a.html\n\n<p>Attached.</p>",
            f"Content-Type: message/rfc822\n\n{HEAD}\nA mail of its own.",
            "Content-Type: application/pdf\n\n%PDF-1.4",
            "Content-Type: text/plain\n\nLast words.",
        )
    )
    assert the_article(path).text == "First words.\n\nLast words."


def test_mail_that_only_carries_another(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text(parts(f"Content-Type: message/rfc822\n\n{HEAD}\nA mail of its own."))
    assert the_error(path) == (
        f"{path} shows no text of its own; leave it out, or save what is attached to it."
    )


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        ("Content-Type: text/plain; charset=iso-8859-1", b"caf\xe9", "café"),
        ("Content-Type: text/plain; charset=utf-8", WESTERN.encode("cp1252"), WESTERN),
        ("Content-Type: text/plain; charset=x-unknown", WESTERN.encode("cp1252"), WESTERN),
        ("X-Nothing: 1", b"caf\xc3\xa9", "café"),
        ("Content-Type: text/plain; charset=koi8-r", "Мэр города".encode("koi8-r"), "Мэр города"),
        ("Content-Transfer-Encoding: base64", b"Y2Fmw6k=", "café"),
        ("Content-Transfer-Encoding: base64", b"Y2Fmw6k", "café"),
        ("Content-Transfer-Encoding: quoted-printable", b"caf=C3=A9=\n s=", "café s"),
        ("Content-Type: text/html", b"<meta charset=cp1251>\xcc\xfd\xf0", "Мэр"),
        ("Content-Type: nonsense", b"plain", "plain"),
    ],
)
def test_encodings(tmp_path: Path, header: str, body: bytes, text: str) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(f"{HEAD}{header}\n\n".encode() + body)
    assert the_article(path).text == text


def test_headers_that_are_missing_or_odd(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"From: caf\xe9@post.example\nDate: yesterday\nSubject: =?x?q?a=?=\n\nText.")
    article = the_article(path)
    assert (article.source, article.author, article.published) == ("post.example", None, None)
    path.write_bytes(b"Subject: caf\xe9 news\r\n\r\nText.\r\n")
    article = the_article(path)
    assert (article.title, article.source, article.text) == ("café news", "a.eml", "Text.")


def test_files_that_are_no_mail(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text("<html>no mail</html>")
    assert the_error(path) == f"{path} is no mail: it has no headers; save it as a mail again."
    path.write_bytes(b"%PDF-1.7 ...")
    assert the_error(path) == f"{path} is a PDF, not a mail; give it the suffix that fits."


def test_one_boundary_may_start_like_another(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    inner = "Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\nInner.\n--bb--\n"
    path.write_text(parts(inner, "\nOuter.\n--bc no boundary"))
    assert the_article(path).text == "Inner.\n\nOuter.\n--bc no boundary"


def test_parts_in_parts_end_somewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    deep = [
        f"Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}" for depth in range(1000)
    ]
    path.write_text(HEAD + "\n".join(deep) + "\n\nDeep text.")
    assert "shows no text" in the_error(path)
    path.write_text(parts("\nFirst words.", *["\nMore."] * 5000))
    assert the_article(path).text.startswith("First words.\n\nMore.")
    path.write_text(f"{HEAD}Content-Type: text/plain{';' * 100_000}\n\nText.")
    assert "shows no text" in the_error(path)


def test_mailbox(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_text(MAILBOX)
    first, second = load(path)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert first.uri == f"{path.resolve()}#1@post.example"
    assert first.text == PROSE
    assert second.text == "First words.\n\nFrom here on it goes,\nFrom there as well."
    assert (second.title, second.author) == ("Second", "Ann Lee")


def test_mail_keeps_its_name_and_copies_are_one(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    nameless = "From x Wed Mar  3 10:00:00 2021\nSubject: Nameless\n\nText.\n\n"
    path.write_text(f"{nameless}{MAILBOX}\n{MAILBOX}")
    names = {item.uri for item in load(path) if isinstance(item, Article)}
    assert len(names) == 3
    path.write_text(f"{MAILBOX}\n{nameless}")
    assert names == {item.uri for item in load(path) if isinstance(item, Article)}


def test_bad_mails_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MAX_FILE_BYTES", 1024 * 1024)
    path = tmp_path / "a.mbox"
    between = "\nFrom x Wed Mar  3 10:00:00 2021\n"
    path.write_text(
        f"{MAILBOX}{between}Subject: Large\n\n{'x' * 2_000_000}\n{between}\nNo headers.\n"
    )
    assert outcome(path)[2:] == [
        f"{path}, mail 3 has more than 1 MiB; save it without its attachments.",
        f"{path}, mail 4 is no mail: it has no headers; save it as a mail again.",
    ]


def test_files_that_are_no_mailbox(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_text("Dear reader,\n")
    assert the_error(path) == (
        f'{path} is no mailbox: its first line does not start with "From "; '
        "export it again, or save a single mail as .eml."
    )


def test_reading_a_mail_leaves_no_row() -> None:
    assert mail.mail_document(MAIL.encode(), "a").row == "1@post.example"
    with pytest.raises(LoadError, match="a is no mail"):
        mail.mail_document(b"", "a")
