"""Cover: what a list of tasks needs of the state, because nothing in the list before its use can bring it about.

A goal that is not met, and that no remaining task can add, rules out everything below. The same holds for whatever a
later task surely needs. So every list of tasks gets the facts that must be true, and those that must be false, for it
to have a plan: what its first task needs, and what the rest needs unless the first task may bring it about. This is
goal regression (Waldinger, "Achieving Several Goals Simultaneously", 1977) through what a task may and must do.
"""

from __future__ import annotations

from collections.abc import Generator

from htn.model.ground import GroundMethod, GroundProblem
from htn.planning.ground.recursion import components

__all__ = ["Cover"]

_SLICE = 500
"""So many methods between two pauses."""


class Cover:
    """What each task may change and surely needs, whatever the state.

    Parameters
    ----------
    problem : GroundProblem
        The subtasks of its methods are taken as sequences.
    at_once : bool
        Whether to find everything now; otherwise `work` has to be run through first.

    Attributes
    ----------
    adds, deletes : list of int
        For each task the facts that some decomposition adds, or deletes.
    positive, negative : list of int
        For each task the facts that must be true, or false, in the state in which it begins; contradictory where it has
        no finite decomposition.
    components : list of list of int
        The compound tasks, those that recur through each other together, those below first.

    Examples
    --------
    >>> from htn.model.ground import GroundAction
    >>> actions = {1: GroundAction(0b01, 0, 0b10, 0), 2: GroundAction(0b110, 0, 0, 0)}
    >>> facts, tasks = [("f",), ("g",), ("h",)], [("t",), ("a",), ("b",)]
    >>> cover = Cover(GroundProblem(facts, tasks, actions, {0: [GroundMethod(0, 0, (1, 2), None, "m")]}, 0, 0))
    >>> bin(cover.adds[0]), bin(cover.positive[0])
    ('0b10', '0b101')
    """

    def __init__(self, problem: GroundProblem, *, at_once: bool = True) -> None:
        self.problem = problem
        size = len(problem.tasks)
        self.adds, self.deletes = [0] * size, [0] * size
        everything = (1 << len(problem.facts)) - 1 | 1
        self.positive, self.negative = [everything] * size, [everything] * size
        for task, action in problem.actions.items():
            self.adds[task], self.deletes[task] = action.add, action.delete & ~action.add
            self.positive[task], self.negative[task] = action.positive, action.negative
        self._callers: list[list[int]] = [[] for _ in range(size)]
        for task, methods in problem.methods.items():
            for subtask in {subtask for method in methods for subtask in method.subtasks}:
                self._callers[subtask].append(task)
        self.components = components(problem)
        if at_once:
            for _ in self.work():
                pass

    def work(self) -> Generator[None, None, None]:
        """Find everything, with pauses."""
        order = [task for component in self.components for task in component]
        for update in (self._change, self._need):
            waiting = dict.fromkeys(order)
            steps = 0
            while waiting:
                changed = []
                for task in waiting:
                    if update(task):
                        changed.append(task)
                    steps += 1 + len(self.problem.methods[task])
                    if steps >= _SLICE:
                        steps = 0
                        yield
                waiting = dict.fromkeys(caller for task in changed for caller in self._callers[task])

    def regress(self, task: int, positive: int, negative: int) -> tuple[int, int]:
        """Return what must be true and false before a task, given what must be after it."""
        action = self.problem.actions.get(task)
        if action is not None:
            # What an action does to what is needed after it is known, so that a contradiction can be.
            impossible = positive & action.delete & ~action.add | negative & action.add
            if impossible:
                return impossible, impossible
            return (
                action.positive | positive & ~action.add,
                action.negative | negative & ~action.delete,
            )
        return (
            self.positive[task] | positive & ~self.adds[task],
            self.negative[task] | negative & ~self.deletes[task],
        )

    def _change(self, task: int) -> bool:
        """Take up what a task's methods add and delete; say whether that is new."""
        add, delete = self.adds[task], self.deletes[task]
        for method in self.problem.methods[task]:
            for subtask in method.subtasks:
                add |= self.adds[subtask]
                delete |= self.deletes[subtask]
        if add == self.adds[task] and delete == self.deletes[task]:
            return False
        self.adds[task], self.deletes[task] = add, delete
        return True

    def _need(self, task: int) -> bool:
        """Keep what all of a task's methods need; say whether that is less than before."""
        positive, negative = self.positive[task], self.negative[task]
        common_positive, common_negative = positive, negative
        for i, method in enumerate(self.problem.methods[task]):
            here_positive, here_negative = self._method(method)
            if i == 0:
                common_positive, common_negative = here_positive, here_negative
            else:
                common_positive &= here_positive
                common_negative &= here_negative
        common_positive &= positive
        common_negative &= negative
        if common_positive == positive and common_negative == negative:
            return False
        self.positive[task], self.negative[task] = common_positive, common_negative
        return True

    def _method(self, method: GroundMethod) -> tuple[int, int]:
        positive = negative = 0
        for subtask in reversed(method.subtasks):
            positive, negative = self.regress(subtask, positive, negative)
            if positive & negative:
                # No plan through here, as far as is known: it does not restrict the other methods.
                positive = negative = (1 << len(self.problem.facts)) - 1 | 1
                break
        return positive | method.positive, negative | method.negative
