"""The task-decomposition graph of a domain in Python as far as its methods' source shows it: what must be done."""

from __future__ import annotations

import ast
from collections.abc import Collection

from htn.model.domain import Domain, Method
from htn.model.refusal import refuse
from htn.model.source import own_nodes, source_of

__all__ = ["task_graph"]

_NETWORKS = ("TaskNetwork", "TaskNetwork.ordered", "TaskNetwork.unordered")

Alternatives = list[list[str]]


def task_graph(domain: Domain) -> dict[str, Alternatives]:
    """Return for every compound task's name what each way to decompose it holds at the least.

    A method is a function, which is known in full only by calling it with a state. What is written out in what it
    returns or yields is known without: names in tuples in a list, in lists added up, or in a task network. All else
    (names made up at run time, lists from elsewhere, comprehensions, goals) counts as nothing, as does a method whose
    source cannot be had. So what a task is said to need is never more than what it needs: bounds made from it are
    lower bounds.

    Examples
    --------
    >>> domain = Domain("travel")
    >>> @domain.operator
    ... def walk(state):
    ...     return state
    >>> task_graph(domain)
    {}
    """
    names = domain.operators.keys() | domain.methods.keys()  # a goal may hold already, and then needs nothing
    return {
        task: [listed for method in methods for listed in _ways(method, names)]
        for task, methods in domain.methods.items()
    }


def _ways(method: Method, names: Collection[str]) -> Alternatives:
    """Return what each end of a method holds at the least; none where all of them refuse."""
    tree = source_of(method.function)
    if tree is None or getattr(method.function, "__globals__", {}).get("refuse", refuse) is not refuse:
        return [[]]
    if isinstance(tree, ast.Lambda):
        ends: list[ast.expr | None] = [tree.body]
    else:
        nodes = list(own_nodes(tree))
        if any(isinstance(node, ast.YieldFrom) for node in nodes):
            return [[]]
        yields = [node.value for node in nodes if isinstance(node, ast.Yield)]
        # What a generator returns is no decomposition.
        ends = yields or [node.value for node in nodes if isinstance(node, ast.Return)]
    return [[name for name in held if name in names] for end in ends for held in _held(end)]


def _held(end: ast.expr | None) -> Alternatives:
    """Return the names written out in an expression, for each way in which it can come out; none for a refusal."""
    if end is None or (isinstance(end, ast.Constant) and not end.value):
        return []
    if isinstance(end, ast.Call):
        called = ast.unparse(end.func)
        if called == "refuse":
            return []
        return _held(end.args[0]) if called in _NETWORKS and end.args else [[]]
    if isinstance(end, ast.IfExp):
        return [*_held(end.body), *_held(end.orelse)]
    if isinstance(end, ast.BinOp) and isinstance(end.op, ast.Add):
        return [[*left, *right] for left in _held(end.left) for right in _held(end.right)]
    if isinstance(end, ast.List):
        found: Alternatives = [[]]
        for element in end.elts:
            found = [[*before, *more] for before in found for more in _element(element)]
        return found
    return [[]]


def _element(element: ast.expr) -> Alternatives:
    """Return what one element of a list of tasks holds: a task, a network, or an unpacked list."""
    if isinstance(element, ast.Starred):
        return _held(element.value) or [[]]
    if isinstance(element, ast.IfExp):
        return [*_element(element.body), *_element(element.orelse)]
    if isinstance(element, ast.Tuple) and element.elts:
        head = element.elts[0]
        return [[head.value]] if isinstance(head, ast.Constant) and isinstance(head.value, str) else [[]]
    return _held(element) or [[]]
