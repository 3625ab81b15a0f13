"""The decomposition tree: task, method, subtasks; data with stable identities, JSON in and out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from htn.model.errors import InputError
from htn.model.record import Record, field, replace
from htn.model.values import freeze, listed, plain, shaped, thaw

__all__ = ["Decomposition", "Kind", "Node", "Tried", "node_id"]

Kind = Literal["primitive", "compound", "goal", "multigoal", "deferred"]


class Tried(Record):
    """An alternative that was left.

    Attributes
    ----------
    method : str
        The method's name.
    alternative : int
        Which of the alternatives it yields.
    reason : str
        Why it was left.
    refused : bool
        True when it did not apply; False when it applied and something below it failed.
    """

    method: str
    alternative: int
    reason: str
    refused: bool


class Node(Record):
    """One task in the tree.

    Attributes
    ----------
    id : str
        Hash of (parent's id, task, arguments, method, occurrence): the same as long as nothing above it changes.
    task : str
        The task's name.
    args : tuple
        Its arguments.
    kind : str
        What carries it out: an operator, a method, a goal's method, or nothing yet (deferred).
    parent : str or None
        The parent's id.
    children : tuple of str
        Ids of the subtasks, in the order in which the method wrote them.
    before : tuple of (int, int) or None
        Which children are finished before which, by position; None is a sequence.
    method : str or None
        The method chosen; None for a primitive or deferred task, and for a goal that held already.
    alternative : int
        Which of the alternatives that the method yields.
    bindings : Mapping
        What the method says it bound.
    tried : tuple of Tried
        Alternatives left before the chosen one, in order.
    reads : tuple of (str, object)
        The (fluent, arguments) that the method or operator relied on; filled by tracing.
    at : int
        How many steps come before it in the plan's order.
    """

    id: str
    task: str
    args: tuple[Any, ...]
    kind: Kind
    parent: str | None
    children: tuple[str, ...] = ()
    before: tuple[tuple[int, int], ...] | None = None
    method: str | None = None
    alternative: int = 0
    bindings: Mapping[str, Any] = field(factory=dict)
    tried: tuple[Tried, ...] = ()
    reads: tuple[tuple[str, Any], ...] = ()
    at: int = 0

    @property
    def whole(self) -> tuple[Any, ...]:
        """The task as a tuple of name and arguments."""
        return (self.task, *self.args)

    @property
    def is_leaf(self) -> bool:
        """Whether it is a step of the plan."""
        return self.kind in ("primitive", "deferred")


def node_id(parent: str | None, task: str, args: tuple[Any, ...], method: str | None, occurrence: int) -> str:
    """Return a node's id: a hash that does not depend on what is below it.

    Parameters
    ----------
    parent : str or None
        The parent's id, None at the root.
    task, args, method : str, tuple, str or None
        The node's task and method.
    occurrence : int
        How many siblings before it have the same task, arguments and method.

    Examples
    --------
    >>> node_id(None, "travel", ("me",), "on_foot", 0) == node_id(None, "travel", ("me",), "on_foot", 0)
    True
    >>> len(node_id(None, "travel", ("me",), "on_foot", 0))
    16
    """
    text = f"{parent}\x1f{task}\x1f{plain(args)!r}\x1f{method}\x1f{occurrence}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Decomposition(Record):
    """The tree, as nodes by id in the order in which they were decomposed.

    Attributes
    ----------
    nodes : dict
        Nodes by id; a parent comes before its children.
    roots : tuple of str
        Ids of the task list's nodes.
    order : tuple of str
        Ids of the leaves in a valid order of execution.
    before : tuple of (int, int) or None
        Constraints between the roots; None is a sequence.
    """

    nodes: dict[str, Node]
    roots: tuple[str, ...]
    order: tuple[str, ...]
    before: tuple[tuple[int, int], ...] | None = None

    def __getitem__(self, node: str) -> Node:
        return self.nodes[node]

    def __len__(self) -> int:
        return len(self.nodes)

    def ancestors(self, node: str) -> Iterator[Node]:
        """Yield a node's parent, that one's parent, and so on."""
        parent = self.nodes[node].parent
        while parent is not None:
            yield self.nodes[parent]
            parent = self.nodes[parent].parent

    def leaves_below(self, node: str) -> list[str]:
        """Return the ids of the leaves below a node (itself, for a leaf), in plan order."""
        found, waiting = set(), [node]
        while waiting:
            current = self.nodes[waiting.pop()]
            if current.is_leaf:
                found.add(current.id)
            waiting.extend(current.children)
        return [leaf for leaf in self.order if leaf in found]

    def with_reads(self, reads: Mapping[str, tuple[tuple[str, Any], ...]]) -> Decomposition:
        """Return the tree with what each node relied on filled in; nodes that are not named keep theirs."""
        nodes = {key: replace(self.nodes[key], reads=facts) for key, facts in reads.items()}
        return replace(self, nodes={**self.nodes, **nodes})

    def to_json(self) -> dict[str, Any]:
        """Return the tree as JSON data; parts that say nothing are left out.

        Raises
        ------
        InputError
            When an argument has no JSON form.
        """
        data: dict[str, Any] = {
            "nodes": [_node_to_json(node) for node in self.nodes.values()],
            "roots": list(self.roots),
            "order": list(self.order),
        }
        if self.before is not None:
            data["before"] = [list(pair) for pair in self.before]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Decomposition:
        """Return the tree that `to_json` wrote.

        Raises
        ------
        InputError
            When the data is not such a tree; the message names the part.
        """
        try:
            nodes = {}
            for entry in data["nodes"]:
                node = _node_from_json(entry)
                if node.id in nodes:
                    raise InputError(f"the tree holds the node {node.id} twice")
                nodes[node.id] = node
            tree = cls(nodes, listed(data["roots"], str), listed(data["order"], str), _pairs(data.get("before")))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"this is not a decomposition tree: {error!r} while reading it") from None
        for name in (*tree.roots, *tree.order, *(child for node in nodes.values() for child in node.children)):
            if name not in nodes:
                raise InputError(f"the tree refers to the node {name!r}, which it does not hold")
        return tree

    def __repr__(self) -> str:
        return f"Decomposition({len(self.nodes)} nodes, {len(self.order)} steps)"


def _node_to_json(node: Node) -> dict[str, Any]:
    data: dict[str, Any] = {"id": node.id, "task": node.task, "args": thaw(node.args), "kind": node.kind, "at": node.at}
    if node.parent is not None:
        data["parent"] = node.parent
    if node.kind not in ("primitive", "deferred"):
        data |= {"method": node.method, "alternative": node.alternative, "children": list(node.children)}
    if node.before is not None:
        data["before"] = [list(pair) for pair in node.before]
    if node.bindings:
        data["bindings"] = {name: thaw(value) for name, value in node.bindings.items()}
    if node.tried:
        data["tried"] = [
            {"method": t.method, "alternative": t.alternative, "reason": t.reason, "refused": t.refused}
            for t in node.tried
        ]
    if node.reads:
        data["reads"] = [[fluent, thaw(key)] for fluent, key in node.reads]
    return data


def _node_from_json(data: Mapping[str, Any]) -> Node:
    parent, method = data.get("parent"), data.get("method")
    args = freeze(shaped(data["args"], list))
    if data["kind"] == "multigoal":
        for fluent, _, _ in args[0]:
            shaped(fluent, str)
    return Node(
        id=shaped(data["id"], str),
        task=shaped(data["task"], str),
        args=args,
        kind=shaped(data["kind"], str),  # type: ignore[arg-type]  # an unknown kind is for the checker to find
        parent=None if parent is None else shaped(parent, str),
        children=listed(data.get("children", []), str),
        before=_pairs(data.get("before")),
        method=None if method is None else shaped(method, str),
        alternative=shaped(data.get("alternative", 0), int),
        bindings={name: freeze(value) for name, value in data.get("bindings", {}).items()},
        tried=tuple(_tried(entry) for entry in shaped(data.get("tried", []), list)),
        reads=tuple((shaped(fluent, str), freeze(key)) for fluent, key in data.get("reads", ())),
        at=shaped(data["at"], int),
    )


def _tried(data: Mapping[str, Any]) -> Tried:
    return Tried(
        shaped(data["method"], str),
        shaped(data["alternative"], int),
        shaped(data["reason"], str),
        shaped(data["refused"], bool),
    )


def _pairs(data: Any) -> tuple[tuple[int, int], ...] | None:
    if data is None:
        return None
    return tuple((shaped(first, int), shaped(second, int)) for first, second in shaped(data, list))
