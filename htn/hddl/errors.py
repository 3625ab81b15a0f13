"""Where something stands in a file, and the error that says so."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from htn.model.errors import InputError
from htn.model.record import Record, field

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HddlError", "Place", "Source", "read_text"]


class HddlError(InputError):
    """HDDL, or a plan for it, that cannot be read; the message says where and what was expected.

    Attributes
    ----------
    path : str or None
        The file, where one was named.
    line, column : int or None
        The place, counted from 1.

    Examples
    --------
    >>> print(HddlError("expected a name", path="domain.hddl", line=3, column=7))
    domain.hddl:3:7: expected a name
    >>> print(HddlError("expected a name", line=3, column=7))
    line 3, column 7: expected a name
    """

    code = "hddl"

    def __init__(
        self, message: str, *, path: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        numbers = [number for number in (line, column) if number is not None]
        if path is not None:
            where = ":".join([path, *map(str, numbers)]) + ": "
        else:
            named = zip(("line", "column"), numbers, strict=False)
            where = ", ".join(f"{name} {number}" for name, number in named) + (": " if numbers else "")
        super().__init__(where + message)
        self.path, self.line, self.column = path, line, column


class Place(NamedTuple):
    """A line and a column, counted from 1."""

    line: int
    column: int


class Source(Record, frozen=False):
    r"""A text and the file that it came from; turns offsets into places.

    Parameters
    ----------
    text : str
        What was read.
    path : str, optional
        The file's name as messages give it.

    Examples
    --------
    >>> Source("(define\n  (domain d))").place(10)
    Place(line=2, column=3)
    """

    text: str
    path: str | None = None
    _lines: list[int] = field(factory=list, repr=False)

    def place(self, offset: int) -> Place:
        """Return the line and column of an offset; of the first character for an offset that is not known (-1)."""
        if not self._lines:
            starts, at = [0], self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._lines = starts
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)

    def error(self, offset: int, message: str) -> HddlError:
        """Return the error that names this file and the place of an offset."""
        place = self.place(offset)
        return HddlError(message, path=self.path, line=place.line, column=place.column)

    def at(self, offset: int) -> str:
        """Return the place as the start of a message: ``file:line:column``, or ``line:column`` without a file."""
        place = self.place(offset)
        return f"{self.path}:{place.line}:{place.column}" if self.path else f"{place.line}:{place.column}"


def read_text(path: str | Path) -> str:
    """Return a file's text: UTF-8, or Latin-1 where it is not that.

    Raises
    ------
    HddlError
        When the file cannot be read.
    """
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise HddlError(f"cannot be read: {error.strerror}", path=str(path)) from None
    if b"\0" in content:
        raise HddlError("is no text: expected HDDL or a plan, uncompressed, in UTF-8", path=str(path))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
