"""Win rates against competitors with controls: what stays when segment, size, region and product are held."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.competitive_intelligence_balance import balance_finding
from domains.analysis.analysts.competitive_intelligence_cases import Case, Cases, competitor_cases
from domains.analysis.analysts.competitive_intelligence_outcomes import CASES_FLOOR
from domains.analysis.analysts.revenue_operations_win_rate import grouping
from domains.analysis.artifacts import Artifact, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import Strength, benjamini_hochberg, hedged, is_borderline, strength_of
from domains.analysis.statistics.logistic import Factor, LogisticModel, fit_logistic
from domains.analysis.statistics.strength import ESTABLISHED_AT

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CompetitorModel", "model_competitor_effect"]

NO_DEALS = "Competitors are not compared with controls: calls alone do not record segment, size, region or product."
NO_MODEL = (
    "Competitors are not compared with controls: {n} closed deals are too few for the controls at hand, or no "
    "competitor has "
    "5 won and 5 lost deals."
)
SIZED = 0.9
# What is let go, in this order, where deals are too few to hold it: what says least of who the buyer is comes first.
SPARE = ("region", "employees", "product")


class CompetitorModel(Artifact):
    """Change of the probability to win against each competitor, with controls held (points)."""

    effects: tuple[Number, ...] = ()
    controls: tuple[str, ...] = ()


@capability("model_competitor_effect", specialist="competitive intelligence", output=CompetitorModel)
def model_competitor_effect(workspace: Workspace, scope: Scope, inputs: Inputs) -> CompetitorModel:
    """Fit a logistic regression of won and lost on competitors, with segment, size, region and product held.

    Notes
    -----
    The deal's value is used only where at least nine in ten won and lost deals have one above zero: many exports blank
    it on lost deals, and it would then tell the outcome. Competitors with fewer than 5 won or lost deals are left out.
    Where deals are too few for all controls, the least of them are let go and named, rather than comparing nothing.
    """
    cases = competitor_cases(workspace, scope, inputs)
    rows = [case for case in cases.rows if case.deal]
    if not rows:
        return CompetitorModel(limits=(NO_DEALS,))
    categories, measures = _controls(workspace, rows)
    dropped: list[str] = []
    while (model := _fitted(cases, rows, categories, measures)) is None:
        spare = next((name for name in SPARE if name in categories or name in measures), None)
        if spare is None:
            return CompetitorModel(limits=(NO_MODEL.format(n=len(rows)),))
        categories.pop(spare, None)
        measures.pop(spare, None)
        dropped.append(spare)
    controls = (*categories, *measures)
    pairs = list(zip(model.factors, _corrected(model.factors), strict=True))
    asked = value(scope, "competitor")
    limits = tuple(
        f"{name} is not in the comparison with controls: fewer than 5 won or 5 lost deals." for name in model.left_out
    )
    if dropped:
        limits += (f"{len(rows):,} closed deals are too few to hold {' and '.join(dropped)} as well.",)
    family = _family(pairs)
    findings = [
        _finding(cases, model, factor, q, controls, family) for factor, q in pairs if asked in (None, factor.name)
    ]
    findings.sort(key=lambda finding: ("established", "suggestive", "not established").index(finding.strength))
    named = [factor.name for factor in model.factors]
    balance = balance_finding(cases, rows, named, categories, measures, CASES_FLOOR)
    return CompetitorModel(
        effects=tuple(_number(factor, controls) for factor, _ in pairs),
        controls=controls,
        findings=(*findings, balance) if balance else tuple(findings),
        limits=limits,
    )


def _fitted(
    cases: Cases,
    rows: list[Case],
    categories: dict[str, Sequence[str]],
    measures: dict[str, Sequence[float]],
) -> LogisticModel | None:
    return fit_logistic(
        [case.won for case in rows],
        {name: [name in case.competitors for case in rows] for name in cases.competitors},
        categories,
        measures,
        [case.group for case in rows],
    )


def _corrected(factors: Sequence[Factor]) -> list[float]:
    """Return q values within the competitors that meet the floor, and among all for the others.

    Those below the floor are not established whatever comes out, so that nobody pays for looking at them.
    """
    met = [factor.p for factor in factors if factor.n >= CASES_FLOOR]
    own, every = iter(benjamini_hochberg(met)), benjamini_hochberg([factor.p for factor in factors])
    return [next(own) if one.n >= CASES_FLOOR else q for one, q in zip(factors, every, strict=True)]


def _controls(workspace: Workspace, rows: list[Case]) -> tuple[dict[str, Sequence[str]], dict[str, Sequence[float]]]:
    ways = grouping(workspace)
    categories: dict[str, Sequence[str]] = {}
    for name in ("segment", "region", "product"):
        labels = [(ways[name](case.deal) if case.deal else None) or "not recorded" for case in rows]
        if len(set(labels)) > 1:
            categories[name] = labels
    measures: dict[str, Sequence[float]] = {}
    amounts = [case.deal.amount if case.deal else None for case in rows]
    if all(_share(amounts, rows, outcome) >= SIZED for outcome in (True, False)):
        usual = sorted(amount for amount in amounts if amount and amount > 0)
        middle = usual[len(usual) // 2]
        measures["deal value"] = [math.log(amount if amount and amount > 0 else middle) for amount in amounts]
    query = "SELECT account, employees FROM accounts WHERE employees > 0"
    staff = {row["account"]: float(row["employees"]) for row in workspace.connection.execute(query)}
    sizes = [staff.get(case.deal.account or "") if case.deal else None for case in rows]
    known = sorted(size for size in sizes if size)
    if len(known) >= SIZED * len(rows):
        measures["employees"] = [math.log(size or known[len(known) // 2]) for size in sizes]
    return categories, measures


def _share(amounts: list[float | None], rows: list[Case], won: bool) -> float:
    inside = [amount for amount, case in zip(amounts, rows, strict=True) if case.won is won]
    return sum(bool(amount and amount > 0) for amount in inside) / len(inside) if inside else 0.0


def _number(factor: Factor, controls: tuple[str, ...]) -> Number:
    return Number(
        name=f"chance to win against {factor.name}, {', '.join(controls)} held",
        value=factor.effect * 100,
        unit="points",
        low=factor.interval.low * 100,
        high=factor.interval.high * 100,
        level=0.95,
        n=factor.n,
        method="logistic regression, average marginal effect, errors robust to accounts",
    )


@dataclass(frozen=True, slots=True)
class _Family:
    """How many competitors are tested together, and the level that intervals of those found have to have for it."""

    size: int
    level: float


def _family(pairs: Sequence[tuple[Factor, float]]) -> _Family:
    """Return the family, with the level of intervals of effects that were chosen for their p (Benjamini, Yekutieli)."""
    met = [q for factor, q in pairs if factor.n >= CASES_FLOOR] or [q for _, q in pairs]
    found = max(1, sum(q <= ESTABLISHED_AT for q in met))
    return _Family(len(met), 1 - 0.05 * found / len(met))


def _corrected_number(factor: Factor, family: _Family) -> Number:
    """Return the effect with an interval as wide as the correction for several competitors asks."""
    from scipy.stats import norm

    wider = float(norm.ppf(0.5 + family.level / 2) / norm.ppf(0.975))
    below, above = factor.effect - factor.interval.low, factor.interval.high - factor.effect
    return Number(
        name=f"the same against {factor.name}, corrected for {family.size} competitors",
        value=factor.effect * 100,
        unit="points",
        low=(factor.effect - wider * below) * 100,
        high=(factor.effect + wider * above) * 100,
        level=family.level,
        n=factor.n,
        method="the same effect, interval corrected for the choice among several (Benjamini and Yekutieli 2005)",
    )


def _finding(
    cases: Cases, model: LogisticModel, factor: Factor, q: float, controls: tuple[str, ...], family: _Family
) -> Finding:
    number, corrected = _number(factor, controls), _corrected_number(factor, family)
    strength: Strength = strength_of(q, n=factor.n, floor=CASES_FLOOR)
    if strength == "established" and is_borderline(q):
        strength = "suggestive"
    points = f"{number.value:+.0f} points [{number.low:+.0f} to {number.high:+.0f}]"
    if strength == "not established":
        claim = f"Against {factor.name} no difference is established with controls held: {points}."
        title = f"{factor.name}: no difference established with controls held"
    else:
        direction = "less" if factor.effect < 0 else "more"
        may = "are" if strength == "established" else "may be"
        claim = f"With controls held, deals against {factor.name} {may} won {direction} often: {points}."
        title = f"{factor.name}: deals {may} won {direction} often, with controls held"
    reach = (factor.interval.high - factor.interval.low) / 2
    note = f"Held equal: {', '.join(controls) or 'nothing'}. {model.n:,} closed deals, {factor.n:,} against "
    note += f"{factor.name}, compared with deals that record no competitor. p = {factor.p:.2g}"
    if family.size > 1:
        note += f", corrected for {family.size} competitors {q:.2g}; the interval so corrected is "
        note += f"[{corrected.low:+.0f} to {corrected.high:+.0f}]"
    note += "."
    if is_borderline(q):
        note += " That is borderline: a handful of deals decides on which side of .05 it falls."
    if strength == "not established" and reach > 0.1:
        # the interval shrinks with the root of the number of deals
        more = math.ceil(factor.n * (reach * 1.43 / 0.1) ** 2)
        note += f" To see 10 points with 80 % power takes about {more:,} deals against it."
    return Finding(
        claim=hedged(claim, strength),
        strength=strength,
        numbers=(number, corrected) if family.size > 1 else (number,),
        citations=(cases.cite(cases.against(factor.name)), cases.cite(cases.alone)),
        note=note,
        title=title,
    )
