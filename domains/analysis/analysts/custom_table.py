"""Groups of a measure set out as a table: one dimension down, another across, with the totals of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domains.analysis.analysts.measure_artifacts import MetricRow
from domains.analysis.artifacts import FindingTable, Number, TableRow

__all__ = ["MOST_ROWS", "group_table"]

MOST_ROWS = 60
MOST_COLUMNS = 8
MOST_UP_FRONT = 30
ALL = "all"
Total = Callable[[int, str], Number]


def group_table(
    groups: Sequence[MetricRow], dimensions: Sequence[str], words: str, floor: int, whole: Number, total: Total
) -> tuple[tuple[Number, ...], FindingTable | None]:
    """Return the numbers of all groups, and the table that sets them out; None where there are too many to read.

    Parameters
    ----------
    groups : sequence of MetricRow
        A row for each group, in the order in which they are told.
    dimensions : sequence of str
        What they are grouped by.
    words : str
        What is measured.
    floor : int
        Cases below which a cell is thin.
    whole : Number
        The measure over all groups.
    total : callable
        Place of a dimension and one of its values to the measure over all groups that have it.
    """
    numbers = [row.number for row in groups]
    if len(dimensions) == 2:
        crossed = _crossed(groups, dimensions, numbers, whole, total, floor)
        if crossed is not None:
            return tuple(numbers), crossed
    if len(groups) > MOST_ROWS:
        return tuple(numbers), None
    rows = [TableRow(name=", ".join(row.group), cells=(place,)) for place, row in enumerate(groups)]
    numbers.append(whole)
    rows.append(TableRow(name=ALL, cells=(len(numbers) - 1,)))
    table = FindingTable(
        corner=" and ".join(dimensions),
        columns=(words,),
        rows=tuple(rows),
        floor=floor,
        up_front=len(rows) <= MOST_UP_FRONT,
    )
    return tuple(numbers), table


def _crossed(
    groups: Sequence[MetricRow],
    dimensions: Sequence[str],
    numbers: list[Number],
    whole: Number,
    total: Total,
    floor: int,
) -> FindingTable | None:
    """Return the longer dimension down and the shorter across, totals added to the numbers; None where it is wide."""
    values = [list(dict.fromkeys(row.group[place] for row in groups)) for place in (0, 1)]
    down, across = (0, 1) if len(values[0]) >= len(values[1]) else (1, 0)
    if len(values[across]) > MOST_COLUMNS or len(values[down]) > MOST_ROWS:
        return None
    places = {(row.group[down], row.group[across]): place for place, row in enumerate(groups)}
    columns = sorted(values[across])

    def added(number: Number) -> int:
        numbers.append(number)
        return len(numbers) - 1

    rows = [
        TableRow(
            name=name,
            cells=(*(places.get((name, column)) for column in columns), added(total(down, name))),
        )
        for name in values[down]
    ]
    totals = [added(total(across, column)) for column in columns]
    rows.append(TableRow(name=ALL, cells=(*totals, added(whole))))
    return FindingTable(
        corner=f"{dimensions[down]} / {dimensions[across]}",
        columns=(*columns, ALL),
        rows=tuple(rows),
        floor=floor,
        up_front=len(rows) <= MOST_UP_FRONT,
    )
