"""The draft of a repaired plan: what is pending, in order, and how it becomes a plan again.

Its items come from the plan in force and from paths of the decomposer; a draft is put together from whole parts of
such decompositions, never from single steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from htn.model.domain import Domain
from htn.model.network import TaskNetwork
from htn.model.record import Record, replace
from htn.model.state import State
from htn.plan.history import History
from htn.plan.plan import Plan, Step
from htn.plan.trace import trace
from htn.plan.tree import Decomposition, Node
from htn.planning.grow import grow
from htn.planning.replan.remains import Network, Remains, task_list, task_of
from htn.planning.replan.writers import Findings

__all__ = ["Drafted", "Item", "from_path", "old_items", "pending_items", "tops_of", "whole_plan"]


class Item:
    """One pending task of a draft.

    Attributes
    ----------
    task : tuple
        The task.
    above : Item, str or None
        What it is a subtask of: an item, a begun node of the plan in force by id, or the task list.
    position : int
        Its place among the subtasks as they were written.
    leaf : bool
        Whether it is a step.
    method : Method, None or "deferred"
        As in a search path.
    alternative : int
        Which of the method's.
    network : list, tuple or TaskNetwork
        The subtasks.
    tried : object
        What was left, as the search notes it.
    node : Node or None
        The node that it comes from, as long as it was not decomposed anew.
    because : str
        Why it was decomposed anew.
    """

    __slots__ = ("above", "alternative", "because", "leaf", "method", "network", "node", "position", "task", "tried")

    def __init__(
        self,
        task: Any,
        above: Any,
        position: int,
        *,
        leaf: bool,
        method: Any = None,
        alternative: int = 0,
        network: Any = (),
        tried: Any = None,
        node: Node | None = None,
    ) -> None:
        self.task = task
        self.above = above
        self.position = position
        self.leaf = leaf
        self.method = method
        self.alternative = alternative
        self.network = network
        self.tried = tried
        self.node = node
        self.because = ""

    @property
    def begun_above(self) -> str | None:
        """The begun node that it is pending in; None for the task list."""
        item: Any = self
        while isinstance(item, Item):
            item = item.above
        return item  # type: ignore[no-any-return]

    def is_below(self, other: Item) -> bool:
        """Whether it is another item or stands below it."""
        item: Any = self
        while isinstance(item, Item):
            if item is other:
                return True
            item = item.above
        return False


class Drafted(Record):
    """A draft made a plan.

    Attributes
    ----------
    plan : Plan
        The plan.
    ids : tuple of str
        Of each item, its node's id.
    renamed : dict
        Of each node of the plan in force that stands in the new one, its id there.
    """

    plan: Plan
    ids: tuple[str, ...]
    renamed: dict[str, str]


def _network_of(node: Node, tree: Decomposition) -> Any:
    """Return the subtasks of a node as its method gave them, nesting apart."""
    tasks = [task_of(tree[child]) for child in node.children]
    if node.before is None:
        return TaskNetwork.ordered(tasks, **node.bindings) if node.bindings else tasks
    return TaskNetwork(tasks, node.before, **node.bindings)


def _method_of(domain: Domain, node: Node) -> Any:
    if node.kind == "deferred":
        return "deferred"
    return None if node.method is None else domain.find_method(node.task, node.method)


def pending_items(domain: Domain, remains: Remains) -> list[Item]:
    """Return what is pending in a plan, as it is, in its order."""
    return list(old_items(domain, remains, {node.id for node in remains.nodes if remains.is_pending(node.id)}).values())


def old_items(domain: Domain, remains: Remains, chosen: set[str]) -> dict[str, Item]:
    """Return nodes of a plan as items, by id, in its order."""
    made: dict[str, Item] = {}
    for node in remains.processed:
        if node.id in chosen:
            leaf = node.kind == "primitive"
            above: Any = node.parent if node.parent is None else made.get(node.parent, node.parent)
            made[node.id] = Item(
                task_of(node),
                above,
                remains.position[node.id],
                leaf=leaf,
                method=None if leaf else _method_of(domain, node),
                alternative=node.alternative,
                network=() if leaf else _network_of(node, remains.tree),
                node=node,
            )
    return made


def from_path(path: Sequence[Any], tops: Sequence[tuple[Any, int]], because: str = "") -> list[Item]:
    """Return the items of a search path.

    Parameters
    ----------
    path : sequence
        As in `htn.planning.search.Solution`.
    tops : sequence of (object, int)
        For each task that was searched for, what it is below and its position there.
    because : str
        Why it was searched for.
    """
    items: list[Item] = []
    for entry in path:
        expanded = len(entry) == 6
        task, _, parent, place = (entry[0] if expanded else entry)[:4]
        above, position = tops[place] if parent < 0 else (items[parent], place)
        if expanded:
            _, method, alternative, network, tried, _ = entry
            item = Item(
                task, above, position, leaf=False, method=method, alternative=alternative, network=network, tried=tried
            )
        else:
            item = Item(task, above, position, leaf=True)
        item.because = because
        items.append(item)
    return items


def tops_of(network: Network, remains: Remains) -> list[tuple[Any, int]]:
    """Return for each task of a network what it is below, and its position there."""
    found: list[tuple[Any, int]] = []
    for node in network.slots:
        if node is None:
            found.append((None, 0))
            continue
        found.append((node.parent, remains.position[node.id]))
    return found


def whole_plan(domain: Domain, remains: Remains, items: Sequence[Item], observed: State, findings: Findings) -> Drafted:
    """Return the plan of a draft: the history as it was, and the items.

    Parameters
    ----------
    domain : Domain
        The domain.
    remains : Remains
        The plan in force, divided.
    items : sequence of Item
        What is pending, in order.
    observed : State
        The facts now.
    findings : Findings
        Who brought about what.
    """
    kept = _kept(remains, items)
    path: list[Any] = []
    index: dict[Any, int] = {None: -1}
    for node, position in kept:
        cell = (task_of(node), None, index[node.parent], position)
        index[node.id] = len(path)
        leaf = node.is_leaf
        method = _method_of(domain, node)
        path.append(cell if leaf else (cell, method, node.alternative, _network_of(node, remains.tree), None, None))
    for item in items:
        above = item.above
        cell = (item.task, None, index[id(above) if isinstance(above, Item) else above], item.position)
        index[id(item)] = len(path)
        path.append(cell if item.leaf else (cell, item.method, item.alternative, item.network, item.tried, None))
    tasks = task_list(remains.tree)
    nodes: list[Node | None] = [*(node for node, _ in kept), *(item.node for item in items)]
    tree, ids = _grown(domain, tasks, remains.tree.before, path, nodes, len(kept))
    renamed = {node.id: ids[place] for place, (node, _) in enumerate(kept)}
    count = len(remains.done) - sum(step not in renamed for step in remains.done)
    settled = tuple(name for name in ids[: len(kept)] if tree[name].at >= count and not tree[name].is_leaf)
    history = _history(remains, renamed, settled, observed, findings)
    return Drafted(trace(domain, remains.plan.initial, tree, history), tuple(ids[len(kept) :]), renamed)


def _kept(remains: Remains, items: Iterable[Item]) -> list[tuple[Node, int]]:
    """Return the begun and finished nodes that no item replaces, in order, with their positions; in flight, last."""
    tree, running = remains.tree, frozenset(remains.running)
    replaced = {(item.above, item.position) for item in items if not isinstance(item.above, Item)}
    gone: set[str] = set()
    found: dict[str, int] = {}
    for parent, children in ((None, tree.roots), *((node.id, node.children) for node in remains.nodes)):
        for position, child in enumerate(children):
            if parent in gone or (parent, position) in replaced or remains.is_pending(child):
                gone.add(child)
            else:
                found[child] = position
    kept = [node for node in remains.processed if node.id in found]
    kept.sort(key=lambda node: node.id in running)
    return [(node, found[node.id]) for node in kept]


def _grown(
    domain: Domain, tasks: Any, before: Any, path: list[Any], nodes: list[Node | None], kept: int
) -> tuple[Decomposition, list[str]]:
    tree = grow(domain, tasks, path)
    ids = list(tree.nodes)
    same: dict[str, Node] = {}
    for place, identity in enumerate(ids):
        node, old = tree[identity], nodes[place]
        if old is not None and old.whole == node.whole:
            # What was tried before the choice that stands, and what a finished step relied on, is known from before.
            reads = old.reads if place < kept else ()
            if place < kept and old.id == identity and old.at == node.at and old.children == node.children:
                same[identity] = old
            else:
                same[identity] = replace(node, tried=old.tried, reads=reads, before=old.before)
    return replace(tree, nodes={**tree.nodes, **same}, before=before), ids


def _history(
    remains: Remains, renamed: dict[str, str], settled: tuple[str, ...], observed: State, findings: Findings
) -> History:
    plan = remains.plan
    before = plan.history
    done, abandoned = [], list(() if before is None else before.abandoned)
    places: dict[str, int] = {}
    for identity in remains.done:
        step = plan.by_id[identity]
        if identity not in renamed:
            abandoned.append(step)
            continue
        places[renamed[identity]] = len(places)
        done.append(_step(step, renamed, places))
    running = []
    for identity in remains.running:
        places[renamed[identity]] = len(places)
        running.append(_step(plan.by_id[identity], renamed, places))
    past = [
        link
        for link in plan.links
        if link.first in renamed and link.second in renamed and _came_before(link.first, link.second, renamed, places)
    ]
    if any(old != new for old, new in renamed.items()):
        past = [replace(link, first=renamed[link.first], second=renamed[link.second]) for link in past]
    links = tuple(past)
    writers = tuple((fluent, key, renamed[step]) for (fluent, key), step in findings.writers.items() if step in renamed)
    return History(tuple(done), tuple(abandoned), observed.copy(), writers, links, settled, tuple(running))


def _step(step: Step, renamed: dict[str, str], places: dict[str, int]) -> Step:
    """Return a step as it was, with the names that nodes have in the new tree.

    A step whose result was at hand already may have ended before others that it was planned to wait for.
    """
    dependencies, causal = (
        tuple(renamed[first] for first in steps if _came_before(first, step.id, renamed, places))
        for steps in (step.dependencies, step.causal)
    )
    return replace(step, id=renamed[step.id], dependencies=dependencies, causal=causal)


def _came_before(first: str, second: str, renamed: dict[str, str], places: dict[str, int]) -> bool:
    earlier, later = places.get(renamed.get(first, "")), places.get(renamed.get(second, ""))
    return earlier is not None and later is not None and earlier < later
