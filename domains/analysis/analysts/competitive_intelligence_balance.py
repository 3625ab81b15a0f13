"""What is held equal between deals with and without a competitor: how unlike they are in it, as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.artifacts import Finding, FindingTable, Number, TableRow
from domains.analysis.statistics.numbers import average, percent, proportion

if TYPE_CHECKING:
    from domains.analysis.analysts.competitive_intelligence_cases import Case, Cases

__all__ = ["balance_finding"]

ALONE = "no competitor"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the table: one value of a control, per group of deals."""

    name: str
    numbers: tuple[Number, ...]


def balance_finding(
    cases: Cases,
    rows: Sequence[Case],
    names: Sequence[str],
    categories: Mapping[str, Sequence[str]],
    measures: Mapping[str, Sequence[float]],
    floor: int,
) -> Finding | None:
    """Return what the deals against each competitor are like, beside those without one; None without any control.

    Parameters
    ----------
    cases : Cases
        To cite from.
    rows : sequence of Case
        The deals compared.
    names : sequence of str
        The competitors compared.
    categories, measures
        The controls, per deal; measures as logarithms.
    floor : int
        Deals below which a column is marked as thin.
    """
    groups = {ALONE: [index for index, case in enumerate(rows) if not case.competitors]}
    groups |= {name: [index for index, case in enumerate(rows) if name in case.competitors] for name in names}
    shares = [
        _share(control, label, labels, groups)
        for control, labels in categories.items()
        for label in sorted(set(labels))
    ]
    lines = shares + [_mean(control, logs, groups) for control, logs in measures.items()]
    if not lines:
        return None
    numbers = tuple(number for line in lines for number in line.numbers)
    places = iter(range(len(numbers)))
    table = FindingTable(
        corner="held equal",
        columns=tuple(groups),
        rows=tuple(TableRow(name=line.name, cells=tuple(next(places) for _ in line.numbers)) for line in lines),
        floor=floor,
    )
    held = ", ".join((*categories, *measures))
    return Finding(
        claim=f"Held equal in the comparison with controls: {held}.{_most_unlike(shares, list(groups), floor)}",
        strength="descriptive",
        numbers=numbers,
        citations=(cases.cite(rows),),
        note="What is not recorded (who decides, how the deal began, who sells it) is not held equal.",
        title="What is held equal, and how unlike the deals are in it",
        table=table,
    )


def _share(control: str, label: str, labels: Sequence[str], groups: Mapping[str, list[int]]) -> _Line:
    numbers = tuple(
        proportion(f"{control} {label}, {name}", sum(labels[index] == label for index in own), len(own))
        for name, own in groups.items()
    )
    return _Line(f"{control}: {label}", numbers)


def _mean(control: str, logs: Sequence[float], groups: Mapping[str, list[int]]) -> _Line:
    numbers = tuple(
        average(f"mean {control}, {name}", [math.exp(logs[index]) for index in own]) for name, own in groups.items()
    )
    return _Line(f"{control}, mean", numbers)


def _most_unlike(shares: Sequence[_Line], names: Sequence[str], floor: int) -> str:
    """Say in which value of a control the deals against a competitor differ most from those without one."""
    gaps = [
        (abs((number.value or 0.0) - (line.numbers[0].value or 0.0)), line.name, place)
        for line in shares
        for place, number in enumerate(line.numbers)
        if place and (number.n or 0) >= floor and (line.numbers[0].n or 0) >= floor
    ]
    if not gaps:
        return ""
    _, wanted, place = max(gaps)
    numbers = next(line.numbers for line in shares if line.name == wanted)
    return (
        f" The deals are least alike in {wanted}: {percent(numbers[place].value)} of those against {names[place]}, "
        f"{percent(numbers[0].value)} of those without a competitor."
    )
