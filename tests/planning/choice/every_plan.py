"""Every plan of a small specification with what it takes, by plain recursion over dictionaries."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from htn.planning.choice import Price
from tests.strategies import Spec

Vector = tuple[int, int, int, int]


class Tariff:
    """Random prices of steps and random qualities of methods, in numbers that add up without rounding."""

    def __init__(self, spec: Spec, seed: int) -> None:
        chance = random.Random(seed)
        self.steps = {
            name: (chance.randint(0, 4), chance.randint(0, 4), chance.randint(0, 3)) for name in spec.operators
        }
        self.qualities = {
            (task, f"m{number}"): chance.choice((1.0, 0.9, 0.5))
            for task, rules in spec.methods.items()
            for number in range(len(rules))
        }

    def price(self, _: Any, task: Any) -> Price:
        """Return the price of a step."""
        seconds, tokens, money = self.steps[task[0]]
        return Price(float(seconds), float(tokens), float(money))

    def quality(self, task: Any, method: str) -> float:
        """Return the quality of a method."""
        return self.qualities[task if isinstance(task, str) else task[0], method]


def every_plan(spec: Spec) -> Iterator[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Yield the actions and the decisions of every decomposition, tasks in the order written."""
    yield from _rest(spec, dict(spec.initial), tuple(_flat(spec.tasks)), (), ())


def _rest(
    spec: Spec, facts: dict[str, int], left: tuple[str, ...], done: tuple[str, ...], made: tuple[Any, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    if not left:
        yield done, made
        return
    name, *rest = left
    if name in spec.operators:
        rule = spec.operators[name]
        if all(facts[fact] == value for fact, value in rule.needs):
            yield from _rest(spec, facts | dict(rule.sets), tuple(rest), (*done, name), made)
        return
    for number, rule in enumerate(spec.methods[name]):
        if all(facts[fact] == value for fact, value in rule.needs):
            for network in rule.networks:
                yield from _rest(spec, facts, (*_flat(network), *rest), done, (*made, (name, f"m{number}")))


def _flat(network: Any) -> list[str]:
    found: list[str] = []
    for item in network[1]:
        found += [item] if isinstance(item, str) else _flat(item)
    return found


def subtasks_of(spec: Spec) -> dict[str, list[list[str]]]:
    """Return the task-decomposition graph."""
    return {
        task: [_flat(network) for rule in rules for network in rule.networks] for task, rules in spec.methods.items()
    }


def front_of(points: set[tuple[float, ...]]) -> set[tuple[float, ...]]:
    """Return the points that no other point is at least as good as."""
    return {
        one
        for one in points
        if not any(other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in points)
    }
