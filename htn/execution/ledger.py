"""Writes down what the coordinator decides; every entry is marked, so that a replay writes it only once."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from htn.execution.agent import Agent
from htn.execution.board import Board, Finished, Standing
from htn.execution.failures import FailureClass, partial_fact
from htn.execution.journal import Journal
from htn.execution.left_out import in_part, left_out
from htn.execution.records import Attempt, PlanRecord
from htn.execution.recovery import RecoveryAction
from htn.execution.wishes import WISHED, WITHOUT_AGENT, Wish, wishes_from_json
from htn.plan.plan import Step

__all__ = ["Ledger"]


class Ledger:
    """The coordinator's side of the journal.

    Parameters
    ----------
    journal : Journal
        Where to write.
    run_id, session
        What is being carried out.
    """

    def __init__(self, journal: Journal, run_id: str, session: int) -> None:
        self._journal = journal
        self._run_id = run_id
        self._session = session

    def _event(self, kind: str, mark: str, **payload: Any) -> None:
        self._journal.event(self._run_id, kind, payload, mark=f"{self._session}:{kind}:{mark}")

    def _note(self, step: Step, status: str, *, message: str | None = None, done: Finished | None = None) -> None:
        """Record a step that no agent was asked for: reused, or skipped."""
        source = None if done is None else self._journal.finished_anywhere(step.key, done.artifact)
        now = time.time()
        self._journal.write_attempt(
            Attempt(
                run_id=self._run_id,
                step_id=step.id,
                key=step.key,
                session=self._session,
                attempt=0,
                status=status,
                started=now,
                finished=now,
                artifact=None if done is None else done.artifact,
                type=None if done is None else done.type,
                message=message,
                facts=() if source is None else source.facts,
            )
        )

    def started(self, plan: PlanRecord, agents: Sequence[Agent]) -> None:
        """Record that the session began, and how many steps of each capability can be carried out at once."""
        wanted = sorted({step.capability for step in plan.steps})
        places = {
            capability: sum(agent.capacity for agent in agents if capability in agent.capabilities)
            for capability in wanted
        }
        payload = {"session": self._session, "revision": plan.revision, "steps": len(plan.steps), "places": places}
        self._event("run_started", "", **payload)

    def adopted(self, before: PlanRecord, plan: PlanRecord) -> None:
        """Record that a plan is in force, and how it differs from the one before."""
        self._journal.adopt_plan(self._run_id, plan.revision)
        if before.revision == plan.revision:
            return
        old, new = {step.key: step for step in before.steps}, {step.key: step for step in plan.steps}
        self._event(
            "replanned",
            str(plan.revision),
            revision=plan.revision,
            reason=plan.reason,
            added=[step.id for key, step in new.items() if key not in old],
            removed=[step.id for key, step in old.items() if key not in new],
            kept=sum(key in old for key in new),
        )

    def reused(self, step: Step, done: Finished) -> None:
        """Record that finished work was recognised; work finished under this very id has its record already."""
        attempts = self._journal.attempts(self._run_id, step.id)
        if any(attempt.status in ("finished", "reused") and attempt.key == step.key for attempt in attempts):
            return
        with self._journal.transaction():
            self._note(step, "reused", done=done)
            self._event("step_reused", f"{step.id}:{step.key}", step=step.id, artifact=done.artifact)

    def recovering(
        self,
        step: Step,
        attempt: int,
        failure: FailureClass,
        message: str,
        action: RecoveryAction,
        *,
        question: str | None = None,
    ) -> None:
        """Record what is done about a failed step; ``question`` is what a person is asked under."""
        asked = {} if question is None else {"key": step.key, "question": question, "session": self._session}
        self._event(
            "recovery",
            f"{step.key}:{attempt}:{action.strategy}",
            step=step.id,
            attempt=attempt,
            failure=str(failure),
            message=message,
            strategy=str(action.strategy),
            delay=action.delay,
            reason=action.reason,
            **asked,
        )

    def decided(self, step: Step, question: str, answer: str, told: str) -> None:
        """Record that what a person said about a failed step is done now."""
        payload = {"step": step.id, "question": question, "session": self._session, "answer": answer, "told": told}
        self._event("recovery_decided", question, **payload)

    def constrained(self, step: Step, question: str, wishes: Sequence[Wish], *, granted: bool, told: str) -> None:
        """Record what became of what a person wants changed."""
        wanted = [wish.to_json() for wish in wishes]
        payload = {"step": step.id, "question": question, "session": self._session, "wishes": wanted}
        self._event(WISHED, question, **payload, granted=granted, told=told)

    def left_out_agents(self) -> set[str]:
        """Return the agents that people left out in earlier sessions."""
        events = self._journal.events(self._run_id, kinds=(WISHED,))
        before = [event.payload for event in events if event.payload["session"] < self._session]
        wishes = [wish for told in before if told["granted"] for wish in wishes_from_json(told["wishes"])]
        return {wish.agent for wish in wishes if wish.kind == WITHOUT_AGENT}

    def open_questions(self) -> dict[str, Mapping[str, Any]]:
        """Return what earlier sessions asked about failed steps and nothing was done about, by step key."""
        found: dict[str, Mapping[str, Any]] = {}
        for event in self._journal.events(self._run_id, kinds=("recovery", "recovery_decided")):
            told = event.payload
            if told.get("session", self._session) < self._session:
                if event.kind == "recovery":
                    found[told["key"]] = told
                else:
                    found = {key: asked for key, asked in found.items() if asked["question"] != told["question"]}
        return found

    def accepted(self, step: Step, done: Finished, attempt: int, criteria: Sequence[str], message: str) -> None:
        """Record that an artifact was taken although it misses what was wished for; its attempt then counts."""
        for made in self._journal.attempts(self._run_id, step.id):
            if (made.session, made.attempt) == (self._session, attempt) and made.status == "failed":
                with self._journal.transaction(durable=True):
                    facts = (*made.facts, partial_fact(step, criteria))
                    self._journal.write_attempt(replace(made, status="finished", artifact=done.artifact, facts=facts))
                    told = {"step": step.id, "attempt": attempt, "artifact": done.artifact, "criteria": list(criteria)}
                    self._event("partial_accepted", f"{step.key}:{attempt}", **told, key=step.key, message=message)

    def retracted(self, step: Step, revision: int, why: str) -> None:
        """Record that finished work counts as not done any more, because a revision of the plan undoes it."""
        mark = f"{revision}:{step.key}"
        known = self._journal.events(self._run_id, kinds=("step_retracted",))
        if any(event.payload["of"] == mark for event in known):
            return  # a replay: the work may have been done again since
        with self._journal.transaction(durable=True):
            made = self._journal.retract(self._run_id, step.key)
            artifacts = [attempt.artifact for attempt in made]
            told = {"step": step.id, "key": step.key, "of": mark, "artifacts": artifacts, "why": why}
            self._event("step_retracted", mark, **told)

    def abandoned(self, step: Step, message: str, skipped: Sequence[Step]) -> None:
        """Record that a branch was given up, and which steps are skipped because of it."""
        with self._journal.transaction(durable=True):
            ids = [item.id for item in skipped]
            self._event(
                "step_abandoned", f"{step.id}:{step.key}", step=step.id, key=step.key, message=message, skipped=ids
            )
            for item in skipped:
                self._note(item, "skipped", message=f"step {step.id} ({step.task}) could not be done: {message}")

    def replanning(self, step: Step, number: int, failure: str, message: str) -> None:
        """Record that the decomposer is called again."""
        self._event("replan_started", str(number), step=step.id, number=number, failure=failure, message=message)

    def not_replanned(self, step: Step, number: int, message: str) -> None:
        """Record that the decomposer gave no other plan."""
        self._event("replan_failed", str(number), step=step.id, number=number, message=message)

    def noted(self, step: Step, number: int, notes: Sequence[str]) -> None:
        """Record what was seen after an observation and not acted upon."""
        self._event("plan_kept", str(number), step=step.id, number=number, notes=list(notes))

    def stopping(self, why: str, in_hand: int) -> None:
        """Record that the session stops to be cancelled or left waiting, and how many operations were in hand."""
        self._event("cancelling" if why == "cancelled" else "leaving", "", in_hand=in_hand)

    def near_limit(self, resource: str, limit: float, needed: float, left: float) -> None:
        """Record that a limit may not hold the rest of the plan."""
        self._event("limit_near", resource, resource=resource, limit=limit, needed=needed, left=left)

    def ended(
        self,
        board: Board,
        failed: Mapping[str, str],
        finished: Mapping[str, Finished],
        replans: int,
        stopped: str | None,
        late: int,
        budget: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Record the end of the run, or that it is left waiting, and return its status and result."""
        final = board.final
        done = None if final is None else finished.get(final.key)
        missing = [
            {"step": step.id, "task": step.task, "description": step.description, "why": failed.get(step.key, why)}
            for standing, why in ((Standing.FAILED, "it failed"), (Standing.SKIPPED, "a step it depends on failed"))
            for step in board.in_standing(standing)
        ]
        status = stopped or ("completed" if final is None or done is not None else "failed")
        result = {
            "final": None
            if final is None or done is None
            else {"step": final.id, "artifact": done.artifact, "type": done.type},
            "missing": missing,
            "left_out": left_out(self._journal, self._run_id),
            "in_part": in_part(self._journal, self._run_id),
            "replans": replans,
            **({"budget": dict(budget)} if budget else {}),
        }
        with self._journal.transaction(durable=True):
            self._journal.close_session(self._run_id, self._session, status)
            self._journal.set_status(self._run_id, status, result)
            kind = "run_left" if status == "waiting" else "run_finished"
            self._event(kind, "", status=status, missing=[item["step"] for item in missing], in_hand=late)
        return {"status": status, "result": result}
