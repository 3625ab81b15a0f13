"""Reading a CRM table from a CSV file: cells to values, with everything that looks wrong reported."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from domains.analysis.corpus.files import SourceFile
from domains.analysis.corpus.mapping import Rules
from domains.analysis.corpus.parsed import Parsed, SkipFileError
from domains.analysis.corpus.row_checks import finish_row
from domains.analysis.corpus.tables import Recognised, header_key, recognise
from domains.analysis.corpus.text import printable
from domains.analysis.corpus.values import DateOrder, date_order, read_date, read_number, read_period
from domains.analysis.corpus.vocabulary import EMPTY_CELLS

__all__ = ["read_table"]

Rows = list[tuple[int, list[str]]]

_DICTIONARY = {"table", "field", "description"}
_TRUE, _FALSE = {"true", "yes", "1", "y"}, {"false", "no", "0", "n"}
_QUOTED = 40  # characters of a cell that a message repeats


def read_table(file: SourceFile, text: str, rules: Rules) -> Parsed:
    """Return the rows of a CSV file as rows of the table that its headers say it is.

    Raises
    ------
    SkipFileError
        When it is no known table, or its rows do not fit its headers.
    """
    rows = _rows(text)
    headers = [printable(header.strip()) for header in rows[0][1]]
    if {header_key(header) for header in headers} == _DICTIONARY:
        raise SkipFileError("it is a data dictionary: it describes columns and holds no data")
    rule = rules.rule_for(file.path)
    try:
        found = recognise(headers, rule.table if rule else None, rule.columns if rule else None)
    except ValueError as problem:
        raise SkipFileError(str(problem)) from None
    if len(rows) == 1:
        raise SkipFileError("it has headers and no rows")
    parsed = Parsed(found.spec.table)
    if found.unused:
        listed = ", ".join(found.unused)
        parsed.report(1, f"columns that no table has: {listed}", "left out", f"{found.spec.table}: unused columns")
    _TableReader(parsed, found, rules, _date_order(found, rows, rules)).read(rows[1:])
    return parsed


def _rows(text: str) -> Rows:
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: Rows = []
    line = 1
    try:
        for cells in reader:
            # A quoted cell may run over several lines: a row is known by the line it starts on.
            if any(cell.strip() for cell in cells):
                if rows and len(cells) != len(rows[0][1]):
                    raise SkipFileError(f"the row has {len(cells)} cells and the headers are {len(rows[0][1])}", line)
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as problem:
        hint = "a quotation mark is probably not closed" if "limit" in str(problem) else str(problem)
        raise SkipFileError(f"the row cannot be read: {hint}", line) from None
    return rows


def _delimiter(text: str) -> str:
    header = text.lstrip().split("\n", 1)[0]
    return max(",;\t|", key=header.count)


def _date_order(found: Recognised, rows: Rows, rules: Rules) -> DateOrder | None:
    if rules.date_order is not None:
        return rules.date_order
    at = [
        found.positions[item.name]
        for item in found.spec.columns
        if item.kind == "date" and item.name in found.positions
    ]
    return date_order(cells[position] for _, cells in rows[1:] for position in at)


class _TableReader:
    """The rows of one file on their way to one table."""

    def __init__(self, parsed: Parsed, found: Recognised, rules: Rules, order: DateOrder | None) -> None:
        self.parsed = parsed
        self.table = found.spec.table
        self.key = found.spec.key
        self.needs = [name for name in found.spec.needs if name not in found.spec.may_be_empty]
        self.rules = rules
        self.order = order
        self.columns = [
            (item.name, item.kind, found.positions[item.name])
            for item in found.spec.columns
            if item.name in found.positions
        ]
        self.seen: dict[str, tuple[int, dict[str, Any]]] = {}

    def read(self, rows: Rows) -> None:
        for line, cells in rows:
            row = {name: self._value(line, name, kind, cells[at].strip()) for name, kind, at in self.columns}
            missing = [name for name in self.needs if row.get(name) is None]
            if missing:
                self._report(line, f"the row has no {' and no '.join(missing)}", "row left out", f"no {missing[0]}")
                continue
            finish_row(self.parsed, self.table, line, row, self.rules.stages)
            if not self._is_repeated(line, row):
                self.parsed.add(self.table, line, row)

    def _is_repeated(self, line: int, row: dict[str, Any]) -> bool:
        if self.key is None:
            return False
        name = row[self.key]
        first = self.seen.setdefault(name, (line, row))
        if first[0] == line:
            return False
        if first[1] == row:
            self._report(line, f"{self.key} {name!r} is there twice, with the same values", "one kept", "repeated row")
        else:
            problem = f"{self.key} {name!r} is there twice, with other values than in line {first[0]}"
            self._report(line, problem, "the first kept", f"two rows for one {self.key}")
        return True

    def _value(self, line: int, name: str, kind: str, cell: str) -> Any:
        if cell.casefold() in EMPTY_CELLS:
            return None
        if kind == "name":
            return self.parsed.name(cell)
        if kind == "text":
            return self.parsed.text(cell)
        if kind == "list":
            return json.dumps([item for part in _items(cell) if (item := self.parsed.name(part))])
        try:
            return self._converted(kind, cell)
        except ValueError as problem:
            shown = printable(cell[:_QUOTED]) + ("..." if len(cell) > _QUOTED else "")
            self._report(line, f"{name} is {shown!r}: {problem}", "kept as empty", f"bad {name}")
            return None

    def _converted(self, kind: str, cell: str) -> Any:
        if kind == "date":
            return self._date(cell)
        if kind == "period":
            return read_period(cell)
        if kind == "flag":
            return _flag(cell)
        number = read_number(cell, self.rules.decimal)
        if kind == "year" and not (number.is_integer() and 1500 <= number <= 2100):
            raise ValueError("not a year")
        if kind == "amount" and number < 0:
            raise ValueError("below zero")
        return int(number) if kind == "year" else number

    def _date(self, cell: str) -> str:
        try:
            return read_date(cell, self.order)
        except ValueError as problem:
            if "told apart" in str(problem):
                raise ValueError(f"{problem} (set date_order in a mapping file)") from None
            raise ValueError(str(problem) if "out of range" in str(problem) else "not a date") from None

    def _report(self, line: int, problem: str, action: str, topic: str) -> None:
        self.parsed.report(line, problem, action, f"{self.table}: {topic}")


def _flag(cell: str) -> bool:
    word = cell.casefold()
    if word not in _TRUE | _FALSE:
        raise ValueError("neither true nor false")
    return word in _TRUE


def _items(cell: str) -> list[str]:
    """Return the items of a list in a cell: a JSON list of strings, or text divided by semicolons, commas or bars."""
    if cell.lstrip().startswith("["):
        try:
            found = json.loads(cell)
        except ValueError:
            found = None
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return found
    return re.split(r"[;,|]", cell)
