"""A history read from and written to CSV and Parquet files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from estimators.history import StepRun
from htn.model.errors import InputError

__all__ = ["HistoryFile", "write_csv"]

_TEXTS = ("task_type", "method", "agent", "model", "run", "outcome")
_NUMBERS = ("seconds", "input_tokens", "output_tokens", "memory_bytes")
_SIZE = "size_"


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """A CSV or Parquet file with a row for each step run.

    Attributes
    ----------
    path : Path
        Its suffix tells what it is: ``.parquet``, else CSV.
    columns : Mapping of str to str
        Where the file's names differ: field of `StepRun`, or ``size_`` and a name, to the file's column. By default a
        column is named as its field, and ``size_calls`` is the size ``calls``.

    Raises
    ------
    InputError
        If the file cannot be read, or a row is not one of the history; the message says which.
    """

    path: Path
    columns: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> list[StepRun]:
        """Return the rows in the file's order."""
        records = _parquet(self.path) if self.path.suffix == ".parquet" else _csv(self.path)
        rows = []
        for number, record in enumerate(records, start=2):
            try:
                rows.append(self._row(record))
            except (InputError, ValueError) as error:
                raise InputError(f"{self.path.name}, row {number}: {error}") from error
        return rows

    def _row(self, record: Mapping[str, Any]) -> StepRun:
        column = {name: self.columns.get(name, name) for name in (*_TEXTS, *_NUMBERS, "ended")}
        named = {name for name in self.columns if name.startswith(_SIZE)}
        sizes = {**{name: name for name in record if name.startswith(_SIZE)}, **{n: self.columns[n] for n in named}}
        texts = {name: str(record[column[name]]) for name in _TEXTS if not _absent(record.get(column[name]))}
        if "task_type" not in texts:
            raise InputError(f"there is nothing in the column {column['task_type']!r}, the type of the task")
        numbers = {name: _number(record.get(column[name]), column[name]) for name in _NUMBERS}
        fields: dict[str, Any] = {**texts, **numbers}
        return StepRun(
            **fields,
            ended=_time(record.get(column["ended"])),
            sizes={
                name.removeprefix(_SIZE): size
                for name, where in sizes.items()
                if (size := _number(record.get(where), where)) is not None
            },
        )


def write_csv(path: Path, rows: Iterable[StepRun]) -> None:
    """Write rows so that `HistoryFile` reads them back."""
    held = list(rows)
    sizes = sorted({name for row in held for name in row.sizes})
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*_TEXTS, "ended", *_NUMBERS, *(_SIZE + name for name in sizes)])
        for row in held:
            numbers = [getattr(row, name) for name in _NUMBERS]
            writer.writerow([*(getattr(row, name) for name in _TEXTS), row.ended, *numbers, *map(row.sizes.get, sizes)])


def _csv(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the history {path} cannot be read: {error}") from error


def _parquet(path: Path) -> list[dict[str, Any]]:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise InputError("reading a Parquet file needs pyarrow: install the extra `parquet`, or give CSV") from error
    try:
        records: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f"the history {path} cannot be read: {error}") from error
    return records


def _absent(value: Any) -> bool:
    return value is None or value == "" or value != value  # only NaN differs from itself


def _number(value: Any, column: str) -> float | None:
    try:
        return None if _absent(value) else float(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{column} is {value!r}, which is no number") from error


def _time(value: Any) -> float:
    """Return seconds since the epoch of a number, or of a time as ISO 8601 has it; without a zone it is UTC."""
    if _absent(value):
        return 0.0
    if isinstance(value, datetime):
        moment = value
    else:
        try:
            return float(value)
        except ValueError:
            moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
