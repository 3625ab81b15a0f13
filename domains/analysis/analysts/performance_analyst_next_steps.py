"""Next steps: how often calls end with one for a named day, by rep, and whether that goes with winning."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import spread
from domains.analysis.analysts.comparison import calls_beyond
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.performance_analyst_closing import dated_closing
from domains.analysis.analysts.performance_analyst_conversation import CALLS_FLOOR, CLUSTER_FLOOR
from domains.analysis.analysts.performance_analyst_judgements import JudgedArtifact, Judgement
from domains.analysis.artifacts import Citation, Finding, Number
from domains.analysis.language.next_steps import next_steps
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import hedged, strength_of
from domains.analysis.statistics.clustered import Association, association
from domains.analysis.statistics.numbers import in_words, percent, proportion
from domains.analysis.statistics.pooling import pool_rates, split_half_reliability
from domains.analysis.statistics.standardisation import standardise

if TYPE_CHECKING:
    from domains.analysis.analysts.call_artifacts import SpokenCall
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["NextStepRates", "measure_next_steps"]

REPS_FLOOR = 3
SIDE_FLOOR = 20
RELIABLE = 0.7
NO_CALLS = "No usable call is in scope, so the rate of next steps cannot be measured."


class NextStepRates(JudgedArtifact):
    """Share of calls with a dated next step, overall and by rep, and how it goes with winning."""

    dated: Number | None = None
    any_step: Number | None = None
    reps: tuple[Number, ...] = ()
    effect: Number | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """One call: whether it has a next step, and the words that fix one for a named day."""

    spoken: SpokenCall
    some: bool
    citation: Citation | None

    @property
    def dated(self) -> bool:
        return self.citation is not None


@capability("measure_next_steps", specialist="performance analyst", output=NextStepRates)
def measure_next_steps(workspace: Workspace, scope: Scope, inputs: Inputs) -> NextStepRates:
    """Measure the share of calls that end with something fixed for a named day.

    Notes
    -----
    Found by rules on words in the last quarter of a call; the rules miss some and take some chatter for a promise,
    alike for won and lost calls.
    """
    rows = [_row(call) for call in calls_beyond(workspace, scope, inputs, "rep")]
    if not rows:
        return NextStepRates(limits=(NO_CALLS,))
    dated = proportion("calls with a dated next step", sum(row.dated for row in rows), len(rows))
    some = proportion("calls with any next step", sum(row.some for row in rows), len(rows))
    effect, effect_findings, effect_tests = _effect(rows)
    reps, rep_findings, rep_tests = _reps(rows)
    return NextStepRates(
        dated=dated,
        any_step=some,
        reps=reps,
        effect=effect,
        judgements=(*effect_tests, *rep_tests),
        findings=(_overall(rows, dated, some), *effect_findings, *rep_findings, *_asked(rows, value(scope, "rep"))),
        limits=("Next steps are found by rules on the words said; what was agreed in writing is not seen.",),
    )


def _row(call: SpokenCall) -> _Row:
    dated = dated_closing(call.turns, call.day)
    some = dated is not None or any(step.owner != "unknown" for step in next_steps(call.turns, call.day))
    return _Row(call, some, dated)


def _cited(rows: list[_Row]) -> tuple[Citation, ...]:
    quotes = spread([row.citation for row in rows if row.citation], 3)
    return (*quotes, cite_rows("calls", (row.spoken.call.call_id for row in rows)))


def _overall(rows: list[_Row], dated: Number, some: Number) -> Finding:
    return Finding(
        claim=f"{percent(dated.value)} of {len(rows):,} calls end with a next step for a named day; "
        f"{percent(some.value)} "
        "have any next step.",
        strength="descriptive",
        numbers=(dated, some),
        citations=_cited(rows),
        title="How many calls end with a next step for a named day",
    )


def _effect(rows: list[_Row]) -> tuple[Number | None, tuple[Finding, ...], tuple[Judgement, ...]]:
    decided = [row for row in rows if row.spoken.call.outcome in ("won", "lost")]
    having = sum(row.dated for row in decided)
    if min(having, len(decided) - having) < SIDE_FLOOR:
        return None, _too_few(decided, having) if decided else (), ()
    cases = _by_deal(decided)
    dated = [sum(row.dated for row in calls) / len(calls) for calls in cases]
    won = [float(calls[0].spoken.call.outcome == "won") for calls in cases]
    customers = [calls[0].spoken.group for calls in cases]
    found = association(dated, won, customers)
    if found is None:
        return None, (), ()
    noun = "deals" if len(cases) < len(decided) or decided[0].spoken.call.opportunity_id else "calls"
    number = _points(f"share won, {noun} with dated next steps less {noun} without", found)
    numbers = [number]
    note = f"{found.n:,} {noun}; errors are robust to {found.clusters} customers, p = {found.p:.2g}."
    if noun == "deals":
        note += " A deal counts by the share of its calls that end with a dated next step."
    within = association(dated, won, customers, [calls[0].spoken.call.rep for calls in cases])
    if within is not None:
        same = _points(f"the same, among {noun} of one rep", within)
        numbers.append(same)
        note += f" Among {noun} of the same rep: {in_words(same)}, p = {within.p:.2g}."
    strength = strength_of(found.p, n=found.clusters, floor=CLUSTER_FLOOR)
    otherwise = f"That {noun} with dated next steps are won more often is not established: {in_words(number)}."
    if strength == "not established":
        claim = otherwise
    else:
        direction = "more" if found.effect > 0 else "less"
        claim = f"Calls with a dated next step belong to won deals {direction} often than others: {in_words(number)}."
    note += " Willing buyers agree to dates more easily, so this need not be the cause."
    finding = Finding(
        claim=hedged(claim, strength), strength=strength, numbers=tuple(numbers), citations=_cited(decided), note=note
    )
    test = Judgement(question="next steps and winning", claim=finding.claim, otherwise=otherwise, p=min(found.p, 1.0))
    return number, (finding,), (test,)


def _by_deal(rows: list[_Row]) -> list[list[_Row]]:
    """Return the calls by deal: an outcome belongs to a deal, and five calls of one deal are not five outcomes."""
    own: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        own[row.spoken.call.opportunity_id or row.spoken.call.call_id].append(row)
    return list(own.values())


def _too_few(decided: list[_Row], having: int) -> tuple[Finding, ...]:
    share = proportion("decided calls with a dated next step", having, len(decided))
    return (
        Finding(
            claim=f"Whether dated next steps go with winning is not concluded: {having:,} of {len(decided):,} "
            "decided calls "
            f"have one, and the floor is {SIDE_FLOOR} with and {SIDE_FLOOR} without.",
            strength="not established",
            numbers=(share,),
            citations=_cited(decided),
        ),
    )


def _points(name: str, found: Association) -> Number:
    return Number(
        name=name,
        value=found.effect * 100,
        unit="points",
        low=found.interval.low * 100,
        high=found.interval.high * 100,
        level=found.level,
        n=found.n,
        method=f"linear regression, errors robust to {found.clusters} customers",
    )


def _reps(rows: list[_Row]) -> tuple[tuple[Number, ...], tuple[Finding, ...], tuple[Judgement, ...]]:
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row.spoken.call.rep or ""].append(row)
    large = {rep: members for rep, members in sorted(groups.items()) if rep and len(members) >= CALLS_FLOOR}
    numbers = tuple(
        proportion(f"calls with a dated next step, {rep}", sum(row.dated for row in members), len(members))
        for rep, members in large.items()
    )
    if len(large) < REPS_FLOOR:
        return numbers, (), ()
    hits, totals = [sum(row.dated for row in members) for members in large.values()], [*map(len, large.values())]
    pairs = [(rep, row) for rep, members in large.items() for row in members]
    # one customer's calls are alike, and say less than their number
    p = standardise(
        [rep for rep, _ in pairs],
        [""] * len(pairs),
        [float(row.dated) for _, row in pairs],
        clusters=[row.spoken.group for _, row in pairs],
    ).p
    pooled = pool_rates(hits, totals)
    reliability = split_half_reliability([_by_customer(members) for members in large.values()])
    strength = strength_of(p, n=sum(totals), floor=REPS_FLOOR * CALLS_FLOOR)
    ordered = sorted(zip(pooled.estimates, pooled.intervals, large, strict=True))
    (low, _, lowest), (high, _, highest) = ordered[0], ordered[-1]
    otherwise = f"Reps do not differ in the rate of dated next steps beyond chance (all: {percent(pooled.overall)})."
    if strength == "not established":
        claim = otherwise
    elif reliability is not None and reliability >= RELIABLE:
        claim = f"Reps differ in dated next steps: {percent(low)} ({lowest}) to {percent(high)} ({highest}), pooled."
    else:
        claim = (
            f"Reps differ in dated next steps (pooled rates {percent(low)} to {percent(high)}), but their order "
            "would not "
            "repeat, so nobody is named."
        )
    shown = "unknown" if reliability is None else f"{reliability:.2f}"
    finding = Finding(
        claim=hedged(claim, strength),
        strength=strength,
        numbers=numbers,
        citations=_cited([row for members in large.values() for row in members]),
        note=f"{len(large)} reps with at least {CALLS_FLOOR} calls; p = {p:.2g}, reliability of the order {shown}.",
    )
    test = Judgement(question="next steps of reps", claim=finding.claim, otherwise=otherwise, p=p)
    return numbers, (finding,), (test,)


def _by_customer(rows: list[_Row]) -> list[float]:
    """Return the share of each customer's calls: the same customer in both halves would make any order repeat."""
    own: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        own[row.spoken.group].append(row.dated)
    return [sum(values) / len(values) for _, values in sorted(own.items())]


def _asked(rows: list[_Row], rep: str | None) -> tuple[Finding, ...]:
    own = [row for row in rows if rep and row.spoken.call.rep == rep]
    if not own:
        return ()
    number = proportion(f"calls with a dated next step, {rep}", sum(row.dated for row in own), len(own))
    enough = len(own) >= CALLS_FLOOR
    return (
        Finding(
            claim=f"{rep}: calls that end with a dated next step {in_words(number)}."
            if enough
            else f"Nothing is concluded about next steps of {rep}: {len(own)} calls, the floor is {CALLS_FLOOR}.",
            strength="descriptive" if enough else "not established",
            numbers=(number,),
            citations=_cited(own),
        ),
    )
