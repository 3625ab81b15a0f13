"""The definition of repair, worked out naively from a plan's JSON and a specification, without calling the planner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from tests.planning.brute_force import BruteForce
from tests.strategies import Spec

Facts = dict[str, int]


class Definition:
    """Which repairs a plan of a specification has, once some of its steps are done and other facts observed.

    Steps in flight are to go on: what they set is added to what was observed, and nothing above them is done anew.
    """

    def __init__(
        self, spec: Spec, plan: dict[str, Any], done: list[str], observed: Facts, running: list[str] | None = None
    ) -> None:
        self.spec = spec
        self.nodes: dict[str, Any] = {node["id"]: node for node in plan["tree"]["nodes"]}
        self.roots: list[str] = plan["tree"]["roots"]
        self.order: list[str] = plan["tree"]["order"]
        self.done = [leaf for leaf in self.order if leaf in done]
        self.observed = observed
        self.running = [leaf for leaf in self.order if leaf in (running or ())]
        self.begun_leaves = {*self.done, *self.running}
        left = [place for place, leaf in enumerate(self.order) if leaf not in self.begun_leaves]
        self.first = left[0] if left else len(self.order) + 1
        self.exhausted = True

    def below(self, node: str) -> set[str]:
        """Return a node and everything below it."""
        return {node}.union(*(self.below(child) for child in self.nodes[node].get("children", ())))

    def worked(self, node: str) -> set[str]:
        """Return the steps below a node that are finished or in flight."""
        return self.below(node) & self.begun_leaves

    def finished(self, node: str) -> bool:
        """Whether there is nothing left to do."""
        entry = self.nodes[node]
        if entry["kind"] == "primitive":
            return node in self.begun_leaves
        if entry["children"]:
            return all(self.finished(child) for child in entry["children"])
        return bool(entry["at"] < self.first)

    def begun(self, node: str) -> bool:
        """Whether some of it is done and some is not."""
        return bool(self.worked(node)) and not self.finished(node)

    def wrong(self) -> set[str]:
        """Return the largest finished parts with a step that brought about what no longer holds."""
        facts = dict(self.spec.initial)
        writer: dict[str, str] = {}
        for leaf in self.done:
            rule = self.spec.operators[self.nodes[leaf]["task"]]
            if all(facts[fact] == value for fact, value in rule.needs):
                facts |= dict(rule.sets)
                writer |= dict.fromkeys(dict(rule.sets), leaf)
        found = set()
        for fact, leaf in writer.items():
            if facts[fact] != self.observed[fact]:
                part = leaf
                while (above := self.nodes[part].get("parent")) is not None and self.finished(above):
                    part = above
                found.add(part)
        return found

    def highest(self, again: set[str]) -> frozenset[str]:
        """Drop what lies below others."""
        return frozenset(a for a in again if not any(a != b and a in self.below(b) for b in again))

    def choices(self) -> set[frozenset[str]]:
        """Return every set of tasks that may be done anew."""
        begun = [node for node in self.nodes if self.begun(node)]
        found = set()
        for size in range(len(begun) + 1):
            for some in combinations(begun, size):
                if not any(a != b and a in self.below(b) for a in some for b in some):
                    found.add(self.highest(set(some)))
                    found.add(self.highest({*some, *self.wrong()}))
        return {again for again in found if not any(self.below(node) & set(self.running) for node in again)}

    def facts(self) -> Facts | None:
        """Return what holds once the steps in flight are done; None where one of them is not possible."""
        facts = dict(self.observed)
        for leaf in self.running:
            rule = self.spec.operators[self.nodes[leaf]["task"]]
            if any(facts[fact] != value for fact, value in rule.needs):
                return None
            facts |= dict(rule.sets)
        return facts

    def network(self, again: frozenset[str]) -> Any:
        """Return the remaining task network as the specification writes networks."""
        return self._remaining(self.spec.tasks, iter(self.roots), again)

    def _remaining(self, written: Any, children: Iterator[str], again: frozenset[str]) -> Any:
        kind, items = written
        left: list[Any] = []
        for item in items:
            if not isinstance(item, str):
                left.append(self._remaining(item, children, again))
                continue
            child = next(children)
            entry = self.nodes[child]
            if child in again:
                left.append(item)
            elif self.finished(child):
                continue
            elif self.worked(child):
                rule = self.spec.methods[item][int(entry["method"][1:])]
                left.append(self._remaining(rule.networks[entry["alternative"]], iter(entry["children"]), again))
            else:
                left.append(item)
        return kind, tuple(left)

    def repairs(self) -> Iterator[tuple[str, ...]]:
        """Yield the steps of every repair."""
        facts = self.facts()
        if facts is None:
            return
        for again in sorted(self.choices(), key=sorted):
            brute = BruteForce(replace(self.spec, tasks=self.network(again), initial=facts), steps=20_000)
            yield from brute.plans()
            self.exhausted &= brute.exhausted


def replays(spec: Spec, actions: list[tuple[Any, ...]], facts: Facts) -> bool:
    """Whether steps can be carried out one after another."""
    facts = dict(facts)
    for (name,) in actions:
        rule = spec.operators[name]
        if any(facts[fact] != value for fact, value in rule.needs):
            return False
        facts |= dict(rule.sets)
    return True
