"""What one file says, as plain values, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domains.analysis.corpus.text import clean_name, clean_text
from htn.model.errors import InputError

__all__ = ["Issue", "Parsed", "ParsedCall", "ParsedTurn", "SkipFileError"]


class SkipFileError(InputError):
    """A file cannot be used as a whole: nothing of it is stored, and the report says why."""

    code = "file-skipped"

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that looks wrong, where, and what was done about it; issues of one `topic` are counted together."""

    line: int | None
    problem: str
    action: str
    topic: str


@dataclass(frozen=True, slots=True)
class ParsedTurn:
    """A turn as the file has it; `role` is unknown where the file does not say."""

    role: str
    speaker: str | None
    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(slots=True)
class ParsedCall:
    """A call as the file has it."""

    call_id: str
    turns: list[ParsedTurn]
    line: int | None = None
    date: str | None = None
    title: str | None = None
    rep: str | None = None
    prospect: str | None = None
    account: str | None = None
    opportunity_id: str | None = None
    duration_s: float | None = None
    outcome: str | None = None
    amount: float | None = None
    content: tuple[str, ...] = ()


@dataclass(slots=True)
class Parsed:
    """Everything one file brings: calls, rows of tables (with their line), and issues."""

    kind: str
    calls: list[ParsedCall] = field(default_factory=list)
    rows: dict[str, list[tuple[int | None, dict[str, Any]]]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    removed_characters: int = 0
    cleaned_texts: int = 0

    def add(self, table: str, line: int | None, row: dict[str, Any]) -> None:
        """Add a row of a table."""
        self.rows.setdefault(table, []).append((line, row))

    def report(self, line: int | None, problem: str, action: str, topic: str) -> None:
        """Add an issue."""
        self.issues.append(Issue(line, problem, action, topic))

    def text(self, raw: str) -> str:
        """Return a text without control characters, counting those taken out."""
        cleaned, removed = clean_text(raw)
        if removed:
            self.removed_characters += removed
            self.cleaned_texts += 1
        return cleaned.strip()

    def name(self, raw: str) -> str | None:
        """Return a name on one line, or None when nothing is left of it, counting what was taken out."""
        removed = clean_text(raw)[1]
        if removed:
            self.removed_characters += removed
            self.cleaned_texts += 1
        return clean_name(raw) or None
