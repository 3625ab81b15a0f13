"""What remains of a plan: the task network that is left when the executed part has become history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from htn.model.goals import MultiGoal
from htn.model.network import TaskNetwork
from htn.plan.plan import Plan
from htn.plan.tree import Decomposition, Node
from htn.planning.agenda import VERIFY

__all__ = ["Network", "Observed", "Remains", "task_list", "task_of"]

Slot = Node | None
Observed = tuple[str, Any, Any]


class Network:
    """A task network with the node that each of its tasks stands for.

    Attributes
    ----------
    tasks : list or TaskNetwork
        As the decomposer takes it.
    slots : list of Node or None
        For each task, in the order written, its node; None where a begun goal is verified.
    """

    def __init__(self, tasks: Any, slots: list[Slot]) -> None:
        self.tasks = tasks
        self.slots = slots


def task_of(node: Node) -> Any:
    """Return a node's task as the domain writes it."""
    return MultiGoal.from_facts(node.args[0]) if node.kind == "multigoal" else node.whole


def task_list(tree: Decomposition) -> Any:
    """Return the task list that a decomposition is of, as the decomposer takes it."""
    tasks = [task_of(tree[root]) for root in tree.roots]
    return tasks if tree.before is None else TaskNetwork(tasks, tree.before)


class Remains:
    """A plan's tree, divided into what is finished, what is begun and what is pending.

    A node is *begun* when a step below it is done and something below it is not, *finished* when everything below it
    is, and *pending* otherwise. A node without steps below it is finished when it was decomposed before a step that
    was done, with no pending step before.

    Parameters
    ----------
    plan : Plan
        The plan in force.
    done : iterable of str
        Ids of the finished steps.
    running : iterable of str
        Ids of the steps in flight: of these nothing remains to be begun, so that here they count as done.
    observations : mapping
        For steps by id, the facts that they observed, as (fluent, arguments, value).

    Attributes
    ----------
    tree : Decomposition
        The plan's.
    done : tuple of str
        The finished steps in the plan's order.
    running : tuple of str
        Those in flight, likewise.
    """

    def __init__(
        self,
        plan: Plan,
        done: Iterable[str],
        running: Iterable[str] = (),
        observations: Mapping[str, Iterable[Observed]] | None = None,
    ) -> None:
        self.plan = plan
        self.tree: Decomposition = plan.tree
        self.observations = {step: tuple(facts) for step, facts in (observations or {}).items()}
        finished, in_flight = set(done), set(running)
        self.done = tuple(leaf for leaf in self.tree.order if leaf in finished)
        self.running = tuple(leaf for leaf in self.tree.order if leaf in in_flight)
        finished |= in_flight
        self._first = next((place for place, leaf in enumerate(self.tree.order) if leaf not in finished), None)
        self._settled = () if plan.history is None else plan.history.settled
        self._state: dict[str, str] = {}
        self._worked: set[str] = set()  # nodes with a finished step below
        for node in reversed(self.nodes):
            self._state[node.id] = self._status(node, finished)

    def _status(self, node: Node, finished: set[str]) -> str:
        if node.is_leaf:
            if node.id in finished:
                self._worked.add(node.id)
            return "finished" if node.id in finished else "pending"
        if not self._worked.isdisjoint(node.children):
            self._worked.add(node.id)
        below = {self._state[child] for child in node.children}
        if below == {"finished"}:
            return "finished"
        if below:
            return "begun" if node.id in self._worked or node.id in self._settled else "pending"
        past = self._first is None or node.at < self._first or node.id in self._settled
        return "finished" if past else "pending"

    @cached_property
    def nodes(self) -> list[Node]:
        """Every node, parents before children, in the order written."""
        found: list[Node] = []
        waiting = list(reversed(self.tree.roots))
        while waiting:
            node = self.tree[waiting.pop()]
            found.append(node)
            waiting.extend(reversed(node.children))
        return found

    @cached_property
    def position(self) -> dict[str, int]:
        """Each node's place among its parent's subtasks, or in the task list."""
        found = {child: place for node in self.nodes for place, child in enumerate(node.children)}
        return found | {root: place for place, root in enumerate(self.tree.roots)}

    @cached_property
    def processed(self) -> list[Node]:
        """Every node in the order in which it was decomposed or carried out."""
        return sorted(self.nodes, key=lambda node: (node.at, node.is_leaf))

    def is_begun(self, identity: str) -> bool:
        """Whether a node is begun and not finished."""
        return self._state[identity] == "begun"

    def is_finished(self, identity: str) -> bool:
        """Whether everything below a node is done."""
        return self._state[identity] == "finished"

    def is_pending(self, identity: str) -> bool:
        """Whether nothing of a node is done."""
        return self._state[identity] == "pending"

    def below(self, identity: str) -> set[str]:
        """Return the ids of a node and of everything below it."""
        found, waiting = set(), [identity]
        while waiting:
            found.add(current := waiting.pop())
            waiting.extend(self.tree[current].children)
        return found

    def highest(self, chosen: Iterable[str]) -> frozenset[str]:
        """Return the chosen nodes that stand below no other of them."""
        some = frozenset(chosen)
        return frozenset(one for one in some if some.isdisjoint(above.id for above in self.tree.ancestors(one)))

    def under(self, top: str | None, again: frozenset[str] = frozenset()) -> Network:
        """Return what remains of a begun node, or of the task list.

        Parameters
        ----------
        top : str or None
            The node; None is the task list.
        again : frozenset of str
            Begun or finished nodes whose tasks are to be done anew, as a whole.
        """
        above = {node.id for identity in again for node in self.tree.ancestors(identity)}
        made: dict[str, Network] = {}
        for node in reversed(self.nodes):
            kept = node.id not in again and (self.is_begun(node.id) or node.id in above)
            if kept and node.children:
                made[node.id] = self._joined(node, node.children, node.before, made, again)
        if top is not None:
            return made[top]
        return self._joined(None, self.tree.roots, self.tree.before, made, again)

    def _joined(
        self,
        node: Node | None,
        children: tuple[str, ...],
        before: tuple[tuple[int, int], ...] | None,
        made: dict[str, Network],
        again: frozenset[str],
    ) -> Network:
        items: list[Any] = []
        slots: list[Slot] = []
        place: dict[int, int] = {}
        flat = before is None
        for position, identity in enumerate(children):
            child = self.tree[identity]
            inner = made.get(identity)
            if inner is not None:
                slots.extend(inner.slots)
                if flat and isinstance(inner.tasks, list):
                    items.extend(inner.tasks)
                    continue
                tasks = inner.tasks
                item: Any = TaskNetwork.ordered(tasks) if isinstance(tasks, list) else tasks
            elif self.is_pending(identity) or identity in again:
                slots.append(child)
                item = task_of(child)
            else:
                continue
            place[position] = len(items)
            items.append(item)
        tasks_left: Any = items
        if before is not None:
            pairs = [(place[one], place[two]) for one, two in before if one in place and two in place]
            tasks_left = TaskNetwork(items, pairs)
        if node is not None and node.kind in ("goal", "multigoal"):
            slots.append(None)
            check = (VERIFY, task_of(node))
            tasks_left = [*items, check] if before is None else [tasks_left, check]
        return Network(tasks_left, slots)
