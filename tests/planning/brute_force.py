"""A planner that cannot be wrong in the same way: pending task instances with precedence pairs, states as copies.

It knows neither agendas nor trails nor memory, and reads the specification instead of calling the domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.strategies import Spec

Pending = tuple[tuple[int, str], ...]
Pairs = frozenset[tuple[int, int]]


class BruteForce:
    """Enumerates plans of a specification by plain recursion."""

    def __init__(self, spec: Spec, *, depth: int = 10_000, steps: int = 200_000) -> None:
        self.spec = spec
        self.depth = depth
        self.steps = steps
        self.exhausted = True
        self._fresh = 0

    def plans(self) -> Iterator[tuple[str, ...]]:
        """Yield the action sequence of every decomposition."""
        self._fresh = 0
        pending, pairs = self._instances(self.spec.tasks)
        yield from self._search(dict(self.spec.initial), pending, pairs, (), (), frozenset(), 0)

    def _instances(self, network: Any) -> tuple[Pending, Pairs]:
        kind, items = network
        groups = []
        pending: list[tuple[int, str]] = []
        pairs: set[tuple[int, int]] = set()
        for item in items:
            if isinstance(item, str):
                self._fresh += 1
                group: Pending = ((self._fresh, item),)
            else:
                group, inner = self._instances(item)
                pairs |= inner
            groups.append(group)
            pending.extend(group)
        if kind == "seq":
            for place, group in enumerate(groups):
                for later in groups[place + 1 :]:
                    pairs |= {(a, b) for a, _ in group for b, _ in later}
        return tuple(pending), frozenset(pairs)

    def _search(
        self,
        facts: dict[str, int],
        pending: Pending,
        pairs: Pairs,
        focus: tuple[frozenset[int], ...],
        done: tuple[str, ...],
        seen: frozenset[Any],
        depth: int,
    ) -> Iterator[tuple[str, ...]]:
        self.steps -= 1
        if depth > self.depth or self.steps < 0:
            self.exhausted = False
            return
        alive = {number for number, _ in pending}
        while focus and not focus[-1] & alive:
            focus = focus[:-1]
        if not pending:
            yield done
            return
        waiting = {second for first, second in pairs if first in alive}
        ready = [(n, name) for n, name in pending if n not in waiting and (not focus or n in focus[-1])]
        configuration = (tuple(facts.items()), _shape(pending, pairs, focus, alive))
        if configuration in seen:
            return
        for number, name in ready:
            rest = tuple(item for item in pending if item[0] != number)
            kept = frozenset(pair for pair in pairs if number not in pair)
            if name in self.spec.operators:
                rule = self.spec.operators[name]
                if all(facts[fact] == value for fact, value in rule.needs):
                    yield from self._search(
                        facts | dict(rule.sets), rest, kept, (), (*done, name), seen | {configuration}, depth + 1
                    )
                continue
            for rule in self.spec.methods[name]:
                if any(facts[fact] != value for fact, value in rule.needs):
                    continue
                for network in rule.networks:
                    fresh, inner = self._instances(network)
                    place = next(i for i, item in enumerate(pending) if item[0] == number)
                    merged = pending[:place] + fresh + pending[place + 1 :]
                    outer = {(f, b) for a, b in pairs if a == number for f, _ in fresh}
                    outer |= {(a, f) for a, b in pairs if b == number for f, _ in fresh}
                    # What stood before and after an empty network stays ordered.
                    bridges = {(a, d) for a, b in pairs if b == number for c, d in pairs if c == number}
                    inside = frozenset(n for n, _ in fresh)
                    stack = tuple((frame - {number}) | inside if number in frame else frame for frame in focus)
                    yield from self._search(
                        facts, merged, kept | inner | outer | bridges, (*stack, inside), done,
                        seen | {configuration}, depth + 1,
                    )  # fmt: skip


def _shape(pending: Pending, pairs: Pairs, focus: tuple[frozenset[int], ...], alive: set[int]) -> Any:
    """Return what remains to be done, with instances named by their place."""
    place = {number: index for index, (number, _) in enumerate(pending)}
    return (
        tuple(name for _, name in pending),
        frozenset((place[a], place[b]) for a, b in pairs if a in alive and b in alive),
        tuple(frozenset(place[n] for n in frame & alive) for frame in focus),
    )
