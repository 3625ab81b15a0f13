"""The plans and agents with which engines are measured: chains, fans, branches; steps that do nothing, cost or wait."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from htn.execution.agent import StepRequest, StepResult, Usage
from htn.execution.runtime import DefaultRuntime, RuntimeReference, runtime_factory
from tests.execution.toy import ToyPlan, make_plan

__all__ = ["PAYLOAD", "bench_runtime", "graph", "plan", "reference", "work"]

PAYLOAD = "x" * 1000


def graph(shape: str, steps: int) -> dict[str, list[str]]:
    """Return a plan's steps, each with those that it uses."""
    if shape == "chain":
        return {f"s{place}": [f"s{place - 1}"] if place else [] for place in range(steps)}
    if shape == "fan":  # one, many at once, one
        middle = {f"s{place}": ["s0"] for place in range(1, steps - 1)}
        return {"s0": [], **middle, f"s{steps - 1}": list(middle)}
    if shape == "branches":  # four chains side by side
        made: dict[str, list[str]] = {"s0": []}
        for place in range(steps):
            made[f"s{place + 1}"] = [f"s{place - 3}" if place >= 4 else "s0"]
        return made
    raise ValueError(shape)


def plan(shape: str, steps: int) -> ToyPlan:
    """Return a plan of a shape."""
    return make_plan(graph(shape, steps))


def work(name: str) -> dict[str, Any]:
    """Do what a step does: next to nothing."""
    return {"step": name, "text": PAYLOAD}


class _Agent:
    capabilities = frozenset({"work"})

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.name = "worker"
        self.capacity = int(config.get("capacity", 8))
        self._seconds = float(config.get("seconds", 0.0))
        self._tokens = int(config.get("tokens", 0))
        self._hold = config.get("hold")
        self._mark = config.get("mark")

    def run(self, request: StepRequest) -> StepResult:
        """Carry out a step; where one is named to hold at, say that it was reached, and wait for ever."""
        if request.task == self._hold:
            Path(str(self._mark)).write_text(f"{time.time()} {os.getpid()}")
            if not Path(f"{self._mark}.go").exists():
                time.sleep(3600)
        if self._seconds:
            time.sleep(self._seconds)
        return StepResult("Result", work(request.task), usage=Usage(input_tokens=self._tokens))


@runtime_factory
def bench_runtime(config: Mapping[str, Any]) -> DefaultRuntime:
    """Build the runtime in any process."""
    agents: Sequence[Any] = [_Agent(config)]
    return DefaultRuntime(agents, description="benchmark")


def reference(**config: Any) -> RuntimeReference:
    """Refer to it."""
    return RuntimeReference("benchmarks._execution_work:bench_runtime", config)
