"""Next steps with an account: action, owner and date, and which of them are overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.prospect_artifacts import PlannedStep, StepList
from domains.analysis.analysts.prospect_history import last_recorded_day
from domains.analysis.artifacts import Finding
from domains.analysis.language.next_steps import NextStep, next_steps
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import in_words, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["extract_next_steps"]

MOST_LISTED = 5
NOT_RECORDED = (
    "Whether a next step was done is not recorded; a step whose day has passed without a later call counts as overdue."
)


@capability("extract_next_steps", specialist="retrieval", output=StepList)
def extract_next_steps(workspace: Workspace, scope: Scope, inputs: Inputs) -> StepList:
    """Extract the next steps said on the calls; a step counts as open until a later call follows its date."""
    calls = read_calls(workspace, scope, inputs.one(CallSet))
    today = last_recorded_day(workspace)
    last = max((call.day for call in calls if call.day), default=None)
    steps = [_planned(call, item, today, last) for call in reversed(calls) for item in next_steps(call.turns, call.day)]
    with_step = len({step.call_id for step in steps if step.owner != "unknown"})
    return StepList(
        steps=tuple(steps),
        calls=len(calls),
        calls_with_step=with_step,
        findings=tuple(_findings(steps, calls, with_step, last)),
        limits=(NOT_RECORDED,) if steps else (),
    )


def _planned(call: SpokenCall, item: NextStep, today: date | None, last: date | None) -> PlannedStep:
    status: Literal["overdue", "followed by a later call", "ahead", "undated"] = "ahead"
    if item.due is None:
        status = "undated"
    elif last and call.day and last > call.day and last >= item.due:
        status = "followed by a later call"
    elif today and item.due < today:
        status = "overdue"
    return PlannedStep(
        call_id=call.call.call_id,
        call_day=call.day,
        owner=item.owner,
        person=" and ".join(item.people) or _side(call, item.owner),
        due=item.due,
        agreed=item.agreed,
        status=status,
        citation=cite_turn(call.call.call_id, item.turn, item.quote),
    )


def _side(call: SpokenCall, owner: str) -> str | None:
    """Return who stands for a side where the transcript names no speakers."""
    return {"rep": call.call.rep, "prospect": call.call.prospect}.get(owner)


def _in_words(step: PlannedStep) -> str:
    due = f" by {step.due}" if step.due else ", no date"
    agreed = "agreed" if step.agreed else "not confirmed by the other side"
    side = {"both": "both sides", "unknown": "no owner named"}.get(step.owner, f"the {step.owner}")
    owner = f"{step.person} ({side})" if step.person else side
    late = "; overdue" if step.status == "overdue" else ""
    return f'{owner}{due} ({agreed}{late}): "{step.citation.quote}"'


def _findings(
    steps: Sequence[PlannedStep], calls: Sequence[SpokenCall], with_step: int, last: date | None
) -> list[Finding]:
    found = []
    if calls:
        share = proportion("calls with a next step", with_step, len(calls))
        cited = spread([step.citation for step in steps])
        ends = [cite_turn(call.call.call_id, call.turns[-1].idx, call.turns[-1].text[:120]) for call in calls[-1:]]
        found.append(
            Finding(
                claim=f"{with_step:,} of {len(calls):,} calls end with an owned next step: {in_words(share)}.",
                strength="descriptive",
                numbers=(share,),
                citations=cited or tuple(ends),
                title="How many calls end with a next step that somebody owns",
            )
        )
    if not steps or not calls:
        return found
    latest = max((step.call_day for step in steps if step.call_day), default=None)
    if last and latest != last:
        end = calls[-1]
        found.append(
            Finding(
                claim=f"The last call, on {last}, ends without a next step.",
                strength="descriptive",
                citations=(cite_turn(end.call.call_id, end.turns[-1].idx, end.turns[-1].text[:120]),),
                note="An absence: the citation is the last turn that was read, not proof.",
                title="The last call ends without a next step",
            )
        )
    newest = [step for step in steps if step.call_day == latest]
    # with a day before those without one
    for step in sorted(newest, key=lambda one: one.due is None)[:MOST_LISTED]:
        which = "the last call" if latest == last else "an earlier call"
        on = f", {latest}" if latest else ""
        found.append(
            Finding(
                claim=f"Next step from {which}{on} - {_in_words(step)}",
                strength="descriptive",
                citations=(step.citation,),
                title=f"A next step from {which}",
            )
        )
    return found
