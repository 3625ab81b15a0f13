"""Rolling back an abandoned path: the steps that undo it are decomposed, and stand before what is still pending.

A finished step whose results nothing needs any more may have had effects outside. The task of undoing them is
decomposed like any other (`htn.model.rollback`), from the observed state, and becomes a part of the plan: carried out,
recorded, shown and repaired like the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from htn.model.domain import Domain
from htn.model.errors import DomainError
from htn.model.record import replace
from htn.model.rollback import ROLL_BACK
from htn.model.state import State
from htn.plan.plan import Plan, Step
from htn.plan.trace import trace
from htn.plan.tree import Decomposition, Node, node_id
from htn.planning.checker import check_tree
from htn.planning.decompose import find_plan
from htn.planning.limits import Limits
from htn.planning.outcome import Solved

__all__ = ["abandoned_steps", "with_rollback"]


def abandoned_steps(steps: Sequence[Step], finished: Iterable[str], given_up: Iterable[str]) -> list[Step]:
    """Return the finished steps of a plan whose results only steps that were given up would have used.

    Parameters
    ----------
    steps : sequence of Step
        The plan's steps, in a valid order.
    finished, given_up : iterable of str
        Ids of the finished steps, and of those that failed or are skipped.

    Examples
    --------
    >>> book = Step("a", "ka", "book", ())
    >>> visit = Step("b", "kb", "visit", (), dependencies=("a",), causal=("a",))
    >>> [step.task for step in abandoned_steps([book, visit], ["a"], ["b"])]
    ['book']
    """
    gone, done = set(given_up), set(finished)
    users: dict[str, list[str]] = {}
    for step in steps:
        for source in step.causal:
            users.setdefault(source, []).append(step.id)
    found = []
    for step in reversed(steps):
        using = users.get(step.id, [])
        if step.id in done and using and gone.issuperset(using):
            gone.add(step.id)
            found.append(step)
    return found[::-1]


def with_rollback(
    domain: Domain, plan: Plan, steps: Sequence[Step], observed: State, *, limits: Limits | None = None
) -> Plan | None:
    """Return a plan that undoes finished steps before it goes on.

    Parameters
    ----------
    domain : Domain
        The plan's domain.
    plan : Plan
        The plan from now on, which does not use the steps any more.
    steps : sequence of Step
        The finished steps to be undone, in the order in which they were done; those of operators that nothing undoes
        are passed over.
    observed : State
        The facts now.
    limits : Limits, optional
        For the decomposer.

    Returns
    -------
    Plan or None
        The plan with the steps that undo; None when there is nothing to undo.

    Raises
    ------
    DomainError
        When the undoing steps cannot be carried out from the observed state.
    """
    undone = tuple((undo, step.args) for step in steps if (undo := domain.undo_of(step.task)) is not None)
    if not undone:
        return None
    outcome = find_plan(domain, observed, [(ROLL_BACK, undone)], limits=limits)
    if not isinstance(outcome, Solved):
        raise DomainError(f"what was done cannot be undone: {getattr(outcome, 'reason', '') or outcome.status}")
    begin = 0 if plan.history is None else len(plan.history.done)
    tree = _joined(plan, outcome.plan, begin)
    joined = Plan(
        plan.domain,
        tree,
        (*plan.steps[:begin], *_renamed(outcome.plan, tree, begin), *plan.steps[begin:]),
        plan.initial,
        plan.links,
        plan.history,
    )
    return _traced(domain, joined) or joined


def _joined(plan: Plan, undoing: Plan, begin: int) -> Decomposition:
    """Return the plan's tree with the task of rolling back first, its steps after those that are done."""
    more = len(undoing.steps)
    names = _names(plan.tree, undoing.tree)
    nodes: dict[str, Node] = {}
    for node in undoing.tree.nodes.values():
        nodes[names[node.id]] = replace(
            node,
            id=names[node.id],
            parent=None if node.parent is None else names[node.parent],
            children=tuple(names[child] for child in node.children),
            at=node.at + begin,
        )
    history = plan.history
    for node in plan.tree.nodes.values():
        past = history is not None and history.is_past(node)
        nodes[node.id] = node if past and node.at < begin else replace(node, at=node.at + more)
    roots, before = plan.tree.roots, plan.tree.before
    place = sum(plan.tree[root].task == ROLL_BACK for root in roots)  # after what was rolled back before
    return Decomposition(
        nodes,
        (*roots[:place], *(names[root] for root in undoing.tree.roots), *roots[place:]),
        (*plan.tree.order[:begin], *(names[leaf] for leaf in undoing.tree.order), *plan.tree.order[begin:]),
        None if before is None else tuple((a + (a >= place), b + (b >= place)) for a, b in before),
    )


def _names(tree: Decomposition, undoing: Decomposition) -> dict[str, str]:
    """Return the ids that the nodes of rolling back have in a tree, which may have rolled the same back before."""
    names: dict[str, str] = {}
    for node in undoing.nodes.values():
        parent = None if node.parent is None else names[node.parent]
        occurrence = 0
        siblings = undoing.roots if node.parent is None else undoing[node.parent].children
        for sibling in siblings[: siblings.index(node.id)]:
            other = undoing[sibling]
            occurrence += (other.whole, other.method) == (node.whole, node.method)
        while (name := node_id(parent, node.task, node.args, node.method, occurrence)) in tree.nodes:
            occurrence += 1
        names[node.id] = name
    return names


def _renamed(undoing: Plan, tree: Decomposition, begin: int) -> list[Step]:
    ids = dict(zip(undoing.tree.order, tree.order[begin:], strict=False))
    return [
        replace(
            step,
            id=ids[step.id],
            dependencies=tuple(ids[before] for before in step.dependencies),
            causal=tuple(ids[before] for before in step.causal),
        )
        for step in undoing.steps
    ]


def _traced(domain: Domain, plan: Plan) -> Plan | None:
    """Return the plan with the dependencies of all its pending steps, where all of them can be carried out after it.

    A plan that goes on beside a part that was given up cannot be replayed as a whole; its own dependencies stand.
    """
    if plan.history is None or not check_tree(domain, plan.initial, plan.tree, history=plan.history):
        return None
    return trace(domain, plan.initial, plan.tree, plan.history)
