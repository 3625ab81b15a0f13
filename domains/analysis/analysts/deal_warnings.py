"""Deal warnings: seven conditions with settable limits, each raised, clear or not to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from domains.analysis.analysts.call_artifacts import SpokenCall
from domains.analysis.analysts.citing import cite_turn
from domains.analysis.analysts.deal_limits import DealLimits
from domains.analysis.analysts.deal_selection import cite_rows, day, started
from domains.analysis.analysts.prospect_artifacts import DealWarning
from domains.analysis.analysts.prospect_people import ECONOMIC_BUYER, people_of
from domains.analysis.language.next_steps import NextStep, next_steps
from domains.analysis.language.topic_cues import TOPICS
from domains.analysis.language.trackers import find

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal

__all__ = ["DealView", "deal_warnings"]

_PRICING = next(item for item in TOPICS if item.name == "pricing")


@dataclass(frozen=True, slots=True)
class DealView:
    """All that is known of an open deal: its row, calls, stages and uses of content, up to a day.

    Where the workspace records no activity of any deal (`recorded` is false), silence means nothing.
    """

    deal: Deal
    calls: Sequence[SpokenCall]
    stages: Sequence[tuple[date, str]]
    content: Sequence[tuple[date, str]]
    as_of: date
    recorded: bool = True

    @property
    def last_call(self) -> date | None:
        """The day of the last call."""
        return max((call.day for call in self.calls if call.day), default=None)

    @property
    def last_activity(self) -> date | None:
        """The last day on which anything happened; the day it was opened when nothing has since."""
        days = [day for day, _ in (*self.stages, *self.content)]
        return max((item for item in (*days, self.last_call, started(self.deal)) if item), default=None)


def deal_warnings(view: DealView, limits: DealLimits) -> tuple[DealWarning, ...]:
    """Return the seven warnings of an open deal."""
    return (
        _no_activity(view, limits),
        _ghosted(view, limits),
        _overdue(view, limits),
        _not_enough_contacts(view, limits),
        _no_power(view),
        _pricing_not_mentioned(view, limits),
        _stalled(view, limits),
    )


def _row(view: DealView) -> DealWarning:
    """Return a warning that cites the deal's row, for copying."""
    cited = (cite_rows("opportunities", [view.deal.opportunity_id]),)
    return DealWarning(name="no activity", status="cannot tell", reason="", citations=cited)


def _no_activity(view: DealView, limits: DealLimits) -> DealWarning:
    base = _row(view)
    if view.last_activity is None or not view.recorded:
        reason = "no dated activity is recorded" if view.recorded else "the workspace records no activities at all"
        return base.model_copy(update={"reason": reason})
    idle = (view.as_of - view.last_activity).days
    status = "raised" if idle > limits.no_activity_days else "clear"
    reason = f"last activity {idle} days before {view.as_of} (limit {limits.no_activity_days})"
    return base.model_copy(update={"status": status, "reason": reason})


def _ghosted(view: DealView, limits: DealLimits) -> DealWarning:
    """Ghosted: an agreed, dated next step passed and no call followed (transcripts do not show unanswered mails)."""
    name = {"name": "ghosted"}
    last = max((call for call in view.calls if call.day), key=lambda call: call.day or date.min, default=None)
    if last is None:
        return _row(view).model_copy(update={**name, "reason": "there is no dated call"})
    due: list[NextStep] = [step for step in next_steps(last.turns, last.day) if step.due and step.agreed]
    if not due:
        reason = "the last call has no agreed next step with a date; unanswered mails are not recorded"
        return _row(view).model_copy(update={**name, "reason": reason})
    step = max(due, key=lambda one: one.due or date.min)
    late = (view.as_of - (step.due or view.as_of)).days
    cited = (cite_turn(last.call.call_id, step.turn, step.quote),)
    status: Literal["raised", "clear"] = "raised" if late > limits.ghosted_days else "clear"
    reason = f"a next step agreed on {last.day} was due on {step.due}; no call since (limit {limits.ghosted_days} days)"
    return DealWarning(name="ghosted", status=status, reason=reason, citations=cited)


def _overdue(view: DealView, limits: DealLimits) -> DealWarning:
    base = _row(view).model_copy(update={"name": "overdue"})
    expected = day(view.deal.expected_close)
    if expected is None:
        return base.model_copy(update={"reason": "no expected close date is recorded"})
    late = (view.as_of - expected).days
    status = "raised" if late > limits.overdue_days else "clear"
    return base.model_copy(update={"status": status, "reason": f"expected to close on {expected}, as of {view.as_of}"})


def _not_enough_contacts(view: DealView, limits: DealLimits) -> DealWarning:
    base = _row(view).model_copy(update={"name": "not enough contacts"})
    if not view.calls:
        return base.model_copy(update={"reason": "there are no calls"})
    named = {turn.speaker for call in view.calls for turn in call.turns if turn.role == "prospect" and turn.speaker}
    people = named or {call.call.prospect for call in view.calls if call.call.prospect}
    if not people:
        return base.model_copy(update={"reason": "the transcripts do not name the buyer's speakers"})
    status = "raised" if len(people) < limits.least_contacts else "clear"
    spoke = "person" if len(people) == 1 else "people"
    reason = f"{len(people)} {spoke} spoke for the buyer (at least {limits.least_contacts} wanted)"
    return base.model_copy(update={"status": status, "reason": reason})


def _no_power(view: DealView) -> DealWarning:
    base = _row(view).model_copy(update={"name": "no power"})
    if not view.calls:
        return base.model_copy(update={"reason": "there are no calls"})
    buyers = [one for one in people_of(view.calls) if one.part == ECONOMIC_BUYER]
    for one in buyers[:1]:
        who = ", ".join(text for text in (one.name, one.title) if text)
        said = f"{who} {'spoke' if one.spoke else 'was named by the buyer'} ({one.basis})"
        return base.model_copy(update={"status": "clear", "reason": said, "citations": tuple(one.citations[:1])})
    calls = f"its {len(view.calls):,} {'call' if len(view.calls) == 1 else 'calls'}"
    return base.model_copy(
        update={"status": "raised", "reason": f"on {calls} no economic buyer spoke or was named by the buyer"}
    )


def _pricing_not_mentioned(view: DealView, limits: DealLimits) -> DealWarning:
    base = _row(view).model_copy(update={"name": "pricing not mentioned"})
    for call in view.calls:
        for turn in call.turns:
            hits = find(_PRICING, turn.text)
            if hits:
                cited = (cite_turn(call.call.call_id, turn.idx, hits[0].sentence),)
                return base.model_copy(update={"status": "clear", "reason": "the price came up", "citations": cited})
    if len(view.calls) < limits.pricing_by_call:
        reason = f"{len(view.calls)} calls so far (expected by call {limits.pricing_by_call})"
        return base.model_copy(update={"status": "clear" if view.calls else "cannot tell", "reason": reason})
    return base.model_copy(update={"status": "raised", "reason": f"not in {len(view.calls)} calls"})


def _stalled(view: DealView, limits: DealLimits) -> DealWarning:
    base = _row(view).model_copy(update={"name": "stalled in stage"})
    if not view.stages:
        return base.model_copy(update={"reason": "no stage history is recorded"})
    entered, stage = view.stages[-1]
    since = (view.as_of - entered).days
    status = "raised" if since > limits.stalled_days else "clear"
    reason = f"in {stage} since {entered}, {since} days (limit {limits.stalled_days})"
    return base.model_copy(update={"status": status, "reason": reason})
