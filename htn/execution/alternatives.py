"""What else a run could do instead of a step that waits, and what would come of a wish; nothing is recorded here.

An alternative is a method for a task above the step, other than the one in the plan. Each was asked of the decomposer
as the run would ask it, so that what is offered can be had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from htn.execution.artifacts import ArtifactStore
from htn.execution.board import Finished
from htn.execution.errors import ApprovalError
from htn.execution.failures import FailureClass, failure_facts
from htn.execution.journal import Journal
from htn.execution.replan_request import CONSTRAINED, FailedStep, ReplanAnswer, ReplanRequest
from htn.execution.revision import finished_steps, granted_wishes
from htn.execution.runtime import Runtime, RuntimeReference, load_runtime
from htn.execution.story import find_step
from htn.execution.validate import critical_path
from htn.execution.wishes import EXCLUDE, PREFER, WITHOUT_AGENT, Wish
from htn.plan.plan import Step
from htn.plan.tree import Decomposition, Node

__all__ = ["Alternative", "Alternatives"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way.

    Attributes
    ----------
    wish : Wish
        What to want, to have it.
    when : str
        When the method applies, in its own words.
    steps : tuple of Step
        What would be left to be done.
    seconds : float
        Expected seconds of these along the longest chain of them; steps without an estimate count nothing.
    work_seconds : float
        Expected seconds of all of these together.
    changes : tuple of Mapping
        What would become of every step, as `htn.execution.replan_request.ReplanAnswer.changes`.
    """

    wish: Wish
    when: str
    steps: tuple[Step, ...]
    seconds: float
    work_seconds: float
    changes: tuple[Mapping[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the alternative as JSON data."""
        told = {"wish": self.wish.to_json(), "when": self.when, "steps": [step.id for step in self.steps]}
        changes = [dict(change) for change in self.changes]
        return {**told, "seconds": self.seconds, "work_seconds": self.work_seconds, "changes": changes}


class Alternatives:
    """Another look at the plan in force of a run, as its journal has it now.

    Parameters
    ----------
    workspace, run_id
        The run; it may be carried out meanwhile, or not.
    """

    def __init__(self, workspace: Path | str, run_id: str) -> None:
        with Journal(workspace, readonly=True) as journal:
            run = journal.run(run_id)
            self._record = journal.plan(run_id)
            steps = {step.key: step for plan in journal.plans(run_id) for step in plan.steps}
            store = ArtifactStore(journal)
            finished = {
                key: Finished(artifact, store.type_of(artifact))
                for key, artifact in journal.finished_keys(run_id).items()
                if store.has(artifact)
            }
            self._finished = finished
            done = tuple(finished_steps(journal, run_id, steps, finished))
            running = tuple(attempt.step_id for attempt in journal.attempts(run_id) if attempt.status == "running")
            self._request = ReplanRequest(
                plan=self._record.document,
                trigger=CONSTRAINED,
                finished=done,
                failures=_failures(journal, run_id, steps, finished),
                running=running,
                estimates=self._record.estimates,
                standing=granted_wishes(journal, run_id),
            )
        self._run_id = run_id
        self._runtime: Runtime = load_runtime(RuntimeReference.from_json(run.runtime))

    @property
    def revision(self) -> int:
        """The plan in force."""
        return self._record.revision

    def preview(self, wishes: Sequence[Wish], step: str | None = None) -> ReplanAnswer:
        """Return what the decomposer answers to wishes.

        Raises
        ------
        ApprovalError
            When they cannot be granted; the sentence says why.
        """
        names = {agent.name for agent in self._runtime.agents()}
        for wish in wishes:
            if wish.kind == WITHOUT_AGENT and wish.agent not in names:
                raise ApprovalError(f"there is no agent {wish.agent!r}; there are {', '.join(sorted(names))}")
        wanted = tuple(wish for wish in wishes if wish.kind != WITHOUT_AGENT)
        if not wanted:
            return ReplanAnswer(why="; ".join(wish.sentence() for wish in wishes))
        answer = self._asked(wanted, step)
        if answer.plan is None:
            raise ApprovalError(f"this cannot be had: {answer.why}; nothing was changed")
        return answer

    def _asked(self, wishes: tuple[Wish, ...], step: str | None) -> ReplanAnswer:
        asked = None if step is None else find_step(self._record.steps, self._run_id, step)
        return self._runtime.replan(replace(self._request, step=asked, wishes=wishes))

    def of(self, step_id: str) -> list[Alternative]:
        """Return the ways to do without a step, the nearest task above it first."""
        if "tree" not in self._record.document:
            return []
        step = find_step(self._record.steps, self._run_id, step_id)
        tree = Decomposition.from_json(self._record.document["tree"])
        found: list[Alternative] = []
        seen = {frozenset(item.key for item in self._record.steps)}
        for node in tree.ancestors(step.id):
            for wish, when in self._wishes(node):
                answer = self._asked((wish,), step.id)
                plan = answer.plan
                if plan is None or any(item.key == step.key for item in plan.steps):
                    continue
                kind = frozenset(item.key for item in plan.steps)
                if kind not in seen:
                    seen.add(kind)
                    found.append(self._priced(wish, when, tuple(plan.steps), answer))
        return found

    def as_planned(self) -> Alternative:
        """Return what the plan in force has still to be done."""
        return self._priced(Wish("", ""), "", self._record.steps, ReplanAnswer())

    def _wishes(self, node: Node) -> list[tuple[Wish, str]]:
        methods = self._runtime.methods(node.task)
        others = [(Wish(PREFER, node.whole, name), when) for name, when in methods.items() if name != node.method]
        return [*others, (Wish(EXCLUDE, node.whole), "")] if node.parent is not None else others

    def _priced(self, wish: Wish, when: str, steps: Sequence[Step], answer: ReplanAnswer) -> Alternative:
        left = tuple(step for step in steps if step.key not in self._finished)
        known = {**self._record.estimates, **answer.estimates}
        for step in left:
            if step.id not in known and (seconds := self._runtime.estimate(step)) is not None:
                known[step.id] = seconds
        work = sum(known.get(step.id, 0.0) for step in left)
        return Alternative(wish, when, left, critical_path(left, known), work, tuple(answer.changes))


def _failures(
    journal: Journal, run_id: str, steps: Mapping[str, Step], finished: Mapping[str, Finished]
) -> tuple[FailedStep, ...]:
    """Return the steps that the decomposer was called for because they failed, and that were not done since."""
    by_id = {step.id: step for step in steps.values()}
    classes = set(FailureClass)
    found: dict[str, FailedStep] = {}
    for event in journal.events(run_id, kinds=("replan_started",)):
        step, failure = by_id.get(event.payload["step"]), event.payload["failure"]
        if step is not None and failure in classes and step.key not in finished:
            found[step.key] = FailedStep(step, failure, failure_facts(failure, step))
    return tuple(found.values())
