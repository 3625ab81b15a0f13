"""A small domain whose results may change the plan, and its runtime, so that any process can build it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from htn.execution.agent import StepResult
from htn.execution.optimizer import Detector, PlanOptimizer, Trigger
from htn.execution.replan_request import ReplanAnswer, ReplanRequest
from htn.execution.replanner import Replanner
from htn.execution.runtime import DefaultRuntime, RuntimeReference, runtime_factory
from htn.model import Domain, State, TaskNetwork, refuse
from htn.plan import Plan, Step
from htn.planning import Solved, find_plan
from tests.execution.toy import ToyAgent, note

PARTS = ("price", "support", "terms")
SECONDS = {"fetch": 2.0, "measure": 10.0, "guess": 2.0, "dig": 20.0, "weigh": 4.0, "join": 1.0}


def make_domain() -> Domain:
    """Fetch, look at three parts side by side, weigh them, join; each part by the best method that applies."""
    domain = Domain("branches")

    def make(state: State, name: str, needs: Iterable[str]) -> object:
        for need in needs:
            if state.made.get(need) is None:
                return refuse(f"{need} must be there first")
        state.made[name] = "planned"
        return state

    @domain.operator(capability="work")
    def fetch(state: State) -> object:
        for part in PARTS:
            state.made[part] = "nothing"
        return make(state, "data", ())

    for name in (f"{way}_{part}" for part in PARTS for way in ("measure", "guess", "dig")):
        part = name.partition("_")[2]
        domain.operator(name=name, capability="work")(lambda state, made=part: make(state, made, ("data",)))

    @domain.operator(capability="work")
    def weigh(state: State) -> object:
        return make(state, "weights", PARTS)

    @domain.operator(capability="work")
    def join(state: State) -> object:
        return make(state, "answer", (*PARTS, "weights"))

    @domain.operator(capability="work")
    def join_unweighed(state: State) -> object:
        return make(state, "answer", PARTS)

    def failed(state: State, name: str) -> bool:
        return (name,) in state.failed

    @domain.method("part")
    def looked_up(state: State, part: str) -> object:
        return [] if (("known", part)) in state.noticed else refuse("it is not known already")

    @domain.method("part")
    def deeper(state: State, part: str) -> object:
        if ("odd", part) not in state.noticed:
            return refuse("nothing is odd")
        return [(f"dig_{part}",)]

    @domain.method("part")
    def cheaply(state: State, part: str) -> object:
        return [(f"guess_{part}",)] if state.good_guess.get(part) else refuse("a guess would not be good")

    @domain.method("part")
    def properly(state: State, part: str) -> object:
        if failed(state, f"measure_{part}") or state.closed.get(part):
            return refuse("it cannot be measured")
        return [(f"measure_{part}",)]

    @domain.method("part")
    def roughly(state: State, part: str) -> object:
        return [(f"guess_{part}",)]

    @domain.method("answer")
    def in_full(state: State) -> object:
        if failed(state, "weigh"):
            return refuse("it cannot be weighed")
        parts = TaskNetwork.unordered([("part", part) for part in PARTS])
        return TaskNetwork.ordered([("fetch",), parts, ("weigh",), ("join",)])

    @domain.method("answer")
    def unweighed(state: State) -> object:
        parts = TaskNetwork.unordered([("part", part) for part in PARTS])
        return TaskNetwork.ordered([("fetch",), parts, ("join_unweighed",)])

    return domain


DOMAIN = make_domain()


def make_plan() -> Plan:
    """Return the first plan: everything measured and weighed."""
    state = State(made={}, failed={}, noticed={}, good_guess={}, closed={})
    outcome = find_plan(DOMAIN, state, [("answer",)])
    assert isinstance(outcome, Solved)
    return outcome.plan


class BranchRuntime(DefaultRuntime):
    """Agents as configured; steps observe the configured facts; detectors notice what is configured.

    ``observes`` is ``{task: [[fluent, key, value], ...]}``, ``notices`` is ``{task: [detector, part]}``;
    ``replan_hold`` names a pipe on which the decomposer waits before it answers, ``replan_log`` a file.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__([ToyAgent(agent) for agent in config.get("agents", [{}])])
        self._config = config
        notices: Mapping[str, Sequence[str]] = config.get("notices", {})

        def detector(name: str, trigger: Trigger, says: str) -> Detector:
            def look(step: Step, document: Mapping[str, Any]) -> int | None:
                return 7 if notices.get(step.task, ("",))[0] == name else None

            return Detector(name, trigger, (), look, says, about=lambda step: notices[step.task][1])

        detectors = [
            detector("odd", Trigger.UNEXPECTED, "{value} values that nobody expected"),
            detector("known", Trigger.REDUNDANT, "{value} sources say so already"),
        ]
        self.replanner = Replanner(
            DOMAIN,
            price=lambda task, state: SECONDS[task[0].partition("_")[0]],
            optimizer=PlanOptimizer(detectors),
        )

    def observe(self, step: Step, result: StepResult) -> Sequence[tuple[str, Any, Any]]:
        """Return what the step observes, and what is noticed in its result."""
        seen = [(fluent, key, value) for fluent, key, value in self._config.get("observes", {}).get(step.task, ())]
        return (*seen, *self.replanner.optimizer.facts(step, result.type, result.document))

    def replan(self, request: ReplanRequest) -> ReplanAnswer:
        """Let the replanner answer."""
        if "replan_log" in self._config:
            note(self._config["replan_log"], f"{request.trigger}")
        if "replan_hold" in self._config:
            Path(self._config["replan_hold"]).read_text()
        return self.replanner(request)

    def methods(self, task: str) -> Mapping[str, str]:
        """Return the methods of the domain."""
        return {method.name: method.applies for method in DOMAIN.methods.get(task, ())}

    def estimate(self, step: Step) -> float | None:
        """Return the usual seconds."""
        return SECONDS[step.task.partition("_")[0]]


@runtime_factory
def branch_runtime(config: Mapping[str, Any]) -> BranchRuntime:
    """Build the runtime."""
    return BranchRuntime(config)


def reference(**config: Any) -> RuntimeReference:
    """Refer to the runtime with this configuration."""
    return RuntimeReference("tests.execution.branches:branch_runtime", config)
