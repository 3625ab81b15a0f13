"""What a session knows of its run, and the changes to that which several of its parts make."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from htn.execution.agent import Agent
from htn.execution.artifacts import ArtifactStore
from htn.execution.board import Board, Finished, Standing
from htn.execution.effort import Efforts
from htn.execution.errors import UnknownRunError
from htn.execution.journal import Journal
from htn.execution.ledger import Ledger
from htn.execution.options import RunOptions
from htn.execution.recovery import PlanRecovery
from htn.execution.replan_request import ABANDONED, CONSTRAINED, DEFERRED, FailedStep
from htn.execution.replanning import Ask, ReplanQueue
from htn.execution.runtime import Runtime
from htn.execution.sequence import Sequencer
from htn.execution.spending import Spending
from htn.execution.wishes import WITHOUT_AGENT, Wish
from htn.plan.plan import Step

__all__ = ["ReplayMismatchError", "RunState", "Tag"]


class ReplayMismatchError(Exception):
    """The engine's record and the journal do not fit; the session is closed and another one starts from the journal."""


@dataclass(frozen=True, slots=True)
class Tag:
    """What an operation is for: a try, the wait before one, a person's approval or decision, or a replan.

    ``agent`` is who tries; for a decision, what it was asked under.
    """

    kind: str
    step: Step
    agent: str = ""


class RunState:
    """The plan in force, where its steps stand, and what is in hand, finished and failed.

    It depends only on the plan, the agents and the order in which results arrive; what it writes to the journal is
    marked, so that a replay writes it once. Work is known by the key of its content: a step that a changed plan has
    under another id is the same work.

    Parameters
    ----------
    journal : Journal
        Where the run is recorded.
    runtime : Runtime
        What the application gives.
    agents : sequence of Agent
        Who carries out steps, in order of preference.
    run_id, session
        What is carried out.
    sequencer : Sequencer
        What hands back results.

    Attributes
    ----------
    plan : PlanRecord
        The plan in force.
    board : Board
        Where its steps stand.
    spending : Spending
        What it may use.
    known : dict
        Every step that any plan in force had, by key.
    finished, failed : dict
        What finished work left, and why failed work failed, by key.
    busy : set of str
        Keys of work that is being done, waited for or decided about.
    in_hand : set of str
        Keys of work that an agent does now.
    left_out : set of str
        Agents that people left out.
    """

    def __init__(
        self,
        journal: Journal,
        runtime: Runtime,
        agents: Sequence[Agent],
        run_id: str,
        session: int,
        sequencer: Sequencer[Tag],
    ) -> None:
        self.journal = journal
        self.runtime = runtime
        self.agents = tuple(agents)
        self.sequencer = sequencer
        self.run = journal.run(run_id)
        self.session = journal.session(run_id, session)
        self.options = RunOptions.from_json(self.run.options)
        self.store = ArtifactStore(journal)
        self.ledger = Ledger(journal, run_id, session)
        self.recovery = PlanRecovery(max_replans=self.options.max_replans, max_delay=self.options.max_delay)
        self.efforts = Efforts(self.recovery, self.options.worth)
        most = self.options.budget.replans
        limits = (self.options.max_replans if most is None else int(most), self.options.max_expansions)
        self.replanning = ReplanQueue(*limits, self.options.growth)
        self.plan = journal.plan(run_id, self.session.revision)
        self.board = Board(())
        self.spending = Spending(self)
        self.known: dict[str, Step] = {}
        self.finished: dict[str, Finished] = {}
        self.failed: dict[str, str] = {}
        self.busy: set[str] = set()
        self.in_hand: set[str] = set()
        self.left_out_agents = self.ledger.left_out_agents()
        for key, artifact in self.session.reuse.items():
            if self.store.has(artifact):
                self.finished[key] = Finished(artifact, self.store.type_of(artifact))

    def adopt(self, revision: int, undone: Iterable[str] = (), why: str = "") -> None:
        """Put a revision of the plan in force; what is finished, in hand or failed is recognised by key.

        Work that the revision undoes is taken back; where the plan still has it, it is given up.
        """
        before = self.plan
        try:
            self.plan = self.journal.plan(self.run.run_id, revision)
        except UnknownRunError as error:
            raise ReplayMismatchError(f"revision {revision} of the plan is recorded but not stored") from error
        self.board = Board(self.plan.steps)
        self.known.update((step.key, step) for step in self.plan.steps)
        self.ledger.adopted(before, self.plan)
        for key in undone:
            if self.finished.pop(key, None) is not None:
                self.ledger.retracted(self.known[key], revision, why)
                if self.board.with_key(key):
                    self.failed[key] = f"undone, because what it was done for was given up: {why}"
        for step in self.plan.steps:
            if step.key in self.finished:
                self.ledger.reused(step, self.finished[step.key])
                self.board.finish(step.id)
            elif step.key in self.busy:
                self.board.run(step.id)
        for step in self.plan.steps:
            if step.key in self.failed and self.board.standing(step.id) is Standing.PENDING:
                self.give_up(step, self.failed[step.key])

    def hold(self, step: Step) -> None:
        """Note that the work of a step is being done, waited for or decided about."""
        self.busy.add(step.key)
        self.board.run(step.id)

    def release(self, step: Step) -> None:
        """Make work that was held ready again."""
        self.busy.discard(step.key)
        for same in self.board.with_key(step.key):
            self.board.make_ready(same.id)

    def wait(self, step: Step, seconds: float, attempt: int) -> None:
        """Make a step ready again, after a wait that holds no agent's place."""
        if seconds > 0.0:
            self.hold(step)
            wait = f"wait {step.key} {attempt}"
            self.sequencer.submit_async(wait, Tag("wait", step), lambda: asyncio.sleep(seconds))
            return
        self.release(step)

    def try_again(self, step: Step, seconds: float) -> None:
        """Take back that a step has failed: there is no way around it."""
        self.failed.pop(step.key, None)
        self.replanning.forget(step)
        self.wait(step, seconds, self.efforts.of(step).attempts)

    def finish(self, step: Step, done: Finished) -> None:
        """Record what finished work left, wherever the plan has it."""
        self.finished[step.key] = done
        self.busy.discard(step.key)
        for same in self.board.with_key(step.key):
            if same.id != step.id:
                self.ledger.reused(same, done)
            self.board.finish(same.id)

    def abandon(self, step: Step, message: str) -> None:
        """Give the work up: what depends on it is skipped, everything else goes on."""
        self.busy.discard(step.key)
        self.failed[step.key] = message
        for same in self.board.with_key(step.key):
            self.give_up(same, message)
        self.replanning.ask(Ask(step, ABANDONED, message))

    def give_up(self, step: Step, message: str) -> None:
        """Record that a step cannot be done; what depends on it is skipped."""
        skipped = self.board.fail(step.id)
        self.ledger.abandoned(step, message, skipped)

    def stop_all(self, why: str) -> None:
        """End the run with what there is: nothing more is begun, what is in hand comes to its end."""
        for step in self.board.in_standing(Standing.PENDING):
            if self.board.standing(step.id) is Standing.PENDING:
                self.failed[step.key] = f"not begun: {why}"
                self.give_up(step, self.failed[step.key])

    def queue_replan(self, step: Step, trigger: str, message: str, *, counts: bool = True) -> None:
        """Have the decomposer called from a step; one call at a time, while other steps go on.

        A call that does not count against the limit on such calls is made whatever came before.
        """
        self.hold(step)
        failed = None if trigger == DEFERRED else FailedStep(step, trigger, self.efforts.of(step).facts)
        self.replanning.ask(Ask(step, trigger, message, counts=counts), failed)

    def constrain(self, step: Step, question: str, wishes: Sequence[Wish], told: str, failure: str = "") -> None:
        """Have a plan made as a person wants it; agents are left out at once, which takes no other plan.

        ``failure`` is the class of the failure when the step is the one that failed, or empty.
        """
        self.left_out_agents.update(wish.agent for wish in wishes if wish.kind == WITHOUT_AGENT)
        wanted = tuple(wish for wish in wishes if wish.kind != WITHOUT_AGENT)
        if not wanted:
            self.ledger.constrained(step, question, wishes, granted=True, told=told)
            self.try_again(step, 0.0)
            return
        self.hold(step)
        failed = FailedStep(step, failure, self.efforts.of(step).facts) if failure else None
        self.replanning.ask(Ask(step, failure or CONSTRAINED, told, tuple(wishes), question, counts=False), failed)
