"""The agenda: what is still to be done, as shared immutable cells.

A cell is the tuple ``(task, rest, parent, position)``: a task, the cell that follows it, the place on the search path
where its parent was decomposed (-1 for the task list itself), and its position among its parent's subtasks; where the
search has a cover, also its mask (`htn.planning.cover`). Cells are shared between branches of the search and never
change, so that going back costs nothing.

A task network that is not a sequence stands in the agenda as one cell whose task is ``(NETWORK, branches)``; a branch
is an agenda of its own with the branches that must be finished first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from htn.model.network import TaskNetwork, tasks_in

__all__ = [
    "NETWORK",
    "VERIFY",
    "Branch",
    "Cell",
    "Suspended",
    "candidates",
    "fold",
    "push",
    "push_sequence",
    "resume",
    "tasks_in",
]

Cell = tuple[Any, ...]

NETWORK = "#network"
VERIFY = "#verify"

_SHORT = 16
"""Agendas of so many cells at most are copied to be joined with what follows them."""


class Branch(NamedTuple):
    """One branch of a network.

    Attributes
    ----------
    agenda : Cell
        What is to be done in it.
    after : frozenset of int
        Numbers of the branches to be finished first.
    number : int
        Its number, kept while other branches disappear.
    """

    agenda: Cell
    after: frozenset[int]
    number: int


class Suspended(NamedTuple):
    """A network set aside while one of its branches is worked on.

    Attributes
    ----------
    branches : tuple of Branch
        The network as it was.
    place : int
        Which of them is being worked on.
    rest : Cell or None
        What follows the network.
    stop : Cell or None
        Where, in the branch, the task that was begun ends.
    outer : Suspended or None
        The network around this one.
    """

    branches: tuple[Branch, ...]
    place: int
    rest: Cell | None
    stop: Cell | None
    outer: Suspended | None


def push_sequence(tasks: Sequence[Any], rest: Cell | None, parent: int) -> Cell | None:
    """Return the agenda that does the tasks in order and then the rest; networks among them are expanded."""
    agenda = rest
    for position in range(len(tasks) - 1, -1, -1):
        task = tasks[position]
        if type(task) is TaskNetwork:
            return push(TaskNetwork.ordered(tasks), rest, parent)
        agenda = (task, agenda, parent, position)
    return agenda


def push(network: TaskNetwork, rest: Cell | None, parent: int) -> Cell | None:
    """Return the agenda that does a network and then the rest."""
    return _push(network, rest, parent, 0)[0]


def _push(network: TaskNetwork, rest: Cell | None, parent: int, first: int) -> tuple[Cell | None, int]:
    """Return the agenda and the next free position; positions count tasks, not networks, in the order written."""
    starts = []
    position = first
    for item in network.items:
        starts.append(position)
        position += len(tasks_in(item)) if isinstance(item, TaskNetwork) else 1
    if network.is_sequence:
        agenda = rest
        for item, start in zip(reversed(network.items), reversed(starts), strict=True):
            if isinstance(item, TaskNetwork):
                agenda = _push(item, agenda, parent, start)[0]
            else:
                agenda = (item, agenda, parent, start)
        return agenda, position
    branches = []
    for number, (item, start, after) in enumerate(zip(network.items, starts, network.predecessors(), strict=True)):
        branch = _push(item, None, parent, start)[0] if isinstance(item, TaskNetwork) else (item, None, parent, start)
        branches.append((branch, after, number))
    kept = tuple(Branch(agenda, after, number) for agenda, after, number in branches if agenda is not None)
    # An empty network among the items orders nothing of its own, but passes on what stands before it.
    empty = {number: after for agenda, after, number in branches if agenda is None}
    kept = tuple(branch._replace(after=_through(branch.after, empty)) for branch in kept)
    if not kept:
        return rest, position
    return ((NETWORK, kept), rest, parent, first), position


def _through(after: frozenset[int], empty: dict[int, frozenset[int]]) -> frozenset[int]:
    while any(number in empty for number in after):
        after = frozenset(before for number in after for before in empty.get(number, (number,)))
    return after


def candidates(branches: tuple[Branch, ...]) -> Sequence[int]:
    """Return the indices of the branches that may go on now."""
    if not any(branch.after for branch in branches):
        return range(len(branches))  # takes no room, of which a wide network would need much
    return [index for index, branch in enumerate(branches) if not branch.after]


def resume(agenda: Cell | None, suspended: Suspended) -> Cell | None:
    """Return the agenda with the innermost suspended network put back around it."""
    branches, index, rest, _, _ = suspended
    branch = branches[index]
    if agenda is None:
        gone = branch.number
        branches = branches[:index] + branches[index + 1 :]
        if any(gone in other.after for other in branches):
            branches = tuple(b._replace(after=b.after - {gone}) if gone in b.after else b for b in branches)
    elif agenda[0][0] == NETWORK and agenda[1] is None:
        branches = _splice(branches, index, agenda[0][1])
    else:
        branches = (*branches[:index], Branch(agenda, branch.after, branch.number), *branches[index + 1 :])
    if not branches:
        return rest
    if len(branches) == 1:
        only = branches[0].agenda
        if rest is None:
            return only
        followed = _followed(only, rest)
        if followed is not None:
            return followed
    return ((NETWORK, branches), rest, -1, 0)


def _followed(agenda: Cell, rest: Cell) -> Cell | None:
    """Return the rest put behind an agenda, or None where it is too long to be written anew.

    Without this, recursion in a network that something follows would nest networks of one branch each, to be gone
    through at every step.
    """
    cells = []
    cell: Cell | None = agenda
    while cell is not None:
        cells.append(cell)
        if len(cells) > _SHORT:
            return None
        cell = cell[1]
    for task, _, parent, position in reversed(cells):
        rest = (task, rest, parent, position)
    return rest


def _splice(branches: tuple[Branch, ...], index: int, inner: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """Return the network with one branch replaced by a network's branches, so that recursion does not nest them."""
    whole = branches[index]
    fresh = max(branch.number for branch in branches) + 1
    renumbered = {branch.number: fresh + place for place, branch in enumerate(inner)}
    spliced = [
        Branch(branch.agenda, frozenset(renumbered[n] for n in branch.after) | whole.after, renumbered[branch.number])
        for branch in inner
    ]
    result: list[Branch] = []
    for branch in branches:
        if branch is whole:
            result.extend(spliced)
        elif whole.number in branch.after:
            after = (branch.after - {whole.number}) | frozenset(renumbered.values())
            result.append(Branch(branch.agenda, after, branch.number))
        else:
            result.append(branch)
    return tuple(result)


def fold(agenda: Cell | None, suspended: Suspended | None) -> tuple[Cell | None, Suspended | None]:
    """Return the agenda with the suspended networks put back around it, so that other branches may go on.

    Stops where a goal is to be verified next: that must happen before anything else does.
    """
    while suspended is not None and (agenda is None or agenda[0][0] != VERIFY):
        agenda = resume(agenda, suspended)
        suspended = suspended.outer
    return agenda, suspended
