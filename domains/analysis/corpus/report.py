"""What reading files brought: for people as text, for programs as plain data."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from domains.analysis.corpus.files import Skipped

__all__ = ["FileRead", "IngestReport", "IssueGroup"]

_EXAMPLES = 3
_SHOWN = 25


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was read: what it is, and how many rows it brought to each table."""

    path: str
    kind: str
    rows: dict[str, int]
    replaced: bool


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """Issues of one file that are alike: what the first one says, how many there are, and where the first few are.

    `same` tells whether all of them say the same as the first.
    """

    path: str
    topic: str
    problem: str
    action: str
    count: int
    same: bool
    examples: tuple[tuple[int | None, str], ...]


@dataclass(slots=True)
class IngestReport:
    """The outcome of reading files into a workspace.

    `read` are the files that brought something now; `unchanged` those that the workspace held already; `skipped` those
    that were left out as a whole. `issues` are those of every file read or unchanged.
    """

    workspace: str
    read: list[FileRead] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    issues: list[IssueGroup] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    removed_characters: int = 0
    cleaned_texts: int = 0
    seconds: float = 0.0

    @property
    def rows(self) -> dict[str, int]:
        """Rows brought now, by table."""
        counts: Counter[str] = Counter()
        for item in self.read:
            counts.update(item.rows)
        return dict(sorted(counts.items()))

    @property
    def errors(self) -> list[Skipped]:
        """The files that were skipped although they were meant to be data."""
        return [item for item in self.skipped if item.error]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        return {
            "workspace": self.workspace,
            "read": [
                {"path": item.path, "kind": item.kind, "rows": item.rows, "replaced": item.replaced}
                for item in self.read
            ],
            "unchanged": self.unchanged,
            "skipped": [
                {"path": item.path, "line": item.line, "reason": item.reason, "error": item.error}
                for item in self.skipped
            ],
            "rows": self.rows,
            "totals": self.totals,
            "issues": [
                {
                    "path": item.path,
                    "topic": item.topic,
                    "count": item.count,
                    "same": item.same,
                    "problem": item.problem,
                    "action": item.action,
                    "examples": [{"line": line, "problem": problem} for line, problem in item.examples],
                }
                for item in self.issues
            ],
            "removed_characters": self.removed_characters,
            "cleaned_texts": self.cleaned_texts,
            "seconds": round(self.seconds, 3),
        }

    def to_text(self) -> str:
        """Return the report in words."""
        lines = [self._headline()]
        for item in self.read[:_SHOWN]:
            rows = ", ".join(_counted(count, table) for table, count in item.rows.items()) or "nothing"
            lines.append(f"  {item.path}: {rows}{' (in place of its earlier content)' if item.replaced else ''}")
        lines += _more(len(self.read), "files")
        if self.skipped:
            lines += ["", "Left out:"]
            for skip in self.skipped[:_SHOWN]:
                at = "" if skip.line is None else f":{skip.line}"
                lines.append(f"  {skip.path}{at}: {skip.reason}")
            lines += _more(len(self.skipped), "files")
        lines += self._issue_lines()
        if self.removed_characters:
            texts = _counted(self.cleaned_texts, "texts")
            lines += ["", f"{self.removed_characters:,} control characters were taken out of {texts}."]
        held = ", ".join(_counted(count, table) for table, count in self.totals.items() if count)
        lines += ["", f"The workspace {self.workspace} now holds {held or 'nothing'}."]
        return "\n".join(lines)

    def _headline(self) -> str:
        parts = [f"{len(self.read):,} file{_s(len(self.read))} read"]
        if self.unchanged:
            parts.append(f"{len(self.unchanged):,} unchanged")
        parts.append(f"{len(self.skipped):,} left out")
        return f"{', '.join(parts)} ({self.seconds:.1f} s)."

    def _issue_lines(self) -> list[str]:
        if not self.issues:
            return []
        total = sum(item.count for item in self.issues)
        lines = ["", f"Looks wrong, {total:,} place{_s(total)}:"]
        path = None
        for item in self.issues[: 2 * _SHOWN]:
            if item.path != path:
                path = item.path
                lines.append(f"  {path}")
            lines.append(f"    {_count(item)}{item.problem} -> {item.action}{_where(item)}")
        return lines + _more(len(self.issues), "kinds", 2 * _SHOWN)


def group_issues(connection: sqlite3.Connection, paths: list[str]) -> list[IssueGroup]:
    """Return the issues of files, those alike counted together, in the order of files and then of counts."""
    groups: list[IssueGroup] = []
    for path in paths:
        query = "SELECT topic, action, line, problem FROM ingest_issues WHERE path = ? ORDER BY 1, 2, 3, 4"
        found: dict[tuple[str, str], list[tuple[int | None, str]]] = {}
        for topic, action, line, problem in connection.execute(query, (path,)):
            found.setdefault((topic, action), []).append((line, problem))
        alike = [
            IssueGroup(
                path,
                topic,
                items[0][1],
                action,
                len(items),
                len({problem for _, problem in items}) == 1,
                tuple(items[:_EXAMPLES]),
            )
            for (topic, action), items in found.items()
        ]
        groups += sorted(alike, key=lambda item: (-item.count, item.topic))
    return groups


def _count(item: IssueGroup) -> str:
    if item.count == 1:
        return ""
    return f"{item.count:,} x " if item.same else f"{item.count:,} x, such as: "


def _where(item: IssueGroup) -> str:
    lines = [str(line) for line, _ in item.examples if line is not None]
    if not lines:
        return ""
    more = ", ..." if item.count > len(lines) else ""
    return f" (line{_s(len(lines))} {', '.join(lines)}{more})"


# Tables whose names are no word for what is in them.
_ROWS = {"content": "pieces of content", "content_use": "uses of content", "stage_history": "stage changes"}


def _counted(count: int, table: str) -> str:
    """Return how many rows of a table there are, in words.

    Examples
    --------
    >>> _counted(1, "calls"), _counted(2005, "stage_history"), _counted(1, "opportunities"), _counted(1, "call_parties")
    ('1 call', '2,005 stage changes', '1 opportunity', '1 call party')
    """
    words = _ROWS.get(table, table.replace("_", " "))
    if count == 1:
        first, of, rest = words.partition(" of ")
        words = (first[:-3] + "y" if first.endswith("ies") else first.removesuffix("s")) + of + rest
    return f"{count:,} {words}"


def _more(count: int, what: str, shown: int = _SHOWN) -> list[str]:
    return [f"  ... and {count - shown:,} more {what}"] if count > shown else []


def _s(count: int) -> str:
    return "" if count == 1 else "s"
