"""A history read from the journal of a workspace's runs, which already holds what every step took."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from estimators.history import StepRun
from htn.execution.journal import Journal
from htn.execution.records import Attempt, PlanRecord, RunRecord
from htn.execution.steps import tuples
from htn.plan.plan import Step

__all__ = ["JournalHistory", "SizesOf", "inputs_and_counts"]

SizesOf = Callable[[PlanRecord, Step], Mapping[str, float]]
"""What was known of a step's input before the run, from the plan as it was made."""


def inputs_and_counts(plan: PlanRecord, step: Step) -> Mapping[str, float]:
    """Return how many results a step reads, and how many things of each sort there were in its scope at the start.

    Counts are facts of the state that was planned from: ``count[what, scope] = number``, where the scope is an argument
    of the step, or ``count[what] = number``.
    """
    sizes = {"inputs": float(len(step.causal))}
    facts = plan.document.get("initial", {}).get("fluents", {}).get("count", {}).get("facts", ())
    scopes = [()] + [argument for argument in step.args if isinstance(argument, tuple)]
    nearest: dict[str, int] = {}
    for key, number in facts:
        what, scope = (key, ()) if isinstance(key, str) else (key[0], tuples(key[1]))
        if scope in scopes and scopes.index(scope) >= nearest.get(what, 0):
            nearest[what] = scopes.index(scope)
            sizes[str(what)] = float(number)
    return sizes


@dataclass(frozen=True, slots=True)
class JournalHistory:
    """The rows of all attempts in a journal. Reused and skipped steps took nothing, and give no row.

    Attributes
    ----------
    journal : Journal
        Open, for instance read-only.
    sizes : callable
        Sizes of a step's input, from the plan and itself.
    models : Mapping of str to str
        The model that an agent calls, by the agent's name: the journal records agents.
    runs : sequence of RunRecord or None
        Only these runs of the journal, the latest first.
    """

    journal: Journal
    sizes: SizesOf = inputs_and_counts
    models: Mapping[str, str] | None = None
    runs: Sequence[RunRecord] | None = None

    def rows(self) -> Iterator[StepRun]:
        """Yield the rows, earlier runs first."""
        for run in reversed(self.journal.runs() if self.runs is None else self.runs):
            yield from self._of_run(run)

    def _of_run(self, run: RunRecord) -> Iterator[StepRun]:
        attempts = self.journal.attempts(run.run_id)
        if not attempts:
            return
        steps: dict[str, tuple[PlanRecord, Step, str]] = {}
        for plan in self.journal.plans(run.run_id):
            methods = _methods(plan.document)
            steps |= {step.id: (plan, step, methods.get(step.id, "")) for step in plan.steps}
        for attempt in attempts:
            if attempt.status in ("finished", "failed") and attempt.attempt and attempt.step_id in steps:
                yield self._row(run, steps[attempt.step_id], attempt)

    def _row(self, run: RunRecord, made: tuple[PlanRecord, Step, str], attempt: Attempt) -> StepRun:
        plan, step, method = made
        usage, finished = attempt.usage, attempt.finished
        # As the coordinator saw it, checks and storing included: that is what a plan's duration is made of.
        seconds = usage.get("seconds")
        if finished is not None and attempt.started is not None:
            seconds = max(finished - attempt.started, 0.0)
        agent = attempt.agent or ""
        done = attempt.status == "finished"
        # The journal leaves out what is zero. Of a failed attempt nothing but its time is known.
        tokens = {name: float(usage.get(name, 0)) if done else None for name in ("input_tokens", "output_tokens")}
        return StepRun(
            task_type=step.capability or step.task,
            method=method,
            agent=agent,
            model=(self.models or {}).get(agent, ""),
            run=run.run_id,
            ended=finished or attempt.started or run.created,
            sizes=self.sizes(plan, step),
            seconds=seconds,
            memory_bytes=usage.get("peak_memory_bytes"),
            outcome="finished" if done else attempt.failure or "failed",
            **tokens,
        )


def _methods(document: Mapping[str, Any]) -> dict[str, str]:
    """Return, for each leaf of the plan's tree, the method that put it there."""
    found: dict[str, str] = {}
    for node in document.get("tree", {}).get("nodes", ()):
        for child in node.get("children", ()):
            found[child] = node.get("method") or ""
    return found
