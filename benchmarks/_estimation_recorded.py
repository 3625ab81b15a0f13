"""Recorded runs of Estate Planner gone through in order: each plan estimated anew from the runs recorded before it."""

from __future__ import annotations

from pathlib import Path

from estimators.journal_history import JournalHistory, inputs_and_counts
from estimators.journal_plans import plan_runs
from estimators.learned import LearnedCosts
from estimators.prior import CORRELATION, PriorCosts
from estimators.whole_plans import corrected
from htn.model.estimate import Estimate
from htn.scheduling.simulate import simulate

__all__ = ["recorded"]

_SAMPLES = 500

Pairs = list[tuple[Estimate, float]]


def recorded(workspace: Path) -> tuple[Pairs, Pairs]:
    """Return what is said of every recorded run of local analysts, corrected and by simulation alone, and what it took.

    Runs that were the first of a process are learned apart from others, as `estate run` does. All runs before are
    learned from, where it takes the latest sixty.
    """
    from domains.analysis.estimation import Estimation, closed
    from htn.execution.journal import Journal

    agents = Estimation(workspace).resources.agents
    said: Pairs = []
    simulated: Pairs = []
    past: dict[bool, Pairs] = {True: [], False: []}
    learned: dict[bool, LearnedCosts] = {}
    with Journal(workspace, readonly=True) as journal:
        whole = {run.run: run.actual["seconds"] for run in plan_runs(journal)}
        for number, run in enumerate(reversed(journal.runs())):
            first = bool(run.context.get("first_of_process", number == 0))
            costs = learned.get(first)
            if run.run_id in whole:
                plan = journal.plan(run.run_id)
                source = costs or PriorCosts(loading=first)
                estimates = {
                    step.id: source.estimate(
                        step.task, step.args, step.capability, {"count": dict(inputs_and_counts(plan, step))}
                    )
                    for step in plan.steps
                }
                alike = CORRELATION if costs is None else costs.correlation()
                total = simulate(closed(plan.steps), estimates, agents, samples=_SAMPLES, correlation=alike)
                seconds, actual = total.totals["seconds"], whole[run.run_id]
                said.append((corrected(seconds, past[first]), actual))
                simulated.append((seconds, actual))
                past[first].append((seconds, actual))
            rows = list(JournalHistory(journal, runs=[run]).rows())
            if costs is not None:
                costs.learn(rows)
            elif rows:
                learned[first] = LearnedCosts(rows, PriorCosts(loading=first), trees=False)
    return said, simulated
