"""Finding the files to read, and reading each as a whole."""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from domains.analysis.corpus.parsed import SkipFileError
from domains.analysis.corpus.text import printable

__all__ = ["LONGEST_LINE", "LARGEST_FILE", "SUFFIXES", "Skipped", "SourceFile", "file_name", "find_files", "load"]

SUFFIXES = (".vtt", ".srt", ".txt", ".jsonl", ".json", ".csv", ".tsv")
LARGEST_FILE = 256 * 2**20
LONGEST_LINE = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out as a whole, and why; `error` is False for files that are rightly no data."""

    path: str
    reason: str
    line: int | None = None
    error: bool = True


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's content and what identifies it; `name` is its path, safe to print and to store."""

    path: Path
    name: str
    data: bytes
    sha256: str

    def text(self) -> tuple[str, str]:
        """Return the content as text, and the encoding it was in.

        Raises
        ------
        SkipFileError
            When it is not text.
        """
        if self.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return self._decoded("utf-16"), "utf-16"
        if b"\0" in self.data:
            line = self.data.count(b"\n", 0, self.data.index(b"\0")) + 1
            raise SkipFileError("it has NUL bytes, so it is not a text file: export it again as UTF-8 text", line)
        try:
            return self.data.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError:
            return self._decoded("cp1252"), "cp1252"

    def _decoded(self, encoding: str) -> str:
        try:
            return self.data.decode(encoding)
        except UnicodeDecodeError as problem:
            line = self.data.count(b"\n", 0, problem.start) + 1
            raise SkipFileError("it is neither UTF-8 nor Windows-1252 text: export it again as UTF-8", line) from None


def file_name(path: Path) -> str:
    """Return a path as it is stored and shown: absolute, every character printable."""
    return printable(os.fsencode(path).decode("utf-8", "backslashreplace"))


def find_files(paths: Iterable[str | os.PathLike[str]]) -> tuple[list[Path], list[Skipped]]:
    """Return the files to read, each once and in a fixed order, and what was left out.

    Folders are walked in the order of names. Hidden files are passed over. A link inside a folder is followed only to a
    file inside the same folder: a folder from somebody else must not be able to point at the user's other files.
    """
    found: dict[Path, None] = {}
    skipped: list[Skipped] = []
    for item in paths:
        try:
            path = Path(item).absolute()
            if path.is_dir():
                _walk(path, found, skipped)
            elif path.exists():
                found.setdefault(path.resolve())
            else:
                skipped.append(Skipped(file_name(path), "there is no such file: check the path"))
        except (OSError, ValueError):
            skipped.append(Skipped(printable(str(item)), "this is not a usable path"))
    return list(found), skipped


def _walk(folder: Path, found: dict[Path, None], skipped: list[Skipped]) -> None:
    root = folder.resolve()
    known, others = 0, 0

    def unreadable(problem: OSError) -> None:
        skipped.append(Skipped(file_name(Path(problem.filename)), f"the folder cannot be read: {problem.strerror}"))

    for here, folders, names in os.walk(root, onerror=unreadable):
        for name in sorted(folders):
            if Path(here, name).is_symlink() and not name.startswith("."):
                skipped.append(Skipped(file_name(Path(here, name)), "a link to a folder is not followed", error=False))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if name.startswith((".", "~$")):
                continue
            if path.suffix.lower() not in SUFFIXES:
                others += 1
            elif path.is_symlink() and not path.resolve().is_relative_to(root):
                known += 1
                skipped.append(Skipped(file_name(path), "a link to a file outside the folder is not followed"))
            else:
                known += 1
                found.setdefault(path.resolve())
    if not known:
        reason = f"no file in the folder has a known ending ({', '.join(SUFFIXES)})"
        skipped.append(Skipped(file_name(folder), reason))
    elif others:
        have = "file in it has another ending" if others == 1 else "files in it have other endings"
        skipped.append(Skipped(file_name(folder), f"{others:,} {have}", error=False))


def load(path: Path) -> SourceFile:
    """Return a file's content.

    Raises
    ------
    SkipFileError
        When it cannot be read, is empty or too large, or is no ordinary file.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise SkipFileError(f"its ending is not one of {', '.join(SUFFIXES)}")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SkipFileError("it is not an ordinary file")
        if status.st_size > LARGEST_FILE:
            raise SkipFileError(f"it is larger than {LARGEST_FILE // 2**20} MB: split it into several files")
        data = path.read_bytes()
    except OSError as problem:
        raise SkipFileError(f"it cannot be read: {problem.strerror or 'input error'}") from None
    if not data.strip():
        raise SkipFileError("it is empty")
    _check_lines(path, data)
    return SourceFile(path, file_name(path), data, hashlib.sha256(data).hexdigest())


def _check_lines(path: Path, data: bytes) -> None:
    # One document per file is often written on one line; everything else this long is no transcript and no table.
    if path.suffix.lower() == ".json" or len(data) <= LONGEST_LINE:
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if len(line) > LONGEST_LINE:
            raise SkipFileError(f"a line is longer than {LONGEST_LINE // 2**20} MB", number)
