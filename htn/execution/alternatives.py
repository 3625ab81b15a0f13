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

__all__ = ["LEAVE_OUT", "Alternative", "Alternatives"]

LEAVE_OUT = "leave_out"
"""Said of a task that is to be left out altogether."""


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

    def wish(self, kind: str, name: str, step_id: str) -> Wish:
        """Return what a person means who names a method, or a task, when a step waits.

        Parameters
        ----------
        kind : str
            ``prefer`` a method, ``exclude`` one, or ``leave_out`` a task.
        name : str
            The method's name, that of the task, or ``TASK=METHOD`` for every task of that name. A name alone is looked
            for above the step, the nearest task first, and then in the rest of the plan.
        step_id : str
            The step that waits.

        Raises
        ------
        ApprovalError
            When there is none, or several are meant; the sentence names those that there are.
        """
        task, equals, method = name.partition("=")
        if equals and kind != LEAVE_OUT:
            return Wish(kind, task, method)
        nodes = self._nodes(step_id)
        nearest = next((wish for node in nodes[0] if (wish := self._meant(kind, name, node)) is not None), None)
        if nearest is not None:
            return nearest
        others = {wish.task: wish for node in nodes[1] if (wish := self._meant(kind, name, node)) is not None}
        if len(others) == 1:
            return next(iter(others.values()))
        if others:
            raise ApprovalError(f"{name} can mean {len(others)} tasks of the plan: write TASK={name} for all of them")
        known = self._names(kind, [*nodes[0], *nodes[1]])
        raise ApprovalError(f"nothing in this plan is called {name}; there are {', '.join(known) or 'none'}")

    def _nodes(self, step_id: str) -> tuple[list[Node], list[Node]]:
        """Return the tasks above a step, the nearest first, and the others that are not finished."""
        step = find_step(self._record.steps, self._run_id, step_id)
        if "tree" not in self._record.document:
            return [], []
        tree = Decomposition.from_json(self._record.document["tree"])
        over = [tree[step.id], *tree.ancestors(step.id)]
        ids = {node.id for node in over}
        left = {item.id for item in self._record.steps if item.key not in self._finished}
        others = [node for node in tree.nodes.values() if node.id not in ids]
        return over, [node for node in others if left.intersection(tree.leaves_below(node.id))]

    def _meant(self, kind: str, name: str, node: Node) -> Wish | None:
        if kind == LEAVE_OUT:
            return Wish(EXCLUDE, node.whole) if node.task == name and node.parent is not None else None
        if kind == EXCLUDE:
            return Wish(EXCLUDE, node.whole, name) if node.method == name else None
        other = node.method != name and name in self._runtime.methods(node.task)
        return Wish(PREFER, node.whole, name) if other else None

    def _names(self, kind: str, nodes: Sequence[Node]) -> list[str]:
        if kind == LEAVE_OUT:
            found = [node.task for node in nodes if node.parent is not None]
        elif kind == EXCLUDE:
            found = [node.method for node in nodes if node.method is not None]
        else:
            found = [name for node in nodes for name in self._runtime.methods(node.task) if name != node.method]
        return list(dict.fromkeys(found))

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
