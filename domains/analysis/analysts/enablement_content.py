"""Content against outcomes: deals with and without each piece, like compared with like, and used in time to matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, closed, day, selected_deals, started
from domains.analysis.analysts.enablement_artifacts import AssociationRow, ContentComparison
from domains.analysis.analysts.enablement_comparison import (
    Adjusted,
    Controls,
    Stratified,
    adjusted,
    controls_of,
    stratified,
)
from domains.analysis.analysts.enablement_wording import row_finding, rows_table
from domains.analysis.analysts.prospect_history import content_uses
from domains.analysis.artifacts import Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import benjamini_hochberg, strength_of, two_proportion_test
from domains.analysis.statistics.numbers import difference, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["DEALS_FLOOR", "LEAST_DEALS", "association_row", "compare_content"]

DEALS_FLOOR = 100
LEAST_DEALS = 20
STRATA_AGREE_AT = 0.2
LATE_FROM = 0.8
LATE_SHARE = 0.5
CHOSEN = "Reps choose the deals that get it, for reasons that are not recorded"
REASONS = (
    "Content is given to deals for reasons (an objection, a doubt, interest shown) that are not recorded, so these "
    "are associations, not effects."
)


@capability("compare_content", specialist="enablement analyst", output=ContentComparison)
def compare_content(workspace: Workspace, scope: Scope, inputs: Inputs) -> ContentComparison:
    """Compare closed deals with and without each piece of content, within segment, size and rep.

    A piece that is mostly used in the last fifth of a deal's life follows the decision rather than leading to it, and
    one that is handed out when a deal is in trouble looks harmful: neither is called established, whatever its numbers.
    """
    wanted = value(scope, "content")
    # A scope on a piece of content selects the deals that used it; those without are needed for the comparison.
    wide = tuple(pair for pair in scope if pair[0] != "content")
    deals = closed(selected_deals(workspace, wide, inputs) if wanted is None else workspace.deals(wide))
    used, late, after = _uses(workspace, deals)
    names = [name for name, own in used.items() if LEAST_DEALS <= len(own) <= len(deals) - LEAST_DEALS]
    too_few = len(used) - len(names)
    exclusions = [
        Exclusion(what=what, count=number, reason=reason)
        for what, number, reason in (
            ("uses of content", after, "on or after the day the deal was closed"),
            ("pieces of content", too_few, f"used on fewer than {LEAST_DEALS} closed deals, or on nearly all"),
        )
        if number
    ]
    if not names:
        said = (
            f"No piece of content was used on {LEAST_DEALS} closed deals and left out on as many: nothing to compare."
        )
        return ContentComparison(deals=len(deals), exclusions=tuple(exclusions), limits=(said,))
    controls = controls_of(workspace, deals)
    rows = _rows(sorted(names), deals, used, late, controls)
    asked = [row for row in rows if wanted is None or row.name == wanted]
    findings = [_overall(rows, deals, controls)]
    for row in asked:
        own = [deal for deal in deals if deal.opportunity_id in used[row.name]]
        findings.append(row_finding(row, "deals with it", "those without", own, CHOSEN))
    return ContentComparison(
        rows=tuple(rows),
        deals=len(deals),
        findings=tuple(findings),
        exclusions=tuple(exclusions),
        limits=(REASONS,),
    )


def _uses(workspace: Workspace, deals: Sequence[Deal]) -> tuple[dict[str, set[str]], dict[str, list[float]], int]:
    """Return the deals that used each piece, how far into the deal it was used (0 to 1), and uses after the close."""
    by_id = {deal.opportunity_id: deal for deal in deals}
    used: dict[str, set[str]] = defaultdict(set)
    moments: dict[str, list[float]] = defaultdict(list)
    after = 0
    for opportunity, uses in content_uses(workspace, deals).items():
        begun, ended = started(by_id[opportunity]), day(by_id[opportunity].close_date)
        for when, title in uses:
            if ended and when >= ended:
                after += 1
                continue
            used[title].add(opportunity)
            if begun and ended and ended > begun:
                moments[title].append(_moment(begun, when, ended))
    return used, moments, after


def _moment(begun: date, when: date, ended: date) -> float:
    return (when - begun).days / (ended - begun).days


def _rows(
    names: Sequence[str],
    deals: Sequence[Deal],
    used: dict[str, set[str]],
    moments: dict[str, list[float]],
    controls: Controls,
) -> list[AssociationRow]:
    won = [deal.status == "won" for deal in deals]
    tested: list[tuple[str, list[bool], Stratified | None, Adjusted | None]] = []
    for name in names:
        exposed = [deal.opportunity_id in used[name] for deal in deals]
        tested.append((name, exposed, stratified(exposed, won, controls.strata), adjusted(exposed, won, controls)))
    # Strata by segment, size, rep and competitor are many and small, and tell little of a small book of deals: the
    # regression holds the same and uses all. The strata must show the same, at a level that they can reach.
    corrected = benjamini_hochberg(
        [model.p if model else pooled.p if pooled else 1.0 for _, _, pooled, model in tested]
    )
    rows = []
    for (name, exposed, pooled, model), q in zip(tested, corrected, strict=True):
        own = moments.get(name, [])
        late = bool(own) and sum(moment >= LATE_FROM for moment in own) > LATE_SHARE * len(own)
        row = association_row(name, exposed, won, pooled, model, q, late=late, for_reasons=True)
        rows.append(row.model_copy(update={"used_at": _used_at(name, own)}))
    order = {"established": 0, "suggestive": 1, "not established": 2}
    return sorted(rows, key=lambda row: (order[row.strength], row.q if row.q is not None else 1.0, row.name))


def _used_at(name: str, moments: Sequence[float]) -> Number | None:
    if not moments:
        return None
    method = "median over uses of the share of the deal's life that was over"
    return Number(
        name=f"{name}: used when so much of a deal's life was over",
        value=median(moments),
        unit="share",
        n=len(moments),
        method=method,
    )


def association_row(
    name: str,
    exposed: Sequence[bool],
    won: Sequence[bool],
    pooled: Stratified | None,
    model: Adjusted | None,
    q: float,
    *,
    late: bool = False,
    for_reasons: bool = False,
) -> AssociationRow:
    """Return a row: established only if strata and regression agree, the floor is met and use comes before the end."""
    with_it = sum(exposed)
    wins = sum(has and is_won for has, is_won in zip(exposed, won, strict=True))
    rest = sum(is_won and not has for has, is_won in zip(exposed, won, strict=True))
    agrees = bool(
        model
        and pooled
        and pooled.odds_ratio.value
        and model.p <= 0.05
        and pooled.p <= STRATA_AGREE_AT
        and (model.log_odds > 0) == (pooled.odds_ratio.value > 1)
    )
    # Trouble that is not recorded makes content handed out against it look harmful; nothing here tells the two apart.
    harmful = bool(pooled and pooled.odds_ratio.value is not None and pooled.odds_ratio.value < 1)
    firm = agrees and not late and not (harmful and for_reasons) and min(with_it, len(exposed) - with_it) >= LEAST_DEALS
    return AssociationRow(
        name=name,
        with_it=proportion(f"won with {name}", wins, with_it),
        without_it=proportion(f"won without {name}", rest, len(exposed) - with_it),
        difference=difference(
            f"win rate with {name} less without", two_proportion_test(wins, with_it, rest, len(exposed) - with_it)
        ),
        held=_held(name, model, len(exposed)),
        odds_ratio=pooled.odds_ratio.model_copy(update={"name": f"odds ratio of {name}"}) if pooled else None,
        adjusted_p=model.p if model else None,
        q=q,
        strata=pooled.strata if pooled else 0,
        used_late=late,
        strength=strength_of(q, n=len(exposed) if firm else 0, floor=DEALS_FLOOR),
    )


def _held(name: str, model: Adjusted | None, n: int) -> Number | None:
    if model is None:
        return None
    return Number(
        name=f"the same with controls held, {name}",
        value=model.effect * 100,
        unit="points",
        low=model.low * 100,
        high=model.high * 100,
        level=0.95,
        n=n,
        method="logistic regression, average marginal effect, errors robust to accounts or reps",
    )


def _overall(rows: Sequence[AssociationRow], deals: Sequence[Deal], controls: Controls) -> Finding:
    firm = [row.name for row in rows if row.strength == "established"]
    verdict = (
        f"{len(firm)} {'is' if len(firm) == 1 else 'are'} associated with the outcome ({', '.join(firm)})"
        if firm
        else "none is established to go with the outcome"
    )
    rate = proportion("win rate", sum(deal.status == "won" for deal in deals), len(deals))
    numbers, table = rows_table("piece of content", rows, rate, LEAST_DEALS)
    return Finding(
        claim=f"{len(rows):,} pieces of content were compared on {len(deals):,} closed deals, "
        f"with {', '.join(controls.names)} held equal: {verdict}.",
        strength="established" if firm else "not established",
        numbers=numbers,
        citations=(cite_deals(deals),),
        note="Logistic regression with controls, corrected for the number of pieces (Benjamini-Hochberg); a "
        "Mantel-Haenszel odds ratio over strata must show the same (p <= .2).",
        title="Win rates with and without each piece of content",
        table=table,
    )
