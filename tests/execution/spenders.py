"""Agents that use tokens, a domain with dear and cheap ways, and its runtime, so that any process can build it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from htn.execution.agent import StepRequest, StepResult, Usage
from htn.execution.replan_request import ReplanAnswer, ReplanRequest
from htn.execution.replanner import Replanner
from htn.execution.run_budget import most_amounts
from htn.execution.runtime import DefaultRuntime, RuntimeReference, runtime_factory
from htn.model import Domain, State, TaskNetwork, refuse
from htn.plan import Plan
from htn.plan.plan import Step
from htn.planning import Solved, find_plan
from tests.execution.toy import ToyAgent

PARTS = ("price", "support", "terms")
MOST = {"fetch": 10, "measure": 100, "guess": 20, "join": 50, "review": 5}
"""Output tokens that a step may use at the most, by its task."""


def make_domain(*, knows_limits: bool) -> Domain:
    """Fetch, look at three parts side by side, measured or guessed, join what there is, review it.

    With ``knows_limits`` there is a method that guesses because a limit is near; else guessing is only the second way.
    """
    domain = Domain("spenders")

    @domain.operator(capability="fetch")
    def fetch(state: State) -> object:
        for part in PARTS:
            state.made[part] = "nothing"
        return state

    def look(state: State, part: str) -> object:
        if part not in state.made:
            return refuse("it must be fetched first")
        state.made[part] = "planned"
        return state

    domain.operator(name="measure", capability="measure", describe="Measure {0}")(look)
    domain.operator(name="guess", capability="guess", describe="Guess {0}")(look)

    @domain.operator(capability="join")
    def join(state: State) -> object:
        if any(state.made.get(part) is None for part in PARTS):
            return refuse("it must be fetched first")
        state.made["answer"] = "planned"
        return state

    @domain.operator(capability="review")
    def review(state: State) -> object:
        return state if state.made.get("answer") else refuse("there is no answer yet")

    @domain.method("part")
    def left_out(state: State, part: str) -> object:
        """Applies when not even a guess can be made."""
        return [] if ("guess", part) in state.failed else refuse("a guess can be made")

    if knows_limits:

        @domain.method("part")
        def briefly(state: State, part: str) -> object:
            """Applies when a limit is near."""
            return [("guess", part)] if state.tight else refuse("there is enough of everything")

    @domain.method("part")
    def properly(state: State, part: str) -> object:
        """Applies when measuring has not failed."""
        return refuse("it cannot be measured") if ("measure", part) in state.failed else [("measure", part)]

    @domain.method("part")
    def roughly(state: State, part: str) -> object:
        """Applies always."""
        return [("guess", part)]

    @domain.method("answer")
    def in_full(state: State) -> object:
        """Applies always."""
        parts = TaskNetwork.unordered([("part", part) for part in PARTS])
        return TaskNetwork.ordered([("fetch",), parts, ("join",), ("review",)])

    return domain


DOMAIN, PLAIN = make_domain(knows_limits=True), make_domain(knows_limits=False)


def make_plan() -> Plan:
    """Return the first plan: everything measured."""
    outcome = find_plan(DOMAIN, State(made={}, failed={}, tight={}), [("answer",)])
    assert isinstance(outcome, Solved)
    return outcome.plan


def most_of(task: str) -> dict[str, float]:
    """Return the upper estimates of a task, as a run's context has them."""
    return {"seconds": 100.0, "output_tokens": float(MOST[task]), "money": MOST[task] / 100.0}


def costs_of(plan: Plan) -> dict[str, dict[str, float]]:
    """Return the upper estimates of a plan's steps, by id."""
    return {step.id: most_of(step.task) for step in plan.steps}


class Watch:
    """An accountant of its own: what was used, and what those at work may still use, at its highest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.used = 0.0
        self.promised = 0.0
        self.highest = 0.0
        self.begun: list[str] = []

    def begin(self, task: str) -> None:
        """Note that a task is begun."""
        with self._lock:
            self.begun.append(task)
            self.promised += most_of(task)["output_tokens"]
            self.highest = max(self.highest, self.used + self.promised)

    def end(self, task: str, tokens: float) -> None:
        """Note what it used."""
        with self._lock:
            self.promised -= most_of(task)["output_tokens"]
            self.used += tokens


WATCHES: dict[str, Watch] = {}


class Spender(ToyAgent):
    """Uses a share of what its tasks may use: ``shares`` by task, ``share`` for the others.

    ``watch`` names one of `WATCHES`; ``stop`` names a file at which a task of ``stops`` waits for ever, once.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__({name: value for name, value in config.items() if name not in ("share", "shares", "watch")})
        self._config = config

    def run(self, request: StepRequest) -> StepResult:
        """Carry out a step."""
        watch = WATCHES.get(self._config.get("watch", ""))
        if watch is not None:
            watch.begin(request.task)
        self._stop(request.task)
        share = self._config.get("shares", {}).get(request.task, self._config.get("share", 1.0))
        tokens = int(most_of(request.task)["output_tokens"] * share)
        result = replace(super().run(request), usage=Usage(output_tokens=tokens))
        if watch is not None:
            watch.end(request.task, tokens)
        return result

    def _stop(self, task: str) -> None:
        stop = self._config.get("stop")
        if stop and task in self._config["stops"] and not Path(stop).exists():
            Path(stop).touch()
            print("here", flush=True)
            threading.Event().wait()


class SpenderRuntime(DefaultRuntime):
    """Agents that use tokens, at a hundredth of the currency each; ``plain``: no method knows of limits."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__([Spender({"capabilities": list(MOST), **agent}) for agent in config.get("agents", [{}])])
        self._replanner = Replanner(
            PLAIN if config.get("plain") else DOMAIN,
            price=lambda task, state: float(MOST[task[0]]),
            most=lambda task, state: most_amounts(most_of(task[0])),
        )

    def replan(self, request: ReplanRequest) -> ReplanAnswer:
        """Let the replanner answer."""
        return self._replanner(request)

    def money(self, step: Step, agent: str, usage: Mapping[str, Any], context: Mapping[str, Any]) -> float:
        """Return the price."""
        return float(usage.get("output_tokens") or 0) / 100.0


@runtime_factory
def spender_runtime(config: Mapping[str, Any]) -> SpenderRuntime:
    """Build the runtime."""
    return SpenderRuntime(config)


def reference(**config: Any) -> RuntimeReference:
    """Refer to the runtime with this configuration."""
    return RuntimeReference("tests.execution.spenders:spender_runtime", config)
