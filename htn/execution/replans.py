"""Has the decomposer called where a step failed, is open, or observed something, and puts its answer in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from htn.execution.allowance import Allowance, Entry
from htn.execution.board import Standing
from htn.execution.failed_steps import FailedSteps
from htn.execution.failures import FailureClass
from htn.execution.replan_request import CONSTRAINED, DEFERRED, OBSERVED, ReplanRequest
from htn.execution.replanning import Ask
from htn.execution.revision import finished_steps, granted_wishes, revise
from htn.execution.run_state import RunState, Tag
from htn.plan.plan import Step

__all__ = ["Replans"]


class Replans:
    """The calls of the decomposer, one at a time, while other steps go on.

    Parameters
    ----------
    state : RunState
        The run.
    failed_steps : FailedSteps
        What is done about steps that there is no way around.
    """

    def __init__(self, state: RunState, failed_steps: FailedSteps) -> None:
        self._state = state
        self._failed_steps = failed_steps
        self._noted: set[str] = set()

    def look_at_reused(self) -> None:
        """Have what is pending looked at, where finished work that is reused observed something."""
        for step in reversed(self._state.plan.steps) if self._state.session.reuse else ():
            done = self._state.finished.get(step.key)
            attempt = None if done is None else self._state.journal.finished_anywhere(step.key, done.artifact)
            if attempt is not None and attempt.facts:
                self._state.replanning.ask(Ask(step, OBSERVED, "it observed something before"))
                return

    def next(self) -> None:
        """Make the next call, if there is one and none is being answered."""
        while (ask := self._state.replanning.next()) is not None:
            gone = not self._state.board.with_key(ask.step.key)  # an earlier change of the plan took it out
            if ask.holds and gone and not ask.wishes:
                self._state.busy.discard(ask.step.key)
            elif self._state.replanning.reached(ask):
                self._failed_steps.no_other_way(ask.step, f"{ask.message} (the limit on decomposing again is reached)")
            else:
                self._call(ask)

    def _call(self, ask: Ask) -> None:
        state, step = self._state, ask.step
        number = state.replanning.begin(ask)
        if ask.holds:
            state.ledger.replanning(step, number, ask.trigger, ask.message)
            if ask.trigger not in (CONSTRAINED, DEFERRED):
                state.failed[step.key] = ask.message
        plan, known, finished = state.plan, dict(state.known), dict(state.finished)
        running = state.board.in_standing(Standing.RUNNING)
        told = ReplanRequest(
            plan=plan.document,
            trigger=ask.trigger,
            step=step,
            message=ask.message,
            failures=tuple(state.replanning.failures.values()),
            running=tuple(item.id for item in running if item.key in state.in_hand),
            given_up=tuple(item.id for item in state.board.in_standing(Standing.FAILED, Standing.SKIPPED)),
            estimates=plan.estimates,
            growth=state.options.growth,
            adjusted=state.replanning.adjusted,
            **state.spending.told(),
            wishes=ask.wishes,
        )
        origin = f"{state.session.session}:{number}:{plan.revision}:{step.key}"

        def body() -> dict[str, Any]:
            if (refusal := self._not_allowed(ask, number)) is not None:
                return {"revision": None, "message": refusal}
            done = tuple(finished_steps(state.journal, state.run.run_id, known, finished))
            first = len(state.journal.plan(state.run.run_id, 1).steps)
            standing = granted_wishes(state.journal, state.run.run_id)
            request = replace(told, finished=done, first_steps=first, standing=standing)
            given = (state.journal, state.runtime, state.agents, state.run.context, plan)
            return revise(*given, request=request, origin=origin)

        state.sequencer.submit(f"replan {number}", Tag("replan", step), body)

    def _not_allowed(self, ask: Ask, number: int) -> str | None:
        """Return why the workspace has no change of the plan left, if that is so; to end in order is always allowed."""
        if not ask.holds or ask.trigger in (CONSTRAINED, DEFERRED, FailureClass.BUDGET_EXCEEDED):
            return None
        state = self._state
        session = state.session
        entry = Entry(state.run.run_id, f"replan {number}", session.session, 0, session.launches)
        with state.journal.transaction():
            refusal = Allowance(state.journal).reserve(entry, {"replans": 1.0})
            if refusal is None:
                Allowance(state.journal).settle(entry, {"replans": 1.0})
        return None if refusal is None else str(refusal)

    def settle(self, step: Step, result: Mapping[str, Any]) -> None:
        """Put the answer in force: a revision of the plan, or that there is none."""
        revision = result["revision"]
        ask = self._state.replanning.end(changed=revision is not None)
        message = str(result.get("message", ""))
        if ask.holds:
            self._state.busy.discard(step.key)
        if ask.wishes:
            told, granted = message or ask.message, revision is not None
            self._state.ledger.constrained(step, ask.question, ask.wishes, granted=granted, told=told)
        if revision is not None:
            self._state.spending.learn(result.get("most", {}))
            if ask.trigger == DEFERRED:
                self._state.failed[step.key] = "decomposing it again left it open"
            self._state.adopt(int(revision), result.get("undone", ()), ask.message)
            if ask.trigger == OBSERVED:  # there may be more to it
                self._state.replanning.ask(Ask(step, OBSERVED, ask.message))
        elif ask.trigger == CONSTRAINED:
            self._state.ledger.not_replanned(step, self._state.replanning.number, message)
            self._state.release(step)
        elif ask.holds:
            self._failed_steps.no_other_way(step, self._state.failed.get(step.key) or message)
            self._state.ledger.not_replanned(step, self._state.replanning.number, message)
        elif message or result.get("notes"):
            notes = [*result.get("notes", ()), *([message] if message else [])]
            self._note(step, [note for note in notes if note not in self._noted])

    def _note(self, step: Step, notes: list[str]) -> None:
        """Record what was seen after an observation and not acted upon, each thing once."""
        self._noted.update(notes)
        if notes:
            self._state.ledger.noted(step, self._state.replanning.number, notes)
