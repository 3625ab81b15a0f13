"""Approvals on the command line: which steps need one, what waits with its alternatives, and how it is answered."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from domains.analysis.cli.show import print_json
from htn.model.budget import Budget
from htn.model.errors import InputError
from htn.views.amounts import duration_text
from htn.views.plain import clean

if TYPE_CHECKING:
    from domains.analysis.alternatives import Offer
    from domains.analysis.planner import EstatePlanner
    from htn.execution.approvals import Approval
    from htn.execution.options import RunOptions
    from htn.execution.tracking import RunStatus
    from htn.execution.wishes import Wish

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
    thresholds = {
        "seconds": arguments.approve_above,
        "tokens": arguments.approve_above_tokens,
        "money": arguments.approve_above_money,
    }
    above = {resource: limit for resource, limit in thresholds.items() if limit is not None}
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


# ------------------------------------------------------------------------------------------------------------ answers
def approve(arguments: argparse.Namespace) -> int:
    """Answer for a step that waits, or list what waits; the run sees it, or is resumed where none carries it out."""
    from domains.analysis.cli.running import find_run

    run = find_run(arguments.workspace, arguments.run)
    answers = arguments.yes or arguments.no or arguments.decision is not None
    changes = any((arguments.prefer, arguments.without_method, arguments.leave_out, arguments.without_agent))
    changes = changes or arguments.pick is not None
    if not (answers or changes):
        return _list(arguments, run)
    if arguments.step is None:
        raise InputError(f"say for which step; estate approve {run} lists those that wait")
    if changes:
        return _change(arguments, run)
    from htn.execution.approvals import answer_failure, answer_step

    who = {"by": arguments.by or _user(), "note": arguments.note}
    if arguments.decision is None:
        given, mine = answer_step(arguments.workspace, run, arguments.step, yes=arguments.yes, **who)
    else:
        given, mine = answer_failure(arguments.workspace, run, arguments.step, arguments.decision, **who)
    return _told(arguments, run, given, mine=mine)


def _change(arguments: argparse.Namespace, run: str) -> int:
    """Show what a change of the plan comes to, and then give it as the answer."""
    from domains.analysis.cli.path import change_lines
    from domains.analysis.domain import in_words
    from htn.execution.alternatives import Alternatives
    from htn.execution.approvals import answer_with_wishes

    if arguments.no or arguments.decision is not None:
        raise InputError("a change of the plan goes with --yes or alone: what is refused or decided is not changed")
    wishes = _wishes(arguments, run)
    answer = Alternatives(arguments.workspace, run).preview(wishes, arguments.step)
    given, mine = answer_with_wishes(
        arguments.workspace,
        run,
        arguments.step,
        wishes,
        by=arguments.by or _user(),
        note=arguments.note,
        approves=arguments.yes,
    )
    if not arguments.json:
        print(clean(f"Wanted: {'; '.join(wish.sentence(in_words) for wish in wishes)}."))
        if answer.plan is not None:
            told = {"changes": answer.changes, "policy": "", "why": answer.why}
            print("\n".join(["The plan then:", *(clean(line) for line in change_lines(told))]))
    changes = [dict(change) for change in answer.changes]
    return _told(arguments, run, given, mine=mine, wishes=[wish.to_json() for wish in wishes], changes=changes)


def _wishes(arguments: argparse.Namespace, run: str) -> list[Wish]:
    from htn.execution.alternatives import LEAVE_OUT, Alternatives
    from htn.execution.wishes import EXCLUDE, PREFER, WITHOUT_AGENT, Wish

    wishes = [Wish(WITHOUT_AGENT, agent=name) for name in arguments.without_agent]
    named = ((PREFER, arguments.prefer), (EXCLUDE, arguments.without_method), (LEAVE_OUT, arguments.leave_out))
    if any(names for _, names in named):
        look = Alternatives(arguments.workspace, run)
        wishes += [look.wish(kind, name, arguments.step) for kind, names in named for name in names]
    if arguments.pick is not None:
        from domains.analysis.alternatives import pick

        wishes.append(pick(_offers(arguments.workspace, run, arguments.step), arguments.pick).wish)
    return wishes


def _offers(workspace: str, run: str, step: str) -> list[Offer]:
    from domains.analysis.alternatives import offers

    return offers(workspace, run, step)


def _told(arguments: argparse.Namespace, run: str, given: Approval, *, mine: bool, **more: Any) -> int:
    """Say what was answered, what still waits, and how the run goes on."""
    from htn.execution.approvals import waiting_approvals
    from htn.execution.location import engine_of
    from htn.execution.runs import show_run

    left = [found.step_id for found in waiting_approvals(arguments.workspace, run)]
    status = show_run(arguments.workspace, run)
    in_hand = status.pid is not None or status.queued
    if arguments.json:
        print_json({**given.to_json(), **more, "changed": mine, "still_waiting": left, "in_hand": in_hand})
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


# ---------------------------------------------------------------------------------------------------------- what waits
def _list(arguments: argparse.Namespace, run: str) -> int:
    """Print what waits in a run, why, since when, and what can be picked instead."""
    from htn.execution.approvals import waiting_approvals
    from htn.execution.journal import Journal
    from htn.execution.runs import show_run
    from htn.execution.story import find_step

    questions = waiting_approvals(arguments.workspace, run)
    with Journal(arguments.workspace, readonly=True) as journal:
        steps = {step.id: step for step in journal.plan(run).steps}
    if arguments.step is not None:
        wanted = find_step(list(steps.values()), run, arguments.step).id
        questions = [question for question in questions if question.step_id == wanted]
    found = [(question, _offers(arguments.workspace, run, question.step_id)) for question in questions]
    if arguments.json:
        listed = [{**asked.to_json(), "alternatives": [way.to_json() for way in ways]} for asked, ways in found]
        print_json({"run_id": run, "waiting": listed})
        return 0
    if not found:
        print(clean(f"Nothing waits for a person in run {run}."))
        return 0
    for question, ways in found:
        step = steps[question.step_id]
        print("\n".join(clean(line) for line in _question_lines(question, step.description or step.task, ways)), "\n")
    print("\n".join(how_to_answer(show_run(arguments.workspace, run))[1:]))
    return 0


def _question_lines(question: Approval, name: str, ways: Iterable[Offer]) -> list[str]:
    from htn.execution.approvals import moment

    lines = [f"{name} [{question.step_id}]", f"  waits for {question.wanted} since {moment(question.requested)}"]
    lines.append(f"  {question.reason}")
    if question.deadline is not None:
        lines.append(f"  without an answer by {moment(question.deadline)} it counts as {question.fallback}")
    return [*lines, *(f"  {'--pick ' + str(way.number) if way.number else 'now':<9} {_way(way)}" for way in ways)]


def _way(way: Offer) -> str:
    """Return an alternative with what it would take, in a line."""
    number = len(way.alternative.steps)
    parts = [f"{number} step{'' if number == 1 else 's'} left", f"about {duration_text(way.alternative.seconds)}"]
    tokens = sum(way.amounts.get(name, 0.0) for name in ("input_tokens", "output_tokens"))
    if tokens:
        parts.append(f"{tokens:,.0f} tokens")
        parts.append(f"money {way.amounts['money']:.2f}" if "money" in way.amounts else "money unknown: no prices")
    when = f" ({way.alternative.when})" if way.alternative.when else ""
    return f"{way.sentence}: {', '.join(parts)}{when}"


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
    lines.append(f"alternatives, for --pick N, --prefer or --without-method METHOD: estate approve {run}")
    if status.pid is None and not status.queued:
        lines.append(f"and then: estate resume {run}")
    return lines
