"""Reps set side by side: what can be said of each, who is below the floor, and in which behaviours they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.performance_analyst_outcomes import DEALS_FLOOR
from domains.analysis.artifacts import Finding, FindingTable, Number, TableRow
from domains.analysis.statistics.numbers import percent

if TYPE_CHECKING:
    from domains.analysis.analysts.performance_analyst_conversation import Conversation
    from domains.analysis.analysts.performance_analyst_next_steps import NextStepRates
    from domains.analysis.analysts.performance_analyst_outcomes import RepOutcomes

__all__ = ["behaviours_side_by_side", "reps_side_by_side"]

MOST_NAMED = 12
MOST_UP_FRONT = 20
NEXT_STEP = "calls with a dated next step"
_STEP_OF = f"{NEXT_STEP}, "


def reps_side_by_side(outcomes: RepOutcomes | None) -> Finding | None:
    """Return a table of the reps by name: win rate as observed, pooled, and beyond the mix of deals."""
    if outcomes is None or not (outcomes.reps or outcomes.below) or not outcomes.citations_of_reps:
        return None
    shown: dict[str, tuple[Number | None, ...]] = {
        row.rep: (row.observed, row.pooled, row.beyond_mix) for row in outcomes.reps
    }
    shown |= {number.name.removeprefix("win rate, "): (number, None, None) for number in outcomes.below}
    numbers, rows = _laid_out(sorted(shown.items(), key=lambda item: item[0]))
    below = [number.name.removeprefix("win rate, ") for number in outcomes.below]
    parts = []
    if outcomes.reps:
        pooled = sorted(row.pooled.value or 0.0 for row in outcomes.reps)
        widths = sorted((row.pooled.high or 0.0) - (row.pooled.low or 0.0) for row in outcomes.reps)
        parts.append(
            f"Pooled win rates of {len(outcomes.reps)} reps with at least {DEALS_FLOOR} closed deals run from "
            f"{percent(pooled[0])} to {percent(pooled[-1])}, each with an interval of {widths[0] * 100:.0f} to "
            f"{widths[-1] * 100:.0f} points."
        )
    if below:
        noun = "rep is" if len(below) == 1 else "reps are"
        parts.append(f"{len(below)} {noun} below that floor, and nothing is concluded of them: {_named(below)}.")
    return Finding(
        claim=" ".join(parts),
        strength="descriptive",
        numbers=numbers,
        citations=outcomes.citations_of_reps,
        note="In the order of names, which is no ranking. Pooled: drawn towards the mean of all, the more so the fewer "
        "the deals. Beyond the mix: only product and segment are held equal; deal size, competitor, territory and who "
        "gives out the deals are not.",
        title="What can be said of each rep, and who is below the floor",
        table=FindingTable(
            corner="rep",
            columns=("win rate as observed", "pooled", "beyond product and segment"),
            rows=rows,
            floor=DEALS_FLOOR,
            up_front=len(rows) <= MOST_UP_FRONT,
        ),
    )


def behaviours_side_by_side(steps: NextStepRates | None, speech: Conversation | None) -> Finding | None:
    """Return a table of what reps with enough calls do on them, beside the mean of all calls."""
    cited = [finding for one in (steps, speech) for finding in (one.findings if one else ())]
    stepped = {number.name.removeprefix(_STEP_OF): number for number in (steps.reps if steps else ())}
    spoken = {row.rep: {number.name: number for number in row.means} for row in (speech.reps if speech else ())}
    names = sorted({*stepped, *spoken})
    if not names or not cited:
        return None
    measures = [number.name for number in (speech.overall if speech else ())]
    whole: tuple[Number | None, ...] = (
        steps.dated if steps else None,
        *(number for number in (speech.overall if speech else ())),
    )
    lines = [("all calls", whole)]
    for name in names:
        own = spoken.get(name, {})
        lines.append((name, (stepped.get(name), *(own.get(measure) for measure in measures))))
    numbers, rows = _laid_out(lines)
    differ = [finding.claim for finding in cited if finding.claim.startswith("Reps differ in ")]
    alike = [finding for finding in cited if finding.claim.startswith("Reps do not differ in ")]
    said = f" Beyond chance they differ in {len(differ)} of {len(differ) + len(alike)} behaviours." if alike else ""
    return Finding(
        claim=f"What {len(names)} reps with enough calls do on them, beside all calls.{said}",
        strength="descriptive",
        numbers=numbers,
        citations=cited[0].citations,
        note="In the order of names, which is no ranking; whether reps differ is judged within kinds of call, below.",
        title="What reps do on their calls",
        table=FindingTable(
            corner="rep",
            columns=(NEXT_STEP, *measures),
            rows=rows,
            up_front=len(rows) <= MOST_UP_FRONT,
        ),
    )


def _laid_out(
    lines: Sequence[tuple[str, tuple[Number | None, ...]]],
) -> tuple[tuple[Number, ...], tuple[TableRow, ...]]:
    numbers: list[Number] = []
    rows = []
    for name, found in lines:
        cells: list[int | None] = []
        for number in found:
            cells.append(None if number is None else len(numbers))
            numbers += [number] if number is not None else []
        rows.append(TableRow(name=name, cells=tuple(cells)))
    return tuple(numbers), tuple(rows)


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
