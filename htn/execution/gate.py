"""Where a step waits for its approval inside a running session; what it waits on is in the journal alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from htn.execution.approvals import (
    TIME_OUT,
    WITHDRAWN,
    Approval,
    ApprovalPolicy,
    Escalation,
    find_approval,
    question_key,
    request_approval,
    settle_approval,
    wishes_of,
)
from htn.execution.journal import Journal
from htn.plan.plan import Step

__all__ = ["Gate"]

POLLING_SECONDS = 0.1


class Gate:
    """The approvals that one session waits for, several at once.

    Parameters
    ----------
    journal : Journal
        Where questions and answers are.
    run_id : str
        The run.
    approval, escalation
        Time-out and answer by default of either kind of question.
    """

    def __init__(self, journal: Journal, run_id: str, approval: ApprovalPolicy, escalation: Escalation) -> None:
        self._journal = journal
        self._run_id = run_id
        self._approval = approval
        self._escalation = escalation
        self._leaving = False
        self._shown: bool | None = None
        self.unanswered: set[str] = set()

    def leave(self) -> None:
        """Have everything that waits return, because the session ends; the questions stay open."""
        self._leaving = True

    def show(self, waiting: bool) -> None:
        """Record whether nothing can go on without an answer, when that changed."""
        if waiting is not self._shown:
            self._shown = waiting
            self._journal.mark_waiting(self._run_id, waiting=waiting)

    async def wait(
        self, step: Step, reason: str, wanted: Callable[[], bool], *, failure: str | None = None
    ) -> dict[str, Any]:
        """Ask about a step and wait for the answer, for its time-out, or for the step to be gone.

        Parameters
        ----------
        step : Step
            The step.
        reason : str
            Why it needs approval.
        wanted : callable
            Whether the plan in force still has it.
        failure : str or None
            What the question is kept under when the step failed; None asks for its approval.

        Returns
        -------
        dict
            ``answer``, ``by``, ``told``, the ``question`` that it was given to, the ``wishes`` with it and whether it
            ``approves`` the step besides; the answer is None when the session ends first.
        """
        policy = self._approval if failure is None else self._escalation
        key = question_key(self._journal, self._run_id, step) if failure is None else failure
        asked = request_approval(self._journal, self._run_id, step, reason, policy, key=key)
        # The clock of the machine may jump while this waits, so it is only asked for what is left at the beginning.
        left = None
        if asked.deadline is not None:
            left = min(max(asked.deadline - time.time(), 0.0), max(asked.deadline - asked.requested, 0.0))
        until = None if left is None else time.monotonic() + left
        try:
            while True:
                found = find_approval(self._journal, self._run_id, asked.key)
                if found is not None and found.answer is not None:
                    return self._given(found)
                if self._leaving:
                    return {"answer": None}
                if not wanted():
                    settle_approval(self._journal, asked, WITHDRAWN, "a change of the plan")
                elif until is not None and time.monotonic() >= until:
                    settle_approval(self._journal, asked, asked.fallback, TIME_OUT)
                else:
                    self.unanswered.add(asked.key)
                    await asyncio.sleep(POLLING_SECONDS)
        finally:
            self.unanswered.discard(asked.key)

    def _given(self, answered: Approval) -> dict[str, Any]:
        wishes, approves = wishes_of(self._journal, answered)
        told = {"answer": answered.answer, "by": answered.by, "told": answered.told(), "question": answered.key}
        return {**told, "wishes": [wish.to_json() for wish in wishes], "approves": approves}
