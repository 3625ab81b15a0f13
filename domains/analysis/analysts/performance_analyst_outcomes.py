"""Win rates of reps: pooled, like compared with like, and ranked only where their order can be trusted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.comparison import deals_beyond
from domains.analysis.analysts.deal_selection import cite_deals, closed, won
from domains.analysis.analysts.performance_analyst_judgements import JudgedArtifact, Judgement
from domains.analysis.analysts.performance_analyst_mix import beyond_mix
from domains.analysis.analysts.revenue_operations_win_rate import grouping
from domains.analysis.artifacts import Citation, Exclusion, Finding, Number, Record
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import strength_of
from domains.analysis.statistics.numbers import in_words, percent, proportion
from domains.analysis.statistics.pooling import PooledRates, pool_rates, split_half_reliability
from domains.analysis.statistics.standardisation import Standardised, standardise

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["DEALS_FLOOR", "RELIABLE", "RepOutcomes", "RepRate", "measure_rep_outcomes"]

DEALS_FLOOR = 30
REPS_FLOOR = 3
RELIABLE = 0.7
TOO_FEW = (
    "Reps are not compared by win rate: it takes {reps} reps with at least {deals} closed deals each, and there are "
    "{found}."
)


class RepRate(Record):
    """One rep: closed deals, observed win rate, and the pooled one."""

    rep: str
    closed: int
    observed: Number
    pooled: Number
    beyond_mix: Number | None = None


class RepOutcomes(JudgedArtifact):
    """Win rates of the reps with enough closed deals, and whether they may be ranked; as observed of those below."""

    reps: tuple[RepRate, ...] = ()
    below: tuple[Number, ...] = ()
    citations_of_reps: tuple[Citation, ...] = ()
    ranked: bool = False
    heterogeneity_p: float | None = None
    reliability: float | None = None
    true_spread: float | None = None


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for and against an order of reps."""

    groups: dict[str, list[Deal]]
    pooled: PooledRates
    test: Standardised
    reliability: float | None

    @property
    def ranked(self) -> bool:
        return self.test.p <= 0.05 and (self.reliability or 0.0) >= RELIABLE


@capability("measure_rep_outcomes", specialist="performance analyst", output=RepOutcomes)
def measure_rep_outcomes(workspace: Workspace, scope: Scope, inputs: Inputs) -> RepOutcomes:
    """Measure the win rates of reps and decide whether they may be ranked.

    Notes
    -----
    Reps are ranked only if (a) their win rates differ by more than chance among deals of the same product and segment
    and (b) their order would repeat: split-half reliability of at least .7. Else the refusal says which of the two
    failed and how many deals it would take.
    """
    groups: dict[str, list[Deal]] = defaultdict(list)
    deals = closed(deals_beyond(workspace, scope, inputs, "rep"))
    for deal in deals:
        groups[deal.rep or ""].append(deal)
    large = {rep: members for rep, members in sorted(groups.items()) if rep and len(members) >= DEALS_FLOOR}
    left_out = len(deals) - sum(map(len, large.values()))
    reason = f"their rep is not named or has fewer than {DEALS_FLOOR} of them"
    exclusions = (Exclusion(what="closed deals", count=left_out, reason=reason),) if left_out else ()
    below = tuple(
        proportion(f"win rate, {rep}", len(won(members)), len(members))
        for rep, members in sorted(groups.items())
        if rep and (rep not in large or len(large) < REPS_FLOOR)
    )
    named = [deal for deal in deals if deal.rep]
    cited = (cite_deals(named),) if named else ()
    if len(large) < REPS_FLOOR:
        sentence = TOO_FEW.format(reps=REPS_FLOOR, deals=DEALS_FLOOR, found=len(large))
        return RepOutcomes(below=below, citations_of_reps=cited, limits=(sentence,), exclusions=exclusions)
    evidence = _evidence(workspace, large)
    rows = _rows(evidence)
    asked = value(scope, "rep")
    verdict = _verdict(evidence, rows)
    about, tests = _asked_findings(evidence, rows, groups, asked)
    return RepOutcomes(
        reps=rows,
        below=below,
        citations_of_reps=cited,
        ranked=evidence.ranked,
        heterogeneity_p=evidence.test.p,
        reliability=evidence.reliability,
        true_spread=evidence.pooled.spread,
        judgements=(_ranking(evidence, verdict), *tests),
        findings=(verdict, _spread(evidence, rows), *about),
        exclusions=exclusions,
    )


def _evidence(workspace: Workspace, groups: dict[str, list[Deal]]) -> _Evidence:
    segment = grouping(workspace)["segment"]
    cases = [(rep, deal) for rep, members in groups.items() for deal in members]
    return _Evidence(
        groups=groups,
        pooled=pool_rates([len(won(members)) for members in groups.values()], [*map(len, groups.values())]),
        test=standardise(
            [rep for rep, _ in cases],
            [(deal.product, segment(deal)) for _, deal in cases],
            [float(deal.status == "won") for _, deal in cases],
        ),
        reliability=split_half_reliability([[float(d.status == "won") for d in group] for group in groups.values()]),
    )


def _rows(evidence: _Evidence) -> tuple[RepRate, ...]:
    """Return the reps, best pooled rate first where they may be ranked and by name otherwise."""
    rows = []
    estimates = zip(evidence.pooled.estimates, evidence.pooled.intervals, strict=True)
    mixes = {group.group: beyond_mix(evidence.test, index) for index, group in enumerate(evidence.test.groups)}
    for (rep, members), (estimate, interval) in zip(evidence.groups.items(), estimates, strict=True):
        pooled = Number(
            name=f"pooled win rate, {rep}",
            value=estimate,
            unit="share",
            low=interval.low,
            high=interval.high,
            level=evidence.pooled.level,
            n=len(members),
            method="beta-binomial empirical Bayes",
        )
        observed = proportion(f"win rate, {rep}", len(won(members)), len(members))
        rows.append(RepRate(rep=rep, closed=len(members), observed=observed, pooled=pooled, beyond_mix=mixes.get(rep)))
    if evidence.ranked:
        rows.sort(key=lambda row: -(row.pooled.value or 0.0))
    return tuple(rows)


def _verdict(evidence: _Evidence, rows: tuple[RepRate, ...]) -> Finding:
    n = sum(map(len, evidence.groups.values()))
    reliability = "unknown" if evidence.reliability is None else f"{evidence.reliability:.2f}"
    note = (
        f"{len(rows)} reps with at least {DEALS_FLOOR} closed deals, {n:,} deals. Differences among deals of the same "
        f"product and segment ({evidence.test.strata} strata): p = {evidence.test.p:.2g}. Reliability of the order: "
        f"{reliability}, {RELIABLE} is needed. Not held equal: deal size, competitor, territory, and who gives out the "
        "deals."
    )
    if evidence.ranked:
        best, worst = rows[0], rows[-1]
        return Finding(
            claim=f"Win rates differ between reps and their order can be trusted: from {best.rep} "
            f"with {in_words(best.pooled)} to {worst.rep} with {in_words(worst.pooled)}, pooled.",
            strength=strength_of(evidence.test.p, n=n, floor=DEALS_FLOOR * REPS_FLOOR),
            numbers=tuple(row.pooled for row in rows),
            citations=(cite_deals(evidence.groups[best.rep]), cite_deals(evidence.groups[worst.rep])),
            note=note,
        )
    why = (
        "their win rates differ no more than chance would make them"
        if evidence.test.p > 0.05
        else f"their win rates differ, but their order would not repeat (reliability {reliability})"
    )
    return Finding(
        claim=f"Reps are not ranked by win rate: {why} (p = {evidence.test.p:.2g} within product and "
        f"segment).{_needed(evidence)}",
        title="Reps are not ranked by win rate",
        strength="not established",
        numbers=tuple(row.observed for row in rows),
        citations=(cite_deals(deal for members in evidence.groups.values() for deal in members),),
        note=note,
    )


def _ranking(evidence: _Evidence, verdict: Finding) -> Judgement:
    """Return the test of the order of reps, and what is said where it does not stand among all tests of a report."""
    p = evidence.test.p
    return Judgement(
        question="win rates of reps",
        claim=verdict.claim,
        otherwise="Reps are not ranked by win rate: among all that is tested here their differences can be chance "
        f"(p = {p:.2g} within product and segment).{_needed(evidence)}",
        p=p,
    )


def _needed(evidence: _Evidence) -> str:
    """Say how many deals per rep would make the order reliable, if the estimated spread is the true one."""
    rate, spread = evidence.pooled.overall, evidence.pooled.spread
    usual = sum(map(len, evidence.groups.values())) / len(evidence.groups)
    if spread < 0.002:
        return " No number of deals would give an order: what spread there is can all be chance."
    deals = RELIABLE / (1 - RELIABLE) * rate * (1 - rate) / spread**2
    points = f"{spread * 100:.1f} points"
    return f" With a true spread of {points} it would take about {deals:,.0f} closed deals per rep, not {usual:,.0f}."


def _spread(evidence: _Evidence, rows: tuple[RepRate, ...]) -> Finding:
    observed = sorted((row.observed for row in rows), key=lambda number: number.value or 0.0)
    pooled = sorted((row.pooled for row in rows), key=lambda number: number.value or 0.0)
    return Finding(
        claim=f"Observed win rates of reps run from {percent(observed[0].value)} to {percent(observed[-1].value)}; "
        "with chance "
        f"taken out, from {percent(pooled[0].value)} to {percent(pooled[-1].value)} around "
        f"{percent(evidence.pooled.overall)}.",
        strength="descriptive",
        numbers=(observed[0], observed[-1], pooled[0], pooled[-1]),
        citations=(cite_deals(deal for members in evidence.groups.values() for deal in members),),
        note="Partial pooling draws each rep towards the mean of all, the more so the fewer deals there are.",
        title="How far win rates of reps lie apart, as observed and without chance",
    )


def _asked_findings(
    evidence: _Evidence, rows: tuple[RepRate, ...], groups: dict[str, list[Deal]], rep: str | None
) -> tuple[list[Finding], list[Judgement]]:
    """Say how the rep that the question names does, or that there are too few deals to say."""
    if rep is None:
        return [], []
    if rep in evidence.groups:
        finding, test = _asked(evidence, rows, rep)
        return [finding], [test]
    own = groups.get(rep, [])
    if not own:
        return [], []
    claim = f"{rep}: no win rate is concluded, {len(own)} closed deals are below the floor of {DEALS_FLOOR}."
    observed = proportion(f"win rate, {rep}", len(won(own)), len(own))
    return [Finding(claim=claim, strength="not established", numbers=(observed,), citations=(cite_deals(own),))], []


def _asked(evidence: _Evidence, rows: tuple[RepRate, ...], rep: str) -> tuple[Finding, Judgement]:
    row = next(row for row in rows if row.rep == rep)
    group = next(group for group in evidence.test.groups if group.group == rep)
    p = _two_sided(group.z)
    strength = strength_of(p, n=row.closed, floor=DEALS_FLOOR)
    expected = f"away from what the mix of deals lets expect ({group.expected / group.n * 100:.1f} %)."
    otherwise = f"{rep} won {in_words(row.observed)}: no more than chance {expected}"
    finding = Finding(
        claim=otherwise
        if strength == "not established"
        else f"{rep} won {in_words(row.observed)}: more than chance {expected}",
        strength=strength,
        numbers=(row.observed, row.pooled),
        citations=(cite_deals(evidence.groups[row.rep]),),
        note=f"Observed less expected is {group.z:+.1f} standard errors, p = {p:.2g}. Pooled: {in_words(row.pooled)}.",
    )
    return finding, Judgement(question="the named rep", claim=finding.claim, otherwise=otherwise, p=p)


def _two_sided(z: float) -> float:
    from scipy.stats import norm

    return 2 * float(norm.sf(abs(z)))
