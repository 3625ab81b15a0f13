"""Domains of other kinds than the competition's: arms that make room for each other, towers moved freely, building."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from htn.hddl import load_domain, load_problem
from htn.hddl.verify import verify
from htn.planning.limits import Limits
from htn.portfolio import solve

FILES = Path(__file__).parent / "files"


def given(domain, problem):
    """Return a domain and a problem."""
    read = load_domain(FILES / f"{domain}.hddl")
    return read, load_problem(FILES / f"{problem}.hddl", read)


@pytest.mark.parametrize(
    ("domain", "problem"), [("arms", "arms-handing-over"), ("hanoi", "hanoi-4"), ("building", "building-towers")]
)
def test_solved(domain, problem):
    """A plan is found that the verifier accepts."""
    read, asked = given(domain, problem)
    result = solve(read, asked, limits=Limits(seconds=60))
    assert result.plan is not None
    verdict = verify(read, asked, result.plan)
    assert verdict.valid, str(verdict)


def test_the_shortest_way_is_found():
    """Four disks take fifteen moves; the methods allow any move at any time, for ever."""
    result = solve(*given("hanoi", "hanoi-4"), improve=math.inf, limits=Limits(seconds=60))
    assert result.best
    assert result.cost == 15


def test_who_builds_a_wall_stays_behind_it():
    """Towers on both sides cannot be built once the wall between them is: proved, though one can walk for ever."""
    assert solve(*given("building", "building-wall"), limits=Limits(seconds=60)).status == "unsolvable"
