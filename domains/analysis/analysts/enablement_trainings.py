"""Trainings against outcomes: deals of the same rep before and after, against reps who were not trained then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, closed, day, selected_deals, started
from domains.analysis.analysts.enablement_artifacts import AssociationRow, TrainingComparison
from domains.analysis.analysts.enablement_comparison import Controls, adjusted, controls_of, stratified
from domains.analysis.analysts.enablement_content import DEALS_FLOOR, LEAST_DEALS, association_row
from domains.analysis.analysts.enablement_wording import row_finding, rows_table
from domains.analysis.artifacts import Exclusion, Finding
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import benjamini_hochberg
from domains.analysis.statistics.numbers import proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["compare_trainings"]

REPS_FLOOR = 10
CHOSEN = "Who is trained is chosen, and good reps more often"


@capability("compare_trainings", specialist="enablement analyst", output=TrainingComparison)
def compare_trainings(workspace: Workspace, scope: Scope, inputs: Inputs) -> TrainingComparison:
    """Compare deals begun after a training with deals of the same rep begun before it.

    Reps who take a training differ from those who do not, often by being better already; so a rep is only compared with
    himself or herself, and the overall drift of win rates is held by what untrained reps did in the same half-year.
    """
    wanted = value(scope, "training")
    wide = tuple(pair for pair in scope if pair[0] != "training")
    every = closed(selected_deals(workspace, wide, inputs))
    deals = [deal for deal in every if started(deal) or day(deal.close_date)]
    taken = _taken(workspace)
    exclusions = (
        (Exclusion(what="deals", count=len(every) - len(deals), reason="no date"),) if len(every) > len(deals) else ()
    )
    names = [name for name in sorted(taken) if _enough(deals, taken[name])]
    few = [name for name in sorted(taken) if name not in names]
    limits = (
        [f"{', '.join(few)}: fewer than {LEAST_DEALS} closed deals after or without the training, so not compared."]
        if few
        else []
    )
    if not names:
        return TrainingComparison(deals=len(deals), exclusions=exclusions, limits=tuple(limits))
    rows = _rows(names, deals, taken, controls_of(workspace, deals))
    shown = [row for row in rows if wanted is None or row.name == wanted]
    return TrainingComparison(
        rows=tuple(rows),
        deals=len(deals),
        findings=(_overall(rows, deals, taken), *(_finding(row, deals, taken[row.name]) for row in shown)),
        exclusions=exclusions,
        limits=(*limits, "Who is trained is chosen, not drawn by lot: these are associations, not effects."),
    )


def _taken(workspace: Workspace) -> dict[str, dict[str, date]]:
    """Return for each training the first day on which each rep took it."""
    found: dict[str, dict[str, date]] = defaultdict(dict)
    query = "SELECT rep, training, date FROM trainings WHERE date IS NOT NULL ORDER BY date"
    for row in workspace.connection.execute(query):
        found[row["training"]].setdefault(row["rep"], date.fromisoformat(row["date"][:10]))
    return found


def _after(deal: Deal, taken: dict[str, date]) -> bool:
    first = taken.get(deal.rep or "")
    begun = started(deal) or day(deal.close_date)
    return bool(first and begun and begun >= first)


def _enough(deals: Sequence[Deal], taken: dict[str, date]) -> bool:
    after = sum(_after(deal, taken) for deal in deals)
    return min(after, len(deals) - after) >= LEAST_DEALS


def _half_year(deal: Deal) -> str:
    begun = started(deal) or day(deal.close_date)
    return f"{begun.year}-{1 if begun.month <= 6 else 2}" if begun else ""


def _rows(
    names: Sequence[str], deals: Sequence[Deal], taken: dict[str, dict[str, date]], controls: Controls
) -> list[AssociationRow]:
    won = [deal.status == "won" for deal in deals]
    tested = []
    for name in names:
        exposed = [_after(deal, taken[name]) for deal in deals]
        # The same rep before and after, within segment: what the rep brings along cancels out.
        strata = [f"{deal.rep} / {segment}" for deal, segment in zip(deals, controls.segments, strict=True)]
        within = _with_time(controls, deals, strata)
        tested.append((name, exposed, stratified(exposed, won, strata), adjusted(exposed, won, within)))
    corrected = benjamini_hochberg([pooled.p if pooled else 1.0 for _, _, pooled, _ in tested])
    rows = [
        association_row(name, exposed, won, pooled, model, q)
        for (name, exposed, pooled, model), q in zip(tested, corrected, strict=True)
    ]
    few = [name for name in names if len(taken[name]) < REPS_FLOOR]
    # Deals of a handful of reps are not as many independent cases as there are deals.
    return [
        row.model_copy(update={"strength": "suggestive"}) if row.name in few and row.strength == "established" else row
        for row in rows
    ]


def _with_time(controls: Controls, deals: Sequence[Deal], strata: Sequence[str]) -> Controls:
    """Return controls for the regression in which the half-year takes the place of the product."""
    return Controls(
        names=controls.names,
        strata=strata,
        segments=controls.segments,
        products=[_half_year(deal) for deal in deals],
        rivals=controls.rivals,
        size=controls.size,
        ability=controls.ability,
        clusters=[deal.rep or deal.opportunity_id for deal in deals],
    )


def _finding(row: AssociationRow, deals: Sequence[Deal], taken: dict[str, date]) -> Finding:
    after = [deal for deal in deals if _after(deal, taken)]
    finding = row_finding(row, "deals begun after it", "all others", after, CHOSEN)
    return finding.model_copy(
        update={
            "note": f"{len(taken):,} reps took it. Like with like: the same rep before and after, within segment. "
            f"{finding.note}".strip()
        }
    )


def _overall(rows: Sequence[AssociationRow], deals: Sequence[Deal], taken: dict[str, dict[str, date]]) -> Finding:
    firm = [row.name for row in rows if row.strength == "established"]
    verdict = f"associated with winning or losing: {', '.join(firm)}" if firm else "none is established to change it"
    rate = proportion("win rate", sum(deal.status == "won" for deal in deals), len(deals))
    numbers, table = rows_table("training", rows, rate, LEAST_DEALS)
    return Finding(
        claim=f"{len(rows):,} trainings were compared on {len(deals):,} closed deals, each rep with himself or herself "
        f"before and after: {verdict}.",
        strength="established" if firm else "not established",
        numbers=numbers,
        citations=(cite_deals(deals),),
        note=f"At least {DEALS_FLOOR} deals and {REPS_FLOOR} trained reps are needed to establish anything.",
        title="Win rates after each training and otherwise",
        table=table,
    )
