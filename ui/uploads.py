"""Keeps uploads inside the index folder, under names that can neither escape nor overwrite."""

from __future__ import annotations

import hashlib
import shutil
import unicodedata
from pathlib import Path

from index.errors import LoadError

UPLOADS = "uploads"
_NAME_BYTES = 150
_FORBIDDEN = set('/\\<>:"|?*')


def uploads_folder(index_folder: Path) -> Path:
    """Where the uploads of an index live."""
    return index_folder / UPLOADS


def safe_name(name: str) -> str:
    """A plain file name out of anything a browser may send, its suffixes kept.

    >>> safe_name("../../.ssh/Notes on Maruva.txt")
    'Notes on Maruva.txt'
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    last = last.encode("utf-8", "ignore").decode()
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        if character not in _FORBIDDEN and unicodedata.category(character)[0] != "C"
    )
    kept = " ".join(kept.split()).strip(". ")
    stem, suffix = _split(kept)
    room = _NAME_BYTES - len(suffix.encode())
    stem = stem.encode()[: max(room, 1)].decode("utf-8", "ignore").strip(". ")
    return f"{stem if stem else 'article'}{suffix}"


def keep_upload(source: Path, folder: Path, name: str | None = None) -> tuple[Path, bool]:
    """Copies `source` into `folder` and returns its path there and whether it is new.

    A file of the same name and content is used again; one of the same name and other content is
    left alone, and the new one gets a short hash of its content: `notes-1a2b3c4d.txt`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        chosen = safe_name(name if name is not None else source.name)
        digest = _digest(source)
        stem, suffix = _split(chosen)
        for candidate in (chosen, f"{stem}-{digest[:8]}{suffix}", f"{stem}-{digest}{suffix}"):
            target = folder / candidate
            if not target.resolve().is_relative_to(folder.resolve()):
                continue
            if _copied(source, target):
                return target, True
            if target.is_file() and _digest(target) == digest:
                return target, False
    except OSError as error:
        raise LoadError(
            f"{source.name} cannot be kept in {folder} ({error.strerror}); "
            "check free space and permissions."
        ) from error
    raise LoadError(f"{source.name} cannot be kept in {folder}; rename it and try again.")


def _copied(source: Path, target: Path) -> bool:
    """Whether the copy was made; False where something of that name is there already."""
    try:
        with source.open("rb") as reading, target.open("xb") as writing:
            shutil.copyfileobj(reading, writing)
    except FileExistsError:
        return False
    except OSError:
        target.unlink(missing_ok=True)
        raise
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _split(name: str) -> tuple[str, str]:
    """Stem and suffix, `.jsonl.gz` counting as one; a suffix too long to be one is none."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or len(suffix) > 16:
        return name.lstrip("."), ""
    if suffix.lower() == "gz" and "." in stem:
        inner, _, kind = stem.rpartition(".")
        return inner, f".{kind}.{suffix}"
    return stem, f".{suffix}"
