"""The command `htn`: solve and verify problems, lint domains, look at plans."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from htn.model.errors import HtnError, InputError

if TYPE_CHECKING:  # a command imports only what it runs
    from htn.hddl.compile import Compiled
    from htn.planning import Solved

__all__ = ["main"]

_LIMITS = {"seconds": 21, "nodes": 22, "memory": 23, "cancelled": 24}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Returns
    -------
    int
        0 solved, sound, or no error found; 10 unsolvable; 11 the plan is not valid; 21 to 24 a limit was reached
        (time, nodes, memory, cancelled); 30 to 32 something given cannot be used; 130 interrupted.
    """
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except HtnError as error:
        return _fail(arguments, str(error), error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(arguments, f"{where}{error.strerror or error}", 30)
    except KeyboardInterrupt:
        return _fail(arguments, "interrupted", 130)


def _fail(arguments: argparse.Namespace, message: str, code: int) -> int:
    if getattr(arguments, "json", False):
        print(json.dumps({"status": "error", "message": message, "exit_code": code}))
    else:
        print(f"htn: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="htn",
        description="Hierarchical task network planning.",
        epilog="A DOMAIN is a Python file that defines `domain`, or HDDL; a PROBLEM is JSON with state and tasks, a "
        "Python file that defines `state` and `tasks`, or HDDL. A PLAN for HDDL is in the competition's format.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    solve = commands.add_parser("solve", help="find a plan")
    solve.add_argument("domain", metavar="DOMAIN")
    solve.add_argument("problem", metavar="PROBLEM")
    solve.add_argument("--time-limit", type=float, metavar="S", help="seconds the search may take")
    solve.add_argument("--plan", metavar="FILE", help="write the plan here: JSON, or the competition's format")
    solve.add_argument("--seed", type=int, metavar="N", help="shuffle the order of methods")
    solve.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    solve.set_defaults(command=_solve)

    verify = commands.add_parser("verify", help="check a plan by replaying it")
    verify.add_argument("domain", metavar="DOMAIN")
    verify.add_argument("problem", metavar="PROBLEM")
    verify.add_argument("plan", metavar="PLAN")
    verify.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    verify.set_defaults(command=_verify)

    check = commands.add_parser("check", help="find mistakes in a domain before planning")
    check.add_argument("domain", metavar="DOMAIN")
    check.add_argument("problem", metavar="PROBLEM", nargs="?")
    check.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    check.set_defaults(command=_check)

    show = commands.add_parser("show", help="draw a plan")
    show.add_argument("plan", metavar="PLAN")
    show.add_argument("--format", choices=("text", "steps", "html", "mermaid", "dot"), default="text")
    show.set_defaults(command=_show)

    why = commands.add_parser("why", help="say why a step is in a plan")
    why.add_argument("plan", metavar="PLAN")
    why.add_argument("step", metavar="STEP", help="a step's id, or the beginning of it")
    why.set_defaults(command=_why)
    return parser


def _solve(arguments: argparse.Namespace) -> int:
    from htn.planning import InvalidDomain, LimitReached, Limits, Solved, Unsolvable, find_plan
    from htn.problem import Problem, is_hddl, load_domain, load_hddl, load_problem

    limits = Limits(seconds=arguments.time_limit)
    compiled: Compiled | None = None
    if is_hddl(arguments.domain):
        compiled = load_hddl(arguments.domain, arguments.problem)
        domain, problem = compiled.domain, Problem(compiled.state, compiled.tasks)
    else:
        domain, problem = load_domain(arguments.domain), load_problem(arguments.problem)
    # Recursion without end is common in HDDL, and the memory costs its domains little.
    how: dict[str, Any] = {"patience": 0, "hasty": True, "cover": compiled.cover} if compiled else {}
    outcome = find_plan(domain, problem.state, problem.tasks, limits=limits, seed=arguments.seed, **how)
    statistics = outcome.statistics
    document: dict[str, Any] = {
        "status": outcome.status,
        "statistics": {name: getattr(statistics, name) for name in statistics.__slots__},
    }
    if isinstance(outcome, Solved):
        code, lines = 0, _found(outcome, compiled, document, arguments.plan)
    elif isinstance(outcome, LimitReached):
        code, lines = _LIMITS[outcome.limit], [f"the limit on {outcome.limit} was reached"]
        document["limit"] = outcome.limit
    elif isinstance(outcome, InvalidDomain):
        code, lines = 31, list(outcome.problems)
        document["problems"] = list(outcome.problems)
    else:
        assert isinstance(outcome, Unsolvable)
        code, lines = 10, ["there is no plan" + (f": {outcome.reason}" if outcome.reason else "")]
        document["reason"] = outcome.reason
    document["exit_code"] = code
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False, default=str))
    else:
        print("\n".join(lines), file=sys.stdout if code == 0 else sys.stderr)
    return code


def _found(outcome: Solved, compiled: Compiled | None, document: dict[str, Any], path: str | None) -> list[str]:
    """Return the lines that show a plan; put it into the document, and into the file that was named."""
    if compiled is None:
        document["plan"] = [list(action) for action in outcome.actions]
        if path:
            _write(path, json.dumps(outcome.plan.to_json(), ensure_ascii=False))
        return [" ".join(map(str, action)) for action in outcome.actions]
    from htn.hddl.compile import plan_of
    from htn.hddl.plan_format import format_plan

    plan = plan_of(compiled, outcome.path)
    text = format_plan(plan)
    document["plan"] = [[step.name, *step.arguments] for step in plan.steps]
    document["decomposition"] = text
    if path:
        _write(path, text)
    return text.splitlines()


def _verify(arguments: argparse.Namespace) -> int:
    from htn.planning.checker import check_plan
    from htn.problem import is_hddl, load_domain, load_problem

    if is_hddl(arguments.domain):
        return _verify_hddl(arguments)
    domain, problem = load_domain(arguments.domain), load_problem(arguments.problem)
    plan = _read_plan(arguments.plan)
    verdict = check_plan(domain, plan, problem.tasks)
    same = plan.initial == problem.state
    problems = [found.message for found in verdict.problems]
    if not same:
        problems.insert(0, "the plan starts from another state than the problem's")
    code = 11 if problems else 0
    if arguments.json:
        print(json.dumps({"valid": code == 0, "verdict": str(verdict), "problems": problems, "exit_code": code}))
    elif problems:
        print("\n".join(f"not valid: {problem}" for problem in problems), file=sys.stderr)
    else:
        print(verdict)
    return code


def _verify_hddl(arguments: argparse.Namespace) -> int:
    from htn.hddl import load_domain, load_problem
    from htn.hddl.plan_format import load_plan
    from htn.hddl.verify import verify

    domain = load_domain(arguments.domain)
    verdict = verify(domain, load_problem(arguments.problem, domain), load_plan(arguments.plan))
    code = 0 if verdict.valid else 11
    if arguments.json:
        problems = [{"code": flaw.code, "message": flaw.message, "line": flaw.line} for flaw in verdict.flaws]
        length, cost = verdict.length, verdict.cost
        print(json.dumps({"valid": not code, "length": length, "cost": cost, "problems": problems, "exit_code": code}))
    else:
        print(verdict, file=sys.stderr if code else sys.stdout)
    return code


def _check(arguments: argparse.Namespace) -> int:
    from htn.model.lint import lint
    from htn.problem import is_hddl, load_domain, load_problem

    if is_hddl(arguments.domain):
        return _check_hddl(arguments)
    domain = load_domain(arguments.domain)
    findings = lint(domain, load_problem(arguments.problem).tasks if arguments.problem else None)
    wrong = any(finding.level == "error" for finding in findings)
    if arguments.json:
        listed = [{"level": f.level, "code": f.code, "message": f.message} for f in findings]
        print(json.dumps({"findings": listed, "exit_code": 31 if wrong else 0}))
    else:
        print("\n".join(map(str, findings)) or "nothing found")
    return 31 if wrong else 0


def _check_hddl(arguments: argparse.Namespace) -> int:
    from htn.hddl import load_domain, load_problem
    from htn.hddl.lint import lint

    domain = load_domain(arguments.domain)
    findings = lint(domain, load_problem(arguments.problem, domain) if arguments.problem else None)
    code = 31 if any(finding.level == "error" for finding in findings) else 0
    if arguments.json:
        names = ("level", "code", "message", "path", "line", "column")
        listed = [{name: getattr(finding, name) for name in names} for finding in findings]
        print(json.dumps({"findings": listed, "exit_code": code}))
    else:
        print("\n".join(map(str, findings)) or "nothing found")
    return code


def _show(arguments: argparse.Namespace) -> int:
    from htn.views.dot import graph_dot
    from htn.views.html import plan_html
    from htn.views.mermaid import graph_mermaid
    from htn.views.text import steps_text, tree_text

    draw: dict[str, Callable[[dict[str, Any]], str]] = {
        "text": lambda document: tree_text(document, tried=True),
        "steps": steps_text,
        "html": plan_html,
        "mermaid": graph_mermaid,
        "dot": graph_dot,
    }
    print(draw[arguments.format](_read_plan(arguments.plan).to_json()))
    return 0


def _why(arguments: argparse.Namespace) -> int:
    plan = _read_plan(arguments.plan)
    print(plan.explain(plan.step(arguments.step).id))
    return 0


def _read_plan(path: str) -> Any:
    from htn.plan import Plan

    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except ValueError as error:
        raise InputError(f"is no plan: {error}", path=path, line=getattr(error, "lineno", None)) from None
    # The plan of an analysis is wrapped in what is known of its question.
    if isinstance(data, dict) and "plan" in data and "tree" not in data:
        data = data["plan"]
    try:
        return Plan.from_json(data)
    except InputError as error:
        raise InputError(str(error), path=path) from None


def _write(path: str, text: str) -> None:
    target = Path(path)
    partial = target.with_name(target.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(target)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from None
