"""Conversations in SQLite: kept, listed, searched, renamed, deleted, seen by their owner only."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from index import Index
from index.errors import BylineError
from qa import Assistant, Conversation
from qa.calibrate import Calibration
from qa.dialogue.resolve import Turn
from tests.conftest import PhraseReader
from ui.memory import Memory

TRUSTING = Calibration(weights=(1.0, 0, 0, 0), bias=0.0, threshold=0.5)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "conversations.db")


@pytest.fixture
def turns(library: Index) -> list[Turn]:
    reader = PhraseReader("Ana Ruiz", "zebra")
    conversation = Conversation(Assistant(library, reader=reader, calibration=TRUSTING))
    conversation.ask("Which captain commanded the Skerra ferry?")
    conversation.ask("What did she say?")
    return conversation.turns


def test_what_is_kept_comes_back_as_it_was(memory: Memory, turns: list[Turn]) -> None:
    number = memory.begin("ann", turns[0].question)
    for turn in turns:
        memory.keep("ann", number, turn)
    again = Memory(memory.path)
    assert [kept.turn for kept in again.turns("ann", number)] == turns
    (listed,) = again.list("ann")
    assert (listed.id, listed.title, listed.turns) == (number, turns[0].question, 2)


def test_nobody_sees_or_changes_what_is_not_theirs(memory: Memory, turns: list[Turn]) -> None:
    number = memory.begin("ann", "Who?")
    kept = memory.keep("ann", number, turns[0])
    assert memory.list("tom") == []
    assert memory.turns("tom", number) == []
    memory.rename("tom", number, "mine")
    memory.drop_turns("tom", number, kept)
    memory.delete("tom", number)
    with pytest.raises(BylineError, match="not there any more"):
        memory.keep("tom", number, turns[1])
    assert memory.list("ann")[0].title == "Who?"
    assert len(memory.turns("ann", number)) == 1


def test_the_latest_is_first_and_words_narrow_the_list(memory: Memory, turns: list[Turn]) -> None:
    ferry = memory.begin("ann", "ferry")
    memory.keep("ann", ferry, turns[0])
    bread = memory.begin("ann", "What does 100% rye bread cost?")
    assert [kept.id for kept in memory.list("ann")] == [bread, ferry]
    assert [kept.id for kept in memory.list("ann", "skerra FERRY")] == [
        ferry,
    ]
    assert [kept.id for kept in memory.list("ann", "100%")] == [bread]
    assert memory.list("ann", "100_") == []


def test_renaming_asking_again_and_deleting(memory: Memory, turns: list[Turn]) -> None:
    number = memory.begin("ann", "x" * 200)
    assert len(memory.list("ann")[0].title) == 80
    memory.rename("ann", number, "  The   ferry ")
    memory.rename("ann", number, "   ")
    assert memory.list("ann")[0].title == "The ferry"
    first = memory.keep("ann", number, turns[0])
    second = memory.keep("ann", number, turns[1])
    memory.drop_turns("ann", number, second)
    assert [kept.id for kept in memory.turns("ann", number)] == [first]
    memory.delete("ann", number)
    assert memory.list("ann") == []
    rows = sqlite3.connect(memory.path).execute("SELECT count(*) FROM turns").fetchone()
    assert rows == (0,)


def test_many_threads_keep_at_once(memory: Memory, turns: list[Turn]) -> None:
    number = memory.begin("ann", "Who?")

    def work() -> None:
        for _ in range(10):
            memory.keep("ann", number, turns[0])

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(memory.turns("ann", number)) == 50


def test_a_file_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "conversations.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(BylineError, match="move the file away"):
        Memory(path)
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BylineError, match="newer version"):
        Memory(path)
