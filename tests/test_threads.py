"""Twenty threads ask while the collection changes under them: no error, never a half state."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from index import Index
from index.fakes import HashEmbedder

ASKERS = 20
ARTICLES = 500


def write(folder: Path, version: int) -> None:
    for number in range(ARTICLES):
        (folder / f"{number}.txt").write_text(
            f"Report {number} of version{version}\n\nThe harbour of town {number} was closed on "
            f"day {number} of version{version}. Its mayor said so in version{version}."
        )


def test_twenty_threads_ask_while_five_hundred_articles_change(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    write(folder, 1)
    index = Index(tmp_path / "index", HashEmbedder())
    index.sync(folder)
    done = threading.Event()
    seen: list[set[str]] = []
    troubles: list[BaseException] = []

    def ask(number: int) -> None:
        try:
            while not done.is_set():
                with index.snapshot():
                    hits = index.search(f"Which harbour of town {number} was closed?", 10)
                    texts = [index.article(hit.passage.article_id).text for hit in hits]
                    for hit, text in zip(hits, texts, strict=True):
                        assert text[hit.passage.start : hit.passage.end] == hit.passage.text
                    assert len(hits) == 10
                    seen.append({v for text in texts for v in re.findall(r"version\d", text)})
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(ASKERS)]
    for thread in threads:
        thread.start()
    other = Index(index.folder, HashEmbedder())  # as another process would have it
    for version in (2, 3):
        write(folder, version)
        assert len(other.sync(folder).updated) == ARTICLES
    done.set()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert all(len(versions) == 1 for versions in seen)
    hits = index.search("Which harbour was closed?", 10)
    assert all("version3" in hit.passage.text for hit in hits)


def test_of_two_writers_one_waits(tmp_path: Path) -> None:
    indexes = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        for number in range(50):
            (folder / f"{number}.txt").write_text(f"The {name} article {number} is here.")
        indexes.append((Index(tmp_path / "index", HashEmbedder()), folder))
    threads = [threading.Thread(target=index.sync, args=(folder,)) for index, folder in indexes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert indexes[0][0].status().articles == 100
    assert indexes[0][0].doctor() == []
