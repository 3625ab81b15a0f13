"""When each method's precondition can hold: the earliest state in the window that the decomposition leaves it.

A method's window begins when everything ordered before its task is finished and the method above it has found its
state; it ends with the first action that descends from it. Methods change no facts, so the earliest state is never a
worse choice than a later one, and each task can be settled once the start of its window is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from htn.hddl.evaluate import Evaluator
from htn.hddl.model import TRUE, And, Formula, Method
from htn.hddl.satisfy import Satisfier
from htn.hddl.timeline import Timeline
from htn.model.record import Record, field

__all__ = ["Node", "Option", "Windows"]


class Option(Record):
    """One way to read a decomposition.

    Attributes
    ----------
    precondition, constraints : Formula
        Of the method.
    binding : mapping of str to str
        The variables that task and subtasks fix.
    free : mapping of str to str
        The others, with their types.
    before : tuple of tuple of int
        For each child, the positions of the children that must be finished before it.
    method : Method
        The method; for the roots, one that stands for the initial task network.
    where : tuple of int
        For each child, the position of its subtask in the network.
    """

    precondition: Formula
    constraints: Formula
    binding: Mapping[str, str]
    free: Mapping[str, str]
    before: tuple[tuple[int, ...], ...]
    method: Method
    where: tuple[int, ...]

    @property
    def condition(self) -> Formula:
        """What must hold in the method's state: where variables are free, the constraints with the precondition."""
        if self.free and self.constraints != TRUE:
            return And((self.constraints, self.precondition))
        return self.precondition


class Node(Record):
    """A task of the plan.

    Attributes
    ----------
    first, last : int
        Positions of the first and last action below it.
    children : tuple of int
        Ids, in an order that every option allows.
    options : tuple of Option
        Ways to read its decomposition; none for an action.
    label : str
        What messages call it.
    """

    first: int
    last: int
    children: tuple[int, ...]
    options: tuple[Option, ...]
    label: str


class _Frame(Record, frozen=False):
    """A task that is being settled, from the start of its window on."""

    id: int
    start: int
    option: int = -1
    ends: list[int] = field(factory=list)
    found: int = 0
    best: int | None = None


class Windows:
    """Settles the tasks of a plan.

    Parameters
    ----------
    nodes : mapping of int to Node
        The tasks by id.
    evaluator : Evaluator
        For formulas.
    timeline : Timeline
        The states of the execution.
    """

    def __init__(self, nodes: Mapping[int, Node], evaluator: Evaluator, timeline: Timeline) -> None:
        self.nodes = nodes
        self.evaluator = evaluator
        self.timeline = timeline
        self.satisfier = Satisfier(evaluator, timeline)
        self._ends: dict[tuple[int, int], int | None] = {}
        self._chosen: dict[tuple[int, int], tuple[int, int]] = {}
        self._failures: list[tuple[int, str]] = []

    def failure(self, root: int) -> tuple[int, str] | None:
        """Return the task that cannot be settled and why; None where every method has its state."""
        if self._settle(root) is not None:
            return None
        return self._failures[0]

    def chosen(self, root: int) -> Iterator[tuple[int, Option, int]]:
        """Yield, for a root that has no `failure`, the tasks below it, each with its reading and its state."""
        waiting = [(root, 0)]
        while waiting:
            number, start = waiting.pop()
            node = self.nodes[number]
            if not node.options:
                continue
            place, found = self._chosen[number, start]
            option = node.options[place]
            yield number, option, found
            ends: list[int] = []
            for child, before in zip(node.children, option.before, strict=True):
                begin = max([found, *(ends[first] for first in before)])
                end = self._end(child, begin)
                assert end is not None
                ends.append(end)
                waiting.append((child, begin))

    def _settle(self, root: int) -> int | None:
        """Return the earliest end of a task: on an explicit stack, since decompositions can be deep."""
        stack = [_Frame(root, 0)]
        while stack:
            frame = stack[-1]
            child = self._advance(frame)
            if child is None:
                self._ends[frame.id, frame.start] = frame.best
                stack.pop()
            else:
                stack.append(child)
        return self._ends[root, 0]

    def _advance(self, frame: _Frame) -> _Frame | None:
        """Go on with a task until it needs a child settled (return its frame) or is settled itself (return None)."""
        node = self.nodes[frame.id]
        while True:
            if frame.option < 0 or len(frame.ends) == len(node.children):
                if frame.option >= 0:
                    end = max(frame.found, *frame.ends) if frame.ends else frame.found
                    if frame.best is None or end < frame.best:
                        frame.best = end
                        self._chosen[frame.id, frame.start] = (frame.option, frame.found)
                if not self._next_option(frame, node):
                    return None
                continue
            position = len(frame.ends)
            child = node.children[position]
            before = node.options[frame.option].before[position]
            start = max([frame.found, *(frame.ends[first] for first in before)])
            end_of_child = self._end(child, start)
            if end_of_child == _UNKNOWN:
                return _Frame(child, start)
            if end_of_child is not None:
                frame.ends.append(end_of_child)
            elif not self._next_option(frame, node):
                return None

    def _end(self, child: int, start: int) -> int | None:
        node = self.nodes[child]
        if not node.options:
            if start <= node.first:
                return node.first + 1
            self._failures.append(
                (child, f"{node.label} comes before what the decomposition puts before it is finished")
            )
            return None
        return self._ends.get((child, start), _UNKNOWN)

    def _next_option(self, frame: _Frame, node: Node) -> bool:
        """Begin the next reading of a decomposition whose precondition finds a state; return whether there is one."""
        last = min(node.first, self.timeline.length)
        while frame.option + 1 < len(node.options):
            frame.option += 1
            frame.ends = []
            option = node.options[frame.option]
            found = None
            if frame.start <= last:
                found = self.satisfier.earliest(option.condition, option.binding, option.free, frame.start, last)
            if found is not None:
                frame.found = found
                return True
            self._failures.append((frame.id, self._why(node, option, option.condition, frame.start, last)))
        return False

    def _why(self, node: Node, option: Option, formula: Formula, first: int, last: int) -> str:
        if first > last:
            return f"the method {node.label} starts before what the decomposition puts before it is finished"
        after = (
            f"after {first} actions" if first == last else f"in any state from the one after {first} to {last} actions"
        )
        what = f"the precondition of {node.label} does not hold {after}"
        if option.free:
            return f"{what}, whatever {', '.join(option.free)} may be"
        return (
            f"{what}: {self.evaluator.why_not(formula, option.binding, lambda fact: self.timeline.holds(fact, first))}"
        )


_UNKNOWN = -1
