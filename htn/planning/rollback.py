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
from htn.plan.trace import step_key, trace
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
    domain: Domain,
    plan: Plan,
    steps: Sequence[Step],
    observed: State,
    *,
    partly: bool = False,
    limits: Limits | None = None,
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
    partly : bool
        Whether parts of the plan were given up: it cannot be replayed as a whole, and its own dependencies stand.
    limits : Limits, optional
        For the decomposer.

    Returns
    -------
    Plan or None
        The plan with the steps that undo; None when there is nothing to undo.

    Raises
    ------
    DomainError
        When the undoing steps cannot be carried out from the observed state, or what follows relies on what they undo.
    """
    undone = tuple((undo, step.args) for step in steps if (undo := domain.undo_of(step.task)) is not None)
    if not undone:
        return None
    outcome = find_plan(domain, observed, [(ROLL_BACK, undone)], limits=limits)
    if not isinstance(outcome, Solved):
        raise DomainError(f"what was done cannot be undone: {getattr(outcome, 'reason', '') or outcome.status}")
    earlier = {leaf for leaf in plan.tree.order if _rolls_back(plan.tree, plan.tree[leaf])}
    done = 0 if plan.history is None else len(plan.history.done)
    begin = done
    while begin < len(plan.steps) and plan.steps[begin].id in earlier:
        begin += 1
    tree = _joined(plan, outcome.plan, begin)
    if plan.history is not None and check_tree(domain, plan.initial, tree, history=plan.history):
        return trace(domain, plan.initial, tree, plan.history)
    if not partly:
        raise DomainError("what follows relies on what would be undone")
    before = next((step for step in reversed(plan.steps[:begin]) if step.id in earlier), None)
    undoing = _chained(domain, outcome.plan, tree.order[begin:], before)
    kept = plan.steps
    if not done:  # should they be done again later, then after they were undone
        again = {step.id for step in steps}
        kept = tuple(_after(step, undoing[-1].id) if step.id in again else step for step in kept)
    return Plan(plan.domain, tree, (*kept[:begin], *undoing, *kept[begin:]), plan.initial, plan.links, plan.history)


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
    back = {node.id for node in plan.tree.nodes.values() if _rolls_back(plan.tree, node)}
    for node in plan.tree.nodes.values():
        past = history is not None and history.is_past(node) and node.at < begin
        nodes[node.id] = node if past or node.id in back else replace(node, at=node.at + more)
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


def _after(step: Step, other: str) -> Step:
    return replace(step, dependencies=(*step.dependencies, other))


def _rolls_back(tree: Decomposition, node: Node) -> bool:
    return any(above.task == ROLL_BACK for above in (node, *tree.ancestors(node.id)))


def _chained(domain: Domain, undoing: Plan, names: Sequence[str], before: Step | None) -> list[Step]:
    """Return the undoing steps as steps of the plan, each after the one before it, also after the last of earlier ones.

    That an earlier one comes before is part of a step's content key: undoing the same once more is other work.
    """
    steps: list[Step] = []
    for step, name in zip(undoing.steps, names, strict=False):
        needs, inputs = ((), ()) if before is None else ((before.id,), (before.key,))
        key = step_key(step.task, domain.operators[step.task].version, step.args, inputs)
        before = replace(step, id=name, key=key, dependencies=needs, causal=needs)
        steps.append(before)
    return steps
