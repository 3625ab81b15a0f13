"""Which steps end a run: those that join what the others made, and what comes after them."""

from __future__ import annotations

from collections.abc import Sequence

from htn.plan.plan import Step

__all__ = ["closing_steps"]


def closing_steps(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return the ids of the steps without which nothing that the others make becomes an answer.

    From the last step back: what it alone uses ends the run too, up to a step that joins several results which
    nothing else uses; results that are joined from several in the same way are among them. In a chain, that is every
    step: each is needed.

    Parameters
    ----------
    steps : sequence of Step
        The plan's steps, the one whose artifact is the answer last.

    Examples
    --------
    >>> def step(name, *uses):
    ...     return Step(name, name, name, (), name, dependencies=uses, causal=uses)
    >>> plan = [step("load"), step("a", "load"), step("b", "load"), step("join", "load", "a", "b"), step("end", "join")]
    >>> closing_steps(plan)
    ('join', 'end')
    """
    if not steps:
        return ()
    by_id = {step.id: step for step in steps}
    users: dict[str, set[str]] = {step.id: set() for step in steps}
    for step in steps:
        for source in step.causal:
            users[source].add(step.id)

    def own(identity: str) -> list[str]:
        return [source for source in dict.fromkeys(by_id[identity].causal) if users[source] == {identity}]

    found = set()
    waiting = [steps[-1].id]
    while waiting:
        current = waiting.pop()
        found.add(current)
        alone = own(current)
        waiting += alone if len(alone) == 1 else [source for source in alone if len(own(source)) > 1]
    return tuple(step.id for step in steps if step.id in found)
