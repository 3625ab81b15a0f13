"""The linter: what is wrong or suspicious in a domain and a problem, found without planning."""

from __future__ import annotations

from htn.hddl.findings import Finding, Findings
from htn.hddl.lint.applicable import check_applicable
from htn.hddl.lint.declared import check_declared, check_problem_declared
from htn.hddl.lint.reach import check_reach
from htn.hddl.lint.unused import check_unused
from htn.hddl.model import Domain, Problem
from htn.hddl.types import Types

__all__ = ["Finding", "lint"]


def lint(domain: Domain, problem: Problem | None = None) -> list[Finding]:
    """Return what is wrong or suspicious, errors first, then in the files' order.

    Parameters
    ----------
    domain : Domain
        What to look at.
    problem : Problem, optional
        With it, the problem is looked at as well, and what its objects, initial state and tasks make impossible or
        leave out is reported too.

    Returns
    -------
    list of Finding
        Codes: ``lenient`` (how something was read), ``undeclared``, ``arity``, ``type``, ``duplicate``, ``unused``,
        ``unreachable``, ``no-method``, ``never`` (a method, action or goal that cannot apply), ``endless`` (a task that
        always leads to another that is not finished), ``recursion`` (a method that begins with its own task).

    Examples
    --------
    >>> from htn.hddl import parse_domain
    >>> text = "(define (domain d) (:predicates (lit)) (:task t)"
    >>> text += " (:method m :parameters (?x) :task (t) :precondition (lt)))"
    >>> for finding in lint(parse_domain(text)):
    ...     print(finding)
    1:102: error [undeclared]: the predicate 'lt' is not declared; did you mean 'lit'?
    1:74: warning [unused]: the method 'm' does not use its parameter '?x'
    """
    about_domain = Findings(domain.source)
    about_domain.found.extend(domain.warnings)
    about_problem = Findings(problem.source if problem else domain.source)
    about_problem.found.extend(problem.warnings if problem else ())
    types = Types(domain, problem)
    check_declared(domain, types, about_domain)
    if problem:
        check_problem_declared(domain, problem, types, about_problem)
    check_unused(domain, problem, about_domain, about_problem)
    dead = check_applicable(domain, problem, types, about_domain, about_problem)
    check_reach(domain, problem, dead, about_domain)
    found = list(dict.fromkeys([*about_domain.found, *about_problem.found]))
    return sorted(found, key=lambda finding: finding.level)
