"""A small plan, agents and a runtime whose behaviour is plain configuration, so that any process can build them."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from htn.execution.agent import StepRequest, StepResult, Usage
from htn.execution.criteria import FunctionCriterion
from htn.execution.failures import FailureClass, StepError
from htn.execution.replan_request import ABANDONED, OBSERVED, ReplanAnswer, ReplanRequest
from htn.execution.runtime import DefaultRuntime, Runtime, RuntimeReference, runtime_factory
from htn.execution.steps import steps_of
from htn.plan.plan import Step

NO_OTHER = "the decomposer knows no other way"


@dataclass(frozen=True)
class ToyPlan:
    """Steps, and nothing else."""

    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON data."""
        return {"steps": [step.to_json() for step in self.steps]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ToyPlan:
        """Read a plan from JSON data."""
        return cls(steps_of(data))


def make_plan(
    graph: Mapping[str, Sequence[str]],
    *,
    capability: Mapping[str, str] | None = None,
    criteria: Mapping[str, Sequence[str]] | None = None,
    deferred: Sequence[str] = (),
) -> ToyPlan:
    """Build a plan from ``{step: steps that it uses}``; ids are ``n-<name>``, keys are hashes as in real plans."""
    keys: dict[str, str] = {}
    steps = []
    for name, uses in graph.items():
        keys[name] = hashlib.sha256(repr((name, [keys[item] for item in uses])).encode()).hexdigest()[:16]
        before = tuple(f"n-{item}" for item in uses)
        steps.append(
            Step(
                id=f"n-{name}",
                key=keys[name],
                task=name,
                args=(name,),
                capability=(capability or {}).get(name, "work"),
                description=f"Do {name}.",
                dependencies=before,
                causal=before,
                criteria=tuple((criteria or {}).get(name, ())),
                deferred=name in deferred,
            )
        )
    return ToyPlan(tuple(steps))


def note(path: Path | str, line: str) -> None:
    """Append a line to a file in one write, which survives the death of the process."""
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, (line + "\n").encode())
    finally:
        os.close(descriptor)


def lines(path: Path | str) -> list[str]:
    """Return the lines of such a file."""
    return Path(path).read_text().split() if Path(path).exists() else []


class ToyAgent:
    """Writes down each step that it begins and ends, and behaves as its plan of failures says.

    ``fails`` is ``{task: [failure class of the first try, of the second, ...]}``; ``always`` fails every try;
    ``hold`` names a pipe on which a task waits.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.name = str(config.get("name", "worker"))
        self.capabilities = frozenset(config.get("capabilities", ["work"]))
        self.capacity = int(config.get("capacity", 4))
        self._log = config.get("log")
        self._announce = bool(config.get("announce"))
        self._fails: Mapping[str, Sequence[str]] = config.get("fails", {})
        self._always: Mapping[str, str] = config.get("always", {})
        self._hold: Mapping[str, str] = config.get("hold", {})
        self._seconds = float(config.get("seconds", 0.0))

    def run(self, request: StepRequest) -> StepResult:
        """Carry out a step, or fail as planned."""
        if self._announce:
            os.write(1, f"begin:{request.step_key}\n".encode())
        if self._log:
            note(self._log, f"begin:{request.step_key}")
        planned = self._fails.get(request.task, ())
        failure = planned[request.attempt - 1] if request.attempt <= len(planned) else self._always.get(request.task)
        if request.task in self._hold:
            Path(self._hold[request.task]).read_text()  # a named pipe: waits until somebody writes to it
        if self._seconds:
            time.sleep(self._seconds)  # stands for work, so that a kill finds steps in hand
        if failure is not None:
            raise StepError(f"{request.task} fails by plan", FailureClass(failure))
        used = sorted(str(item.document["value"]) for item in request.inputs)
        value = hashlib.sha256(repr((request.task, request.args, used)).encode()).hexdigest()[:12]
        document = {"task": request.task, "value": value, "uses": used}
        if self._log:
            note(self._log, f"end:{request.step_key}")
        facts = (("done", (request.task, "x"), True),)
        return StepResult("ToyResult", document, facts, Usage(input_tokens=3, seconds=self._seconds))


class ToyRuntime(DefaultRuntime):
    """Agents from the configuration; other plans by the step that failed."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(
            [ToyAgent(agent) for agent in config.get("agents", [{}])],
            criteria=[
                FunctionCriterion("has_value", "There is a value.", _has_value),
                FunctionCriterion("wish", "Wished for.", lambda document: "not quite", wished=True),
                FunctionCriterion("impossible", "Never met.", lambda document: "nothing ever is enough"),
                FunctionCriterion("broken", "Cannot be checked.", lambda document: document["absent"]),
            ],
            description="toy runtime",
        )
        self._config = config

    def replan(self, request: ReplanRequest) -> ReplanAnswer:
        """Return the plan that the configuration has for this step; nothing follows from what was observed."""
        if request.trigger in (OBSERVED, ABANDONED):
            return ReplanAnswer()
        log = self._config.get("replan_log")
        if log:
            note(log, f"{request.step_id}:{request.trigger}:{'+'.join(done.task for done in request.finished)}")
        if self._config.get("replan_raises"):
            raise RuntimeError("the decomposer broke")
        found = self._config.get("plans", {}).get(request.step_id)
        return (
            ReplanAnswer(why=NO_OTHER) if found is None else ReplanAnswer(ToyPlan.from_json(found), "it is configured")
        )

    def estimate(self, step: Step) -> float | None:
        """Return the configured seconds of the task."""
        value = self._config.get("estimates", {}).get(step.task)
        return None if value is None else float(value)

    def timeout(self, step: Step) -> float | None:
        """Return the configured limit of the task."""
        value = self._config.get("timeouts", {}).get(step.task)
        return None if value is None else float(value)

    def validate(self, step: Step, result: StepResult) -> str | None:
        """Accept results of one type."""
        return None if result.type == "ToyResult" else f"expected a ToyResult, got a {result.type}"


def _has_value(document: Mapping[str, Any]) -> str | None:
    return None if document.get("value") else "there is no value"


@runtime_factory
def toy_runtime(config: Mapping[str, Any]) -> ToyRuntime:
    """Build a toy runtime."""
    return ToyRuntime(config)


def not_a_factory(config: Mapping[str, Any]) -> ToyRuntime:
    """Build one too, but without being marked as allowed."""
    return ToyRuntime(config)


def reference(**config: Any) -> RuntimeReference:
    """Refer to a toy runtime with this configuration."""
    return RuntimeReference("tests.execution.toy:toy_runtime", config)


class FunctionAgent:
    """An agent made of a function, for tests whose steps wait for each other; lives in this process only."""

    def __init__(
        self,
        function: Callable[[StepRequest], Mapping[str, Any] | None],
        *,
        name: str = "worker",
        capabilities: Sequence[str] = ("work",),
        capacity: int = 4,
    ) -> None:
        self.name = name
        self.capabilities = frozenset(capabilities)
        self.capacity = capacity
        self._function = function

    def run(self, request: StepRequest) -> StepResult:
        """Call the function; what it returns is the document."""
        return StepResult("ToyResult", self._function(request) or {"value": request.task})


_REGISTERED: dict[str, Runtime] = {}


@runtime_factory
def registered_runtime(config: Mapping[str, Any]) -> Runtime:
    """Return a runtime of this process that `register` was given."""
    return _REGISTERED[config["name"]]


def register(runtime: Runtime) -> RuntimeReference:
    """Make a runtime of this process known, and refer to it."""
    name = f"runtime-{len(_REGISTERED)}"
    _REGISTERED[name] = runtime
    return RuntimeReference("tests.execution.toy:registered_runtime", {"name": name})


def agents_of(*agents: Any, **options: Any) -> RuntimeReference:
    """Refer to a plain runtime with these agents of this process."""
    return register(DefaultRuntime(agents, **options))
