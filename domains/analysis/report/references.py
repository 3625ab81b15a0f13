"""Numbers the citations of a report, and looks up what each leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domains.analysis.artifacts import Citation
from domains.analysis.evidence import Evidence, same_words
from domains.analysis.report.content import Reference

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["ReferenceList"]

UNCHECKED = "not looked up: the workspace could not be opened"


@dataclass
class _Entry:
    number: int
    citation: Citation
    cited_by: list[int] = field(default_factory=list)


class ReferenceList:
    """The references in the order in which they are first cited; equal citations share a number.

    Parameters
    ----------
    workspace : Workspace or None
        Where calls and tables are; without it references say that they were not looked up.
    """

    def __init__(self, workspace: Workspace | None) -> None:
        self._evidence = None if workspace is None else Evidence(workspace)
        self._entries: dict[Citation, _Entry] = {}

    def cite(self, citations: Sequence[Citation], finding: int) -> tuple[int, ...]:
        """Return the numbers of a finding's citations."""
        numbers = []
        for citation in dict.fromkeys(citations):
            entry = self._entries.setdefault(citation, _Entry(len(self._entries) + 1, citation))
            entry.cited_by.append(finding)
            numbers.append(entry.number)
        return tuple(numbers)

    def references(self) -> tuple[Reference, ...]:
        """Return all references cited so far, by number."""
        return tuple(self._reference(entry) for entry in self._entries.values())

    def _reference(self, entry: _Entry) -> Reference:
        show = self._turn if entry.citation.kind == "turn" else self._rows
        title, place, problem = show(entry.citation)
        cited = entry.citation
        call = cited.source if cited.kind == "turn" else None
        by = tuple(entry.cited_by)
        return Reference(entry.number, title, place, cited.rows, cited.quote, problem, by, call, cited.turn)

    def _turn(self, citation: Citation) -> tuple[str, str, str | None]:
        where = f"call {citation.source}, turn {citation.turn}"
        if self._evidence is None:
            return f"Call {citation.source}", where, UNCHECKED
        call = self._evidence.call(citation.source)
        if call is None:
            return f"Call {citation.source}", where, "the workspace holds no such call now"
        parts = [f"call {call.call_id}", call.date or "no date recorded"]
        title = call.title or f"Call {call.call_id}"
        turn = None if citation.turn is None else self._evidence.turn(call.call_id, citation.turn)
        if turn is None:
            return title, ", ".join([*parts, f"turn {citation.turn}"]), "the call has no such turn now"
        role = {"rep": "rep", "prospect": "prospect", "other": "neither side"}.get(turn.role, "side unknown")
        speaker = f"{turn.speaker} ({role})" if turn.speaker else role
        same = same_words(citation.quote or "") in same_words(turn.text)
        place = ", ".join([*parts, f"turn {turn.idx}", speaker])
        return title, place, None if same else "the turn does not hold these words now"

    def _rows(self, citation: Citation) -> tuple[str, str, str | None]:
        title = f"Table {citation.source}"
        listed = len(citation.rows)
        total = listed if citation.total is None else citation.total
        place = f"{total:,} row{'' if total == 1 else 's'}" if total else "no such row"
        if total > listed:
            place += f", of which {listed} are listed"
        if self._evidence is None:
            return title, place, UNCHECKED
        if not self._evidence.is_table(citation.source):
            return title, place, "the workspace holds no such table"
        gone = [key for key in citation.rows if not self._evidence.has_row(citation.source, key)]
        return title, place, f"the workspace does not hold {', '.join(gone)} now" if gone else None
