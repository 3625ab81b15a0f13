"""What a plan costs: the sum of its actions' costs, by carrying them out."""

from __future__ import annotations

from htn.hddl.model import Domain, Fact, Increase, Number, Problem, walk
from htn.hddl.plan_format import Plan

__all__ = ["has_costs", "plan_cost"]


def has_costs(domain: Domain) -> bool:
    """Whether actions name their costs; else each costs 1."""
    return any(isinstance(part, Increase) for action in domain.actions for part in walk(action.effect))


def plan_cost(domain: Domain, problem: Problem, plan: Plan) -> Number:
    """Return the sum of the actions' costs where the domain has costs, else their number.

    The plan is taken to be valid: `htn.hddl.verify` says whether it is.

    Examples
    --------
    >>> from htn.hddl import parse_domain, parse_problem
    >>> from htn.hddl.plan_format import PlanStep
    >>> domain = parse_domain("(define (domain d) (:action a :effect (increase (total-cost) 3)))")
    >>> problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (a)) (:init))", domain)
    >>> plan_cost(domain, problem, Plan((PlanStep(1, "a"), PlanStep(2, "a"))))
    6
    """
    if not has_costs(domain):
        return len(plan.steps)
    from htn.hddl.evaluate import Evaluator  # most domains have no costs
    from htn.hddl.types import Types

    evaluator = Evaluator(Types(domain, problem), domain.source)
    values = dict(problem.values)
    state: set[Fact] = set(problem.init)
    total: Number = 0
    for step in plan.steps:
        action = domain.action[step.name]
        binding = {
            parameter.name: argument for parameter, argument in zip(action.parameters, step.arguments, strict=True)
        }
        total += evaluator.cost(action.effect, binding, state.__contains__, values)
        add, delete = evaluator.changes(action.effect, binding, state.__contains__)
        state -= delete
        state |= add
    return total
