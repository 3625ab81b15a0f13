"""Domains with alternatives that differ in time, tokens, money and quality: small enough to enumerate, and larger."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from htn.model import Domain, State, refuse
from htn.planning.choice import Price

__all__ = ["Case", "every_plan", "larger", "small"]


@dataclass(frozen=True)
class Case:
    """A domain with what its steps take.

    Attributes
    ----------
    domain, state, tasks : Domain, State, list
        The problem.
    prices : dict
        By operator.
    qualities : dict
        By task and method.
    graph : dict
        For every compound task's name, the names of the subtasks of each method.
    """

    name: str
    domain: Domain
    state: State
    tasks: list[tuple[Any, ...]]
    prices: dict[str, Price]
    qualities: dict[tuple[str, str], float]
    graph: dict[str, list[list[str]]]

    def price(self, _: State, task: Any) -> Price:
        """Return what a step takes."""
        return self.prices[task[0]]

    def quality(self, task: Any, method: str) -> float:
        """Return how good a method is."""
        return self.qualities.get((task if isinstance(task, str) else task[0], method), 1.0)

    def lowest(self, name: str) -> Price:
        """Return the least that an operator takes."""
        return self.prices[name]


def small(seed: int) -> Case:
    """Return a random domain of three layers, whose steps need and set facts."""
    chance = random.Random(f"small {seed}")
    domain, facts = Domain(f"small {seed}"), ("p", "q", "r")
    prices: dict[str, Price] = {}
    graph: dict[str, list[list[str]]] = {}
    names = [f"o{number}" for number in range(5)]
    for name in names:
        needs = {fact: chance.random() < 0.5 for fact in chance.sample(facts, chance.choice((0, 0, 1)))}
        sets = {fact: chance.random() < 0.5 for fact in chance.sample(facts, chance.choice((0, 1, 2)))}
        domain.operator(name=name)(_operator(needs, sets))
        prices[name] = Price(chance.randint(1, 9), chance.randint(0, 9), chance.randint(0, 5))
    qualities = {}
    for layer in range(3):
        below = list(names)
        for number in range(2):
            task = f"t{layer}{number}"
            graph[task] = []
            for method in range(chance.choice((2, 3))):
                subtasks = [chance.choice(below[-4:] if layer else below) for _ in range(chance.choice((1, 2, 2)))]
                needs = {fact: chance.random() < 0.5 for fact in chance.sample(facts, chance.choice((0, 0, 1)))}
                domain.method(task, name=f"m{method}")(_method(needs, subtasks))
                graph[task].append(subtasks)
                qualities[task, f"m{method}"] = chance.choice((1.0, 0.9, 0.7))
            names = [*names, task]
    tasks = [(chance.choice(names[5:]),) for _ in range(2)]
    return Case(f"small {seed}", domain, State(fact=dict.fromkeys(facts, True)), tasks, prices, qualities, graph)


def _operator(needs: dict[str, bool], sets: dict[str, bool]) -> Any:
    def act(state: State) -> object:
        if any(state.fact[fact] != value for fact, value in needs.items()):
            return refuse("a fact is wanted")
        for fact, value in sets.items():
            state.fact[fact] = value
        return state

    return act


def _method(needs: dict[str, bool], subtasks: list[str]) -> Any:
    def ways(state: State) -> object:
        if any(state.fact[fact] != value for fact, value in needs.items()):
            return refuse("a fact is wanted")
        return [(name,) for name in subtasks]

    return ways


def every_plan(case: Case) -> Iterator[tuple[float, float, float, float]]:
    """Yield seconds, tokens, money and quality of every decomposition, by plain recursion over copies of the state."""
    yield from _rest(case, case.state, list(case.tasks), (0.0, 0.0, 0.0, 1.0))


def _rest(
    case: Case, state: State, left: list[Any], spent: tuple[float, float, float, float]
) -> Iterator[tuple[float, float, float, float]]:
    if not left:
        yield spent
        return
    task, *rest = left
    operator = case.domain.operators.get(task[0])
    if operator is not None:
        after = state.copy()
        if operator.function(after, *task[1:]) is after:
            price = case.prices[task[0]]
            more = (spent[0] + price.seconds, spent[1] + price.tokens, spent[2] + (price.money or 0.0), spent[3])
            yield from _rest(case, after, rest, more)
        return
    for method in case.domain.methods[task[0]]:
        subtasks = method.function(state.copy(), *task[1:])
        if isinstance(subtasks, list):
            quality = spent[3] * case.quality(task, method.name)
            yield from _rest(case, state, [*subtasks, *rest], (*spent[:3], quality))


def larger(seed: int, accounts: int) -> Case:
    """Return a survey of accounts: read all calls or a sample, search them or index them once, write short or long.

    To index is dear and pays from the third account of a region on; drafts can be checked, which costs tokens and
    makes answers better. Nothing tells the planner beforehand which way is best: the order of methods is random.
    """
    chance = random.Random(f"larger {seed} {accounts}")
    domain = Domain(f"survey of {accounts} accounts")
    regions = [f"region {number}" for number in range(max(accounts // 5, 1))]
    where = {number: chance.choice(regions) for number in range(accounts)}
    prices = {
        "read_all": Price(chance.uniform(20, 60), chance.uniform(8_000, 20_000), chance.uniform(0.05, 0.2)),
        "read_sample": Price(chance.uniform(4, 12), chance.uniform(1_500, 4_000), chance.uniform(0.01, 0.04)),
        "build_index": Price(chance.uniform(40, 90), chance.uniform(2_000, 6_000), chance.uniform(0.05, 0.1)),
        "ask_index": Price(chance.uniform(1, 4), chance.uniform(400, 1_200), chance.uniform(0.002, 0.01)),
        "write_long": Price(chance.uniform(10, 30), chance.uniform(2_000, 5_000), chance.uniform(0.03, 0.1)),
        "write_short": Price(chance.uniform(3, 8), chance.uniform(500, 1_500), chance.uniform(0.01, 0.03)),
        "check": Price(chance.uniform(5, 15), chance.uniform(1_000, 3_000), chance.uniform(0.02, 0.06)),
        "note": Price(0.1),
    }
    ways: dict[str, list[tuple[str, Any, list[list[str]]]]] = {
        "read": [
            ("everything", lambda state, n: [("read_all", n)], [["read_all"]]),
            ("a_sample", lambda state, n: [("read_sample", n)], [["read_sample"]]),
            ("with_index", lambda state, n: [("index", where[n]), ("ask_index", n)], [["index", "ask_index"]]),
        ],
        "index": [
            ("there_is_one", lambda state, r: [] if state.indexed.get(r) else refuse("there is none"), [[]]),
            ("a_new_one", lambda state, r: refuse("there is one") if state.indexed.get(r) else [("build_index", r)],
             [["build_index"]]),
        ],
        "write": [
            ("long", lambda state, n: [("write_long", n)], [["write_long"]]),
            ("short", lambda state, n: [("write_short", n)], [["write_short"]]),
            ("short_and_checked", lambda state, n: [("write_short", n), ("check", n)], [["write_short", "check"]]),
        ],
        "survey": [("one", lambda state, n: [("read", n), ("write", n), ("note", n)], [["read", "write", "note"]])],
    }  # fmt: skip
    for name in prices:
        domain.operator(name=name)(_remember if name == "build_index" else _nothing)
    graph = {}
    for task, methods in ways.items():
        shuffled = list(methods)
        chance.shuffle(shuffled)
        for name, function, _ in shuffled:
            domain.method(task, name=name)(function)
        graph[task] = [subtasks for _, _, listed in shuffled for subtasks in listed]
    qualities = {("read", "a_sample"): 0.995, ("read", "with_index"): 0.999, ("write", "short"): 0.996}
    tasks = [("survey", number) for number in range(accounts)]
    return Case(domain.name, domain, State(indexed={}, done={}), tasks, prices, qualities, graph)


def _remember(state: State, region: str) -> State:
    state.indexed[region] = True
    return state


def _nothing(state: State, subject: object) -> State:
    return state
