"""The mapping file: which file is which table, what its columns are called, how it writes dates and stages."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domains.analysis.corpus.tables import TABLES
from domains.analysis.corpus.text import printable
from domains.analysis.corpus.values import DateOrder
from htn.model.errors import InputError

__all__ = ["FileRule", "Rules", "load_rules"]

_KEYS = {"date_order", "decimal", "stages", "files"}
_FILE_KEYS = {"match", "table", "columns"}
_STAGE_KEYS = {"won", "lost", "open"}


@dataclass(frozen=True, slots=True)
class FileRule:
    """What the mapping says about files whose name fits a pattern."""

    match: str
    table: str | None
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rules:
    """The mapping: empty when none was given. `digest` changes when it does, so files are read again."""

    files: tuple[FileRule, ...] = ()
    date_order: DateOrder | None = None
    decimal: str = "."
    stages: dict[str, str] = field(default_factory=dict)
    digest: str = ""

    def rule_for(self, path: Path) -> FileRule | None:
        """Return the first rule whose pattern fits the file's name."""
        for rule in self.files:
            if fnmatch.fnmatch(path.name, rule.match):
                return rule
        return None


def load_rules(mapping: str | os.PathLike[str] | None) -> Rules:
    """Read a mapping file (TOML or JSON).

    Raises
    ------
    InputError
        When it cannot be read or says something that has no meaning; the message says what.
    """
    if mapping is None:
        return Rules()
    path = Path(mapping)
    name = printable(str(path))
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
        document = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as problem:
        raise InputError(f"cannot read the mapping file: {problem.strerror}", path=name) from None
    except (ValueError, RecursionError) as problem:
        message = f"the mapping file is not valid {'JSON' if path.suffix.lower() == '.json' else 'TOML'}: "
        raise InputError(message + printable(str(problem)), path=name) from None
    try:
        return _rules(document, hashlib.sha256(data).hexdigest())
    except ValueError as problem:
        raise InputError(str(problem), path=name) from None


def _rules(document: Any, digest: str) -> Rules:
    _only(document, _KEYS, "the mapping file")
    order = document.get("date_order")
    if order not in (None, "dmy", "mdy"):
        raise ValueError(f"date_order is 'dmy' or 'mdy', not {order!r}")
    decimal = document.get("decimal", ".")
    if decimal not in (".", ","):
        raise ValueError(f"decimal is '.' or ',', not {decimal!r}")
    files = document.get("files", [])
    if not isinstance(files, list):
        raise ValueError("`files` is a list of tables: write [[files]]")
    return Rules(tuple(_file_rule(item) for item in files), order, decimal, _stages(document.get("stages", {})), digest)


def _stages(document: Any) -> dict[str, str]:
    _only(document, _STAGE_KEYS, "[stages]")
    stages: dict[str, str] = {}
    for status, names in document.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"`{status}` in [stages] is a list of stage names")
        stages.update({name.casefold(): status for name in names})
    return stages


def _file_rule(document: Any) -> FileRule:
    _only(document, _FILE_KEYS, "an entry of [[files]]")
    match, table, columns = document.get("match"), document.get("table"), document.get("columns", {})
    if not isinstance(match, str) or not match:
        raise ValueError('an entry of [[files]] needs `match`, a pattern for file names such as "deals_*.csv"')
    tables = {spec.table: {column.name for column in spec.columns} for spec in TABLES}
    if table is not None and table not in tables:
        raise ValueError(f"{table!r} is no table; the tables are {', '.join(sorted(tables))}")
    if not isinstance(columns, Mapping) or not all(isinstance(item, str) for item in columns.values()):
        raise ValueError('`columns` says which header holds which column: opportunity_id = "Deal No."')
    if columns and table is None:
        raise ValueError(f"the entry for {match!r} names columns, so it must name the table too")
    for column in columns:
        if column not in tables[str(table)]:
            raise ValueError(f"{table} has no column {column!r}; it has {', '.join(sorted(tables[str(table)]))}")
    return FileRule(match, table, dict(columns))


def _only(document: Any, known: set[str], where: str) -> None:
    if not isinstance(document, Mapping):
        raise ValueError(f"{where} holds keys and values")
    for key in document:
        if key not in known:
            raise ValueError(f"{where} has no key {key!r}; it has {', '.join(sorted(known))}")
