"""The shape of the code: imports go one way, and the default path never imports torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import index
import qa
from tests.conftest import ROOT

FORBIDDEN = {"index": {"qa", "ui"}, "qa": {"ui"}, "ui": set()}


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_go_one_way(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                assert name.split(".")[0] not in FORBIDDEN[package], f"{path} imports {name}"


def test_exports_are_sorted_and_real() -> None:
    for module in (index, qa):
        assert sorted(module.__all__) == list(module.__all__)
        assert all(hasattr(module, name) for name in module.__all__)


def test_answering_imports_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from index import Index; from index.sample import sample_articles;"
        "from qa import Assistant;"
        f"i = Index({str(tmp_path)!r}); i.add_articles(sample_articles()[:2]);"
        "Assistant(i).ask('Who was president of Maruva?');"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio', 'pandas'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_import_loads_no_engine() -> None:
    code = (
        "import sys, qa; print(sorted({'faiss', 'onnxruntime', 'tokenizers', 'trafilatura',"
        "'torch', 'pypdfium2', 'docx', 'datasketch', 'scipy', 'httpx', 'httpcore', 'feedparser',"
        "'py3langid', 'lxml', 'watchfiles'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
