"""Who there is before anything is sold: accounts with their people, reps with managers, trainings taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from domains.analysis.sample import names
from domains.analysis.sample.chance import chance, normal_scores, stream, weighted
from domains.analysis.sample.effects import Effects
from domains.analysis.sample.records import Account, Contact, Profile, Rep, TrainingTaken

__all__ = ["AS_OF", "START", "Organisation", "build_organisation"]

START = date(2025, 4, 1)
AS_OF = date(2026, 9, 30)

_REGION_SHARES = (0.26, 0.22, 0.22, 0.30)
_SYSTEMS = (
    "Word templates on a shared drive",
    "an Access database somebody built years ago",
    "a drafting tool from around 2009",
    "spreadsheets and a lot of email",
    "a mix of forms books and Word macros",
    "an old on-premise system nobody supports anymore",
    "the document module of our practice software",
    "paper files and a scanning folder",
)
_DRIVERS = (
    "two senior people retire next year",
    "we're opening another office",
    "an audit finding we have to answer",
    "the merger doubled our volume",
    "clients keep asking for something online",
    "the board wants the error rate down",
    "our current maintenance contract runs out",
    "we lost a big family over turnaround time",
)
_PAINS = (
    "retyping the same names and dates five times",
    "nobody being able to tell me where a document stands",
    "funding letters that go out late",
    "versions getting mixed up between offices",
    "chasing signatures for weeks",
    "beneficiary changes that never reach the file",
    "the year-end accountings, every single time",
    "new people taking months to get up to speed",
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """Accounts, reps and the trainings that reps took."""

    accounts: tuple[Account, ...]
    reps: tuple[Rep, ...]
    trainings: tuple[TrainingTaken, ...]

    def reps_of(self, region: str) -> list[Rep]:
        """Return the reps of a region, in order of hire."""
        return sorted((rep for rep in self.reps if rep.region == region), key=lambda rep: (rep.hire_date, rep.rep))


def build_organisation(seed: int, deals: int, reps: int, effects: Effects) -> Organisation:
    """Return the organisation of a corpus with so many deals and reps."""
    people = _reps(stream(seed, "reps"), reps, effects)
    taken = {person.rep for person in people} | {person.manager for person in people}
    accounts = _accounts(stream(seed, "accounts"), max(60, deals // 6), taken, effects)
    return Organisation(accounts, people, _trainings(stream(seed, "trainings"), people, effects))


def _person(rng: Random, taken: set[str]) -> str:
    while True:
        name = f"{rng.choice(names.FIRST_NAMES)} {rng.choice(names.SURNAMES)}"
        if name not in taken:
            taken.add(name)
            return name


def _reps(rng: Random, count: int, effects: Effects) -> tuple[Rep, ...]:
    taken: set[str] = set()
    managers = [_person(rng, taken) for _ in range(2)]
    skills = normal_scores(rng, count)
    found = []
    for index, skill in enumerate(skills):
        region = names.REGIONS[index % len(names.REGIONS)]
        # The last two were hired during the period, so that there is a ramp to look at.
        late = index >= count - 2 and count > 2 * len(names.REGIONS)
        hired = START + timedelta(rng.randint(90, 240)) if late else START - timedelta(rng.randint(60, 2200))
        rate = min(0.9, max(0.1, 0.5 + effects.next_step_follows_skill * skill))
        manager = managers[names.REGIONS.index(region) // 2]
        found.append(Rep(_person(rng, taken), manager, region, hired, skill, rate))
    return tuple(found)


def _trainings(rng: Random, reps: tuple[Rep, ...], effects: Effects) -> tuple[TrainingTaken, ...]:
    masterclass, certification, workshop = names.TRAININGS
    # The better half takes the masterclass, give or take some noise: this is the confounder.
    scores = {rep.rep: effects.training_follows_skill * rep.skill + rng.gauss(0, 0.35) for rep in reps}
    better = set(sorted(scores, key=lambda name: -scores[name])[: len(reps) // 2])
    found = []
    for rep in reps:
        begin = max(START, rep.hire_date)
        if rep.rep in better:
            found.append(TrainingTaken(rep.rep, masterclass, begin + timedelta(rng.randint(60, 150))))
        found.append(TrainingTaken(rep.rep, certification, rep.hire_date + timedelta(rng.randint(20, 45))))
        if chance(rng, 0.5):
            found.append(TrainingTaken(rep.rep, workshop, begin + timedelta(rng.randint(100, 260))))
    return tuple(found)


def _contacts(rng: Random, segment: names.Segment, taken: set[str]) -> tuple[Contact, ...]:
    """People of an account; no two share a first name, because that is what they are called on calls."""
    found: list[Contact] = []
    for role, titles in segment.titles:
        person = Contact(_person(rng, taken), rng.choice(titles), role)
        while any(person.first == other.first for other in found):
            person = Contact(_person(rng, taken), rng.choice(titles), role)
        found.append(person)
    return tuple(found)


def _accounts(rng: Random, count: int, taken: set[str], effects: Effects) -> tuple[Account, ...]:
    regions = [
        region for region, share in zip(names.REGIONS, _REGION_SHARES, strict=True) for _ in range(round(share * count))
    ]
    regions = (regions + list(names.REGIONS) * count)[:count]
    firms: set[str] = set()
    found: list[Account] = []
    for region in regions:
        found.append(_account(rng, region, firms, taken, effects, found))
        if len(taken) > 6000:
            taken.clear()  # a very large corpus may give a name to two people, as the world does
    rng.shuffle(found)
    return tuple(found)


def _account(
    rng: Random, region: str, firms: set[str], taken: set[str], effects: Effects, others: list[Account]
) -> Account:
    hard = (
        effects.hard_segment_share_in_its_region
        if region == names.HARD_REGION
        else effects.hard_segment_share_elsewhere
    )
    easier = [segment for segment in names.SEGMENTS if segment.name != names.HARD_SEGMENT]
    weights = [(1 - hard) * share for share in (0.45, 0.30, 0.25)] + [hard]
    segment = weighted(rng, [*easier, names.SEGMENTS[-1]], weights)
    while True:
        first, second = rng.sample(names.SURNAMES, 2)
        name = f"{first} {second} {rng.choice(segment.suffixes)}"
        if name not in firms:
            firms.add(name)
            break
    banks = [other.account for other in others if other.segment == names.HARD_SEGMENT]
    parent = rng.choice(banks) if banks and segment.name == "Trust company" and chance(rng, 0.25) else ""
    size = rng.gauss(0, 0.7) + (1.0 if segment.name == names.HARD_SEGMENT else 0.0)
    employees = round(60 * 2.718**size)
    contacts = _contacts(rng, segment, taken)
    city, state = rng.choice(names.CITIES[region])
    profile = Profile(
        city=city,
        state=state,
        users=max(4, round(employees * rng.uniform(0.15, 0.5))),
        volume=max(40, 10 * round(employees * rng.uniform(0.2, 0.9))),
        system=rng.choice(_SYSTEMS),
        driver=rng.choice(_DRIVERS),
        pain=rng.choice(_PAINS),
        hours=rng.randint(3, 14),
        offices=rng.randint(2, 9),
    )
    revenue = round(employees * rng.uniform(0.12, 0.4), 1)
    founded = rng.randint(1905, 2016)
    return Account(
        name,
        segment.sector,
        region,
        segment.name,
        employees,
        revenue,
        "United States",
        parent,
        founded,
        contacts,
        profile,
    )
