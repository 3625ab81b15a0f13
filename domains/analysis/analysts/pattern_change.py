"""Change over time: what is spoken of more or less often as the months go by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, read_calls
from domains.analysis.analysts.call_features import features, view_of
from domains.analysis.analysts.citing import spread
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.pattern_artifacts import ChangeSet
from domains.analysis.analysts.pattern_sample import GROUPS_FLOOR, halves
from domains.analysis.analysts.pattern_tests import Differences, differences, shown
from domains.analysis.artifacts import Citation, Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics import benjamini_hochberg, strength_of
from domains.analysis.statistics.numbers import percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from domains.analysis.analysts.call_artifacts import SpokenCall
    from domains.analysis.analysts.call_features import Feature
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["track_change"]

CALLS_FLOOR = 100
LEAST_MONTHS = 3
LEAST_CALLS = 10
MOST_REPORTED = 4


@capability("track_change", specialist="pattern analyst", output=ChangeSet)
def track_change(workspace: Workspace, scope: Scope, inputs: Inputs) -> ChangeSet:
    """Test which topics and objections come up more or less often as time goes by, clustered by buyer.

    A change is established only if it passes the correction for all that were tested and shows, in the same direction,
    in both halves of the buyers.
    """
    import numpy as np

    calls = read_calls(workspace, scope, inputs.one(CallSet))
    dated = [call for call in calls if call.day]
    left = len(calls) - len(dated)
    exclusions = (Exclusion(what="calls", count=left, reason="no date"),) if left else ()
    days = [call.day.toordinal() for call in dated if call.day]
    months = len({(call.day.year, call.day.month) for call in dated if call.day})
    if months < LEAST_MONTHS or len(dated) < CALLS_FLOOR:
        said = f"{len(dated):,} dated calls over {months} months are too few to speak of change over time."
        return ChangeSet(periods=months, exclusions=exclusions, limits=(said,))
    chosen = [one for one in features(workspace.entities()["competitor"]) if one.share]
    values, examples = _measure(chosen, dated)
    usable = [i for i in range(len(chosen)) if LEAST_CALLS <= values[:, i].sum() <= len(dated) - LEAST_CALLS]
    span = (np.array(days, dtype=float) - min(days)) / max(max(days) - min(days), 1)
    found = _changes([chosen[i].name for i in usable], values[:, usable], span, dated, [examples[i] for i in usable])
    return ChangeSet(
        tested=len(usable),
        periods=months,
        established=sum(item.strength == "established" for item in found),
        findings=(_overall(found, len(usable), months, dated), *found[:MOST_REPORTED]),
        exclusions=exclusions,
    )


def _measure(
    chosen: Sequence[Feature], calls: Sequence[SpokenCall]
) -> tuple[NDArray[np.float64], list[list[Citation | None]]]:
    import numpy as np

    values = np.zeros((len(calls), len(chosen)))
    examples: list[list[Citation | None]] = [[None] * len(calls) for _ in chosen]
    for row, view in enumerate(map(view_of, calls)):
        for column, feature in enumerate(chosen):
            value, examples[column][row] = view.value(feature)
            values[row, column] = value or 0.0
    return values, examples


def _changes(
    names: Sequence[str],
    values: NDArray[np.float64],
    span: NDArray[np.float64],
    calls: Sequence[SpokenCall],
    examples: Sequence[Sequence[Citation | None]],
) -> list[Finding]:
    """Return a finding per subject, the firmest first; the effect is the change from the first day to the last."""
    import numpy as np

    if not names:
        return []
    groups = [call.group for call in calls]
    back = np.array(halves(groups))

    def test(rows: NDArray[np.bool_]) -> Differences:
        chosen = [int(i) for i in rows.nonzero()[0]]
        return differences(values[rows], list(span[rows]), [groups[i] for i in chosen], [""] * len(chosen))

    whole, first, second = test(np.ones(len(calls), dtype=bool)), test(~back), test(back)
    corrected = benjamini_hochberg([float(p) for p in whole.p])
    place = span.argsort(kind="stable").argsort() / len(span)
    early, late = place < 1 / 3, place >= 2 / 3
    found = []
    for i in sorted(range(len(names)), key=lambda one: (float(whole.p[one]), names[one])):
        same = first.effect[i] * whole.effect[i] > 0 and second.effect[i] * whole.effect[i] > 0
        replicates = bool(same and first.p[i] <= 0.1 and second.p[i] <= 0.1)
        n = len(calls) if replicates and whole.clusters >= GROUPS_FLOOR else 0
        strength = strength_of(corrected[i], n=n, floor=CALLS_FLOOR)
        before, after = (float(values[rows, i].mean()) if rows.any() else None for rows in (early, late))
        claim = (
            f"{names[i]}: {percent(before)} in the first third of the calls, {percent(after)} in the last; "
            f"{shown('q', corrected[i])}: {strength}."
        )
        low, high = whole.bounds(i, 100)
        number = Number(
            name=names[i],
            value=float(whole.effect[i]) * 100,
            unit="points",
            low=low,
            high=high,
            level=0.95 if low is not None else None,
            n=len(calls),
            method=f"linear change from first to last day, cluster-robust; p = {float(whole.p[i]):.2g}",
        )
        quoted = spread([item for item in examples[i] if item], 2)
        found.append(Finding(claim=claim, strength=strength, numbers=(number,), citations=quoted))
    return found


def _overall(found: Sequence[Finding], tested: int, months: int, calls: Sequence[SpokenCall]) -> Finding:
    firm = sum(item.strength == "established" for item in found)
    verdict = (
        f"{firm} {'change is' if firm == 1 else 'changes are'} established" if firm else "no change is established"
    )
    return Finding(
        claim=f"{tested} subjects were followed over {months} months and {len(calls):,} dated calls: {verdict}.",
        strength="established" if firm else "not established",
        numbers=(Number(name="subjects tested for change", value=float(tested), n=len(calls)),),
        citations=(cite_rows("calls", [call.call.call_id for call in calls]),),
    )
