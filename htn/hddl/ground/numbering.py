"""Numbering: from what was found to a ground problem, without facts that never change or that nothing asks for."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from operator import attrgetter

from htn.hddl.compile.schemas import GOAL
from htn.hddl.ground.conditions import Outcome
from htn.hddl.ground.explore import MethodInstance
from htn.hddl.ground.prune import Instances
from htn.model.ground import GroundAction, GroundMethod, GroundProblem

__all__ = ["number"]

_SLICE = 500
"""So many actions or methods between two pauses."""


class _Masks:
    """Which facts remain, and their bits."""

    def __init__(self, instances: Instances, initial: set[int]) -> None:
        outcomes = [outcome for found in instances.actions.values() for outcome in found]
        asked = {literal for outcome in outcomes for literal in outcome.needs}
        asked.update(literal for found in instances.methods.values() for method in found for literal in method.needs)
        added = {fact for outcome in outcomes for fact in outcome.add}
        deleted = {fact for outcome in outcomes for fact in outcome.delete}
        changing = (added - initial) | (deleted & initial)
        self.kept = sorted(fact for fact in {literal >> 1 for literal in asked} if fact in changing)
        self.bit = {fact: 1 << i for i, fact in enumerate(self.kept)}

    def of(self, facts: Iterable[int]) -> int:
        mask = 0
        for fact in facts:
            mask |= self.bit.get(fact, 0)
        return mask

    def needs(self, literals: Iterable[int]) -> tuple[int, int]:
        positive = negative = 0
        for literal in literals:
            bit = self.bit.get(literal >> 1, 0)
            if literal & 1:
                negative |= bit
            else:
                positive |= bit
        return positive, negative


def number(
    instances: Instances,
    fact_rows: list[tuple[str, ...]],
    task_rows: list[tuple[str, ...]],
    initial: set[int],
    costs: bool,
) -> Generator[None, None, GroundProblem]:
    """Return the ground problem, after pauses.

    Parameters
    ----------
    instances : Instances
        What is left after pruning.
    fact_rows, task_rows : list of tuple
        What the numbers stand for.
    initial : set of int
        The facts at the start.
    costs : bool
        Whether the problem names costs.
    """
    masks = _Masks(instances, initial)
    tasks: list[tuple[str, ...]] = []
    numbers: dict[int, int] = {}
    for task in (instances.root, *sorted({*instances.actions, *instances.methods} - {instances.root})):
        numbers[task] = len(tasks)
        tasks.append(task_rows[task])
    actions: dict[int, GroundAction] = {}
    methods: dict[int, Sequence[GroundMethod]] = {numbers[instances.root]: ()}
    cases: dict[int, list[int]] = {}
    yield
    for count, (task, outcomes) in enumerate(sorted(instances.actions.items()), 1):
        if not count % _SLICE:
            yield
        made = list(dict.fromkeys(_action(outcome, masks, costs) for outcome in outcomes))
        cases[task] = [numbers[task]]
        if len(made) > 1:
            cases[task] = [*range(len(tasks), len(tasks) + len(made))]
            tasks += [task_rows[task]] * len(made)
        actions.update(zip(cases[task], made, strict=True))
    count = 0
    for task, found in sorted(instances.methods.items()):
        # In the order of the input, whatever became possible first.
        count += len(found)
        if count >= _SLICE:
            count = 0
            yield
        found = sorted(found, key=attrgetter("rank"))
        listed = dict.fromkeys(made for method in found for made in _methods(method, masks, numbers, cases, task_rows))
        methods[numbers[task]] = list(listed)
    for task, several in cases.items():
        if len(several) > 1 and task_rows[task] != (GOAL,):
            methods[numbers[task]] = [GroundMethod(0, 0, (case,), None, "") for case in several]
    facts = [(fact_rows[fact][0].rpartition("/")[0], *fact_rows[fact][1:]) for fact in masks.kept]
    return GroundProblem(facts, tasks, actions, methods, masks.of(initial), numbers[instances.root])


def _action(outcome: Outcome, masks: _Masks, costs: bool) -> GroundAction:
    positive, negative = masks.needs(outcome.needs)
    cost = round(outcome.cost) if costs else 1
    return GroundAction(positive, negative, masks.of(outcome.add), masks.of(outcome.delete), cost)


def _methods(
    method: MethodInstance,
    masks: _Masks,
    numbers: dict[int, int],
    cases: dict[int, list[int]],
    task_rows: list[tuple[str, ...]],
) -> list[GroundMethod]:
    """Return one method, or one for each case of the goal."""
    positive, negative = masks.needs(method.needs)
    subtasks = tuple([numbers[task] for task in method.subtasks])
    made = GroundMethod(positive, negative, subtasks, method.before, method.label)
    if method.subtasks and task_rows[method.subtasks[-1]] == (GOAL,):
        return [made._replace(subtasks=(*subtasks[:-1], case)) for case in cases[method.subtasks[-1]]]
    return [made]
