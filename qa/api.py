"""The one-call answer function; keeps the models of the last few indexes loaded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from index import Filter
from index.home import index_folder
from qa.assistant import Assistant
from qa.types import Answer

_KEPT = 4
_assistants: OrderedDict[Path, Assistant] = OrderedDict()
_lock = threading.Lock()


def answer(question: str, index: str | Path | None = None, chosen: Filter | None = None) -> Answer:
    """The answer to one question over the index in a folder.

    Without `index`: the folder in the environment variable BYLINE_INDEX, else the user's own
    collection. `chosen` limits the articles that are asked. For many questions or other settings
    make an `Assistant`.

    >>> from qa import answer
    >>> answer("Who was president of Maruva from 1998 to 2006?").text  # doctest: +SKIP
    'Bernardo Quisp'
    """
    return _assistant(index_folder(index)).ask(question, chosen)


def _assistant(folder: Path) -> Assistant:
    with _lock:
        if folder not in _assistants:
            _assistants[folder] = Assistant(folder)
        _assistants.move_to_end(folder)
        while len(_assistants) > _KEPT:
            _assistants.popitem(last=False)
        return _assistants[folder]
