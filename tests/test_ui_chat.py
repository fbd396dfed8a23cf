"""The chat's handlers: asking, adding files, what is kept, what fails, what stays answerable."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import BylineError, Index
from index.embed import Vectors
from index.fakes import HashEmbedder
from index.sample import sample_articles
from qa import Assistant, Status
from qa.calibrate import Calibration
from tests.conftest import FERRY, PhraseReader
from tests.ui_values import parsed
from ui.chat import Chat, messages, waiting
from ui.server import check_address
from ui.uploads import keep_upload, safe_name, uploads_folder

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)


def chat_over(index: Index, *phrases: str) -> Chat:
    reader = PhraseReader(*phrases)
    return Chat(index, Assistant(index, reader=reader, calibration=TRUSTING))


@pytest.fixture
def chat(library: Index) -> Chat:
    return chat_over(library, "212")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_an_answer_is_shown_in_context(chat: Chat) -> None:
    turn = chat.ask("How many people were on board the ferry?")
    assert turn.answer is not None
    assert turn.answer.status is Status.ANSWERED
    page = parsed(turn.html)
    assert page.of("byline-text")[0].text == "212"
    assert [mark.text for mark in page.tags("mark")] == ["212"]
    assert [near.text for near in page.of("byline-near")] == [
        "Capt. Ana Ruiz said nobody was hurt."
    ]
    cited = turn.answer.citations[0]
    link = f"?article={cited.article_id}&from={cited.start}&to={cited.end}"
    assert page.of("byline-chip")[0].attributes["href"] == link


def test_a_follow_up_is_asked_as_what_it_means(chat: Chat) -> None:
    first = chat.ask("How many people were on board the ferry?")
    second = chat.ask("And when did it run aground?", [first, waiting("?")])
    assert second.answer is not None
    assert second.answer.resolution is not None
    assert "Understood as: When did the ferry run aground?" in parsed(second.html).text


def test_a_question_that_cannot_be_asked_is_one_sentence(chat: Chat) -> None:
    turn = chat.ask("  ?? ")
    assert turn.answer is None
    assert parsed(turn.html).text == "The question is empty; ask something in words."
    assert "at most 2,000" in parsed(chat.ask("why " * 5000).html).text


def test_half_a_character_in_a_question_harms_nothing(chat: Chat) -> None:
    assert chat.ask("How many \ud83d people?").answer is not None


def test_an_unexpected_error_is_a_calm_sentence_and_logged(
    library: Index, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def read(self, *_: object) -> list[list[object]]:
            raise RuntimeError("<b>no memory</b>")

    chat = Chat(library, Assistant(library, reader=Broken(), calibration=TRUSTING))  # type: ignore[arg-type]
    assert parsed(chat.ask("Who?").html).text.startswith("Something went wrong inside Byline")
    assert "no memory" in caplog.text


def test_context_is_left_out_once_the_article_has_changed(chat: Chat) -> None:
    turn = chat.ask("How many people were on board the ferry?")
    assert turn.answer is not None
    (cited,) = turn.answer.citations
    assert chat.context(cited).after
    chat.index.remove([FERRY.uri])
    assert chat.context(cited).after == ""


def test_messages_alternate(chat: Chat) -> None:
    turns = [chat.ask("How many people were on board?"), waiting("<b>And then?</b>")]
    shown = messages(turns)
    assert [message["role"] for message in shown] == ["user", "assistant"] * 2
    assert parsed(shown[2]["content"]).text == "<b>And then?</b>"


def test_added_files_are_kept_and_answer(tmp_path: Path) -> None:
    chat = chat_over(Index(tmp_path / "index", HashEmbedder()), "Mina Park")
    assert parsed(chat.ask("Who rang?").html).text.startswith("There are no articles yet.")
    file = write(tmp_path / "temporary", "bell.txt", "The bell was rung by Mina Park at noon.")
    assert parsed(chat.add([file])).text == "1 added."
    file.unlink()
    assert parsed(chat.add([uploads_folder(chat.index.folder) / "bell.txt"])).text == "1 unchanged."
    turn = chat.ask("Who rang the bell?")
    assert [mark.text for mark in parsed(turn.html).tags("mark")] == ["Mina Park"]
    assert chat.collection().passages == 1


def test_failures_are_reported_by_name_and_not_kept(chat: Chat, tmp_path: Path) -> None:
    files = [
        write(tmp_path, "good.txt", "The harbour master of Port Edwin is Lena Brook."),
        write(tmp_path, "empty.txt", ""),
        write(tmp_path, "broken.pdf", b"%PDF-1.4 nothing more"),
        write(tmp_path, "tool.exe", b"MZ"),
    ]
    page = parsed(chat.add(files))
    assert page.tags("p")[0].text == "1 added, 3 failed."
    reasons = [item.text for item in page.tags("li")]
    assert {reason.split()[0] for reason in reasons} == {"empty.txt", "broken.pdf", "tool.exe"}
    assert str(chat.index.folder) not in page.text
    kept = [path.name for path in uploads_folder(chat.index.folder).iterdir()]
    assert kept == ["good.txt"]


def test_a_name_taken_by_other_content_gets_a_hash(chat: Chat, tmp_path: Path) -> None:
    first = write(tmp_path / "a", "notes.txt", "Ada chairs the club of Skerra.")
    other = write(tmp_path / "b", "notes.txt", "Bo chairs the club of Edwin.")
    again = write(tmp_path / "c", "notes.txt", "Ada chairs the club of Skerra.")
    assert parsed(chat.add([first])).text == "1 added."
    assert parsed(chat.add([other])).text == "1 added."
    assert parsed(chat.add([again, other])).text == "2 unchanged."
    names = sorted(path.name for path in uploads_folder(chat.index.folder).iterdir())
    assert len(names) == 2
    assert names[1] == "notes.txt"
    assert names[0].startswith("notes-")
    assert (uploads_folder(chat.index.folder) / "notes.txt").read_text().startswith("Ada")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("/", "article"),
        ("..", "article"),
        ("", "article"),
        (".txt", "txt"),
        (".hidden.md", "hidden.md"),
        ("a\x00b\nc.txt", "abc.txt"),
        ("<img src=x onerror=alert(1)>.html", "img src=x onerror=alert(1).html"),
        ("données é.pdf", "données é.pdf"),
        ("rows.jsonl.gz", "rows.jsonl.gz"),
        ("CON: 5?.txt", "CON 5.txt"),
    ],
)
def test_names_are_kept_as_far_as_they_are_safe(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@given(st.text(max_size=300))
def test_no_name_escapes_or_is_too_long(name: str) -> None:
    kept = safe_name(name)
    assert kept == Path(kept).name
    assert kept not in ("", ".", "..")
    assert not kept.startswith(".")
    assert len(kept.encode()) <= 160
    assert safe_name(kept) == kept


def test_a_link_out_of_the_uploads_is_not_written_through(tmp_path: Path) -> None:
    folder, outside = tmp_path / "uploads", write(tmp_path, "outside.txt", "keep me")
    folder.mkdir()
    (folder / "notes.txt").symlink_to(outside)
    path, new = keep_upload(write(tmp_path / "in", "notes.txt", "new text"), folder)
    assert new
    assert path.name.startswith("notes-")
    assert outside.read_text() == "keep me"


def test_the_sample_can_be_removed_and_nothing_else_goes(chat: Chat) -> None:
    assert chat.collection().sample == ()
    chat.index.add_articles(sample_articles()[:3])
    assert len(chat.collection().sample) == 3
    assert parsed(chat.remove_sample()).text == "3 removed."
    assert len(chat.collection().articles) == 2
    assert chat.collection().sample == ()


class SlowEmbedder(HashEmbedder):
    """Waits, while it embeds articles, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self.embedding, self.go_on = threading.Event(), threading.Event()

    def encode(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        if self.slow and advance is not None:
            self.embedding.set()
            assert self.go_on.wait(20)
        return super().encode(texts, advance)


def test_the_chat_answers_while_articles_are_added(tmp_path: Path) -> None:
    embedder = SlowEmbedder()
    index = Index(tmp_path / "index", embedder)
    index.add_articles([FERRY])
    chat = chat_over(index, "212")
    embedder.slow = True
    file = write(tmp_path, "late.txt", "A late article about Lena Brook of Port Edwin.")
    reports: list[str] = []
    steps: list[tuple[str, int, int]] = []
    adding = threading.Thread(
        target=lambda: reports.append(chat.add([file], lambda *step: steps.append(step)))
    )
    adding.start()
    try:
        assert embedder.embedding.wait(20)
        turn = chat.ask("How many people were on board?")
        assert turn.answer is not None
        assert turn.answer.text == "212"
        assert len(chat.collection().articles) == 1
    finally:
        embedder.go_on.set()
        adding.join(20)
    assert parsed(reports[0]).text == "1 added."
    assert steps == [("looking", 1, 0), ("indexing", 46, 46), ("embedding", 1, 0)]
    assert len(chat.collection().articles) == 2


def test_a_taken_port_is_one_sentence_that_names_the_way_out() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BylineError, match=rf"^Port {port} on 127\.0\.0\.1 .*--port {port + 1}"):
            check_address("127.0.0.1", port)
    check_address("127.0.0.1", port)
    with pytest.raises(BylineError, match="not an address to listen on"):
        check_address("no such host", 7860)
