"""Approvals on the command line: which steps need one, who gave it, what waits and how to answer."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from domains.analysis.cli.show import print_json
from htn.model.budget import Budget
from htn.model.errors import InputError
from htn.views.plain import clean

if TYPE_CHECKING:
    from domains.analysis.planner import EstatePlanner
    from htn.execution.options import RunOptions
    from htn.execution.tracking import RunStatus

__all__ = ["WAITS", "approve", "how_to_answer", "run_options", "waiting_by_run"]

WAITS = 42


def run_options(arguments: argparse.Namespace, planner: EstatePlanner) -> RunOptions:
    """Return the limits of a run as the arguments of `run` give them.

    Raises
    ------
    InputError
        For an operator that the domain does not have.
    """
    from htn.execution.allowance import SHARED
    from htn.execution.approvals import ApprovalPolicy, Escalation
    from htn.execution.options import RunOptions

    operators = tuple(dict.fromkeys(arguments.approve))
    for name in operators:
        if name not in planner.domain.operators:
            known = ", ".join(sorted(planner.domain.operators))
            raise InputError(f"there is no operator {name!r} to be approved; there are {known}")
    above = {} if arguments.approve_above is None else {"seconds": arguments.approve_above}
    policy = ApprovalPolicy(operators, above, arguments.approve_within, arguments.otherwise)
    fallback = arguments.ask_otherwise.replace("-", "_")
    escalation = Escalation(arguments.ask_when_stuck, arguments.ask_within, fallback)
    waiting, memory = not arguments.no_wait, _memory(arguments)
    limits = Budget(**{name: getattr(arguments, f"max_{name}") for name in SHARED})
    return RunOptions(approval=policy, escalation=escalation, wait=waiting, memory_bytes=memory, budget=limits)


def _memory(arguments: argparse.Namespace) -> float | None:
    """Return the memory that steps may need together: what was asked for, else what the machine has left."""
    from htn.execution.memory import available_bytes

    return available_bytes() if arguments.most_memory is None else arguments.most_memory * 2.0**20


def approve(arguments: argparse.Namespace) -> int:
    """Answer for a step that waits; a process that carries the run out sees it, otherwise the run is resumed."""
    from domains.analysis.cli.running import find_run
    from htn.execution.approvals import answer_failure, answer_step, waiting_approvals
    from htn.execution.location import engine_of
    from htn.execution.runs import show_run

    run = find_run(arguments.workspace, arguments.run)
    by = arguments.by or _user()
    who = {"by": by, "note": arguments.note}
    if arguments.decision is None:
        given, mine = answer_step(arguments.workspace, run, arguments.step, yes=arguments.yes, **who)
    else:
        given, mine = answer_failure(arguments.workspace, run, arguments.step, arguments.decision, **who)
    left = [found.step_id for found in waiting_approvals(arguments.workspace, run)]
    status = show_run(arguments.workspace, run)
    in_hand = status.pid is not None or status.queued
    if arguments.json:
        print_json({**given.to_json(), "changed": mine, "still_waiting": left, "in_hand": in_hand})
        return 0
    told = given.told() if mine else f"{given.told()} already; nothing was changed"
    print(clean(f"Step {given.step_id} of run {run} was {told}."))
    if left:
        print(clean(f"Still waiting: {', '.join(left)}."))
    if not in_hand:
        first = "" if engine_of(arguments.workspace) is None else "start a worker, or "
        print(f"No process carries the run out; {first}go on with: estate resume {run}")
    return 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user that the system has no name for
        return f"user {os.getuid()}"


def waiting_by_run(workspace: str) -> dict[str, list[str]]:
    """Return the ids of the steps that wait for approval, by run."""
    from htn.execution.approvals import waiting_approvals
    from htn.execution.errors import EmptyJournalError

    found: dict[str, list[str]] = {}
    try:
        questions = waiting_approvals(workspace)
    except EmptyJournalError:
        return found
    for question in questions:
        found.setdefault(question.run_id, []).append(question.step_id)
    return found


def _flags(choices: Iterable[str]) -> str:
    return "|".join(f"--{choice.replace('_', '-')}" for choice in choices)


def how_to_answer(status: RunStatus) -> list[str]:
    """Return lines that say how to answer for what waits; none when nothing does."""
    if not status.waiting:
        return []
    run = status.run.run_id
    lines = ["", "To answer:"]
    lines += [
        f"  estate approve {run} {clean(step.id)} {_flags(step.choices)}   {clean(step.description or step.task)}"
        for step in status.waiting
    ]
    if status.pid is None and not status.queued:
        lines.append(f"and then: estate resume {run}")
    return lines
