"""ResourceEstimator: what steps and plans will take, what to set aside for them, and what would make them cheaper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from htn.model.estimate import CostModel, Estimate
from htn.scheduling.simulate import AgentCapacity, PlanTotals, StepShape, makespans, simulate

__all__ = ["Recommendation", "ResourceEstimator", "TaskShape"]

_WORTH: Final = 0.05
"""A gain smaller than this share is not worth a recommendation."""
_MORE: Final = (1, 2)


class TaskShape(StepShape, Protocol):
    """What estimating needs to know of a step; a plan's step has it."""

    @property
    def task(self) -> str:
        """Operator name."""

    @property
    def args(self) -> tuple[Any, ...]:
        """The operator's arguments."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Something that would make a plan take less.

    Attributes
    ----------
    text : str
        In words, with the gain.
    resource : str
        What is saved.
    share : float
        How much of it, in the middle of the simulated runs.
    low, high : float
        The same in a bad and in a good run: one in ten saves less, one in ten more.
    """

    text: str
    resource: str
    share: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {name: getattr(self, name) for name in ("text", "resource", "share", "low", "high")}


@dataclass(frozen=True)
class ResourceEstimator:
    """Estimates of steps and plans from a cost model and those who carry the steps out.

    Attributes
    ----------
    costs : CostModel
        What a step takes: the prior, or what was learned from past runs.
    agents : sequence of AgentCapacity
        Who there is, and how many steps each carries out at once; none means as many as are wanted.
    correlation : float
        How much steps are slow together.
    samples : int
        Simulated runs.

    Examples
    --------
    >>> from estimators.prior import PriorCosts
    >>> @dataclass
    ... class Step:
    ...     id: str
    ...     dependencies: tuple[str, ...] = ()
    ...     capability: str = "assess_objections"
    ...     task: str = "assess_objections"
    ...     args: tuple[str, ...] = ()
    >>> resources = ResourceEstimator(PriorCosts(), [AgentCapacity("analyst", None, 1)], correlation=0.5)
    >>> plan = [Step("a"), Step("b"), Step("c"), Step("d")]
    >>> estimates = resources.steps(plan, {})
    >>> resources.plan(plan, estimates).totals["seconds"].p50 > 1
    True
    >>> print(resources.recommendations(plan, estimates)[0].text)
    2 more places for analyst save 54 % of the time (8 in 10 runs: 40 to 62 %)
    """

    costs: CostModel
    agents: Sequence[AgentCapacity] = ()
    correlation: float = 0.0
    samples: int = 1000

    def step(self, step: TaskShape, facts: Mapping[str, Any]) -> dict[str, Estimate]:
        """Return what one step takes, by resource; `facts` say how large its input is."""
        return dict(self.costs.estimate(step.task, step.args, step.capability, facts))

    def steps(self, steps: Sequence[TaskShape], facts: Mapping[str, Any]) -> dict[str, dict[str, Estimate]]:
        """Return the same for several steps whose facts are alike, by step id."""
        return {step.id: self.step(step, facts) for step in steps}

    def plan(self, steps: Sequence[StepShape], estimates: Mapping[str, Mapping[str, Estimate]]) -> PlanTotals:
        """Return what a plan takes in all, from simulated runs."""
        return simulate(steps, estimates, self.agents, samples=self.samples, correlation=self.correlation)

    def reservation(self, estimates: Mapping[str, Estimate]) -> dict[str, float]:
        """Return what to set aside for a step before it begins: what nine runs in ten stay below.

        Examples
        --------
        >>> from htn.model.estimate import NoCosts
        >>> ResourceEstimator(NoCosts()).reservation({"output_tokens": Estimate(1, 2, 5, 2.5)})
        {'output_tokens': 5}
        """
        return {resource: estimate.p90 for resource, estimate in estimates.items()}

    def capacity(self, steps: Sequence[StepShape]) -> dict[str, dict[str, int]]:
        """Return for each agent its places and how many of the steps want it."""
        return {
            agent.name: {
                "places": agent.capacity,
                "steps": sum(agent.capabilities is None or s.capability in agent.capabilities for s in steps),
            }
            for agent in self.agents
        }

    def at_once(self, steps: Sequence[StepShape]) -> int:
        """Return how many steps at most have the same number of steps before them in the graph.

        Examples
        --------
        >>> from htn.model.estimate import NoCosts
        >>> ResourceEstimator(NoCosts()).at_once([])
        0
        """
        import networkx as nx  # 0.1 s that estimates need not wait for

        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(step.id for step in steps)
        graph.add_edges_from((before, step.id) for step in steps for before in step.dependencies if before in graph)
        return max((len(level) for level in nx.topological_generations(graph)), default=0)

    def recommendations(
        self, steps: Sequence[StepShape], estimates: Mapping[str, Mapping[str, Estimate]]
    ) -> list[Recommendation]:
        """Return what more places would save, largest gain first; nothing where no gain is worth it.

        Every simulated run is compared with itself: the same steps take as long, only somebody else is free.
        """
        usual = self._makespans(steps, estimates, self.agents)
        found = []
        for place, agent in enumerate(self.agents):
            best: Recommendation | None = None
            for more in _MORE:
                others = list(self.agents)
                others[place] = AgentCapacity(agent.name, agent.capabilities, agent.capacity + more)
                gains = 1 - self._makespans(steps, estimates, others) / np.maximum(usual, 1e-12)
                low, share, high = (float(each) for each in np.quantile(gains, (0.1, 0.5, 0.9)))
                # A second place is named only where it saves clearly more than the first.
                if share >= _WORTH and (best is None or share >= best.share + _WORTH):
                    verb = f"{more} more place{'s' if more > 1 else ''} for {agent.name} save{'s' if more == 1 else ''}"
                    best = Recommendation(
                        f"{verb} {share:.0%} of the time (8 in 10 runs: {100 * low:.0f} to {high:.0%})".replace(
                            "%", " %"
                        ),
                        "seconds",
                        share,
                        low,
                        high,
                    )
            if best is not None:
                found.append(best)
        return sorted(found, key=lambda each: -each.share)

    def _makespans(
        self,
        steps: Sequence[StepShape],
        estimates: Mapping[str, Mapping[str, Estimate]],
        agents: Sequence[AgentCapacity],
    ) -> np.ndarray[Any, np.dtype[np.float64]]:
        return makespans(steps, estimates, agents, samples=self.samples, correlation=self.correlation)
