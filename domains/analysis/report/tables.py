"""A finding's table, its numbers as cells; those that rest on few cases are marked."""

from __future__ import annotations

from collections.abc import Sequence

from domains.analysis.artifacts import FindingTable, Number
from domains.analysis.report.content import CellPart, TablePart
from domains.analysis.report.figures import count, figure, interval

__all__ = ["table_part"]


def table_part(table: FindingTable, numbers: Sequence[Number]) -> TablePart:
    """Return a table with its cells looked up among a finding's numbers."""
    rows = tuple(
        (row.name, tuple(_cell(None if place is None else numbers[place], table.floor) for place in row.cells))
        for row in table.rows
    )
    thin = any(cell.thin for _, cells in rows for cell in cells)
    hint = f"Thin: fewer than {count(table.floor)} cases; shown, and nothing is concluded from it." if thin else ""
    return TablePart(table.corner, table.columns, rows, hint, table.up_front)


def _cell(number: Number | None, floor: int | None) -> CellPart:
    if number is None:
        return CellPart()
    return CellPart(
        value=figure(number),
        interval="" if number.low is None and number.high is None else interval(number),
        # a count is its own sample size
        n="" if number.n is None or number.method == "count" else count(number.n),
        thin=floor is not None and number.n is not None and number.n < floor,
    )
