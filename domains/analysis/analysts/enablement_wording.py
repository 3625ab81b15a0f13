"""How a comparison of content or training is put: win rates and points first, then what may lie behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals
from domains.analysis.analysts.pattern_tests import shown
from domains.analysis.analysts.titles import in_title
from domains.analysis.artifacts import Finding, FindingTable, Number, TableRow
from domains.analysis.statistics.numbers import in_words, percent

if TYPE_CHECKING:
    from domains.analysis.analysts.enablement_artifacts import AssociationRow
    from domains.analysis.corpus.records import Deal

__all__ = ["in_points", "row_finding", "rows_table"]

_COLUMNS = ("won with it", "won without", "difference as observed", "difference with controls held")
_USED_AT = "half of its uses after so much of the deal's life"


def in_points(number: Number) -> str:
    """Return a difference in points with its interval, signs included.

    Examples
    --------
    >>> in_points(Number(name="gap", value=12.3, low=-0.4, high=25.0, unit="points"))
    '+12 points [-0 to +25]'
    """
    return f"{number.value or 0.0:+.0f} points [{number.low or 0.0:+.0f} to {number.high or 0.0:+.0f}]"


def rows_table(
    corner: str, rows: Sequence[AssociationRow], rate: Number, floor: int
) -> tuple[tuple[Number, ...], FindingTable]:
    """Return the numbers of several comparisons, after the win rate of all, and the table that sets them out."""
    timed = any(row.used_at is not None for row in rows)
    numbers: list[Number] = [rate]
    lines = []
    for row in rows:
        cells: list[int | None] = []
        for number in (row.with_it, row.without_it, row.difference, row.held, *((row.used_at,) if timed else ())):
            cells.append(None if number is None else len(numbers))
            numbers += [number] if number is not None else []
        late = ", used late" if row.used_late else ""
        lines.append(TableRow(name=f"{row.name} ({row.strength}{late})", cells=tuple(cells)))
    columns = (*_COLUMNS, _USED_AT) if timed else _COLUMNS
    table = FindingTable(corner=corner, columns=columns, rows=tuple(lines), floor=floor, up_front=True)
    return tuple(numbers), table


def row_finding(
    row: AssociationRow, with_words: str, without_words: str, deals: Sequence[Deal], chosen: str
) -> Finding:
    """Return the finding of a row: as observed, with controls held, and what else may have brought it about.

    Parameters
    ----------
    row : AssociationRow
        The comparison.
    with_words, without_words : str
        What the deals on either side are called.
    deals : sequence of Deal
        Those with it, to cite.
    chosen : str
        Why some have it and others do not, for a sentence on causes.
    """
    points = f", {in_points(row.difference)} as observed" if row.difference is not None else ""
    held = f" and {in_points(row.held)} with controls held" if row.held is not None else ""
    verdict = {
        "established": "an established association, which is no effect yet",
        "suggestive": "suggestive only",
        "not established": "not established",
    }[row.strength]
    numbers = (row.with_it, row.without_it, row.difference, row.held, row.odds_ratio, row.used_at)
    return Finding(
        claim=f"{row.name}: {with_words} win {in_words(row.with_it)}, {without_words} "
        f"{in_words(row.without_it)}{points}{held}: {verdict}.{_behind(row, chosen)}",
        strength=row.strength,
        numbers=tuple(item for item in numbers if item is not None),
        citations=(cite_deals(deals),),
        note=_note(row),
        title=f"{in_title(row.name)}: {_TITLES[row.strength]}",
    )


_TITLES = {
    "established": "goes with the outcome, whatever causes it",
    "suggestive": "may go with the outcome",
    "not established": "no difference established",
}


def _behind(row: AssociationRow, chosen: str) -> str:
    """Say what may have brought a difference about other than the thing itself."""
    if row.used_late:
        when = (
            f" (half of its uses when {percent(row.used_at.value)} of the deal's life is over)" if row.used_at else ""
        )
        return f" It is handed out when the deal is all but decided{when}: the decision comes first, and it follows."
    if row.strength == "not established":
        return ""
    if row.difference is not None and (row.difference.value or 0.0) < 0:
        return f" {chosen}; what is used in trouble looks harmful."
    return f" {chosen}; what goes to deals that are won anyway looks helpful."


def _note(row: AssociationRow) -> str:
    parts = []
    if row.q is not None:
        parts.append(f"Corrected for all compared: {shown('q', row.q)}.")
    if row.odds_ratio is None or row.odds_ratio.value is None:
        return " ".join([*parts, "No stratum holds both, so like cannot be compared with like in strata."])
    low, high = row.odds_ratio.low, row.odds_ratio.high
    interval = f" [{low:.2f} to {high:.2f}]" if low is not None and high is not None else ""
    parts.append(
        f"Odds ratio in strata of like deals {row.odds_ratio.value:.2f}{interval}, over {row.strata:,} strata."
    )
    if row.adjusted_p is not None:
        parts.append(f"Regression with controls: {shown('p', row.adjusted_p)}.")
    return " ".join(parts)
