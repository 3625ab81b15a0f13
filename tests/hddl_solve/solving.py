"""Solve HDDL given as text, and enumerate plans, with any of the compiler's passes."""

from __future__ import annotations

from htn.hddl import parse_domain, parse_problem
from htn.hddl.compile import Passes, compile_problem, plan_of
from htn.hddl.plan_format import format_plan, parse_plan
from htn.hddl.verify import verify
from htn.planning import Limits, Solved, find_plan, find_plans

NONE = Passes(filter=False, feasible=False, late=False, lift=False, settle=False, cover=False)
EVERY_WAY = [
    Passes(),
    NONE,
    Passes(filter=False),
    Passes(feasible=False),
    Passes(late=False),
    Passes(lift=False),
    Passes(settle=False),
    Passes(cover=False),
    Passes(filter=True, late=False, lift=False, settle=False, cover=False),
    Passes(filter=False, late=True, lift=False, settle=False, cover=False),
    Passes(filter=False, late=False, lift=True, settle=False, cover=False),
    Passes(filter=False, late=False, lift=False, settle=False, cover=True),
]


def read(domain_text, problem_text):
    """Return domain and problem."""
    domain = parse_domain(domain_text)
    return domain, parse_problem(problem_text, domain)


def solve(domain, problem, passes=None, seconds=20.0):
    """Return the outcome, and the plan: one that the verifier accepts after it was written and read again."""
    compiled = compile_problem(domain, problem, passes)
    outcome = find_plan(
        compiled.domain,
        compiled.state,
        compiled.tasks,
        limits=Limits(seconds=seconds),
        patience=0,
        hasty=True,
        cover=compiled.cover,
    )
    if not isinstance(outcome, Solved):
        return outcome, None
    plan = parse_plan(format_plan(plan_of(compiled, outcome.path)))
    verdict = verify(domain, problem, plan)
    assert verdict.valid, f"{verdict}\n{format_plan(plan)}"
    return outcome, plan


def actions(plan):
    """Return a plan's actions as tuples."""
    return [(step.name, *step.arguments) for step in plan.steps]


def all_action_sequences(domain, problem, passes, seconds=20.0):
    """Return the action sequences of all plans; None when there are more than can be listed."""
    compiled = compile_problem(domain, problem, passes)
    found = set()
    for outcome in find_plans(
        compiled.domain,
        compiled.state,
        compiled.tasks,
        limits=Limits(seconds=seconds, nodes=100_000),
        cover=compiled.cover,
    ):
        if outcome.status == "limit reached":
            return None
        if isinstance(outcome, Solved):
            plan = plan_of(compiled, outcome.path)
            assert verify(domain, problem, plan).valid
            found.add(tuple(actions(plan)))
    return found
