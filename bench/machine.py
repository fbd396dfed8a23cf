"""The line that every measurement prints first: when, on what, with which versions."""

from __future__ import annotations

import platform
import sqlite3
from datetime import date
from importlib.metadata import version
from pathlib import Path

from index.runtime import cpu_count


def machine() -> str:
    """`machine()` gives "2026-01-31, 2 cores, AMD EPYC, Python 3.11.2, SQLite 3.40.1, ..."."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "faiss-cpu"))
    return (
        f"{date.today()}, {cpu_count()} cores, {_processor()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
