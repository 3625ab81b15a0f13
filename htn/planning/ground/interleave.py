"""From the moves of a search on networks to what was done, step by step.

A network does not say which instance of a task was meant where several are ready. Replaying the moves on instances
tells: the right one leaves the network that the search went on from, or one isomorphic to it, so that the rest of the
moves fits as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from htn.model.ground import GroundMethod, GroundProblem, GroundStep
from htn.planning.ground.networks import Network, Networks

__all__ = ["Move", "predecessors", "steps_of_moves"]

Move = tuple[int, int, Network | None]
"""A task, the place of the method that decomposed it among its methods (-1 for an action), and what was left then."""


class _Instance:
    """A task in the decomposition, and what is left of it."""

    __slots__ = ("above", "before", "children", "left", "pending", "place", "step", "task")

    def __init__(self, task: int, above: _Instance | None, place: int, networks: Networks) -> None:
        self.task = task
        self.above = above
        self.place = place
        self.left: Network | None = networks.task(task)
        self.pending = True
        self.step = -1
        self.children: list[_Instance] = []
        self.before: list[int] = []


def predecessors(size: int, before: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each place the bits of all places before it, also through others.

    Examples
    --------
    >>> [bin(mask) for mask in predecessors(3, [(1, 2), (0, 1)])]
    ['0b0', '0b1', '0b11']
    """
    masks = [0] * size
    for first, second in before:
        masks[second] |= 1 << first
    changed = True
    while changed:
        changed = False
        for place, mask in enumerate(masks):
            more = mask
            for other in range(size):
                if mask >> other & 1:
                    more |= masks[other]
            if more != mask:
                masks[place] = more
                changed = True
    return masks


def steps_of_moves(
    problem: GroundProblem, changed: GroundProblem, networks: Networks, moves: Iterable[Move]
) -> list[GroundStep]:
    """Return the solution that moves stand for.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    changed : GroundProblem
        What was searched: methods' preconditions are tasks after all others.
    networks : Networks
        What the search made its networks with.
    moves : iterable of Move
        What the search did.
    """
    root = _Instance(problem.root, None, 0, networks)
    steps: list[GroundStep] = []
    invented = len(problem.tasks)
    for task, place, left in moves:
        method = changed.methods[task][place] if place >= 0 else None
        ready = [each for each in _ready(root) if each.task == task]
        instance = ready[0]
        for each in ready:
            _process(each, method, networks)
            if len(ready) == 1 or root.left is left:
                instance = each
                break
            _undo(each, networks)
        else:
            raise AssertionError("a move that fits no task which is ready")
        if task >= invented:
            continue
        above = instance.above
        shift = 1 if above is not None and above.children[0].task >= invented else 0
        instance.step = len(steps)
        chosen = problem.methods[task][place] if place >= 0 else None
        steps.append(GroundStep(task, above.step if above else -1, instance.place - shift, chosen))
    return steps


def _ready(root: _Instance) -> list[_Instance]:
    """Return the tasks that nothing comes before any more."""
    found = []
    waiting = [root]
    while waiting:
        instance = waiting.pop()
        if instance.pending:
            found.append(instance)
            continue
        done = 0
        for child in instance.children:
            if child.left is None:
                done |= 1 << child.place
        waiting += [
            child
            for child in reversed(instance.children)
            if child.left is not None and not instance.before[child.place] & ~done
        ]
    return found


def _process(instance: _Instance, method: GroundMethod | None, networks: Networks) -> None:
    """Carry out an action or decompose a task."""
    instance.pending = False
    if method is not None:
        instance.children = [_Instance(task, instance, place, networks) for place, task in enumerate(method.subtasks)]
        instance.before = predecessors(len(method.subtasks), method.before or ())
    instance.left = None
    _update(instance if instance.children else instance.above, networks)


def _undo(instance: _Instance, networks: Networks) -> None:
    instance.pending = True
    instance.children = []
    instance.left = networks.task(instance.task)
    _update(instance.above, networks)


def _update(instance: _Instance | None, networks: Networks) -> None:
    """Work out what is left of a decomposed task and of all above it."""
    while instance is not None:
        instance.left = networks.ordered([child.left for child in instance.children], instance.before)
        instance = instance.above
