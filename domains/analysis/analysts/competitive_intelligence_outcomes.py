"""Win rates against competitors, as observed: each with its interval, compared with deals that record none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.competitive_intelligence_cases import Case, Cases, competitor_cases
from domains.analysis.analysts.titles import in_title
from domains.analysis.artifacts import Artifact, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import (
    ProportionTest,
    Strength,
    benjamini_hochberg,
    hedged,
    is_borderline,
    strength_of,
    two_proportion_test,
)
from domains.analysis.statistics.numbers import difference, in_words, percent, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CASES_FLOOR", "CompetitorOutcomes", "compare_competitor_outcomes"]

CASES_FLOOR = 30
NOTHING_CLOSED = "Nothing that names a competitor is won or lost yet, so there are no win rates against competitors."


class CompetitorOutcomes(Artifact):
    """Win rate against each competitor, and without any."""

    against: tuple[Number, ...] = ()
    without: Number | None = None


@capability("compare_competitor_outcomes", specialist="competitive intelligence", output=CompetitorOutcomes)
def compare_competitor_outcomes(workspace: Workspace, scope: Scope, inputs: Inputs) -> CompetitorOutcomes:
    """Measure the win rate against every competitor and compare it with that of deals that record none.

    Notes
    -----
    Below 30 closed deals nothing is concluded about a competitor. All competitors are one family for the correction,
    also where the question is about one of them: choosing the one after the fact would be cheating.
    """
    cases = competitor_cases(workspace, scope, inputs)
    if not cases.competitors:
        return CompetitorOutcomes(limits=(NOTHING_CLOSED,))
    alone = cases.alone
    base = proportion("win rate, no competitor known", _wins(alone), len(alone))
    tests: list[tuple[str, list[Case], ProportionTest | None]] = []
    for name in cases.competitors:
        rows = cases.against(name)
        enough = len(rows) >= CASES_FLOOR and len(alone) >= CASES_FLOOR
        test = two_proportion_test(_wins(rows), len(rows), _wins(alone), len(alone)) if enough else None
        tests.append((name, rows, test))
    corrected = iter(benjamini_hochberg([test.p for _, _, test in tests if test]))
    findings = [
        _compared(cases, name, rows, base, test, next(corrected)) if test else _too_few(cases, name, rows)
        for name, rows, test in tests
    ]
    asked = value(scope, "competitor")
    if asked:
        findings = [finding for (name, _, _), finding in zip(tests, findings, strict=True) if name == asked]
    return CompetitorOutcomes(
        against=tuple(_rate(name, rows) for name, rows, _ in tests),
        without=base,
        findings=(_base(cases, base), *findings),
        limits=(f"A competitor is {cases.meaning}; where none is known there may have been one all the same.",),
    )


def _wins(rows: list[Case]) -> int:
    return sum(case.won for case in rows)


def _rate(name: str, rows: list[Case]) -> Number:
    return proportion(f"win rate against {name}", _wins(rows), len(rows))


def _base(cases: Cases, base: Number) -> Finding:
    held = sum(bool(case.competitors) for case in cases.rows)
    return Finding(
        claim=f"{held:,} of {len(cases.rows):,} {cases.noun} have a known competitor; without one the win rate is "
        f"{in_words(base)}.",
        strength="descriptive",
        numbers=(base, proportion("cases with a known competitor", held, len(cases.rows))),
        citations=(cases.cite(cases.alone), cases.cite([case for case in cases.rows if case.competitors])),
        title=f"How many {cases.noun} have a known competitor",
    )


def _too_few(cases: Cases, name: str, rows: list[Case]) -> Finding:
    return Finding(
        claim=f"Nothing is concluded about {name}: {len(rows)} {cases.noun} against it or {len(cases.alone)} without a "
        f"competitor are below the floor of {CASES_FLOOR}.",
        strength="not established",
        numbers=(_rate(name, rows),),
        citations=(cases.cite(rows),),
        title=f"{in_title(name)}: too few {cases.noun}",
    )


def _compared(cases: Cases, name: str, rows: list[Case], base: Number, test: ProportionTest, q: float) -> Finding:
    rate = _rate(name, rows)
    gap = difference(f"win rate against {name} less without a competitor", test)
    strength: Strength = strength_of(q, n=len(rows), floor=CASES_FLOOR)
    if strength == "established" and is_borderline(q):
        strength = "suggestive"
    points = f"{gap.value:+.0f} points [{gap.low:+.0f} to {gap.high:+.0f}]"
    if strength == "not established":
        claim = f"Against {name} the win rate is {in_words(rate)}; a difference from {percent(base.value)} without a "
        claim += f"competitor is not established ({points})."
        title = f"{name}: no difference established as observed"
    else:
        direction = "lower" if test.difference < 0 else "higher"
        claim = f"Against {name} the win rate is {in_words(rate)}, {direction} than without a competitor: {points}."
        title = f"{name}: win rate {direction} as observed"
    note = f"p = {test.p:.2g}, corrected for the competitors compared {q:.2g}. As observed: these {cases.noun} differ "
    note += "in other ways too, and nothing is held equal here."
    if strength == "not established" and test.needed:
        note += f" To tell a difference of this size, {test.needed:,} {cases.noun} on either side would be needed."
    return Finding(
        claim=hedged(claim, strength),
        strength=strength,
        numbers=(rate, base, gap),
        citations=(cases.cite(rows), cases.cite(cases.alone)),
        note=note,
        title=title,
    )
