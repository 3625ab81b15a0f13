"""Behaviours that differ between won and lost calls: every one tested, corrected for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_features import Feature, features, view_of
from domains.analysis.analysts.citing import spread
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.pattern_artifacts import Candidate, CandidateSet
from domains.analysis.analysts.pattern_cases import Cases, cases_of
from domains.analysis.analysts.pattern_sample import PatternSample, pattern_sample
from domains.analysis.analysts.pattern_tests import needed_cases, smallest_visible
from domains.analysis.artifacts import Citation
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.correction import fair_shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Measured", "compare_behaviours", "measure_features", "varies"]

LEAST_CASES = 10
MOST_KEPT = 40

Measured = tuple["NDArray[np.float64]", list[list["Citation | None"]]]


@capability("compare_behaviours", specialist="pattern analyst", output=CandidateSet)
def compare_behaviours(workspace: Workspace, scope: Scope, inputs: Inputs) -> CandidateSet:
    """Compare what reps and prospects do between won and lost deals, like with like, clustered by buyer.

    What is compared are deals, by what their calls show: an outcome belongs to a deal, and five calls of one deal are
    not five outcomes. Only where calls belong to no deal are they compared one by one.

    Returns
    -------
    CandidateSet
        The behaviours with the smallest p values; q values are corrected for all that were tested together, each of
        five questions (next steps, how people talk, objections, competitors, subjects) with an equal share of the
        error. Nothing in it is a finding yet: that takes the calls kept back.
    """
    sample = pattern_sample(workspace, scope, inputs)
    won, lost, groups = sample.counts
    base = CandidateSet(
        kind="behaviour",
        window=sample.window,
        calls_won=won,
        calls_lost=lost,
        groups=groups,
        exclusions=sample.exclusions,
        limits=_limits(sample),
    )
    if not won or not lost:
        return base
    chosen = features(workspace.entities()["competitor"])
    values, examples = measure_features(chosen, sample)
    cases = cases_of(sample)
    shown = cases.shown(values, [feature.habit for feature in chosen])
    usable = [i for i in range(len(chosen)) if varies(chosen[i], shown[:, i])]
    if not usable:
        return base
    candidates = _candidates(
        [chosen[i] for i in usable], values[:, usable], [examples[i] for i in usable], sample, cases
    )
    wins, losses = sum(cases.won), len(cases.won) - sum(cases.won)
    return base.model_copy(
        update={
            "tested": len(usable),
            "candidates": tuple(sorted(candidates, key=lambda one: (one.p, one.name))[:MOST_KEPT]),
            "noun": cases.noun,
            "cases_won": wins,
            "cases_lost": losses,
            "smallest_visible": smallest_visible(wins, losses, alpha=0.05 / len(usable)),
        }
    )


def _limits(sample: PatternSample) -> tuple[str, ...]:
    said = ["Calls that differ in outcome differ in more than is measured: a pattern is an association, not a cause."]
    if sample.window == "first half of the call":
        said.append(
            "The outcome is that of the call itself and is voiced at its end, so only the first half of each call is "
            "compared; differences at the end would be reading the outcome, not forecasting it."
        )
    return tuple(said)


def measure_features(chosen: Sequence[Feature], sample: PatternSample) -> Measured:
    """Return every feature's value and example on every call; a missing value is the feature's mean."""
    import numpy as np

    values = np.full((len(sample.calls), len(chosen)), np.nan)
    examples: list[list[Citation | None]] = [[None] * len(sample.calls) for _ in chosen]
    for row, call in enumerate(map(view_of, sample.calls)):
        for column, feature in enumerate(chosen):
            value, example = call.value(feature)
            values[row, column] = np.nan if value is None else value
            examples[column][row] = example
    present = ~np.isnan(values)
    counts = np.maximum(present.sum(axis=0), 1)
    means = np.where(present, values, 0.0).sum(axis=0) / counts
    # A call on which a measure is undefined must not pull the comparison either way.
    return np.where(present, values, means), examples


def varies(feature: Feature, column: NDArray[np.float64]) -> bool:
    """Return whether enough cases differ in a feature for it to be compared."""
    if feature.share:
        return bool(min((column > 0).sum(), (column < 1).sum()) >= LEAST_CASES)
    return float(column.std()) > 1e-9


def _corrected(chosen: Sequence[Feature], p: Sequence[float]) -> list[float]:
    """Return q values; every family has the same share, so that one of many tests does not drown the others."""
    families = sorted({feature.family for feature in chosen})
    places = [[i for i, feature in enumerate(chosen) if feature.family == family] for family in families]
    corrected = fair_shares([[p[i] for i in own] for own in places])
    q = {i: value for own, values in zip(places, corrected, strict=True) for i, value in zip(own, values, strict=True)}
    return [q[i] for i in range(len(p))]


def _candidates(
    chosen: Sequence[Feature],
    values: NDArray[np.float64],
    examples: Sequence[Sequence[Citation | None]],
    sample: PatternSample,
    cases: Cases,
) -> list[Candidate]:
    import numpy as np

    won = np.array(cases.won, dtype=float)
    habits = [feature.habit for feature in chosen]
    result, shown = cases.compared(values, habits), cases.shown(values, habits)
    corrected = _corrected(chosen, [float(p) for p in result.p])
    found = []
    for column, feature in enumerate(chosen):
        if not result.tells(column):
            continue
        own = shown[:, column]
        more_in_won = result.effect[column] >= 0
        quoted = [
            item for item, is_won in zip(examples[column], sample.won, strict=True) if item and is_won == more_in_won
        ]
        found.append(
            Candidate(
                name=feature.name,
                kind="behaviour",
                share=feature.share,
                habit=feature.habit,
                unit=feature.unit,
                noun=cases.noun,
                won=float(own[won == 1].mean()),
                lost=float(own[won == 0].mean()),
                difference=float(result.effect[column]),
                low=float(result.low[column]),
                high=float(result.high[column]),
                p=float(result.p[column]),
                q=corrected[column],
                n=len(own),
                groups=result.clusters,
                needed=needed_cases(float(result.effect[column]), float(own.std()), alpha=0.05 / len(chosen)),
                examples=spread(quoted, 3) or (cite_rows("calls", [call.call.call_id for call in sample.calls]),),
            )
        )
    return found
