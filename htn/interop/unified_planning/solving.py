"""Solving an HDDL problem, for the engines: the one place that says which search they use."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Literal

from htn.hddl.compile import compile_problem, plan_of
from htn.hddl.model import Domain, Problem
from htn.hddl.plan_format import Plan
from htn.hddl.verify import verify
from htn.model.errors import InputError
from htn.model.record import Record
from htn.planning import InvalidDomain, LimitReached, Limits, Solved, find_plan

__all__ = ["Answer", "improve", "solve"]

# How many orders of methods are tried, one after the other without a better plan, before improving ends.
_MOST_FRUITLESS = 20
# An order of methods may take so many times what the first took, and at least so many nodes.
_PATIENCE, _FEWEST_NODES = 10, 20_000


class Answer(Record):
    """What a search came to.

    Attributes
    ----------
    status : str
        ``solved``, ``unsolvable`` (all was tried), or the limit that ended it: ``seconds``, ``nodes``, ``memory`` or
        ``cancelled``.
    plan : Plan or None
        The plan, where there is one.
    reason : str
        What stood in the way, in words.
    seconds : float
        Wall-clock seconds, compilation included.
    nodes : int
        Tasks processed.
    """

    status: Literal["solved", "unsolvable", "seconds", "nodes", "memory", "cancelled"]
    plan: Plan | None = None
    reason: str = ""
    seconds: float = 0.0
    nodes: int = 0


def solve(domain: Domain, problem: Problem, limits: Limits, seed: int | None = None) -> Answer:
    """Search for a plan as ``htn solve`` does.

    Parameters
    ----------
    domain, problem : Domain, Problem
        What to solve.
    limits : Limits
        How much the search may take.
    seed : int, optional
        Shuffles the order of methods.

    Raises
    ------
    InputError
        When the problem is wrong, so that no search can begin.
    """
    start = monotonic()
    compiled = compile_problem(domain, problem)
    outcome = find_plan(
        compiled.domain, compiled.state, compiled.tasks, limits=limits, seed=seed, patience=0, hasty=True
    )
    nodes = outcome.statistics.nodes
    if isinstance(outcome, Solved):
        return Answer("solved", plan_of(compiled, outcome.path), "", monotonic() - start, nodes)
    if isinstance(outcome, InvalidDomain):
        raise InputError("; ".join(outcome.problems))
    reason: str = getattr(outcome, "reason", "")
    if isinstance(outcome, LimitReached):
        names: dict[str, Literal["seconds", "nodes", "memory", "cancelled"]]
        names = {"seconds": "seconds", "nodes": "nodes", "memory": "memory"}
        return Answer(names.get(outcome.limit, "cancelled"), None, reason, monotonic() - start, nodes)
    return Answer("unsolvable", None, reason, monotonic() - start, nodes)


def improve(domain: Domain, problem: Problem, first: Answer, limits: Limits) -> Iterator[Answer]:
    """Yield plans, each cheaper (or shorter, where actions have no costs) than those before, until none is found.

    Methods are tried in other orders: restarts with other seeds, each with a limit of its own.

    Parameters
    ----------
    domain, problem : Domain, Problem
        What to solve.
    first : Answer
        The plan to begin with.
    limits : Limits
        How much improving may take.
    """
    assert first.plan is not None
    end = None if limits.seconds is None else monotonic() + limits.seconds
    best = verify(domain, problem, first.plan).cost
    most = max(_FEWEST_NODES, _PATIENCE * first.nodes)
    seed = fruitless = 0
    while fruitless < _MOST_FRUITLESS:
        seed += 1
        left = None if end is None else end - monotonic()
        if left is not None and left <= 0:
            return
        answer = solve(domain, problem, Limits(left, most, limits.memory_mb, limits.cancelled), seed)
        cost = verify(domain, problem, answer.plan).cost if answer.plan is not None else best
        if cost < best:
            best, fruitless = cost, 0
            yield answer
        else:
            fruitless += 1
