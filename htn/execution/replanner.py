"""The one way in which a running plan changes: what remains is repaired, from what was observed, and verified.

Failures become facts and the repair avoids the step that failed; a deferred step is expanded by the same call. After
an observation, what is pending is looked at before it is reached: what would break is repaired, what was found is
answered by methods, and an opportunity past a stated gain is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from typing import Any

from htn.execution.constraining import above, concerned, not_granted
from htn.execution.economy import economise
from htn.execution.optimizer import NOTICED, PlanOptimizer
from htn.execution.replan_request import ABANDONED, BUDGET, OBSERVED, ReplanAnswer, ReplanRequest
from htn.execution.situation import Situation, TaskMost, TaskPrice
from htn.execution.wishes import constraints_of
from htn.model.domain import Domain
from htn.model.errors import DomainError
from htn.plan.plan import Plan, Step
from htn.planning.limits import Limits
from htn.planning.monitor import Finding, monitor
from htn.planning.outcome import InvalidDomain, LimitReached, Outcome, Unsolvable
from htn.planning.replan.again import Again
from htn.planning.replan.problem import Costs, Policy
from htn.planning.replan.repair import Repaired, replan
from htn.planning.rollback import abandoned_steps, with_rollback
from htn.planning.table import Constraints

__all__ = ["Replanner"]

_CHANGES = ("added", "removed", "reordered")


class Replanner:
    """Answers the requests of running plans of one domain; a runtime's ``replan`` can be this.

    Parameters
    ----------
    domain : Domain
        The plans' domain.
    price : callable, optional
        What tasks are expected to take that a plan has no estimate of.
    most : callable, optional
        What such tasks may use at the most, by resource.
    optimizer : PlanOptimizer, optional
        What is made of results; without detectors when left out.
    policy : Policy, optional
        Which repair is wanted after a failure; `htn.planning.replan.Combined` by default.
    constraints : Constraints, optional
        What is ruled out or preferred besides.
    limits : Limits, optional
        For each repair.
    """

    def __init__(
        self,
        domain: Domain,
        *,
        price: TaskPrice | None = None,
        most: TaskMost | None = None,
        optimizer: PlanOptimizer | None = None,
        policy: Policy | None = None,
        constraints: Constraints | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._domain = domain
        self._price = price
        self._most = most
        self.optimizer = optimizer or PlanOptimizer()
        self._policy = policy
        self._constraints = constraints or Constraints()
        self._limits = limits or Limits(seconds=30)

    def __call__(self, request: ReplanRequest) -> ReplanAnswer:
        """Return how the plan changes, or why it does not."""
        if request.standing or request.wishes:
            wanted = constraints_of((*request.standing, *request.wishes), self._constraints)
            return self._under(wanted)._answered(request)
        return self._answered(request)

    def _under(self, constraints: Constraints) -> Replanner:
        """Return the same under other constraints."""
        changed = copy(self)
        changed._constraints = constraints
        return changed

    def _answered(self, request: ReplanRequest) -> ReplanAnswer:
        situation = Situation(self._domain, request, self._price, self._most)
        if request.trigger == OBSERVED:
            return self._look(situation, request)
        if request.trigger == BUDGET:
            return self._economise(situation, request)
        if request.trigger == ABANDONED:
            return self._roll_back(situation, request)
        if request.wishes:
            return self._constrain(situation, request)
        step = request.failed
        outcome = self.repair(situation, None if step is None else step.id)
        if isinstance(outcome, Repaired):
            return self._answer(situation, outcome, "expansion" if step is None else "repair", outcome.why)
        return ReplanAnswer(why=_in_words(outcome, request.step.task if request.step else "this"))

    def repair(
        self,
        situation: Situation,
        failed: str | None = None,
        *,
        policy: Policy | None = None,
        costs: Costs | None = None,
        keep_running: bool = True,
    ) -> Outcome:
        """Repair a plan so that no step comes back that failed, by ruling out tasks only as far as needed.

        A task is ruled out when the same work would be done on the same inputs; where methods, knowing of the failure,
        give the task other inputs, it may succeed.
        """
        given = self._constraints
        ruled_out: list[tuple[Any, str | None]] = []
        while True:
            outcome = replan(
                self._domain,
                situation.plan,
                failed,
                done=situation.done,
                running=situation.running if keep_running else (),
                observations=situation.observations,
                policy=policy or self._policy,
                constraints=Constraints((*given.exclude, *ruled_out), given.prefer),
                costs=costs or situation.costs,
                limits=self._limits,
            )
            if not isinstance(outcome, Repaired):
                return outcome
            back = {(step.task, *step.args): None for step in outcome.pending if step.key in situation.avoided}
            fresh = [(task, None) for task in back if (task, None) not in ruled_out]
            if not fresh:
                return outcome
            ruled_out += fresh

    def _constrain(self, situation: Situation, request: ReplanRequest) -> ReplanAnswer:
        """Decompose again what a person's wishes concern, and no more than grants them."""
        why = "; ".join(wish.sentence() for wish in request.wishes)
        nodes = concerned(situation.remains, request.wishes)
        if not nodes:
            return ReplanAnswer(why=f"nothing that is still to be done is concerned by: {why}")
        failed = None if request.failed is None else request.failed.id
        while True:
            outcome = self.repair(situation, failed, policy=Again(nodes, why), keep_running=False)
            if not isinstance(outcome, Repaired):
                reason = str(getattr(outcome, "reason", "")) if isinstance(outcome, Unsolvable) else ""
                return ReplanAnswer(why=f"there is no plan {why}: {reason or _in_words(outcome, 'this')}")
            refused = not_granted(outcome.plan, request.wishes)
            if refused is None:
                return self._answer(situation, outcome, "wish", why)
            higher = above(situation.remains, nodes)
            if higher == nodes:
                return ReplanAnswer(why=f"there is no plan {refused.sentence()}")
            nodes = higher

    def _roll_back(self, situation: Situation, request: ReplanRequest) -> ReplanAnswer:
        """Undo what was done for steps that were given up, and for nothing else; the rest of the plan stays."""
        steps = abandoned_steps(situation.plan.steps, situation.done, request.given_up)
        plan, undone, problem = self._undoing(situation, situation.plan, steps, partly=True)
        if not undone:
            return ReplanAnswer(why=problem)
        why = f"{', '.join(step.description or step.task for step in undone)}: done for a path that was given up"
        return ReplanAnswer(plan, why, "rollback", undone=tuple(step.key for step in undone))

    def _undoing(
        self, situation: Situation, plan: Plan, steps: Iterable[Step], *, partly: bool = False
    ) -> tuple[Plan, list[Step], str]:
        """Return a plan that undoes abandoned steps first, those steps, and what stands against undoing them."""
        own = situation.own
        undone = [step for step in steps if step.key in own and self._domain.undo_of(step.task) is not None]
        try:
            new = with_rollback(self._domain, plan, undone, situation.state, partly=partly, limits=self._limits)
        except DomainError as error:
            return plan, [], f"not undone: {', '.join(step.task for step in undone)}: {error}"
        return (plan, [], "") if new is None else (new, undone, "")

    def _look(self, situation: Situation, request: ReplanRequest) -> ReplanAnswer:
        """Look at what is pending after an observation."""
        if not situation.open:
            return ReplanAnswer()
        finding = monitor(
            self._domain,
            situation.plan,
            situation.state,
            done=situation.done,
            running=situation.running,
            observations=situation.observations,
        )
        adjusted = self._adjusted(situation, request, "" if finding else finding.reason)
        if adjusted.plan is not None:
            return adjusted
        if not finding:
            repaired = self._precaution(situation, finding)
            return replace(repaired, notes=(*adjusted.notes, *repaired.notes))
        taken = self._opportunity(situation, request)
        return taken if taken.plan is not None else ReplanAnswer(notes=(*adjusted.notes, *taken.notes))

    def _precaution(self, situation: Situation, finding: Finding) -> ReplanAnswer:
        """Repair what would break, before it is reached."""
        outcome = self.repair(situation)
        if not isinstance(outcome, Repaired):
            return ReplanAnswer(notes=(f"{finding.reason}; {_in_words(outcome, 'this')}",))
        node = None if finding.node is None else situation.plan.tree[finding.node]
        if node is not None and node.kind == "deferred":
            return self._answer(situation, outcome, "expansion", finding.reason)
        why = f"{finding.reason}; seen {_steps(finding.steps_before)} before it would have been reached"
        return self._answer(situation, outcome, "precaution", why)

    def _adjusted(self, situation: Situation, request: ReplanRequest, broken: str) -> ReplanAnswer:
        """Let methods answer what the optimizer's detectors noticed, and repair what would break besides."""
        noticed = self.optimizer.noticed(fact for step in request.finished for fact in step.facts)
        nodes = self.optimizer.concerned(self._domain, situation.remains, situation.state, noticed)
        if not nodes:
            return ReplanAnswer()
        why = "; ".join(dict.fromkeys(self.optimizer.explain(fact) for fact in noticed if fact[:2] in nodes))
        outcome = self._again(situation, tuple(dict.fromkeys(sum(nodes.values(), ()))), why)
        if outcome is None:
            return ReplanAnswer()
        answer = self._answer(situation, outcome, "adjustment", "; ".join(filter(None, (why, broken))))
        refused = self._too_much(outcome.plan, request)
        return ReplanAnswer(notes=(f"not adjusted to {why}: {refused}",)) if refused else answer

    def _opportunity(self, situation: Situation, request: ReplanRequest) -> ReplanAnswer:
        """Take a way that has become possible, where it saves enough."""
        share = request.growth.gain
        before = situation.expense(situation.plan)
        if share is None or before <= 0.0:
            return ReplanAnswer()
        # What detectors noticed was answered already, whatever it costs.
        surprises = [(fluent, key, None) for fluent, key in situation.surprises if fluent != NOTICED]
        nodes = self.optimizer.concerned(self._domain, situation.remains, situation.state, surprises)
        outcome = self._again(situation, tuple(dict.fromkeys(sum(nodes.values(), ()))), "a better way may be possible")
        if outcome is None:
            return ReplanAnswer()
        gain = before - situation.expense(outcome.plan)
        if gain < share * before:
            return ReplanAnswer()
        why = f"a way that saves {gain:.3g} of {before:.3g} expected seconds has become possible"
        refused = self._too_much(outcome.plan, request)
        if refused:
            return ReplanAnswer(notes=(f"not taken, {why}: {refused}",))
        return self._answer(situation, outcome, "opportunity", why)

    def _economise(self, situation: Situation, request: ReplanRequest) -> ReplanAnswer:
        """Do the rest for less, where that is possible."""
        tests = self.optimizer.concerned(self._domain, situation.remains, situation.state, request.known)

        def changed(policy: Policy, costs: Costs | None) -> Repaired | None:
            outcome = self.repair(situation, policy=policy, costs=costs, keep_running=False)
            return outcome if isinstance(outcome, Repaired) and _changes(situation, outcome) else None

        found = economise(situation, request.left, tuple(dict.fromkeys(sum(tests.values(), ()))), changed)
        if found is None:
            return ReplanAnswer(notes=(f"{request.message}; there is no cheaper way to do the rest",))
        return self._answer(situation, found.outcome, "economy", found.why)

    def _again(self, situation: Situation, nodes: tuple[str, ...], why: str) -> Repaired | None:
        """Return the plan with some tasks decomposed again, where that changes what is pending."""
        if not nodes:
            return None
        # Work in hand is recognised by its key: it need not keep a task above it from being decomposed again.
        outcome = self.repair(situation, policy=Again(nodes, why), keep_running=False)
        if not isinstance(outcome, Repaired) or outcome.policy != Again.name:
            return None
        return outcome if _changes(situation, outcome) else None

    @staticmethod
    def _too_much(plan: Plan, request: ReplanRequest) -> str:
        growth = request.growth
        if request.adjusted >= growth.adjustments:
            return f"the limit of {growth.adjustments} adjustments is reached"
        most = int(growth.steps * request.first_steps)
        if request.first_steps and len(plan.steps) > most:
            return f"it would have {len(plan.steps)} steps, the limit is {most}"
        return ""

    def _answer(self, situation: Situation, outcome: Repaired, kind: str, why: str) -> ReplanAnswer:
        estimates = {step.id: situation.costs((step.task, *step.args)) for step in outcome.pending}
        known = {name: seconds for name, seconds in estimates.items() if seconds > 0.0}
        most = {step.id: use for step in outcome.pending if (use := situation.most((step.task, *step.args)))}
        told = situation.told(outcome.changes, outcome.plan)
        history = outcome.plan.history
        left = () if history is None else history.abandoned
        # What is done anew takes finished work over where it is the same: that is not undone.
        gone = {step.key for step in situation.plan.steps} - {step.key for step in outcome.plan.steps}
        plan, undone, problem = self._undoing(situation, outcome.plan, [step for step in left if step.key in gone])
        keys, notes = tuple(step.key for step in undone), (problem,) if problem else ()
        return ReplanAnswer(
            plan,
            why,
            kind,
            outcome.policy,
            told,
            notes,
            known,
            {name: each for name, each in most.items() if each},
            keys,
        )


def _changes(situation: Situation, outcome: Repaired) -> bool:
    """Whether anything pending is otherwise than before."""
    return any(change["kind"] in _CHANGES for change in situation.told(outcome.changes, outcome.plan))


def _steps(number: int) -> str:
    return f"{number} step{'' if number == 1 else 's'}"


def _in_words(outcome: Outcome, task: str) -> str:
    """Return why there is no other plan; a limit or a mistake in the domain is not taken for that."""
    reason = str(getattr(outcome, "reason", ""))
    if isinstance(outcome, LimitReached):
        return f"the limit on {outcome.limit} was reached before another plan was found"
    if isinstance(outcome, InvalidDomain):
        return f"the domain has a mistake: {'; '.join(_sentences(outcome.problems))}"
    return f"every decomposition needs {task}" + (f" ({reason})" if reason else "")


def _sentences(problems: Iterable[Any]) -> list[str]:
    return [str(problem) for problem in problems]
