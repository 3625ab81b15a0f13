"""The two published strategies of plan repair, written again for comparison, their known faults included.

`RunLazyRefineahead` opens everything from the failed action on, takes the observed state for that of every task it
keeps, and goes on with the methods that the failed action's parent has left. `ImplicitDependencies` decomposes the
failed action's parent again with all methods, leaves the rest of the tree alone, simulates what remains, and repairs
where that fails; what cannot be repaired is tried one level higher. Both share one search, and count a node each time
one is refined: a task decomposed, an action tried, a goal verified.

They are meant to behave as published, so what is wrong with them is kept: backtracking stops only at nodes that have
something below them (plans are lost), what was done already is recognised by a mark on its node (and left out though it
has to be done again), and the second of several breaks is repaired from a simulated state, whose repair is then taken
for the whole.

References
----------
Bansod, Y., Patra, S., Nau, D., Roberts, M. (2022). HTN replanning from the middle. FLAIRS-35.
Zaidins, P., Roberts, M., Nau, D. (2023). Implicit dependency detection for HTN plan repair. HPlan.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import isgeneratorfunction
from typing import Any

from htn.model import Domain, MultiGoal, State
from htn.model.goals import MULTIGOAL

__all__ = ["GaveUp", "ImplicitDependencies", "Planner", "RunLazyRefineahead"]

Task = tuple[Any, ...]


class GaveUp(RuntimeError):
    """More nodes were refined than allowed."""


class Facts:
    """A plain state: fluents as dictionaries; copies share those that nothing changes."""

    def __init__(self, fluents: dict[str, Any], static: frozenset[str]) -> None:
        self.__dict__.update(fluents)
        self._static = static

    def copy(self) -> Facts:
        """Return an independent copy."""
        static = self._static
        own = {
            name: value if name in static else dict(value) for name, value in vars(self).items() if name != "_static"
        }
        return Facts(own, static)

    def same(self, other: Facts) -> bool:
        """Return whether all facts are the same."""
        return all(value == getattr(other, name) for name, value in vars(self).items() if name not in self._static)


class Node:
    """A task, action, goal, multigoal or verification in the tree."""

    __slots__ = ("children", "id", "instances", "kind", "left", "open", "parent", "state", "tag", "task")

    def __init__(self, number: int, task: Any, kind: str, parent: Node | None) -> None:
        self.id = number
        self.task = task
        self.kind = kind
        self.parent = parent
        self.children: list[Node] = []
        self.open = kind != "root"
        self.state: Facts | None = None
        self.left: list[Any] | None = None  # methods not yet used up; None is all of them
        self.instances: Iterator[Any] | None = None
        self.tag = "new"

    def reset(self) -> None:
        """Forget what was tried."""
        self.state, self.left, self.instances = None, None, None

    def preorder(self) -> list[Node]:
        """Return the node and everything below it, parents first."""
        found, stack = [], [self]
        while stack:
            node = stack.pop()
            found.append(node)
            stack += reversed(node.children)
        return found


def _above(node: Node | None) -> Iterator[Node]:
    while node is not None:
        node = node.parent
        if node is not None:
            yield node


class Planner:
    """Depth-first decomposition that keeps its tree.

    Parameters
    ----------
    domain : Domain
        Its functions are called on plain states.
    static : iterable of str
        Fluents that nothing changes.
    cycle_test : bool
        Whether an action fails that leads to a state which a task above it began in.
    most : int
        How many nodes may be refined by one call.
    """

    def __init__(self, domain: Domain, static: Any, *, cycle_test: bool = False, most: int = 200_000) -> None:
        self.domain = domain
        self.static = frozenset(static)
        self.cycle_test = cycle_test
        self.most = most
        self.expansions = 0
        self.root = Node(0, ("root",), "root", None)
        self.nodes = 0
        self.state = Facts({}, self.static)

    def facts(self, state: State) -> Facts:
        """Return a plain copy of a state."""
        return Facts(state.fluents(), self.static)

    def plan(self, state: State, tasks: list[Task]) -> list[Task] | None:
        """Return a plan, or None."""
        self.expansions = 0
        self.state = self.facts(state)
        self.root = Node(0, ("root",), "root", None)
        self._add(self.root, tasks)
        self._search(self.root)
        return [node.task for node in self.root.preorder() if node.kind == "A"] if self.root.children else None

    def actions(self) -> list[Node]:
        """Return the tree's actions in order."""
        return [node for node in self.root.preorder() if node.kind == "A"]

    # ------------------------------------------------------------------------------------------------------- search
    def _search(self, top: Node) -> None:
        """Refine the open nodes below a node, until none is left or backtracking has gone above it."""
        parent, outside = top, {id(node) for node in _above(top)}
        while id(parent) not in outside:
            current = next((child for child in parent.children if child.open), None)
            if current is not None:
                parent = self._refine(current, parent)
            elif parent is top or parent.parent is None:
                return
            else:
                parent = parent.parent

    def _refine(self, node: Node, parent: Node) -> Node:
        """Refine one node; return below which node to go on."""
        self.expansions += 1
        if self.expansions > self.most:
            raise GaveUp(f"more than {self.most} nodes")
        if node.kind in "TGM":
            if node.state is not None:
                self.state = node.state.copy()
            else:
                node.state = self.state.copy()
        if node.kind == "A":
            done = self._act(node)
        elif node.kind == "V":
            done = self._holds(parent.task)
            node.open = not done
        elif node.kind in "GM" and self._holds(node.task):
            node.open, done = False, True
        else:
            subtasks = self._next_instance(node)
            if subtasks is not None:
                node.open = False
                self._add(node, subtasks)
                return node
            done = False
        return parent if done else self._backtrack(parent, node)

    def _act(self, node: Node) -> bool:
        operator = self.domain.operators[node.task[0]]
        after = operator.function(self.state.copy(), *node.task[1:])
        if not isinstance(after, Facts):
            return False
        if self.cycle_test and any(above.state is not None and after.same(above.state) for above in _above(node)):
            return False
        node.open = False
        self.state = after
        return True

    def _holds(self, task: Any) -> bool:
        facts = task.facts if isinstance(task, MultiGoal) else (task,)
        return all(getattr(self.state, name).get(key) == value for name, key, value in facts)

    def _methods(self, node: Node) -> list[Any]:
        if node.kind == "M":
            return list(self.domain.multigoal_methods)
        return list(self.domain.methods[node.task[0]] if node.kind == "T" else self.domain.goal_methods[node.task[0]])

    def _next_instance(self, node: Node) -> Any:
        """Return the subtasks that the next method, or the next alternative of the last one, gives."""
        if node.left is None:
            node.left = self._methods(node)
        args = (node.task,) if node.kind == "M" else node.task[1:]
        while node.left:
            if node.instances is None:
                node.instances = _instances(node.left[0].function, node.state, args)
            subtasks = next(node.instances, None)
            if subtasks is not None:
                return subtasks
            node.left.pop(0)
            node.instances = None
        return None

    def _add(self, parent: Node, tasks: Any) -> None:
        for task in tasks:
            if isinstance(task, MultiGoal) or task[0] == MULTIGOAL:
                kind = "M"
            elif task[0] in self.domain.methods:
                kind = "T"
            else:
                kind = "A" if task[0] in self.domain.operators else "G"
            self._append(parent, task, kind)
        if parent.kind in "GM":
            self._append(parent, ("verify",), "V")

    def _append(self, parent: Node, task: Any, kind: str) -> None:
        self.nodes += 1
        parent.children.append(Node(self.nodes, task, kind, parent))

    def _backtrack(self, parent: Node, node: Node) -> Node:
        """Open the last closed node below the parent that has something below it; return below which to go on."""
        if node.kind in "TGM":
            node.reset()
        for other in reversed(parent.preorder()):
            if other.open or other.kind == "root":
                continue
            other.open = True
            if other.children:
                other.children = []
                assert other.parent is not None
                return other.parent
            other.state = None
        self.root.children = []
        return self.root


def _instances(function: Any, state: Any, args: Any) -> Iterator[Any]:
    """Yield what a method gives, whichever way it is written."""
    if isgeneratorfunction(function):
        for subtasks in function(state, *args):
            if isinstance(subtasks, list):
                yield subtasks
    else:
        subtasks = function(state, *args)
        if isinstance(subtasks, list):
            yield subtasks


class RunLazyRefineahead(Planner):
    """IPyHOP's repair: everything from the failed action on is planned again."""

    def replan(self, state: State, failed: Node) -> list[Node] | None:
        """Return the actions that are marked as new, or None.

        Parameters
        ----------
        state : State
            What was observed.
        failed : Node
            The action of the tree that failed.
        """
        self.expansions = 0
        self.state = self.facts(state)
        for node in reversed(self.root.preorder()):
            node.open = True
            if node is failed:
                break
            if node.kind in "TGM":
                node.reset()
                node.children = []
        for node in self.root.preorder():
            node.state = None if node.open or node.kind not in "TGM" else self.state.copy()
            if not node.open:
                node.tag = "old"
        assert failed.parent is not None
        self._search_from(self._backtrack(failed.parent, failed))
        if not self.root.children:
            return None
        return [node for node in self.actions() if node.tag == "new"]

    def _search_from(self, parent: Node) -> None:
        """Go on below a node, then above it, until the root has no open node left."""
        while True:
            current = next((child for child in parent.children if child.open), None)
            if current is not None:
                parent = self._refine(current, parent)
            elif parent.parent is None:
                return
            else:
                parent = parent.parent


class ImplicitDependencies(Planner):
    """IPyHOPPER's repair: the failed action's parent is decomposed again, the rest simulated and repaired in turn."""

    def replan(self, state: State, failed: Node) -> list[Node] | None:
        """Return the actions from where execution goes on, or None.

        Parameters
        ----------
        state : State
            What was observed.
        failed : Node
            The action of the tree that failed.
        """
        self.expansions = 0
        tasks = list(self.root.children)
        start = self.actions().index(failed)
        assert failed.parent is not None
        stack = [(failed.parent, self.facts(state))]
        plan: list[Node] = []
        while stack:
            node, observed = stack.pop()
            if node.parent is None:
                break
            node.children = []
            node.open = True
            node.reset()
            stack.append((node.parent, observed))
            self.state = observed.copy()
            self._search(node.parent)
            if node.open:
                continue
            order = self.root.preorder()
            plan = [other for other in order if other.kind == "A"]
            from_here = order.index(node)
            start = next((i for i, other in enumerate(plan) if order.index(other) >= from_here), start)
            broken, reached = self._simulate(observed, plan[start:])
            if broken is None:
                break
            assert broken.parent is not None
            stack.append((broken.parent, reached))
        return plan[start:] if self.root.children == tasks and tasks else None

    def _simulate(self, observed: Facts, actions: list[Node]) -> tuple[Node | None, Facts]:
        """Return the first action that fails, and the state before it."""
        state = observed.copy()
        for node in actions:
            after = self.domain.operators[node.task[0]].function(state, *node.task[1:])
            if not isinstance(after, Facts):
                return node, state
            state = after
        return None, state
