"""Findings about a file: what was read leniently, and what the linter has to say."""

from __future__ import annotations

from typing import Literal

from htn.hddl.errors import Source
from htn.model.record import Record

__all__ = ["Finding", "Findings", "Level"]

Level = Literal["error", "warning"]


class Finding(Record):
    """One finding.

    Attributes
    ----------
    level : str
        ``"error"``: the file does not say what it seems to; ``"warning"``: probably not meant.
    code : str
        A stable name.
    message : str
        One sentence.
    path : str or None
        The file, where one was named.
    line, column : int
        The place, counted from 1.

    Examples
    --------
    >>> print(Finding("warning", "unused", "the parameter '?x' is not used", "domain.hddl", 3, 7))
    domain.hddl:3:7: warning [unused]: the parameter '?x' is not used
    """

    level: Level
    code: str
    message: str
    path: str | None
    line: int
    column: int

    def __str__(self) -> str:
        where = f"{self.path}:" if self.path else ""
        return f"{where}{self.line}:{self.column}: {self.level} [{self.code}]: {self.message}"


class Findings:
    """Collects findings about one text.

    Parameters
    ----------
    source : Source
        The text.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Finding] = []

    def add(self, level: Level, code: str, at: int, message: str) -> None:
        """Add a finding about an offset of the text."""
        place = self.source.place(at)
        self.found.append(Finding(level, code, message, self.source.path, place.line, place.column))

    def error(self, code: str, at: int, message: str) -> None:
        """Add an error."""
        self.add("error", code, at, message)

    def warning(self, code: str, at: int, message: str) -> None:
        """Add a warning."""
        self.add("warning", code, at, message)
