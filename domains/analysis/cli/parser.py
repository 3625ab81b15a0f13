"""What `estate` takes: commands, arguments, help with examples."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn, TypeAlias

from domains.analysis.cli.comparing import add_choice_options
from domains.analysis.cli.completion import SHELLS
from domains.analysis.cli.examples import GENERAL, epilog
from domains.analysis.facts import OPTIONS
from htn.views.plain import clean

__all__ = ["build_parser"]


class _Parser(argparse.ArgumentParser):
    """A parser that repeats what it was given without what could steer a terminal: shells fill in file names."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end with exit code 2."""
        super().error(clean(message))


_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"

_RUN = "its id, the beginning of one, or `last`"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; each command carries the function that does it."""
    parser = _Parser(
        prog="estate",
        description="Answers questions about sales calls and CRM records: a plan first, then the evidence.",
        epilog=GENERAL,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"estate {_version()}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    ingest = _command(commands, "ingest", "read transcripts and CRM tables into the workspace", _data("ingest"))
    ingest.add_argument("paths", nargs="+", metavar="PATH", help="files or folders")
    ingest.add_argument("--mapping", metavar="FILE", help="TOML or JSON file that maps headers (docs/ingest.md)")

    _planning_commands(commands)
    _run_commands(commands)
    _approve_command(commands)
    failures = _command(
        commands, "failures", "what failed across the runs, and what was done about it", _failing("failures")
    )
    failures.add_argument("--since", metavar="TIME", help="only since then: 12h, 7d, 2w ago, or a date (default: ever)")
    _audit_commands(commands)
    _team_commands(commands)
    _explaining_commands(commands)
    _other_commands(commands)
    return parser


def _planning_commands(commands: _Commands) -> None:
    plan = _command(commands, "plan", "plan a question; nothing is run", _planning("plan"))
    plan.add_argument("question", help="the question, in words")
    plan.add_argument("--out", metavar="FILE", help="write the plan here, for `estate run --plan`")
    _planning_options(plan)
    add_choice_options(plan, compare=True)

    estimate = _command(commands, "estimate", "what answering a question will take", _planning("estimate"))
    estimate.add_argument("question", nargs="?", help="the question, in words")
    estimate.add_argument("--report", action="store_true", help="how estimates held in past runs, instead")
    estimate.add_argument("--html", metavar="FILE", help="with --report: also write it as a page with plots")
    estimate.add_argument("--advice", action="store_true", help="also say what would make the plan take less")
    _planning_options(estimate)
    add_choice_options(estimate, compare=False)


def _run_commands(commands: _Commands) -> None:
    run = _command(commands, "run", "plan a question and run the plan", _running("run"))
    run.add_argument("question", nargs="?", help="the question, in words")
    run.add_argument("--plan", metavar="FILE", help="run exactly the plan in this file")
    run.add_argument("--report", metavar="FILE", help="write the report here: .html or .md")
    run.add_argument("--quiet", action="store_true", help="show no progress")
    run.add_argument(
        "--most-memory", type=float, metavar="MIB", help="what steps may need together (default: what is available)"
    )
    _limit_options(run)
    _approval_options(run)
    _planning_options(run)
    add_choice_options(run, compare=False)

    _command(commands, "runs", "list the runs, the newest first", _running("runs"))
    show = _command(commands, "show", "show a run: its steps, results and report", _running("show"))
    resume = _command(commands, "resume", "go on with a run that was interrupted or failed", _running("resume"))
    fork = _command(commands, "fork", "run again from a step on; earlier results are reused", _running("fork"))
    fork.add_argument("--from", dest="step", required=True, metavar="STEP", help="the first step to do again")
    cancel = _command(commands, "cancel", "cancel a run", _running("cancel"))
    for parser in (show, resume, fork, cancel):
        parser.add_argument("run", metavar="RUN", help=_RUN)
    for parser in (show, resume, fork):
        parser.add_argument("--report", metavar="FILE", help="write the report here: .html or .md")
    for parser in (resume, fork):
        parser.add_argument("--quiet", action="store_true", help="show no progress")


def _approve_command(commands: _Commands) -> None:
    approve = _command(commands, "approve", "list what waits for a person, or answer for it", _approving("approve"))
    approve.add_argument("run", metavar="RUN", help=_RUN)
    approve.add_argument(
        "step", nargs="?", metavar="STEP", help="its id, the beginning of it, or its operator; left out: list"
    )
    answer = approve.add_mutually_exclusive_group()
    answer.add_argument("--yes", action="store_true", help="the step may be carried out")
    answer.add_argument("--no", action="store_true", help="it may not")
    for choice, summary in (
        ("retry", "the step failed: try it again"),
        ("without", "it failed: go on without it"),
        ("give-up", "it failed: end the run with what there is"),
    ):
        value = choice.replace("-", "_")
        answer.add_argument(f"--{choice}", dest="decision", action="store_const", const=value, help=summary)
    change = approve.add_argument_group("changes of the plan", "alone, or with --yes for the step where it stays")
    change.add_argument("--pick", type=int, metavar="N", help="do the alternative with this number, as listed")
    for option, metavar, summary in (
        ("--prefer", "METHOD", "use this method, for the nearest task above the step; TASK=METHOD for all such tasks"),
        ("--without-method", "METHOD", "do without this method, likewise"),
        ("--leave-out", "TASK", "leave out this task with all that is below it"),
        ("--without-agent", "NAME", "give nothing more to this agent"),
    ):
        change.add_argument(option, action="append", default=[], metavar=metavar, help=summary)
    approve.add_argument("--by", metavar="NAME", help="who answers (default: the user's name)")
    approve.add_argument("--note", metavar="TEXT", default="", help="what to write down with the answer")


def _explaining_commands(commands: _Commands) -> None:
    why = _command(commands, "why", "why a step is there, and what became of it", _planning("why"))
    why.add_argument("subject", metavar="RUN|PLANFILE", help="a run, or a file written by `estate plan --out`")
    why.add_argument("step", metavar="STEP", help="the step's id, or the beginning of it")
    why.add_argument("--html", metavar="FILE", help="also write the whole decomposition as a page")
    why.add_argument("--domain", action="append", default=[], metavar="FILE", help="a Python file that the plan needs")

    methods = _command(commands, "methods", "list the analysis types and their methods", _planning("methods"))
    methods.add_argument(
        "--domain", action="append", default=[], metavar="FILE", help="a Python file that adds methods"
    )


def _other_commands(commands: _Commands) -> None:
    ui = _command(commands, "ui", "open the application in a browser", _app("ui"))
    ui.add_argument("--address", default="localhost", metavar="HOST", help="where to listen (default: %(default)s)")
    ui.add_argument("--port", type=int, default=8501, metavar="PORT", help="on which port (default: %(default)s)")
    ui.add_argument("--open", action="store_true", help="open a browser on it")
    ui.add_argument(
        "--without-sign-in", action="store_true", help="listen beyond this machine though nobody has to sign in"
    )
    ui.add_argument("--domain", action="append", default=[], metavar="FILE", help="a Python file that adds methods")

    demo = _command(commands, "demo", "make a synthetic sample, ask it a question, run the plan", _data("demo"))
    demo.add_argument("--question", default=None, help="another question than the demo's own")
    demo.set_defaults(workspace=".demo")

    completion = _command(commands, "completion", "print what has a shell complete these commands", _completing)
    completion.add_argument("shell", choices=SHELLS, help="which shell")


_LIMITS = {
    "tokens": ("N", "use no more tokens"),
    "money": ("AMOUNT", "spend no more, in the currency of prices.toml"),
    "seconds": ("SECONDS", "take no longer"),
    "steps": ("N", "try no more steps"),
    "replans": ("N", "change the plan no more often because of failures"),
}


def _limit_options(parser: argparse.ArgumentParser) -> None:
    text = "held while the run goes on, whatever was expected (docs/budgets.md); by default those in budget.toml"
    group = parser.add_argument_group("limits", text)
    for name, (metavar, summary) in _LIMITS.items():
        group.add_argument(f"--max-{name}", type=float, metavar=metavar, help=summary)


def _approval_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("approvals")
    group.add_argument(
        "--approve", action="append", default=[], metavar="OPERATOR", help="steps of this operator need approval"
    )
    group.add_argument(
        "--approve-above", type=float, metavar="SECONDS", help="so do steps that are expected to take longer"
    )
    group.add_argument(
        "--approve-above-tokens", type=float, metavar="N", help="so do steps that are expected to use more tokens"
    )
    group.add_argument(
        "--approve-above-money",
        type=float,
        metavar="AMOUNT",
        help="so do steps that are expected to cost more, or whose cost is not known",
    )
    group.add_argument(
        "--approve-within", type=float, metavar="SECONDS", help="wait no longer for an answer (default: for ever)"
    )
    group.add_argument(
        "--otherwise", choices=("no", "yes"), default="no", help="what holds without an answer (default: %(default)s)"
    )
    group.add_argument(
        "--ask-when-stuck", action="store_true", help="ask a person about a failed step when nothing else can be tried"
    )
    group.add_argument(
        "--ask-within", type=float, metavar="SECONDS", help="wait no longer for that answer (default: for ever)"
    )
    group.add_argument(
        "--ask-otherwise",
        choices=("without", "retry", "give-up"),
        default="without",
        help="what holds without that answer (default: %(default)s)",
    )
    group.add_argument(
        "--no-wait", action="store_true", help="leave the run waiting when nothing else can be done; exit code 42"
    )


def _team_commands(commands: _Commands) -> None:
    worker = _command(commands, "worker", "carry out the runs of a team (docs/team.md)", _working("worker"))
    worker.add_argument("--name", metavar="NAME", help="a name kept when it is started again (default: the machine's)")
    worker.add_argument(
        "--runs", type=int, default=4, metavar="N", help="how many runs each worker carries out at once (default: 4)"
    )
    worker.add_argument("--data", metavar="DIR", help="the workspace with the data, where this machine has another")
    worker.add_argument(
        "--grace",
        type=int,
        default=30,
        metavar="SECONDS",
        help="time for runs in hand when it ends (default: 30)",
    )
    _command(commands, "workers", "list the workers of a team", _working("workers"))


def _audit_commands(commands: _Commands) -> None:
    audit = commands.add_parser("audit", help="check or export the record of what runs did")
    parts = audit.add_subparsers(title="commands", required=True, metavar="COMMAND")
    verify = _command(parts, "verify", "say whether the audit record is as it was written", _auditing("verify"))
    verify.add_argument("--head", metavar="HASH", help="a hash that was noted earlier and must be in the record")
    export = _command(parts, "export", "write the audit record as lines of JSON", _auditing("export"))
    export.add_argument("run", nargs="?", metavar="RUN", help="only this run: its id, the beginning of one, or `last`")
    export.add_argument("--out", metavar="FILE", help="write it here instead of printing it")


def _command(
    commands: _Commands,
    name: str,
    summary: str,
    function: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--workspace", default=".estate", metavar="DIR", help="the workspace (default: %(default)s)")
    parser.add_argument(
        "--engine",
        metavar="URL",
        help="where runs are kept: sqlite (default) or, for a team, postgresql://HOST/DATABASE",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(command=function)
    return parser


def _planning_options(parser: argparse.ArgumentParser) -> None:
    for name, values in OPTIONS.items():
        if len(values) > 1:
            parser.add_argument(f"--{name}", choices=values, help=f"{' or '.join(values)} (default: {values[0]})")
    parser.add_argument("--domain", action="append", default=[], metavar="FILE", help="a Python file that adds methods")
    parser.add_argument("--exclude", action="append", default=[], metavar="TASK=METHOD", help="rule a method out")
    parser.add_argument("--prefer", action="append", default=[], metavar="TASK=METHOD", help="try a method first")


# The modules behind the commands are imported when a command runs: `estate --help` needs none of them.


def _data(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from domains.analysis.cli import data

        function: Callable[[argparse.Namespace], int] = getattr(data, name)
        return function(arguments)

    return run


def _planning(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from domains.analysis.cli import planning

        function: Callable[[argparse.Namespace], int] = getattr(planning, name)
        return function(arguments)

    return run


def _approving(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from domains.analysis.cli import approving

        function: Callable[[argparse.Namespace], int] = getattr(approving, name)
        return function(arguments)

    return run


def _app(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from domains.analysis.app import launch

        function: Callable[[argparse.Namespace], int] = getattr(launch, name)
        return function(arguments)

    return run


def _completing(arguments: argparse.Namespace) -> int:
    from domains.analysis.cli.completion import completion

    return completion(arguments)


def _failing(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from domains.analysis.cli import failing

        function: Callable[[argparse.Namespace], int] = getattr(failing, name)
        return function(arguments)

    return run


def _auditing(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from domains.analysis.cli import auditing

        function: Callable[[argparse.Namespace], int] = getattr(auditing, name)
        return function(arguments)

    return run


def _working(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from domains.analysis.cli import working

        function: Callable[[argparse.Namespace], int] = getattr(working, name)
        return function(arguments)

    return run


def _running(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from domains.analysis.cli import running

        function: Callable[[argparse.Namespace], int] = getattr(running, name)
        return function(arguments)

    return run


def _version() -> str:
    try:
        return version("htn")
    except PackageNotFoundError:
        return "not installed"
