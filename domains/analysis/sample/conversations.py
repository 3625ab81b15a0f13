"""Which deals have recorded calls, when, with whom, and what happens on each: everything but the words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from domains.analysis.sample import names
from domains.analysis.sample.chance import chance, stream, weighted
from domains.analysis.sample.organisation import AS_OF
from domains.analysis.sample.records import CallPlan, Contact, ContentUse, Deal, NextStep
from htn.model.errors import InputError

__all__ = ["HOSTILE", "MOST_CALLS_PER_DEAL", "plan_calls", "use_content"]

MOST_CALLS_PER_DEAL = 8
HOSTILE = ("instruction", "html", "terminal")

_CALLS_PER_DEAL = ((1, 0.72), (2, 0.14), (3, 0.07), (4, 0.05), (5, 0.02))
_KINDS = {
    "Discovery": "discovery",
    "Demo": "demo",
    "Evaluation": "evaluation",
    "Proposal": "proposal",
    "Negotiation": "negotiation",
}


def plan_calls(seed: int, count: int, deals: Sequence[Deal]) -> tuple[CallPlan, ...]:
    """Return the plans of so many calls, in order of date.

    Which deals are recorded is drawn without looking at them. What is true of a recorded deal shows on its calls:
    an objection on exactly one, a competitor on at least one, the next-step habit on all.

    Raises
    ------
    InputError
        When there are not enough deals for so many calls.
    """
    counts = _counts(stream(seed, "recorded"), count, len(deals))
    plans = [plan for index in sorted(counts) for plan in _calls_of(seed, deals[index], counts[index])]
    plans.sort(key=lambda plan: (plan.date, plan.deal.opportunity_id, plan.call_id))
    hostile = dict(zip((len(plans) // 5, len(plans) // 2, 4 * len(plans) // 5), HOSTILE, strict=True))
    return tuple(
        _with_identity(plan, f"CALL-{number + 1:04d}", hostile.get(number, "") if len(plans) > 20 else "")
        for number, plan in enumerate(plans)
    )


def _with_identity(plan: CallPlan, call_id: str, hostile: str) -> CallPlan:
    return CallPlan(
        call_id, plan.date, plan.kind, plan.stage, plan.deal, plan.people, plan.mentions, plan.objections,
        plan.next_step, plan.letters, plan.content, plan.small_talk, hostile,
    )  # fmt: skip


def _counts(rng: Random, calls: int, deals: int) -> dict[int, int]:
    if calls > MOST_CALLS_PER_DEAL * deals:
        raise InputError(
            f"{calls} calls need at least {-(-calls // MOST_CALLS_PER_DEAL)} deals, not {deals}: "
            "ask for more deals or fewer calls"
        )
    order = list(range(deals))
    rng.shuffle(order)
    sizes = [size for size, _ in _CALLS_PER_DEAL]
    weights = [share for _, share in _CALLS_PER_DEAL]
    found: dict[int, int] = {}
    left = calls
    for index in order:
        if not left:
            break
        found[index] = min(left, weighted(rng, sizes, weights))
        left -= found[index]
    for index in order * MOST_CALLS_PER_DEAL:
        if not left:
            break
        if found[index] < MOST_CALLS_PER_DEAL:
            found[index] += 1
            left -= 1
    return found


def _calls_of(seed: int, deal: Deal, count: int) -> list[CallPlan]:
    rng = stream(seed, "calls", deal.opportunity_id)
    days = _days(rng, deal, count)
    objected = {objection.kind: rng.randrange(count) for objection in deal.objections}
    mentioned = {
        name: {rng.randrange(count)} | {i for i in range(count) if chance(rng, 0.4)} for name in deal.competitors
    }
    shared = {identifier: rng.randrange(count) for identifier in deal.content if chance(rng, 0.6)}
    buyer_on = rng.randrange(count) if deal.economic_buyer else -1
    letters_on = {letter: rng.randrange(count) for letter in deal.letters}
    plans = []
    for i, day in enumerate(days):
        stage = _stage_at(deal, day)
        plans.append(
            CallPlan(
                call_id=f"{i:02d}",
                date=day,
                kind=_KINDS[stage],
                stage=stage,
                deal=deal,
                people=_people(rng, deal, i == buyer_on),
                mentions=tuple(
                    (name, "prospect" if chance(rng, 0.72) else "rep")
                    for name in deal.competitors
                    if i in mentioned[name]
                ),
                objections=tuple(objection for objection in deal.objections if objected[objection.kind] == i),
                next_step=_next_step(rng, deal, day),
                letters=tuple(letter for letter in deal.letters if letters_on[letter] == i),
                content=tuple(identifier for identifier, where in shared.items() if where == i),
                small_talk=deal.small_talk,
            )
        )
    return plans


def _days(rng: Random, deal: Deal, count: int) -> list[date]:
    """Return days on which calls were recorded: any stage that the deal reached is as likely, however long it took."""
    entered = [day for stage, day in deal.history if stage in _KINDS]
    left = [*entered[1:], min(deal.closed or AS_OF, AS_OF)]
    found = []
    for _ in range(count):
        stage = rng.randrange(len(entered))
        day = entered[stage] + timedelta(int((left[stage] - entered[stage]).days * rng.uniform(0.05, 0.95)))
        found.append(max(deal.created, day - timedelta(max(0, day.weekday() - 4))))
    return sorted(found)


def _stage_at(deal: Deal, day: date) -> str:
    reached = [stage for stage, entered in deal.history if entered <= day and stage in _KINDS]
    return reached[-1] if reached else names.STAGES[0]


def _people(rng: Random, deal: Deal, with_buyer: bool) -> tuple[Contact, ...]:
    main = deal.account.contact("champion") if chance(rng, 0.85) else deal.account.contact("user")
    found = [main]
    if with_buyer:
        found.append(deal.account.contact("economic_buyer"))
    for role, rate in (("user", 0.35), ("technical", 0.2), ("procurement", 0.12)):
        person = deal.account.contact(role)
        if person not in found and len(found) < 3 and chance(rng, rate):
            found.append(person)
    return tuple(found)


def _next_step(rng: Random, deal: Deal, day: date) -> NextStep:
    if not deal.dated_next_step:
        return NextStep("vague" if chance(rng, 0.65) else "none")
    when = day + timedelta(rng.randint(3, 13))
    when += timedelta({5: 2, 6: 1}.get(when.weekday(), 0))
    return NextStep("dated", "rep" if chance(rng, 0.6) else "prospect", when)


def use_content(seed: int, deals: Sequence[Deal], calls: Sequence[CallPlan]) -> tuple[ContentUse, ...]:
    """Return when each content piece of each deal was shared, and on which call if it was on one."""
    on_call = {(piece, call.deal.opportunity_id): call for call in calls for piece in call.content}
    late = next(piece.content_id for piece in names.CONTENT if piece.title == names.LATE_CONTENT)
    found = []
    for deal in deals:
        rng = stream(seed, "content", deal.opportunity_id)
        end = deal.closed or AS_OF
        for identifier in deal.content:
            drawn = rng.random()
            begin = dict(deal.history).get("Negotiation", deal.created) if identifier == late else deal.created
            day = begin + timedelta(int((end - begin).days * 0.8 * drawn))
            call = on_call.get((identifier, deal.opportunity_id))
            found.append(
                ContentUse(identifier, deal.opportunity_id, call.call_id if call else "", call.date if call else day)
            )
    return tuple(found)
