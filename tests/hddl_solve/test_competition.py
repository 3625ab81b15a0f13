"""The competition's problems: what is solved quickly stays solved, and every plan is valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from htn.hddl import load_domain, load_problem
from tests.hddl_solve.solving import solve

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "ipc2020"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the competition's problems are not beside the repository"),
]


def firsts():
    """Return the first problem of each domain, and all feature tests, with their domains."""
    found = []
    for folder in sorted(DATA.glob("*-order/*")):
        problems = sorted(path for path in folder.glob("*.hddl") if "domain" not in path.name)
        if problems:
            own = problems[0].with_name(problems[0].stem + "-domain.hddl")
            found.append((own if own.exists() else folder / "domain.hddl", problems[0]))
    for problem in sorted((DATA / "feature-tests").glob("*.hddl")):
        own = problem.with_name(problem.stem + "-domain.hddl")
        if own.exists():
            found.append((own, problem))
    return found


@pytest.mark.parametrize(("domain", "problem"), firsts(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_first_problem_is_solved_with_a_valid_plan(domain, problem):
    """The first problem of a domain has a plan that the verifier accepts."""
    read = load_domain(domain)
    outcome, plan = solve(read, load_problem(problem, read))
    assert plan is not None, outcome
