"""Ground problems: tasks and methods without variables, with states and conditions as bit masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

__all__ = ["GroundAction", "GroundMethod", "GroundProblem", "GroundStep"]


class GroundAction(NamedTuple):
    """What a primitive task needs and changes. Deletes come before adds.

    Attributes
    ----------
    positive, negative : int
        The facts that must be true, and those that must be false.
    add, delete : int
        The facts that become true, and those that become false.
    cost : int
        What carrying it out costs; 1 where the problem names no costs.
    """

    positive: int
    negative: int
    add: int
    delete: int
    cost: int = 1


class GroundMethod(NamedTuple):
    """One way to decompose a compound task.

    Attributes
    ----------
    positive, negative : int
        The facts that must be true, and those that must be false, before the first action below.
    subtasks : tuple of int
        Tasks, in an order that is allowed.
    before : tuple of pairs of int, or None
        Which places of `subtasks` come before which; None for a sequence.
    label : str
        What the input calls the method; empty for one that stands only for its subtasks.
    """

    positive: int
    negative: int
    subtasks: tuple[int, ...]
    before: tuple[tuple[int, int], ...] | None
    label: str


class GroundProblem(NamedTuple):
    """A problem without variables. Tasks and facts are numbers.

    Attributes
    ----------
    facts : sequence of tuple
        What each bit stands for: the predicate and its arguments.
    tasks : sequence of tuple
        What each task stands for: its name and its arguments.
    actions : dict
        The action of each primitive task.
    methods : dict
        The methods of each compound task, in the order of the input; there may be none.
    initial : int
        The facts at the start.
    root : int
        The task to be done. A goal of the problem is the last subtask of its method: an action without effects, whose
        name begins with ``#`` as those of all tasks that the input does not know.
    """

    facts: Sequence[tuple[str, ...]]
    tasks: Sequence[tuple[str, ...]]
    actions: Mapping[int, GroundAction]
    methods: Mapping[int, Sequence[GroundMethod]]
    initial: int
    root: int


class GroundStep(NamedTuple):
    """One entry of a solution, which lists what was done in the order of doing it.

    Attributes
    ----------
    task : int
        The task.
    parent : int
        The place in the solution of the decomposition that this is a subtask of; -1 for the root.
    position : int
        Its place among the subtasks of that.
    method : GroundMethod or None
        How it was decomposed; None for an action.
    """

    task: int
    parent: int
    position: int
    method: GroundMethod | None
