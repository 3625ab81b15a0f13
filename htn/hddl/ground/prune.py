"""Pruning: what can come up and be done by what was found alone, again and again until nothing falls away."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import NamedTuple

from htn.hddl.ground.conditions import Outcome
from htn.hddl.ground.explore import MethodInstance

__all__ = ["Instances", "prune"]

_SLICE = 500


class Instances(NamedTuple):
    """Actions and methods without variables.

    Attributes
    ----------
    actions : dict
        The cases of each primitive task.
    methods : dict
        The methods of each compound task.
    true : set of int
        Literals that hold at the start; negative ones only where they matter.
    root : int
        The task to be done.
    """

    actions: dict[int, list[Outcome]]
    methods: dict[int, list[MethodInstance]]
    true: set[int]
    root: int


def prune(instances: Instances) -> Generator[None, None, Instances]:
    """Return what is left, after pauses.

    Parameters
    ----------
    instances : Instances
        Where everything can come up and be done by what is there.
    """
    while True:
        useful = _useful(instances)
        if _actions(useful) == _actions(instances):
            # Nothing is gone that could have made something else possible.
            return useful
        yield
        scan = _Scan(useful)
        yield from scan.run()
        instances = Instances(scan.actions, scan.methods, useful.true, useful.root)


def _actions(instances: Instances) -> int:
    return sum(map(len, instances.actions.values()))


def _useful(instances: Instances) -> Instances:
    """Return what is below the root: methods that were begun and cannot be completed are no reason for anything."""
    useful = {instances.root}
    waiting = [instances.root]
    while waiting:
        for method in instances.methods.get(waiting.pop(), ()):
            for task in method.subtasks:
                if task not in useful:
                    useful.add(task)
                    waiting.append(task)
    actions = {task: found for task, found in instances.actions.items() if task in useful}
    methods = {task: found for task, found in instances.methods.items() if task in useful}
    return Instances(actions, methods, instances.true, instances.root)


class _Scan:
    """One pass from the root, as the exploration makes it."""

    def __init__(self, instances: Instances) -> None:
        self.instances = instances
        self.true = set(instances.true)
        self.done: set[int] = set()
        self.actions: dict[int, list[Outcome]] = {}
        self.methods: dict[int, list[MethodInstance]] = {}
        self._waiting: dict[int, list[tuple[int, Outcome | MethodInstance, list[int]]]] = {}
        self._callers: dict[int, list[tuple[int, MethodInstance, int]]] = {}
        self._seen: set[int] = set()
        self._new_tasks: deque[int] = deque()
        self._new_literals: deque[int] = deque()
        self._new_done: deque[int] = deque()

    def run(self) -> Generator[None, None, None]:
        """Find everything, with pauses."""
        self._come_up(self.instances.root)
        steps = 0
        while True:
            if self._new_literals:
                for task, item, rest in self._waiting.pop(self._new_literals.popleft(), ()):
                    self._wait(task, item, rest)
            elif self._new_done:
                for task, method, place in self._callers.pop(self._new_done.popleft(), ()):
                    self._go_on(task, method, place)
            elif self._new_tasks:
                task = self._new_tasks.popleft()
                for outcome in self.instances.actions.get(task, ()):
                    self._wait(task, outcome, sorted(outcome.needs))
                for method in self.instances.methods.get(task, ()):
                    self._wait(task, method, sorted(method.needs))
            else:
                break
            steps += 1
            if steps >= _SLICE:
                steps = 0
                yield

    def _come_up(self, task: int) -> None:
        if task not in self._seen:
            self._seen.add(task)
            self._new_tasks.append(task)

    def _wait(self, task: int, item: Outcome | MethodInstance, rest: list[int]) -> None:
        while rest:
            literal = rest[-1]
            if literal not in self.true:
                self._waiting.setdefault(literal, []).append((task, item, rest))
                return
            rest.pop()
        if isinstance(item, Outcome):
            self.actions.setdefault(task, []).append(item)
            for literal in sorted([*[2 * n for n in item.add], *[2 * n + 1 for n in item.delete]]):
                if literal not in self.true:
                    self.true.add(literal)
                    self._new_literals.append(literal)
            self._finish(task)
            return
        if item.before is not None:
            for subtask in item.subtasks:
                self._come_up(subtask)
        self._go_on(task, item, 0)

    def _go_on(self, task: int, method: MethodInstance, place: int) -> None:
        subtasks = method.subtasks
        while place < len(subtasks):
            subtask = subtasks[place]
            place += 1
            if subtask not in self.done:
                self._come_up(subtask)
                self._callers.setdefault(subtask, []).append((task, method, place))
                return
        self.methods.setdefault(task, []).append(method)
        self._finish(task)

    def _finish(self, task: int) -> None:
        if task not in self.done:
            self.done.add(task)
            self._new_done.append(task)
