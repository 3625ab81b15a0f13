"""With recursion every search is right too: plans, proofs that there is none, and proofs that none is cheaper."""

from __future__ import annotations

import math
from functools import cache

import pytest

from htn.hddl.verify import verify
from htn.planning.limits import Limits
from htn.portfolio import solve
from htn.portfolio.members import members
from htn.portfolio.task import Task
from tests.portfolio.reachable import TOO_MANY, Configurations, Fixpoint, Ground, totally_ordered
from tests.portfolio.recursive_problems import Recursive

LIMITS = Limits(seconds=0.4)


@cache
def problems(sequences):
    """Return random problems that take some looking, each with the cost of its cheapest plan."""
    found = []
    for seed in range(450) if sequences else range(5000, 5250):
        domain, problem = Recursive(seed, sequences).make()
        if totally_ordered(domain, problem) is not sequences:
            continue
        ground = Ground(domain, problem)
        working = Fixpoint(ground) if sequences else Configurations(ground, most=300)
        cheapest = working.cheapest()
        if cheapest == TOO_MANY or (cheapest is None and working.looked_at < 6) or cheapest in (0, 1):
            continue
        found.append((domain, problem, cheapest))
    assert sum(cheapest is None for *_, cheapest in found) > 10
    assert sum(cheapest is not None for *_, cheapest in found) > 10
    return found


def right(domain, problem, cheapest, result):
    """Whether a result decides; what it says must be right."""
    known, cost = cheapest if isinstance(cheapest, tuple) else ("", cheapest)
    if result.plan is None:
        assert result.status != "unsolvable" or cost is None
        return result.status == "unsolvable"
    verdict = verify(domain, problem, result.plan)
    assert verdict.valid, str(verdict)
    assert verdict.cost == result.cost
    assert cost is not None
    assert result.cost >= cost or known
    assert result.cost <= cost or not result.best
    return True


@pytest.mark.parametrize("member", ["lifted", "layers", "depth-first", "ff", "add", "restarts", "tables"])
def test_every_member_in_total_order(member):
    """Each search alone, against the least fixpoint of what each task can do in each state."""
    decided = [
        right(domain, problem, cheapest, solve(domain, problem, only=[member], limits=LIMITS))
        for domain, problem, cheapest in problems(True)
    ]
    assert sum(decided) > len(decided) // 4
    assert member != "tables" or all(decided)


@pytest.mark.parametrize("member", ["lifted", "layers", "ff", "add", "networks", "in-sequence", "restarts"])
def test_every_member_in_partial_order(member):
    """Each search alone, against trying everything that can be done next."""
    for domain, problem, cheapest in problems(False):
        if member in members(Task(domain, problem)):
            right(domain, problem, cheapest, solve(domain, problem, only=[member], limits=LIMITS))


@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("cores", [1, 2])
def test_the_cheapest_plan(sequences, cores):
    """All together with improvement: where the plan is said to be the cheapest, it is."""
    proved = 0
    for domain, problem, cheapest in problems(sequences)[::cores]:
        result = solve(domain, problem, improve=math.inf, cores=cores, limits=LIMITS)
        right(domain, problem, cheapest, result)
        proved += result.best
    assert proved
