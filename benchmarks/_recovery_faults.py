"""Agents that fail by a script: what a user plugs in to see how runs of Estate Planner recover.

The local agents are wrapped, once, or twice where a second agent is to have every capability. A script says at which
operator which of the agents asked fails, in which way and how often; or it draws that by a seed. The product is not
touched: this is a runtime of its own, as any application may have one.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from domains.analysis.agents import LocalAgent, local_agents
from domains.analysis.artifacts import Artifact
from domains.analysis.criteria import criterion
from domains.analysis.runtime import AnalysisRuntime
from htn.execution.agent import Agent, StepRequest, StepResult
from htn.execution.failures import FailureClass, StepError
from htn.execution.runtime import RuntimeReference, runtime_factory
from htn.plan import Step

__all__ = ["EVERYBODY", "KINDS", "TRANSIENT", "Fault", "FaultyRuntime", "Script", "build", "reference"]

TRANSIENT = ("timeout", "rate limit", "server error", "malformed reply")
"""What passes by nature, so that the same agent may do better the next time."""
KINDS = (*TRANSIENT, "refusal", "criterion not met", "capability gone", "data missing", "unknown error")
EVERYBODY = -1
HANG_SECONDS = 0.3
"""How long the engine waits for an agent that will never answer."""


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    Attributes
    ----------
    task : str
        The operator whose steps fail.
    kind : str
        One of `KINDS`, or "hang": an agent that never answers.
    times : int or None
        How many tries of an agent fail; None is all.
    asked : int
        Which agent fails: 0 is the one that is asked first, 1 the next; `EVERYBODY` is all.
    """

    task: str
    kind: str
    times: int | None = 1
    asked: int = EVERYBODY


@dataclass(frozen=True)
class Script:
    """Which steps fail how: the faults given, or drawn by a seed.

    Attributes
    ----------
    faults : tuple of Fault
        Given ones.
    seed : int or None
        Draws for every step and agent whether and how it fails.
    share : float
        How many of them fail.
    kinds : tuple of str
        What is drawn from.
    agents : int
        How many agents have each capability.
    """

    faults: tuple[Fault, ...] = ()
    seed: int | None = None
    share: float = 0.3
    kinds: tuple[str, ...] = TRANSIENT
    agents: int = 1

    def fault(self, task: str, args: Any, asked: int) -> Fault | None:
        """Return how the agent that is asked as the so-manieth fails at a step, if it does."""
        for fault in self.faults:
            if fault.task == task and fault.asked in (asked, EVERYBODY):
                return fault
        if self.seed is None:
            return None
        text = repr((self.seed, task, args, asked))
        drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        if drawn % 1000 >= 1000 * self.share:
            return None
        kind = self.kinds[drawn // 1000 % len(self.kinds)]
        return Fault(task, kind, 1 + drawn // 10**6 % 2 if kind in TRANSIENT else None, asked)

    def can_be_done(self, task: str, args: Any) -> bool:
        """Whether some agent carries the step out in the end: by the script alone, whatever the engine does."""
        faults = [self.fault(task, args, asked) for asked in range(self.agents)]
        return any(fault is None or fault.times is not None for fault in faults)

    def to_json(self) -> dict[str, Any]:
        """Return the script as JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Script:
        """Read a script."""
        faults = tuple(Fault(**fault) for fault in data["faults"])
        return cls(**{**data, "faults": faults, "kinds": tuple(data["kinds"])})


class ServiceError(Exception):
    """As the client libraries of services raise it: with the status that came back."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status_code = status
        self.retry_after = 0.01 if status == 429 else None


_RESULTS: dict[Any, StepResult] = {}
"""What the local agents gave, so that hundreds of runs of the same steps compute each of them once."""


@dataclass
class _Record:
    """What happened to the agents of a run, by their own account."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    order: dict[str, list[str]] = field(default_factory=dict)
    tries: Counter[tuple[str, str]] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    injected: list[tuple[str, str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def asked(self, key: str, agent: str) -> int:
        """Return as which one the agent is asked."""
        order = self.order.setdefault(key, [])
        if agent not in order:
            order.append(agent)
        return order.index(agent)


@dataclass(frozen=True)
class FaultyAgent:
    """A local agent that fails by the script."""

    agent: LocalAgent
    script: Script
    record: _Record

    @property
    def name(self) -> str:
        """The specialist's name."""
        return self.agent.name

    @property
    def capabilities(self) -> frozenset[str]:
        """As the specialist's."""
        return self.agent.capabilities

    @property
    def capacity(self) -> int:
        """As the specialist's."""
        return self.agent.capacity

    def run(self, request: StepRequest) -> StepResult:
        """Carry a step out, or fail."""
        record = self.record
        with record.lock:
            asked = record.asked(request.step_key, self.name)
            fault = self.script.fault(request.task, request.args, asked)
            tries = record.tries[request.step_key, self.name] = record.tries[request.step_key, self.name] + 1
            fails = fault is not None and (fault.times is None or tries <= fault.times)
            number = len(record.injected) + 1
            if fault is not None and fails:
                record.injected.append((request.step_id, request.task, fault.kind))
        if fault is not None and fails:
            return self._fail(fault.kind, request, f"drill {number} in {request.task}")
        result = self._do(request)
        with record.lock:
            record.given[request.step_key] += 1
        return result

    def _do(self, request: StepRequest) -> StepResult:
        inputs = tuple(sorted(item.hash for item in request.inputs))
        key = (request.context["workspace"], request.capability, request.args, inputs)
        if key not in _RESULTS:
            _RESULTS[key] = self.agent.run(request)
        return _RESULTS[key]

    def _fail(self, kind: str, request: StepRequest, name: str) -> StepResult:
        if kind == "hang":
            self.record.released.wait()
        if kind == "criterion not met":
            return self._spoiled(request)
        if kind == "malformed reply":
            return StepResult(self.agent.known[request.capability].output.__name__, {"text": f"Sure! {name}"})
        raise {
            "hang": TimeoutError(f"{name}: woken after the run"),
            "timeout": TimeoutError(f"{name}: no answer within 30 s"),
            "rate limit": ServiceError(f"{name}: too many requests", 429),
            "server error": ServiceError(f"{name}: the service is unavailable", 503),
            "refusal": StepError(f"{name}: the model declined to answer", FailureClass.MODEL_REFUSAL),
            "capability gone": ServiceError(f"{name}: the key is not valid any more", 401),
            "data missing": FileNotFoundError(f"{name}: the export is not there"),
            "unknown error": RuntimeError(f"{name}: something nobody foresaw"),
        }[kind]

    def _spoiled(self, request: StepRequest) -> StepResult:
        """Return the step's result with something left out, so that its form is right and a criterion is not met."""
        good, output = self._do(request), self.agent.known[request.capability].output
        names = FaultyRuntime.of(self.script).domain.operators[request.task].criteria
        for document in _spoilings(good.document):
            try:
                artifact: Artifact = output.model_validate(document)
                unmet = any(criterion(name).check(artifact) is not None for name in names)
            except (ValueError, TypeError, LookupError, ArithmeticError):
                continue
            if unmet:
                return replace(good, document=document)
        raise StepError("nothing can be left out of it that a criterion misses", FailureClass.CRITERION_UNMET)


def _spoilings(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a document with one part emptied, one for each part, then with all lists emptied."""
    empty = {list: [], dict: {}, str: "", int: 0, float: 0.0}
    emptied = [{**document, name: empty[type(value)]} for name, value in document.items() if type(value) in empty]
    return [*emptied, {name: [] if isinstance(value, list) else value for name, value in document.items()}]


class FaultyRuntime(AnalysisRuntime):
    """The product's runtime with agents that fail."""

    script: Script
    record: _Record

    @classmethod
    def of(cls, script: Script) -> FaultyRuntime:
        """Return the runtime of a script, the same one each time: runs in one process share its record."""
        if script not in _RUNTIMES:
            made = cls()
            object.__setattr__(made, "script", script)
            object.__setattr__(made, "record", _Record())
            _RUNTIMES[script] = made
        return _RUNTIMES[script]

    def agents(self) -> Sequence[Agent]:
        """Return the specialists, and where the script has more agents, their stand-ins."""
        made = local_agents()
        for number in range(1, self.script.agents):
            made += [replace(agent, name=f"{agent.name}, stand-in {number}") for agent in local_agents()]
        return [FaultyAgent(agent, self.script, self.record) for agent in made]

    def forget(self) -> None:
        """Begin another run with an empty record."""
        object.__setattr__(self, "record", _Record())

    def timeout(self, step: Step) -> float | None:
        """Stop waiting for an agent that hangs."""
        tries = sum(count for (key, _), count in self.record.tries.items() if key == step.key)
        hangs = any(f.kind == "hang" and f.task == step.task and tries < (f.times or 1) for f in self.script.faults)
        return HANG_SECONDS if hangs else None


_RUNTIMES: dict[Script, FaultyRuntime] = {}


def reference(script: Script) -> RuntimeReference:
    """Return how the runtime of a script is found again."""
    return RuntimeReference("benchmarks._recovery_faults:build", {"script": script.to_json()})


@runtime_factory
def build(config: Mapping[str, Any]) -> FaultyRuntime:
    """Return the runtime for a configuration, as `reference` makes it."""
    return FaultyRuntime.of(Script.from_json(config["script"]))
