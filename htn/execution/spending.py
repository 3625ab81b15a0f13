"""What a session may spend: looks at limits before steps are handed out, and does what is to be done near one.

Every decision depends on the plan, the estimates and recorded results alone, in the sequencer's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from htn.execution.board import Standing
from htn.execution.closing import closing_steps
from htn.execution.economy import tight_facts
from htn.execution.failures import FailureClass, failure_facts
from htn.execution.journal import Journal
from htn.execution.recovery import RecoveryAction, Strategy
from htn.execution.replan_request import BUDGET
from htn.execution.replanning import Ask
from htn.execution.revision import CHANGED
from htn.execution.run_budget import RunBudget, most_amounts, used_amounts
from htn.execution.validate import critical_path
from htn.model.budget import Shortfall
from htn.plan.plan import Step

if TYPE_CHECKING:
    from htn.execution.run_state import RunState

__all__ = ["Spending", "limit_reached", "limits_reached", "most_of_steps", "spent_before"]


def most_of_steps(
    journal: Journal, run_id: str, context: Mapping[str, Any], revision: int
) -> dict[str, dict[str, Any]]:
    """Return what steps of a run's plans may use at the most, by id: as first planned, and as told by later plans."""
    found = {step: dict(costs) for step, costs in (context.get("costs") or {}).items()}
    for event in journal.events(run_id, kinds=(CHANGED,)):
        if event.payload["revision"] <= revision:
            for step, costs in event.payload.get("most", {}).items():
                found.setdefault(step, dict(costs))
    return found


def spent_before(
    journal: Journal, run_id: str, session: int, costs: Mapping[str, Mapping[str, Any]]
) -> dict[str, float]:
    """Return what earlier sessions of a run used; a try that was cut off counts as reserved.

    Seconds are those in which any step was in hand: while nobody carries a run out, its time stands still.
    """
    used: dict[str, float] = {}
    spans: list[tuple[float, float]] = []
    for attempt in journal.attempts(run_id):
        if attempt.session >= session or attempt.attempt == 0:
            continue
        most = most_amounts(costs.get(attempt.step_id, {}))
        amounts = most if attempt.status == "running" else used_amounts(attempt.usage, most)
        for name, amount in amounts.items():
            used[name] = used.get(name, 0.0) + amount
        if attempt.started is not None and attempt.finished is not None:
            spans.append((attempt.started, attempt.finished))
    return used | {"seconds": _covered(spans)}


def _covered(spans: list[tuple[float, float]]) -> float:
    """Return the length of the union of spans of time.

    Examples
    --------
    >>> _covered([(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)])
    4.0
    """
    total, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(end - max(start, until), 0.0)
        until = max(until, end)
    return total


def limit_reached(lack: Shortfall, spent: float, reserved: float, aside: float, wanted: float) -> str:
    """Return in a sentence which limit does not hold a step, and what it would take.

    Examples
    --------
    >>> limit_reached(Shortfall("tokens", 1000, 1300), 500, 0, 400, 400)
    'the limit of 1,000 tokens is reached: 500 are used, 400 are kept for what ends the run, and this may take 400'
    """
    held = f", {reserved:,.6g} are set aside for steps in hand" if reserved else ""
    kept = f", {aside:,.6g} are kept for what ends the run" if aside else ""
    return (
        f"the limit of {lack.limit:,.6g} {_name(lack.resource)} is reached: {spent:,.6g} are used{held}{kept}, "
        f"and this may take {wanted:,.6g}"
    )


def limits_reached(budget: Mapping[str, Any]) -> str:
    """Return the end of a sentence on a run that says which limits did not hold its plan; empty where all did.

    Parameters
    ----------
    budget : Mapping
        What the run's result has of its limits.

    Examples
    --------
    >>> limits_reached({"limits": {"tokens": 500}, "used": {"tokens": 480}, "needed": {"tokens": 900}})
    '; the limit of 500 tokens did not hold all that was planned: it would have taken up to 900'
    """
    parts = [
        f"the limit of {budget['limits'][name]:,.6g} {_name(name)} did not hold all that was planned: "
        f"it would have taken up to {needed:,.6g}"
        for name, needed in budget.get("needed", {}).items()
    ]
    return "".join(f"; {part}" for part in parts)


def _name(resource: str) -> str:
    words = {"money": "in money", "steps": "tries at steps"}
    return words.get(resource, resource.replace("_", " "))


class Spending:
    """The limits of a session's run.

    Parameters
    ----------
    state : RunState
        The run.

    Attributes
    ----------
    account : RunBudget
        What is used and reserved.
    left : dict
        What was left of limits that do not hold the rest of the plan, when that was noticed.
    """

    def __init__(self, state: RunState) -> None:
        run, session = state.run, state.session
        self._state = state
        self._costs = most_of_steps(state.journal, run.run_id, run.context, session.revision)
        limited = bool(state.options.budget.limits)
        before = spent_before(state.journal, run.run_id, session.session, self._costs) if limited else {}
        self.account = RunBudget(state.options.budget, before)
        self.left: dict[str, float] = {}
        self._needed: dict[str, float] = {}
        self._allowed: set[str] = set()
        self._later: set[str] = set()
        self._revision = -1
        self._closing: tuple[str, ...] = ()
        self._most: dict[str, Mapping[str, float]] = {}

    # ------------------------------------------------------------------------------------------------------ estimates
    def costs(self, step: Step) -> Mapping[str, float]:
        """Return what a step may use at the most, by resource, as it was estimated."""
        return self._costs.get(step.id, {})

    def learn(self, costs: Mapping[str, Mapping[str, Any]]) -> None:
        """Take in what steps of a new plan may use."""
        for step, amounts in costs.items():
            self._costs.setdefault(step, dict(amounts))

    def most(self, step: Step) -> Mapping[str, float]:
        """Return what is reserved for a try at a step."""
        self._follow_plan()
        if step.id not in self._most:
            self._most[step.id] = most_amounts(self.costs(step), self._state.plan.estimates.get(step.id))
        return self._most[step.id]

    def _follow_plan(self) -> None:
        """Forget what was worked out for an earlier revision of the plan."""
        if self._revision != self._state.plan.revision:
            self._revision = self._state.plan.revision
            self._most.clear()
            self._closing = closing_steps(self._state.plan.steps)

    def aside(self, step: Step) -> dict[str, float]:
        """Return what is kept for the steps that end the run, beside a step."""
        if not self._costs and not self.account.limits:
            return {}
        self._follow_plan()
        board, total = self._state.board, dict[str, float]()
        for identity in self._closing:
            if identity != step.id and board.standing(identity) is Standing.PENDING:
                for name, amount in self.most(board.by_id[identity]).items():
                    total[name] = total.get(name, 0.0) + amount
        return total

    def told(self) -> dict[str, Any]:
        """Return what the decomposer is told of the limits, as parts of its request; nothing where none is near."""
        if not self.left:
            return {}
        left = {name: min(left, self.account.left(name)) for name, left in self.left.items()}
        most = {step.id: self.most(step) for step in self._state.plan.steps}
        return {"known": tight_facts(sorted(left)), "left": left, "most": most}

    # ----------------------------------------------------------------------------------------------------- near a limit
    def watch(self) -> None:
        """Have the rest of the plan done for less, where a limit does not hold it."""
        if not self.account.limits:
            return
        pending = self._state.board.in_standing(Standing.PENDING)
        amounts = {step.id: self.most(step) for step in pending if step.key not in self._state.finished}
        need: dict[str, float] = {}
        for each in amounts.values():
            for name, amount in each.items():
                need[name] = need.get(name, 0.0) + amount
        need["seconds"] = critical_path(pending, {step: each["seconds"] for step, each in amounts.items()})
        lacking = self.account.lacking(need)
        for lack in lacking:
            self._needed[lack.resource] = max(self._needed.get(lack.resource, 0.0), lack.needed)
        if fresh := [lack for lack in lacking if lack.resource not in self.left]:
            self._economise(pending[0], {lack.resource: self.account.left(lack.resource) for lack in fresh}, fresh)

    def _economise(self, step: Step, left: Mapping[str, float], lacking: list[Shortfall]) -> None:
        self.left |= {name: max(amount, 0.0) for name, amount in left.items()}
        message = "; ".join(
            f"the limit of {lack.limit:,.6g} {_name(lack.resource)} may not hold what is left to do: "
            f"it would take {lack.needed:,.6g}"
            for lack in lacking
        )
        for lack in lacking:
            self._state.ledger.near_limit(lack.resource, lack.limit, lack.needed, left[lack.resource])
        self._state.replanning.ask(Ask(step, BUDGET, message))

    @property
    def holds(self) -> bool:
        """Whether nothing is to be begun until it is known whether the rest can be done for less."""
        return self._state.replanning.asks_for(BUDGET)

    def fits(self, step: Step) -> bool:
        """Whether the limits hold a step now, beside what is reserved and what ends the run."""
        if step.key in self._later:
            return False
        if not self.account.limits or step.key in self._allowed:
            return True
        return not self.holds and not self.account.lacking(self.most(step), self.aside(step))

    def leave_out(self, steps: list[Step]) -> None:
        """Have the plan do without steps that the limits will not hold, whatever comes of those in hand."""
        if self.holds:
            return
        for step in steps:
            most, aside = self.most(step), self.aside(step)
            lacking = self.account.lacking(most, aside, at_best=True)
            if lacking and step.key not in self._state.busy:
                lack, account = lacking[0], self.account
                name = lack.resource
                parts = (account.spent(name), account.reserved(name), aside.get(name, 0.0), most[name])
                would = max(self._needed.get(name, 0.0), lack.needed)
                self._needed[name] = would
                self._without(step, f"{limit_reached(lack, *parts)}; it would take a limit of {would:,.6g}")

    def refused(self, step: Step, message: str, refusal: Mapping[str, Any]) -> None:
        """Do without a step that the workspace's limits do not hold; the rest is to be done for less.

        One that may be held once steps in hand have ended waits for that.
        """
        if refusal["later"]:
            self._later |= {step.key} if self._state.in_hand else set()
            self._state.release(step)
            return
        if refusal["resource"] not in self.left:
            self.left[refusal["resource"]] = float(refusal["left"])
            self._state.replanning.ask(Ask(step, BUDGET, message))
        self._without(step, message)

    def _without(self, step: Step, message: str) -> None:
        state = self._state
        effort = state.efforts.of(step)
        effort.failure, effort.message, effort.agent = str(FailureClass.BUDGET_EXCEEDED), message, ""
        effort.facts = failure_facts(FailureClass.BUDGET_EXCEEDED, step)
        action = RecoveryAction(Strategy.REPLAN, 0.0, f"without this step, {message}")
        state.ledger.recovering(step, effort.attempts, FailureClass.BUDGET_EXCEEDED, message, action)
        state.queue_replan(step, effort.failure, message, counts=False)  # to come to an end in order is no failure

    # --------------------------------------------------------------------------------------------------------- account
    def allow(self, step: Step) -> None:
        """Have a step carried out whatever the limits say, because a person wants it tried."""
        self._allowed.add(step.key)

    def allows(self, step: Step) -> bool:
        """Whether a person wants a step carried out whatever the limits say."""
        return step.key in self._allowed

    def reserve(self, step: Step) -> Mapping[str, float]:
        """Set aside what a try may use, and return it."""
        most = self.most(step)
        self.account.reserve(step.key, most)
        return most

    def settle(self, step: Step, result: Mapping[str, Any]) -> None:
        """Put what a try used in the place of what was set aside."""
        refused = "refused" in result
        if not refused:  # else two that wait for a third would have each other asked again and again
            self._later.clear()
        self.account.settle(step.key, {} if refused else {"steps": 1.0, **result.get("charged", {})})

    def tick(self, result: Mapping[str, Any]) -> None:
        """Take note of the time that was recorded with a result."""
        self.account.tick(float(result.get("clock", 0.0)))

    def outcome(self) -> dict[str, Any]:
        """Return what was used of the limits and, where one was too small, what it would have taken; empty without."""
        if not self.account.limits:
            return {}
        return {
            "limits": dict(self.account.limits),
            "used": {name: self.account.spent(name) for name in self.account.limits},
            "needed": dict(sorted(self._needed.items())),
        }
