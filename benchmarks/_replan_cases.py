"""What replanning is measured on: plans that a deviation breaks, and runs whose actions fail; frozen as data.

A case of a classic domain is a problem, its plan, a step before which something changes behind the planner's back, and
the action that turns out to be impossible later: what is repaired is the state observed there. Every case was kept
because the rest of the plan cannot be carried out any more, by the independent checker. Runs of the other domains are
problems and seeds; whether an action fails depends on the seed, the action and how often it has been tried, so that
every policy meets the same luck.

``python -m benchmarks._replan_cases`` writes the data anew; what is read is compared with the digest below.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._replan_check import Facts, failed_at, replay
from htn.model import State
from htn.planning import Solved, find_plan

__all__ = [
    "ACTING",
    "CLASSIC",
    "DIGEST",
    "Case",
    "cases",
    "digest",
    "fails",
    "flat",
    "runs",
    "start",
    "unflat",
    "wanted",
]

CLASSIC = ("rovers", "satellite", "openstacks")
ACTING = ("rescue", "underwater")
FORMS = ("goal", "tasks")
PUBLISHED_PER_PROBLEM, OTHERS_PER_PROBLEM = 5, 2
DATA = Path(__file__).parent / "data" / "replan"
DIGEST = "23d66f6e6fe4fa959b135a431c2de4437be4c545db54d124a512647715b379fe"
"""Of the data in ``benchmarks/data/replan``."""

Action = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """A plan that a deviation breaks.

    Attributes
    ----------
    domain, problem : str, int
        Which problem of which of ``domains``.
    form : str
        ``"goal"``: what is wanted is one multigoal; ``"tasks"``: a task for each delivery.
    plan : tuple
        The actions of the initial plan.
    kind : str
        The deviation's name.
    published : bool
        Whether it was drawn from the kinds that plan repair was measured with.
    step : int
        Before which action it happens.
    changes : tuple
        What it changes: (fluent, arguments, value).
    failed : int
        Which action is the first that is not possible afterwards.
    """

    domain: str
    problem: int
    form: str
    plan: tuple[Action, ...]
    kind: str
    published: bool
    step: int
    changes: tuple[tuple[str, Any, Any], ...]
    failed: int

    def initial(self) -> tuple[State, list[Any]]:
        """Return the state and what is wanted at the beginning."""
        return start(self.domain, self.problem, self.form)

    def deviated(self) -> State:
        """Return the state right after the deviation, which a monitor may look at."""
        return self._after(self.step)

    def observed(self) -> State:
        """Return the state in which the next action turned out to be impossible."""
        return self._after(self.failed)

    def _after(self, steps: int) -> State:
        state, _ = self.initial()
        facts = flat(state)
        replay(self.domain, facts, self.plan[: self.step])
        facts.update({(fluent, key): value for fluent, key, value in self.changes})
        replay(self.domain, facts, self.plan[self.step : steps])
        return unflat(state, facts)


def start(domain: str, number: int, form: str = "tasks") -> tuple[State, list[Any]]:
    """Return a problem's state, and its tasks or its goal."""
    module = importlib.import_module(f"domains.{domain}")
    state, tasks = module.problem(number)
    return state, [module.goal(tasks)] if form == "goal" else tasks


def flat(state: State) -> Facts:
    """Return a state's facts as the independent checker takes them."""
    return {(fluent, key): value for fluent, key, value in state.facts()}


def unflat(state: State, facts: Facts) -> State:
    """Return the facts as a state with the fluents of another."""
    fluents: dict[str, dict[Any, Any]] = {name: {} for name in state.fluents()}
    for (fluent, key), value in facts.items():
        fluents[fluent][key] = value
    return State("observed", **fluents)


def wanted(domain: str, number: int) -> dict[tuple[str, Any], tuple[Any, ...]]:
    """Return what has to hold in the end: facts, each with the values that will do."""
    module = importlib.import_module(f"domains.{domain}")
    state, tasks = module.problem(number)
    if domain == "rescue":
        return {("surveyed", place): (True,) for _, _, place in tasks}
    if domain == "underwater":
        pingers = {("found", thing): (True,) for thing, kind in state.kind.items() if kind == "pinger"}
        return {("at", "robot"): ("place5",), ("crossed", "gate"): ("narrow", "wide"), **pingers}
    return {(fluent, key): (value,) for fluent, key, value in module.goal(tasks).facts}


# ------------------------------------------------------------------------------------------------- generated and frozen
def _problem_cases(domain: str, number: int, form: str) -> Iterator[Case]:
    """Yield cases of one problem: at random steps, some as published and some more.

    A kind is drawn first, then one of the changes it can make there. The first group is of the published kinds; the
    others are of the other kinds, or of all where there are no others.
    """
    module = importlib.import_module(f"domains.{domain}")
    deviations = importlib.import_module(f"domains.{domain}.deviations")
    state, tasks = start(domain, number, form)
    outcome = find_plan(module.domain, state, tasks)
    assert isinstance(outcome, Solved), outcome
    plan = tuple(outcome.actions)
    for published, most in ((True, PUBLISHED_PER_PROBLEM), (False, OTHERS_PER_PROBLEM)):
        kinds = [name for name in module.DEVIATIONS if (name in deviations.PUBLISHED) is published]
        kinds = kinds or list(module.DEVIATIONS)
        choice = random.Random(f"deviations {domain} {number} {published}")
        steps = list(range(len(plan)))
        choice.shuffle(steps)
        kept = 0
        for step in steps:
            facts = flat(state)
            replay(domain, facts, plan[:step])
            here = unflat(state, facts)
            possible = [(name, made) for name in kinds for made in module.DEVIATIONS[name](here, plan[step])]
            if not possible:
                continue
            if published:  # the published drift is that of one satellite, drawn before its direction
                one = choice.choice(sorted({made[0][1] for name, made in possible if name == "drift"} or {""}))
                possible = [(name, made) for name, made in possible if name != "drift" or made[0][1] == one]
            one = choice.choice(sorted({name for name, _ in possible}))
            possible = [(name, made) for name, made in possible if name == one]
            kind, changes = choice.choice(possible)
            facts.update({(fluent, key): value for fluent, key, value in changes})
            failed = failed_at(domain, facts, plan[step:])
            if failed is None:
                continue
            case = Case(domain, number, form, plan, kind, published, step, changes, step + failed)
            if find_plan(module.domain, case.observed(), start(domain, number, "goal")[1]):
                yield case
                kept += 1
                if kept == most:
                    break


def _written(domain: str) -> str:
    """Return the data of one domain as it is committed: plans by problem and form, one case a line."""
    plans: dict[str, Any] = {}
    lines = []
    for form in FORMS:
        for number in range(1, 21):
            for case in _problem_cases(domain, number, form):
                plans.setdefault(f"{form} {number}", [" ".join(action) for action in case.plan])
                row = [case.problem, case.form, case.kind, case.published, case.step, case.changes, case.failed]
                lines.append(json.dumps(row, separators=(",", ":")))
    head = ",\n".join(f"{json.dumps(name)}: {json.dumps(plan, separators=(',', ':'))}" for name, plan in plans.items())
    return f'{{"domain": "{domain}",\n"plans": {{\n{head}\n}},\n"cases": [\n' + ",\n".join(lines) + "\n]}\n"


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def digest() -> str:
    """Return the digest of the data as it is on disk."""
    made = hashlib.sha256()
    for domain in CLASSIC:
        made.update((DATA / f"{domain}.json").read_bytes())
    return made.hexdigest()


def cases(domain: str, form: str = "goal") -> list[Case]:
    """Return the frozen cases of a classic domain."""
    data = json.loads((DATA / f"{domain}.json").read_text(encoding="utf-8"))
    plans = {name: tuple(tuple(action.split()) for action in plan) for name, plan in data["plans"].items()}
    rows = [row for row in data["cases"] if row[1] == form]
    return [Case(domain, row[0], form, plans[f"{form} {row[0]}"], *_tuples(row[2:])) for row in rows]


# --------------------------------------------------------------------------------------------------- actions that fail
def runs(problems: int = 50, seeds: int = 4) -> list[tuple[int, int]]:
    """Return (problem, seed) of every run of a domain whose actions fail."""
    return [(number, seed) for number in range(1, problems + 1) for seed in range(seeds)]


def fails(probability: float, seed: int, action: Action, attempt: int) -> bool:
    """Return whether an action fails when it is tried for the so-manieth time.

    Examples
    --------
    >>> [fails(0.5, 0, ("go", "a"), attempt) for attempt in range(4)]
    [True, True, True, True]
    """
    return random.Random(f"{seed} {action!r} {attempt}").random() < probability


if __name__ == "__main__":
    DATA.mkdir(parents=True, exist_ok=True)
    for written in CLASSIC:
        (DATA / f"{written}.json").write_text(_written(written), encoding="utf-8")
    sys.stdout.write(f'DIGEST = "{digest()}"\n')
