"""Explanations: why a step is in the plan, why in this way, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from htn.plan.tree import Node

if TYPE_CHECKING:
    from htn.plan.plan import Plan

__all__ = ["Words", "explain", "reasons"]

Words = Callable[[Any], str]
_FACTS = 3
"""Facts of a method that a text lists; the data have all."""


def reasons(plan: Plan, step: str, words: Words | None = None) -> dict[str, Any]:
    """Return, as JSON data, all that is known of why a step is there, or of why a task was decomposed as it was.

    Parameters
    ----------
    plan : Plan
        The plan.
    step : str
        The step's id, or an unambiguous beginning of it; or the id of a compound task's node, which then comes first
        among its reasons.
    words : callable, optional
        How an argument is written for people; strings as they are and other values as Python writes them without it.

    Returns
    -------
    dict
        ``step``; ``because``: from the step's parent up to the root, each with task, method, what was tried instead and
        what facts it relied on; ``relies_on``; ``waits_for``: the steps it depends on, with the facts between them.

    Raises
    ------
    InputError
        When there is no such step.
    """
    write = words or _plainly
    if step in plan.tree.nodes and step not in plan.by_id:
        node = plan.tree[step]
        above = [_above(each, write) for each in (node, *plan.tree.ancestors(step))]
        named = {"id": step, "task": _task(node, write), "description": ""}
        return {"step": named, "because": above, "relies_on": above[0]["relies_on"], "waits_for": [], "criteria": []}
    found = plan.step(step)
    causal = set(found.causal)
    facts: dict[str, list[dict[str, str]]] = {}
    for link in plan.links:
        if link.second == found.id:
            facts.setdefault(link.first, []).append({"kind": link.kind, "fact": _fact(*link.fact, write)})
    return {
        "step": {"id": found.id, "task": _task(plan.tree[found.id], write), "description": found.description},
        "because": [_above(node, write) for node in plan.tree.ancestors(found.id)],
        "relies_on": [_fact(*fact, write) for fact in plan.tree[found.id].reads],
        "waits_for": [
            {
                "id": before,
                "task": _task(plan.tree[before], write),
                "uses_result": before in causal,
                "links": facts.get(before, []),
            }
            for before in found.dependencies
        ],
        "criteria": list(found.criteria),
    }


def _above(node: Node, write: Words) -> dict[str, Any]:
    return {
        "id": node.id,
        "task": _task(node, write),
        "method": node.method,
        "alternative": node.alternative,
        "tried": [{"method": t.method, "reason": t.reason, "refused": t.refused} for t in node.tried],
        "relies_on": [_fact(*fact, write) for fact in node.reads],
    }


def _task(node: Node, write: Words) -> str:
    return f"{node.task}({', '.join(map(write, node.args))})"


def _plainly(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_plainly, value))
    return value if isinstance(value, str) else repr(value)


def _fact(fluent: str, key: Any, write: Words) -> str:
    if key == "*":
        return f"all of {fluent}"
    if key == ():
        return fluent
    return f"{fluent}[{write(key)}]"


def explain(plan: Plan, step: str, words: Words | None = None) -> str:
    """Return the reasons for a step as text; parameters as for `reasons`.

    Examples
    --------
    >>> from htn.model import Domain, State, refuse
    >>> from htn.planning import find_plan
    >>> domain = Domain("travel")
    >>> @domain.operator
    ... def walk(state, who, to):
    ...     state.location[who] = to
    ...     return state
    >>> @domain.method("travel")
    ... def by_taxi(state, who, to):
    ...     return refuse("no cash")
    >>> @domain.method("travel")
    ... def on_foot(state, who, to):
    ...     return [("walk", who, to)]
    >>> plan = find_plan(domain, State(location={"me": "home"}), [("travel", "me", "park")]).plan
    >>> print(explain(plan, plan.steps[0].id))
    walk(me, park)
      because on_foot was chosen for travel(me, park)
        not by_taxi: no cash
    """
    known = reasons(plan, step, words)
    lines = [known["step"]["task"]]
    if known["step"]["description"] and known["step"]["description"] != " ".join(lines):
        description = known["step"]["description"]
        if not _plain(description, plan.tree[known["step"]["id"]]):
            lines.append(f"  {description}")
    indent = "  "
    for above in known["because"]:
        if above["method"] is None:
            lines.append(f"{indent}for {above['task']}, which held already")
        else:
            lines.append(f"{indent}because {above['method']} was chosen for {above['task']}")
        lines.extend(f"{indent}  not {tried['method']}: {tried['reason']}" for tried in above["tried"])
        if above["relies_on"]:
            lines.append(f"{indent}  relying on {_few(above['relies_on'])}")
    for before in known["waits_for"]:
        word = "uses the result of" if before["uses_result"] else "comes after"
        lines.append(f"  {word} {before['task']}")
    return "\n".join(lines)


def _few(facts: Sequence[str]) -> str:
    """Return the first facts, and how many more there are: a method looks at many that went without saying."""
    more = len(facts) - _FACTS
    if more <= 1:
        return ", ".join(facts)
    return f"{', '.join(facts[:_FACTS])} and {more} more facts"


def _plain(description: str, node: Node) -> bool:
    return description == " ".join([node.task, *(str(arg) for arg in node.args)])
