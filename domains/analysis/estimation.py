"""What plans of a workspace will take: learned from its own past runs, the prior where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from domains.analysis.agents import CAPACITY, scope_of
from domains.analysis.claude.configuration import Configuration
from domains.analysis.claude.costs import ClaudeCosts
from domains.analysis.quality import COMPLETENESS
from domains.analysis.registry import capabilities
from estimators.prices import PricedCosts, Prices
from estimators.prior import CORRELATION, PriorCosts
from estimators.quality import LearnedQuality
from estimators.resources import ResourceEstimator
from estimators.whole_plans import corrected
from htn.model import State
from htn.model.estimate import CostModel, Estimate
from htn.scheduling.simulate import AgentCapacity

if TYPE_CHECKING:
    from estimators.calibration_report import CalibrationReport
    from estimators.history import StepRun
    from estimators.journal_plans import PlanRun
    from estimators.learned import LearnedCosts
    from htn.execution.records import RunRecord
    from htn.plan import Plan, Step

__all__ = ["Estimation", "began", "facts_of", "first_of_process", "is_claude"]

_RUNS: Final = 60
"""From so many of the latest runs a plan is estimated: half a second's learning."""
_SETTLED: Final = 200
_STARTED: Final[set[str]] = set()
"""Runs that this process began."""


def began(run: str) -> None:
    """Note that this process began a run; the next one will find the libraries loaded."""
    _STARTED.add(run)


def first_of_process() -> bool:
    """Whether the next run is the first that this process carries out."""
    return not _STARTED


def is_claude(agent: str) -> bool:
    """Whether a step run's agent calls a model.

    Examples
    --------
    >>> is_claude("retrieval (Claude)"), is_claude("retrieval")
    (True, False)
    """
    return agent.endswith("(Claude)")


def facts_of(state: State, args: tuple[Any, ...]) -> dict[str, Any]:
    """Return what the state knows of the size of a step's input: the counts of its scope."""
    scope = scope_of(args)
    return {"count": {what: number for (what, about), number in state.count.items() if about == scope}}


class Past(NamedTuple):
    """What past runs tell: steps, whole runs, and criteria met by method."""

    rows: list[StepRun]
    plans: list[PlanRun]
    met: list[tuple[str, int, int]]


class Estimation:
    """Estimates for one workspace and one kind of agents.

    Parameters
    ----------
    folder : Path
        The workspace.
    agents : str
        "local" or "claude".
    costs : CostModel, optional
        What steps take; learned from the workspace's runs when left out.
    """

    def __init__(self, folder: Path, agents: str = "local", costs: CostModel | None = None) -> None:
        self.folder, self.agents = folder, agents
        self._given = costs
        self._stamp = self._written(), first_of_process()

    @property
    def up_to_date(self) -> bool:
        """Whether nothing was written to the workspace's journal since, as far as it is a file."""
        return (self._written(), first_of_process()) == self._stamp

    def _written(self) -> list[int]:
        from htn.execution.journal import Journal

        files = (self.folder / f"{Journal.FILE_NAME}{ending}" for ending in ("", "-wal"))
        return [path.stat().st_mtime_ns for path in files if path.exists()]

    @cached_property
    def past(self) -> Past:
        """What the workspace's journal has of the latest runs."""
        return self._past(_RUNS, first_of_process())

    def _past(self, most: int | None, first: bool | None) -> Past:
        """Return what so many runs tell; of local analysts only those that were the first of a process, or were not.

        A new process loads libraries first, which takes ten times as long as most steps: of the others even the prior
        is a better guess. To agents that call a model it makes no difference.
        """
        from estimators.journal_history import JournalHistory
        from estimators.journal_plans import criteria_met, plan_runs
        from htn.execution.errors import EmptyJournalError
        from htn.execution.journal import Journal

        try:
            with Journal(self.folder, readonly=True) as journal:
                runs = [run for run in journal.runs(most) if self._with_agents(run)]
                met = list(criteria_met(journal, COMPLETENESS.keys(), runs))
                if first is not None and not self._claude:
                    runs = [run for run in runs if run.context.get("first_of_process", True) == first]
                rows = [row for row in JournalHistory(journal, runs=runs).rows() if self._by_agents(row)]
                return Past(rows, plan_runs(journal, runs), met)
        except EmptyJournalError:
            return Past([], [], [])

    def _with_agents(self, run: RunRecord) -> bool:
        known = run.context.get("analysis_plan", {})
        return bool(known.get("options", {}).get("agents", "local") == self.agents)

    def _by_agents(self, row: StepRun) -> bool:
        return is_claude(row.agent) == self._claude

    @cached_property
    def _learned(self) -> LearnedCosts | None:
        """What was learned from past runs; None without any, or where costs were given."""
        if self._given is not None or not self.past.rows:
            return None
        from estimators.learned import LearnedCosts

        return LearnedCosts(self.past.rows, self._prior(first_of_process()), trees=False)

    def _prior(self, first: bool) -> CostModel:
        return PriorCosts("model") if self._claude else PriorCosts("local", loading=first)

    @cached_property
    def costs(self) -> CostModel:
        """What steps take."""
        if self._given is not None:
            return self._given
        known = self._learned or self._prior(first_of_process())
        if not self._claude:
            return known
        return PricedCosts(ClaudeCosts(Estimation(self.folder).costs, known), self.prices, self.model_for)

    @cached_property
    def prices(self) -> Prices:
        """What tokens cost."""
        return Prices.of(self.folder)

    @cached_property
    def resources(self) -> ResourceEstimator:
        """The estimator of steps and plans."""
        roster: dict[str, set[str]] = {}
        for name, known in capabilities().items():
            roster.setdefault(known.specialist, set()).add(name)
        people = [AgentCapacity(name, frozenset(roster[name]), CAPACITY) for name in sorted(roster)]
        correlation = CORRELATION if self._learned is None else self._learned.correlation()
        return ResourceEstimator(self.costs, people, correlation)

    @cached_property
    def quality(self) -> LearnedQuality:
        """How good what comes of methods is expected to be."""
        return LearnedQuality(COMPLETENESS, self.past.met)

    def model_for(self, capability: str) -> str:
        """Return the model that a Claude agent asks for a capability."""
        known = capabilities().get(capability)  # a task that is still open asks for none
        return Configuration.of(self.folder).model_for(capability, known.specialist if known else "")

    def steps(self, plan: Plan, state: State) -> dict[str, dict[str, Estimate]]:
        """Return what each step is expected to take, by step id and resource."""
        return {step.id: self.resources.step(step, _facts(step, state)) for step in plan.steps}

    def totals(self, plan: Plan, estimates: Mapping[str, Mapping[str, Estimate]]) -> dict[str, Any]:
        """Return what a plan takes in all, as the plan's document has it."""
        found = self.resources.plan(closed(plan.steps), estimates)
        past = [
            (run.simulated["seconds"], run.actual["seconds"]) for run in self._comparable if "seconds" in run.simulated
        ]
        totals = dict(found.totals)
        if "seconds" in totals:
            totals["seconds"] = corrected(totals["seconds"], past)
        bases = {estimate.basis for known in estimates.values() for estimate in known.values() if estimate.basis}
        unknown = "money" in totals and any(_unpriced(known) for known in estimates.values())
        if unknown:  # what is known of the sum would look like all of it
            del totals["money"]
        return {
            "totals": {resource: total.to_json() for resource, total in totals.items()},
            "simulated": {"seconds": found.totals["seconds"].to_json()} if "seconds" in found.totals else {},
            "work_seconds": found.work_seconds.to_json(),
            "critical": {step: share for step, share in found.critical.items() if share > 0},
            "basis": _bases(bases),
            "history": len(self._rows),
            "reservations": {step: self.resources.reservation(known) for step, known in estimates.items()},
            "steps": len(plan.steps),
            "open": sum(step.deferred for step in plan.steps),
            "warnings": self.warnings(),
        }

    def report(self) -> CalibrationReport | None:
        """Return how estimates held in past runs; None before the first."""
        past = self._past(None, None)
        if not past.rows:
            return None
        from estimators.calibration_report import calibration_report
        from estimators.learned import LearnedCosts

        parts = (None,) if self._claude else (True, False)
        costs = [LearnedCosts(self._past(None, part).rows, self._prior(bool(part)), trees=False) for part in parts]
        return calibration_report(costs, past.plans)

    @property
    def _rows(self) -> list[StepRun]:
        return self.past.rows if self._given is None else []

    @cached_property
    def _comparable(self) -> list[PlanRun]:
        """Past runs that were simulated from half as many step runs or more."""
        runs = self.past.plans if self._given is None else []
        return [run for run in runs if 2 * run.history >= min(len(self._rows), _SETTLED)]

    def warnings(self) -> list[str]:
        """Return what is to be said of the prices, if anything."""
        if not self._claude:
            return []
        configured = Configuration.of(self.folder)
        found = self.prices.warning([configured.model, *configured.models.values()], datetime.now(UTC).date())
        return [found] if found else []

    @property
    def _claude(self) -> bool:
        return self.agents == "claude"


def _facts(step: Step, state: State) -> dict[str, Any]:
    """Return the sizes of a step's input: the counts of its scope, and how many results it reads."""
    known = facts_of(state, step.args)
    return {"count": {**known["count"], "inputs": len(step.causal)}}


def closed(steps: Sequence[Step]) -> list[Shape]:
    """Return the steps that are known already, with what the simulation needs of them."""
    known = {step.id for step in steps if not step.deferred}
    return [
        Shape(step.id, tuple(each for each in step.dependencies if each in known), step.capability)
        for step in steps
        if step.id in known
    ]


class Shape:
    """What the simulation needs of a step."""

    def __init__(self, identity: str, dependencies: tuple[str, ...], capability: str) -> None:
        self.id = identity
        self.dependencies = dependencies
        self.capability = capability


def _unpriced(estimates: Mapping[str, Estimate]) -> bool:
    tokens = [estimates[name].p90 for name in ("input_tokens", "output_tokens") if name in estimates]
    return any(tokens) and "money" not in estimates


def _bases(bases: set[str]) -> list[str]:
    """Return what estimates rest on, past runs summed up in a phrase."""
    counted = sorted(int(basis.split()[0]) for basis in bases if basis.endswith(" past runs") and basis[0].isdigit())
    others = sorted(basis for basis in bases if not (basis.endswith(" past runs") and basis[0].isdigit()))
    if not counted:
        return others
    span = f"{counted[0]}" if counted[0] == counted[-1] else f"{counted[0]} to {counted[-1]}"
    return [f"{span} past run{'' if span == '1' else 's'} of each step", *others]
