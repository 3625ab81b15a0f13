"""What is compared: ways to go on after an action turned out to be impossible, behind one interface.

A policy is made once for each run. It is asked for a plan, and after each failure for what is to be done from the state
that was observed; it counts the nodes it refines. A further policy is a class with the same three members, and one line
in `POLICIES`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from benchmarks._replan_cases import ACTING, CLASSIC
from benchmarks._replan_published import GaveUp, ImplicitDependencies, Node, Planner, RunLazyRefineahead
from htn.model import Domain, State
from htn.plan import Plan
from htn.planning import Limits, Solved, find_plan
from htn.planning import replan as replanning

__all__ = ["OURS", "POLICIES", "PUBLISHED", "Policy"]

Action = tuple[Any, ...]
P = TypeVar("P", bound=Planner)
MOST = 200_000
"""Nodes that a policy may refine at once; beyond, it has given up."""

EFFORT = 500
"""Nodes that a policy may expand in looking for a better repair than the first it found."""


class Policy(Protocol):
    """A way to plan, and to go on."""

    expansions: int

    def start(self, state: State, tasks: list[Any]) -> list[Action] | None:
        """Return the initial plan, or None."""

    def repair(self, observed: State, failed: int) -> list[Action] | None:
        """Return what is to be done from now on, or None; ``failed`` is a place in the plan returned last."""


class Scratch:
    """The engine plans everything wanted again from the observed state."""

    def __init__(self, domain: str) -> None:
        self.domain = importlib.import_module(f"domains.{domain}").domain
        self.expansions = 0
        self.tasks: list[Any] = []

    def start(self, state: State, tasks: list[Any]) -> list[Action] | None:
        """Return the initial plan, or None."""
        self.tasks = tasks
        return self._plan(state)

    def repair(self, observed: State, failed: int) -> list[Action] | None:
        """Return a plan for everything wanted."""
        return self._plan(observed)

    def _plan(self, state: State) -> list[Action] | None:
        outcome = find_plan(self.domain, state, self.tasks, limits=Limits(nodes=MOST))
        self.expansions += outcome.statistics.nodes
        return outcome.actions if isinstance(outcome, Solved) else None


class PublishedScratch:
    """As `Scratch`, with the search of the published strategies: what their ratios refer to."""

    def __init__(self, domain: str) -> None:
        self.planner = _planner(Planner, domain)
        self.expansions = 0
        self.tasks: list[Any] = []

    def start(self, state: State, tasks: list[Any]) -> list[Action] | None:
        """Return the initial plan, or None."""
        self.tasks = tasks
        return self.repair(state, 0)

    def repair(self, observed: State, failed: int) -> list[Action] | None:
        """Return a plan for everything wanted."""
        try:
            return self.planner.plan(observed, self.tasks)
        except GaveUp:
            return None
        finally:
            self.expansions += self.planner.expansions


class Published:
    """One of the published strategies.

    Parameters
    ----------
    strategy : type
        `RunLazyRefineahead` or `ImplicitDependencies`.
    domain : str
        The domain's name.
    """

    def __init__(self, strategy: type[RunLazyRefineahead | ImplicitDependencies], domain: str) -> None:
        self.planner = _planner(strategy, domain)
        self.expansions = 0
        self.nodes: list[Node] = []

    def start(self, state: State, tasks: list[Any]) -> list[Action] | None:
        """Return the initial plan, or None."""
        plan = self.planner.plan(state, tasks)
        self.expansions += self.planner.expansions
        self.nodes = self.planner.actions()
        return plan

    def repair(self, observed: State, failed: int) -> list[Action] | None:
        """Return what the strategy takes for the remaining plan."""
        try:
            nodes = self.planner.replan(observed, self.nodes[failed])
        except GaveUp:
            nodes = None
        self.expansions += self.planner.expansions
        self.nodes = nodes or []
        return None if nodes is None else [node.task for node in nodes]


class Repair:
    """Repair as this project does it.

    Where actions fail by chance nothing in the state says why. What was tried and failed is counted; a policy that
    prices its choices decides by that between trying again and another way, and others are told to avoid what failed
    while there is another way.

    Parameters
    ----------
    policy : Policy of `htn.planning.replan`
        Which repair is wanted.
    domain : str
        The domain's name.
    """

    def __init__(self, policy: replanning.Policy, domain: str) -> None:
        module = importlib.import_module(f"domains.{domain}")
        self.domain: Domain = module.domain
        self.policy = policy
        weighs = isinstance(policy, (replanning.Combined, replanning.Cheapest))
        self.attempts = replanning.Attempts() if domain in ACTING else None
        self.ways = (True, False) if domain in ACTING and not weighs else (False,)
        self.expansions = 0
        self.plan: Plan | None = None
        self._prices: dict[str, float] = module.COSTS

    def start(self, state: State, tasks: list[Any]) -> list[Action] | None:
        """Return the initial plan, or None."""
        outcome = find_plan(self.domain, state, tasks, limits=Limits(nodes=MOST))
        self.expansions += outcome.statistics.nodes
        if not isinstance(outcome, Solved):
            return None
        self.plan = outcome.plan
        return [(step.task, *step.args) for step in self.plan.steps]

    def repair(self, observed: State, failed: int) -> list[Action] | None:
        """Return what is pending in the repaired plan."""
        if self.plan is None:
            return None
        step = self.plan.pending[failed].id
        if self.attempts is not None:
            for place, tried in enumerate(self.plan.pending[: failed + 1]):
                self.attempts.note((tried.task, *tried.args), failed=place == failed)
        for avoid in self.ways:
            outcome = replanning.replan(
                self.domain,
                self.plan,
                step,
                observed,
                policy=self.policy,
                avoid=avoid,
                attempts=self.attempts,
                costs=lambda task: self._prices[task[0]],
                limits=Limits(nodes=MOST),
            )
            self.expansions += outcome.statistics.nodes
            if isinstance(outcome, replanning.Repaired):
                self.plan = outcome.plan
                return outcome.actions
        return None


def _planner(kind: type[P], domain: str) -> P:
    """Return a planner with the test for cycles as published, except where that would lose all plans."""
    module = importlib.import_module(f"domains.{domain}")
    without = ("openstacks", "rescue") if issubclass(kind, ImplicitDependencies) else (*CLASSIC[2:], *ACTING)
    cycle_test = not issubclass(kind, RunLazyRefineahead) and domain not in without  # IPyHOP has no such test
    return kind(module.domain, module.STATIC, cycle_test=cycle_test, most=MOST)


PUBLISHED: dict[str, Callable[[str], Policy]] = {
    "IPyHOPPER": lambda domain: Published(ImplicitDependencies, domain),
    "IPyHOP": lambda domain: Published(RunLazyRefineahead, domain),
    "published scratch": PublishedScratch,
}
"""The strategies that ratios were published for, and what they refer to."""

OURS: dict[str, Callable[[str], Policy]] = {
    "repair": lambda domain: Repair(replanning.Combined(), domain),
    "repair, local": lambda domain: Repair(replanning.Local(), domain),
    "repair, stable": lambda domain: Repair(replanning.Stable(effort=EFFORT), domain),
    "repair, cheapest": lambda domain: Repair(replanning.Cheapest(effort=EFFORT), domain),
    "repair, scratch": lambda domain: Repair(replanning.Scratch(), domain),
}
"""This project's policies; the first is the default."""

POLICIES: dict[str, Callable[[str], Policy]] = {**PUBLISHED, "scratch": Scratch, **OURS}
"""Everything compared, by name: the baselines first, then this project's own."""
