"""Parameters and quantified variables that nothing uses."""

from __future__ import annotations

from collections.abc import Iterable

from htn.hddl.findings import Findings
from htn.hddl.model import Domain, Effect, Exists, Forall, Formula, Problem, Typed, walk
from htn.hddl.uses import Use, method_uses, network_uses, uses

__all__ = ["check_unused"]


def check_unused(domain: Domain, problem: Problem | None, findings: Findings, about_problem: Findings) -> None:
    """Report unused variables of actions, methods, quantifiers and the initial task network."""
    for action in domain.actions:
        listed = [*uses(action.precondition), *uses(action.effect)]
        _parameters(f"the action '{action.name}'", action.parameters, listed, findings)
        _quantified([action.precondition, action.effect], findings)
    for method in domain.methods:
        _parameters(f"the method '{method.name}'", method.parameters, method_uses(method), findings)
        _quantified([method.precondition, method.network.constraints], findings)
    if problem:
        _parameters("the initial task network", problem.parameters, network_uses(problem.network), about_problem)
        if problem.goal is not None:
            _quantified([problem.goal], about_problem)


def _parameters(who: str, parameters: Iterable[Typed], listed: Iterable[Use], findings: Findings) -> None:
    used = {use.term for use in listed if not use.quantified}
    for parameter in parameters:
        if parameter.name not in used:
            findings.warning("unused", parameter.at, f"{who} does not use its parameter '{parameter.name}'")


def _quantified(formulas: Iterable[Formula | Effect], findings: Findings) -> None:
    for formula in formulas:
        for part in walk(formula):
            if isinstance(part, (Forall, Exists)):
                used = {use.term for use in uses(part.part) if not use.quantified}
                for variable in part.variables:
                    if variable.name not in used:
                        findings.warning(
                            "unused", variable.at, f"nothing uses the quantified variable '{variable.name}'"
                        )
