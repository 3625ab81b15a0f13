"""The command `htn`: solve and verify problems, lint domains, look at plans."""

from __future__ import annotations

import argparse
import atexit
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from htn.model.errors import HtnError, InputError
from htn.stopping import Stopped, Watch

if TYPE_CHECKING:
    from htn.solving import Answer

__all__ = ["main"]

_FILES = (
    "A DOMAIN is a Python file that defines `domain`, or HDDL; a PROBLEM is JSON with state and tasks, a Python file "
    "that defines `state` and `tasks`, or HDDL. A PLAN for HDDL is in the competition's format."
)
_IMPROVE = 0.1
"""Seconds: nobody waits for them, and most of what can be gained for small problems is gained in them."""
_CODES = (
    "Exit codes: 0 done, solved, valid; 10 there is no plan; 11 the plan is not valid; 21 the limit on seconds was "
    "reached, 22 on nodes, 23 on memory; 30 to 32 something given cannot be used; 130 interrupted, 143 terminated."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Returns
    -------
    int
        0 solved, sound, or no error found; 10 unsolvable; 11 the plan is not valid; 21 to 24 a limit was reached
        (time, nodes, memory, cancelled); 30 to 32 something given cannot be used; 130 interrupted, 143 terminated; 141
        nobody read to the end what was printed.
    """
    if argv is not None:
        return _run(list(argv), time.perf_counter())
    # Limits count from the start of the process: what it took until here is hardly more than what it computed.
    code = _run(sys.argv[1:], time.perf_counter() - time.process_time())
    _leave(code)
    return code


def _leave(code: int) -> None:
    """End the process at once: to take down the interpreter and millions of objects one by one is time for nothing."""
    with suppress(OSError):  # a closed pipe has been dealt with
        sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)


def _run(words: list[str], begun: float) -> int:
    try:
        return _carried_out(words, begun)
    except BrokenPipeError:
        # What is left in the buffer would fail again when Python flushes it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _carried_out(words: list[str], begun: float) -> int:
    as_json = "--json" in words
    try:
        arguments = _parsed(words)
        arguments.begun = begun
        code: int = arguments.command(arguments)
        sys.stdout.flush()
        return code
    except HtnError as error:
        return _fail(as_json, str(error), error.exit_code)
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(as_json, f"{where}{error.strerror or error}", 30)
    except KeyboardInterrupt:
        return _fail(as_json, "interrupted", 130)
    except MemoryError:
        return _fail(as_json, str(Stopped("memory")), 23)
    except Stopped as stopped:
        return _fail(as_json, str(stopped), stopped.code)


def _fail(as_json: bool, message: str, code: int) -> int:
    if as_json:
        _print_json({"status": "error", "message": message, "exit_code": code})
    else:
        _print(f"htn: {message}", error=True)
    return code


def _print(text: object, *, error: bool = False) -> None:
    """Print what may hold words of a file: a name in it could steer the terminal."""
    from htn.views.plain import clean_lines

    print(clean_lines(text), file=sys.stderr if error else sys.stdout)


def _print_json(document: dict[str, Any]) -> None:
    import json

    from htn.views.plain import clean_json

    print(clean_json(json.dumps(document, ensure_ascii=False, default=str)), flush=True)


# ------------------------------------------------------------------------------------------------------ the arguments
class _Help(argparse.HelpFormatter):
    """Takes the width from the environment; asking the terminal would take longer than a small problem's search."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        super().__init__(prog, width=(int(columns) if columns.isdecimal() else 100) - 2)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one sentence, as everything else here does."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=_Help, **settings)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message} (see {self.prog} --help)")


class _Command(NamedTuple):
    """A command: its line in the help, its arguments, and what runs it."""

    help: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    example: str


def _parsed(words: list[str]) -> argparse.Namespace:
    """Return the arguments; of the commands' parsers only the one that is asked for is made."""
    named = _COMMANDS.get(words[0]) if words else None
    if named is not None:
        alone = _Parser(prog=f"htn {words[0]}", description=f"{_FILES}", epilog=f"Example: {named.example}. {_CODES}")
        named.declare(alone)
        return alone.parse_args(words[1:], argparse.Namespace(command=named.run))
    parser = _Parser(prog="htn", description="Hierarchical task network planning.", epilog=f"{_FILES} {_CODES}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, command in _COMMANDS.items():
        commands.add_parser(name, help=command.help)
    return parser.parse_args(words)


def _positive(word: str) -> float:
    value = float(word)
    if not value > 0:
        raise ValueError
    return value


def _not_negative(word: str) -> float:
    value = float(word)
    if not value >= 0:
        raise ValueError
    return value


_not_negative.__name__ = "number from 0 up"
_positive.__name__ = "positive number"  # what argparse calls it where it is none


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def _solve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("domain", metavar="DOMAIN")
    parser.add_argument("problem", metavar="PROBLEM")
    parser.add_argument("--time-limit", type=_positive, metavar="S", help="seconds that all may take")
    parser.add_argument(
        "--memory-limit",
        type=_positive,
        metavar="MB",
        help="MiB that the process may take",
    )
    parser.add_argument("--plan", metavar="FILE", help="write the plan here: JSON, or the competition's format")
    parser.add_argument("--seed", type=int, metavar="N", help="shuffle what the search leaves open")
    parser.add_argument(
        "--improve",
        type=_not_negative,
        metavar="S",
        help=f"seconds to look for better plans after the first, {_IMPROVE} unless given (HDDL)",
    )
    parser.add_argument("--cores", type=int, choices=(1, 2), default=1, help="processes that search (HDDL)")
    parser.add_argument(
        "--search", action="append", metavar="NAME", help="only this search of the portfolio; may be repeated (HDDL)"
    )
    _json_option(parser)


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
    for name in ("domain", "problem", "plan"):
        parser.add_argument(name, metavar=name.upper())
    _json_option(parser)


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("domain", metavar="DOMAIN")
    parser.add_argument("problem", metavar="PROBLEM", nargs="?")
    _json_option(parser)


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", metavar="PLAN")
    parser.add_argument("--format", choices=("text", "steps", "html", "mermaid", "dot"), default="text")


def _why_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", metavar="PLAN")
    parser.add_argument("step", metavar="STEP", help="a step's id, or the beginning of it")


# ------------------------------------------------------------------------------------------------------- the commands
def _solve(arguments: argparse.Namespace) -> int:
    from htn.problem import is_hddl

    if arguments.plan:
        from htn.writing import check_writable

        check_writable(arguments.plan)
    watch = Watch(arguments.time_limit, arguments.memory_limit, arguments.begun)
    files = (arguments.domain, arguments.problem)
    how: dict[str, Any] = {"seed": arguments.seed, "plan": arguments.plan}
    solve: Callable[..., Answer]
    if is_hddl(arguments.domain):
        from htn.solving import solve_hddl

        solve = solve_hddl
        improve = _IMPROVE if arguments.improve is None else arguments.improve
        how |= {"improve": improve, "cores": arguments.cores, "only": arguments.search or ()}
    else:
        from htn.solving import solve_python

        solve = solve_python
        if arguments.improve is not None or arguments.cores > 1 or arguments.search:
            raise InputError("--improve, --cores and --search are for HDDL; this domain is Python")
    with watch.kept():
        answer = solve(*files, watch, **how)
    if arguments.json:
        _print_json(answer.document)
    else:
        _print(answer.text.rstrip("\n"), error=bool(answer.code))
    return answer.code


def _verify(arguments: argparse.Namespace) -> int:
    from htn.problem import is_hddl, load_domain, load_problem

    if is_hddl(arguments.domain):
        return _verify_hddl(arguments)
    from htn.planning.checker import check_plan

    domain, problem = load_domain(arguments.domain), load_problem(arguments.problem)
    plan = _read_plan(arguments.plan)
    verdict = check_plan(domain, plan, problem.tasks)
    same = plan.initial == problem.state
    problems = [found.message for found in verdict.problems]
    if not same:
        problems.insert(0, "the plan starts from another state than the problem's")
    code = 11 if problems else 0
    if arguments.json:
        _print_json({"valid": code == 0, "verdict": str(verdict), "problems": problems, "exit_code": code})
    elif problems:
        _print("\n".join(f"not valid: {problem}" for problem in problems), error=True)
    else:
        _print(verdict)
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
        _print_json({"valid": not code, "length": length, "cost": cost, "problems": problems, "exit_code": code})
    else:
        _print(verdict, error=bool(code))
    return code


def _check(arguments: argparse.Namespace) -> int:
    from htn.problem import is_hddl, load_domain, load_problem

    if is_hddl(arguments.domain):
        return _check_hddl(arguments)
    from htn.model.lint import lint

    domain = load_domain(arguments.domain)
    findings = lint(domain, load_problem(arguments.problem).tasks if arguments.problem else None)
    wrong = any(finding.level == "error" for finding in findings)
    if arguments.json:
        listed = [{"level": f.level, "code": f.code, "message": f.message} for f in findings]
        _print_json({"findings": listed, "exit_code": 31 if wrong else 0})
    else:
        _print("\n".join(map(str, findings)) or "nothing found")
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
        _print_json({"findings": listed, "exit_code": code})
    else:
        _print("\n".join(map(str, findings)) or "nothing found")
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
    _print(draw[arguments.format](_read_plan(arguments.plan).to_json()))
    return 0


def _why(arguments: argparse.Namespace) -> int:
    plan = _read_plan(arguments.plan)
    _print(plan.explain(plan.step(arguments.step).id))
    return 0


def _read_plan(path: str) -> Any:
    import json

    from htn.plan.plan import Plan

    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
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


_COMMANDS = {
    "solve": _Command("find a plan", _solve_arguments, _solve, "htn solve domain.hddl problem.hddl --plan plan.txt"),
    "verify": _Command(
        "check a plan by replaying it", _verify_arguments, _verify, "htn verify domain.py problem.json plan.json"
    ),
    "check": _Command("find mistakes in a domain before planning", _check_arguments, _check, "htn check domain.hddl"),
    "show": _Command("draw a plan", _show_arguments, _show, "htn show plan.json --format html > plan.html"),
    "why": _Command("say why a step is in a plan", _why_arguments, _why, "htn why plan.json 3f9c"),
}
