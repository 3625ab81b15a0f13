"""Completion in the shell: commands, options, runs and steps, by argcomplete."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

__all__ = ["SHELLS", "complete", "completion"]

SHELLS = ("bash", "zsh", "fish")
_RUNS, _STEPS = ("run", "subject"), ("step",)


def completion(arguments: argparse.Namespace) -> int:
    """Print what has the shell complete `estate`."""
    from argcomplete.shell_integration import shellcode

    print(shellcode(["estate"], True, arguments.shell))
    return 0


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer the shell where it asks how a command may go on, and end; otherwise do nothing, and import nothing."""
    if "_ARGCOMPLETE" not in os.environ:
        return
    import argcomplete

    for action in _actions(parser):
        if action.dest in _RUNS and action.metavar in ("RUN", "RUN|PLANFILE"):
            action.completer = _runs  # type: ignore[attr-defined]  # where argcomplete looks for it
        elif action.dest in _STEPS:
            action.completer = _steps  # type: ignore[attr-defined]  # likewise
    argcomplete.autocomplete(parser)


def _actions(parser: argparse.ArgumentParser) -> Iterable[argparse.Action]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)
        else:
            yield action


def _runs(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    from htn.execution.runs import list_runs
    from htn.model.errors import HtnError

    try:
        runs = [record.run_id for record in list_runs(parsed_args.workspace)]
    except (HtnError, OSError):  # a shell that completes has nowhere to say so
        return []
    return ["last", *runs] if runs else []


def _steps(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    from domains.analysis.cli.running import find_run
    from htn.execution.tracking import ExecutionTracker
    from htn.model.errors import HtnError

    run = str(getattr(parsed_args, "run", None) or getattr(parsed_args, "subject", ""))
    try:
        with ExecutionTracker(parsed_args.workspace, find_run(parsed_args.workspace, run)) as tracker:
            return list(dict.fromkeys(step.task for step in tracker.plan().steps))
    except (HtnError, OSError):
        return []
