"""Looks over a plan before anything is run: each problem is one sentence, and none means that it can start."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from htn.execution.agent import Agent
from htn.execution.runtime import Runtime
from htn.plan.plan import Step

__all__ = ["critical_path", "plan_problems", "structure_problems"]


def structure_problems(steps: Sequence[Step]) -> list[str]:
    """Return what is wrong with the graph of a plan: repeated ids, unknown references, missing inputs, cycles.

    Examples
    --------
    >>> structure_problems([Step("a", "k", "count", (), "count", dependencies=("b",))])
    ['Step a (count) depends on step b, which the plan does not have.']
    """
    problems = []
    known = {step.id for step in steps}
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            problems.append(f"Step {_name(step)} is in the plan twice.")
        seen.add(step.id)
        problems += [
            f"Step {_name(step)} depends on step {dependency}, which the plan does not have."
            for dependency in step.dependencies
            if dependency not in known
        ]
        problems += [
            f"Step {_name(step)} uses the result of step {source} but does not wait for it."
            for source in step.causal
            if source not in step.dependencies
        ]
    cycle = _cycle(steps, known)
    if cycle:
        problems.append(f"Steps wait for each other in a circle: {' -> '.join(cycle)}.")
    return problems


def plan_problems(
    steps: Sequence[Step],
    runtime: Runtime,
    agents: Sequence[Agent],
    *,
    finished: Collection[str] = (),
) -> list[str]:
    """Return everything for which a plan cannot be carried out.

    Parameters
    ----------
    steps : sequence of Step
        The plan's steps.
    runtime : Runtime
        What the application gives.
    agents : sequence of Agent
        The runtime's agents.
    finished : collection of str
        Keys of steps whose artifacts are reused; they need no agent.

    Returns
    -------
    list of str
        One sentence for each problem.
    """
    problems = structure_problems(steps)
    open_steps = [step for step in steps if step.key not in finished]
    problems += _capability_problems(open_steps, agents)
    for step in open_steps:
        supplied = {criterion.name for criterion in runtime.criteria(step)}
        problems += [
            f"Step {_name(step)} must meet criterion {name}, which the runtime does not have."
            for name in step.criteria
            if name not in supplied
        ]
    return problems


def _name(step: Step) -> str:
    return f"{step.id} ({step.task})"


def _capability_problems(steps: Iterable[Step], agents: Sequence[Agent]) -> list[str]:
    """Name each capability that no agent has once, with the steps that ask for it."""
    available = frozenset().union(*(agent.capabilities for agent in agents)) if agents else frozenset()
    wanting: dict[str, list[str]] = {}
    for step in steps:
        if not step.deferred and step.capability not in available:
            wanting.setdefault(step.capability, []).append(step.id)
    problems = [
        f"No agent has the capability {capability}, which {_listed(ids)} asks for."
        for capability, ids in wanting.items()
    ]
    problems += [
        f"Agent {agent.name} has a capacity of {agent.capacity}; it must be at least 1."
        for agent in agents
        if agent.capacity < 1
    ]
    names = [agent.name for agent in agents]
    problems += [f"Two agents are named {name}." for name in dict.fromkeys(names) if names.count(name) > 1]
    return problems


def _listed(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:3])
    return f"step {shown}" if len(ids) == 1 else f"each of {shown}{' and others' if len(ids) > 3 else ''}"


def _cycle(steps: Sequence[Step], known: Collection[str]) -> list[str]:
    """Return the ids along one cycle, first repeated at the end, or nothing."""
    remaining = {step.id: {item for item in step.dependencies if item in known} for step in steps}
    dependents: dict[str, list[str]] = {}
    for step_id, dependencies in remaining.items():
        for dependency in dependencies:
            dependents.setdefault(dependency, []).append(step_id)
    free = [step_id for step_id, dependencies in remaining.items() if not dependencies]
    while free:
        done = free.pop()
        del remaining[done]
        for dependent in dependents.get(done, ()):
            remaining[dependent].discard(done)
            if not remaining[dependent]:
                free.append(dependent)
    if not remaining:
        return []
    # Every step left waits for a step left, so following the first one always leads around.
    path = [next(iter(remaining))]
    while True:
        following = min(remaining[path[-1]])
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)


def critical_path(steps: Sequence[Step], seconds: Mapping[str, float]) -> float:
    """Return the seconds along the longest chain of dependencies; steps without a value count nothing.

    Parameters
    ----------
    steps : sequence of Step
        The steps that are still to be done, without cycles; dependencies on other steps count as met.
    seconds : Mapping
        Seconds by step id.

    Examples
    --------
    >>> chain = [Step("a", "ka", "a", (), "a"), Step("b", "kb", "b", (), "b", dependencies=("a",))]
    >>> critical_path(chain, {"a": 2.0, "b": 3.0})
    5.0
    """
    by_id = {step.id: step for step in steps}
    end: dict[str, float] = {}
    # An explicit stack, because plans may be longer than the recursion limit.
    for root in by_id:
        stack = [root]
        while stack:
            step = by_id[stack[-1]]
            waiting = [item for item in step.dependencies if item in by_id and item not in end]
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            before = max((end[item] for item in step.dependencies if item in by_id), default=0.0)
            end[step.id] = before + seconds.get(step.id, 0.0)
    return max(end.values(), default=0.0)
