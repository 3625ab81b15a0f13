"""Deals: covariates first, then the outcome drawn from the logistic model, then dates and stages that fit both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from domains.analysis.sample import names
from domains.analysis.sample.chance import chance, logistic, stream, weighted
from domains.analysis.sample.effects import Effects
from domains.analysis.sample.organisation import AS_OF, START, Organisation
from domains.analysis.sample.records import Account, Deal, Objection, Rep
from domains.analysis.sample.timeline import Timeline, draw_timeline

__all__ = ["DealTruth", "draw_deals"]

_OBJECTION_RATES = {"migration": 0.32, "price": 0.35, "security": 0.25, "timing": 0.2, "features": 0.2}
_CONTENT_RATES = {
    "CNT-01": 0.30,
    "CNT-02": 0.25,
    "CNT-03": 0.15,
    "CNT-04": 0.40,
    "CNT-05": 0.20,
    "CNT-06": 0.10,
    "CNT-07": 0.07,
}
# What a rep writes down as the reason of a loss says little about the cause: price is the polite answer.
_LOSS_REASONS = (
    ("Price", 0.42),
    ("Timing", 0.16),
    ("No decision", 0.16),
    ("Competitor", 0.14),
    ("Functionality", 0.12),
)
_LETTERS = ("M", "E", "DC", "DP", "PP", "I", "CH")


@dataclass(frozen=True, slots=True)
class DealTruth:
    """What really decided a deal: its covariates and the probability they give."""

    opportunity_id: str
    covariates: Mapping[str, float]
    probability: float
    status: str


@dataclass(frozen=True, slots=True)
class _Traits:
    """Everything about a deal that is settled before its outcome."""

    account: Account
    rep: Rep
    product: str
    created: date
    size: float
    age: float
    competitors: tuple[str, ...]
    objections: tuple[Objection, ...]
    dated_next_step: bool
    many_questions: bool
    long_monologue: bool
    talk: float
    small_talk: bool
    economic_buyer: bool
    letters: tuple[str, ...]
    content: tuple[str, ...]
    slips: int
    trainings: tuple[str, ...]


def draw_deals(
    seed: int, count: int, organisation: Organisation, effects: Effects
) -> tuple[tuple[Deal, ...], tuple[DealTruth, ...]]:
    """Return the deals and, apart from them, what decided each."""
    coefficients = effects.coefficients()
    reps = {region: organisation.reps_of(region) for region in names.REGIONS}
    taken: dict[str, dict[str, date]] = {}
    for entry in organisation.trainings:
        taken.setdefault(entry.rep, {})[entry.training] = entry.date
    deals, truths = [], []
    for index in range(count):
        rng = stream(seed, "deal", index)
        account = rng.choice(organisation.accounts)
        traits = _traits(rng, account, reps, taken, effects)
        covariates = _covariates(traits)
        log_odds = effects.intercept + sum(coefficients[name] * value for name, value in covariates.items())
        won = chance(rng, logistic(log_odds))
        timeline = draw_timeline(rng, traits.created, traits.size, traits.age, won, effects)
        deal = _deal(rng, f"OPP-{index + 1:05d}", traits, timeline)
        deals.append(deal)
        truths.append(DealTruth(deal.opportunity_id, covariates, logistic(log_odds), deal.status))
    return tuple(deals), tuple(truths)


def _weekday(day: date) -> date:
    return day - timedelta(max(0, day.weekday() - 4))


def _traits(
    rng: Random,
    account: Account,
    reps: Mapping[str, list[Rep]],
    taken: Mapping[str, Mapping[str, date]],
    effects: Effects,
) -> _Traits:
    created = _weekday(START + timedelta(rng.randint(2, (AS_OF - START).days - 5)))
    ready = [rep for rep in reps[account.region] if rep.hire_date + timedelta(14) <= created]
    rep = rng.choice(ready or reps[account.region][:1])
    size = rng.gauss(0, 1)
    slips = sum(chance(rng, 0.22 + 0.06 * math.tanh(size)) for _ in range(3))
    # Slips are part of the age; the constants make the age a standard score that does not depend on the size.
    expected_slips = 3 * (0.22 + 0.06 * math.tanh(size))
    age = (0.35 * rng.gauss(0, 1) + effects.slippage * (slips - expected_slips)) / math.hypot(
        0.35, 0.72 * effects.slippage
    )
    competitors = _competitors(rng, size, effects)
    objections = tuple(
        Objection(kind, well)
        for kind, rate in _OBJECTION_RATES.items()
        for raised, well in [(chance(rng, rate), chance(rng, 0.42))]
        if raised
    )
    return _Traits(
        account=account,
        rep=rep,
        product=_product(rng, size),
        created=created,
        size=size,
        age=age,
        competitors=competitors,
        objections=objections,
        dated_next_step=chance(rng, rep.next_step_rate),
        many_questions=chance(rng, 0.5),
        long_monologue=chance(rng, 0.4),
        talk=min(2.0, max(-2.0, rng.gauss(0, 1))),
        small_talk=chance(rng, 0.5),
        economic_buyer=chance(rng, 0.35),
        letters=tuple(letter for letter in _LETTERS if chance(rng, 0.4)),
        content=_content(rng, objections, competitors, effects),
        slips=slips,
        trainings=tuple(name for name, day in taken.get(rep.rep, {}).items() if day <= created),
    )


def _competitors(rng: Random, size: float, effects: Effects) -> tuple[str, ...]:
    # -1.25 keeps the strong competitor about as frequent as the matched one for the default slope.
    strong = chance(rng, logistic(-1.25 + effects.competitor_follows_size * size))
    found = [names.STRONG_COMPETITOR] if strong else []
    if chance(rng, 0.26):
        found.append(names.MATCHED_COMPETITOR)
    found += [name for name in names.OTHER_COMPETITORS if chance(rng, 0.06)]
    return tuple(found)


def _product(rng: Random, size: float) -> str:
    """Larger deals are more often for the suite: the products' raw win rates differ, their coefficients do not."""
    score = size + rng.gauss(0, 1)
    if score > 1.1:
        return names.PRODUCTS[4].name
    if score > 0.3:
        return names.PRODUCTS[3].name
    return rng.choice(names.PRODUCTS[:3]).name


def _content(
    rng: Random, objections: tuple[Objection, ...], competitors: tuple[str, ...], effects: Effects
) -> tuple[str, ...]:
    """Give content to a deal; some pieces follow a bad situation and so look harmful, though they do nothing."""
    kinds = {objection.kind for objection in objections}
    rates = dict(_CONTENT_RATES)
    if names.COSTLY_OBJECTION in kinds:
        rates["CNT-06"] += 0.5 * effects.content_follows_situation
    if "security" in kinds:
        rates["CNT-03"] += 0.4 * effects.content_follows_situation
    if names.STRONG_COMPETITOR in competitors:
        rates["CNT-07"] += 0.45 * effects.content_follows_situation
    return tuple(identifier for identifier, rate in rates.items() if chance(rng, min(0.95, rate)))


def _covariates(traits: _Traits) -> dict[str, float]:
    titles = {piece.content_id: piece.title for piece in names.CONTENT}
    found: dict[str, float] = {f"competitor:{name}": 1.0 for name in traits.competitors}
    for objection in traits.objections:
        found[f"objection:{objection.kind}"] = 1.0
        if objection.handled_well:
            found[f"handled_well:{objection.kind}"] = 1.0
    flags = {
        "habit:dated_next_step": traits.dated_next_step,
        "habit:many_questions": traits.many_questions,
        "habit:long_monologue": traits.long_monologue,
        "habit:small_talk": traits.small_talk,
        "stakeholder:economic_buyer": traits.economic_buyer,
    }
    found |= {name: 1.0 for name, shown in flags.items() if shown}
    found |= {f"content:{titles[identifier]}": 1.0 for identifier in traits.content}
    found |= {f"training:{name}": 1.0 for name in traits.trainings}
    if traits.account.segment != names.SEGMENTS[0].name:
        found[f"segment:{traits.account.segment}"] = 1.0
    if traits.account.region != names.REGIONS[0]:
        found[f"region:{traits.account.region}"] = 1.0
    if traits.product != names.PRODUCTS[0].name:
        found[f"product:{traits.product}"] = 1.0
    found |= {
        "habit:talk_ratio": traits.talk,
        "qualification:letters": len(traits.letters) - 0.4 * len(_LETTERS),
        "size": traits.size,
        "age": traits.age,
        "rep_skill": traits.rep.skill,
    }
    return found


def _deal(rng: Random, identifier: str, traits: _Traits, timeline: Timeline) -> Deal:
    lost = timeline.status == "lost"
    reason = weighted(rng, [name for name, _ in _LOSS_REASONS], [share for _, share in _LOSS_REASONS])
    if reason == "Competitor" and not traits.competitors:
        reason = "No decision"
    noted = rng.choice(traits.competitors) if traits.competitors and chance(rng, 0.9) else ""
    content = traits.content
    if timeline.history[-1][0] == "Closed Won" or any(stage == "Negotiation" for stage, _ in timeline.history):
        late = next(piece.content_id for piece in names.CONTENT if piece.title == names.LATE_CONTENT)
        content = (*content, late) if chance(rng, 0.6) else content
    return Deal(
        opportunity_id=identifier,
        account=traits.account,
        rep=traits.rep,
        product=traits.product,
        stage=timeline.history[-1][0],
        status=timeline.status,
        created=traits.created,
        engaged=timeline.engaged,
        closed=timeline.closed,
        expected=timeline.expected,
        amount=float(round(math.exp(10.2 + 0.75 * traits.size), -2)),
        competitors=traits.competitors,
        crm_competitor=noted,
        loss_reason=reason if lost else "",
        forecast_category=_forecast(rng, timeline),
        history=timeline.history,
        objections=traits.objections,
        dated_next_step=traits.dated_next_step,
        many_questions=traits.many_questions,
        long_monologue=traits.long_monologue,
        talk_ratio=round(0.5 + 0.07 * traits.talk, 3),
        small_talk=traits.small_talk,
        economic_buyer=traits.economic_buyer,
        letters=traits.letters,
        content=content,
    )


def _forecast(rng: Random, timeline: Timeline) -> str:
    if timeline.status != "open":
        return "Closed" if timeline.status == "won" else "Omitted"
    likely = {"Discovery": "Pipeline", "Demo": "Pipeline", "Evaluation": "Best Case", "Proposal": "Best Case"}
    usual = likely.get(timeline.history[-1][0], "Commit")
    return usual if chance(rng, 0.8) else rng.choice(["Pipeline", "Best Case", "Commit"])
