"""Tracing: replay a decomposition on a recording state, and read the dependencies off what was read and written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import islice
from typing import Any

from htn.model.domain import Domain
from htn.model.errors import DomainError
from htn.model.goals import MULTIGOAL, MultiGoal
from htn.model.state import State
from htn.model.values import plain
from htn.plan.history import History
from htn.plan.plan import Link, Plan, Step
from htn.plan.recording import WHOLE, Reads, recording
from htn.plan.tree import Decomposition, Node

__all__ = ["step_key", "trace", "written"]

Fact = tuple[str, Any]


def trace(domain: Domain, initial: State, tree: Decomposition, history: History | None = None) -> Plan:
    """Return the plan of a decomposition: its steps, with dependencies traced by replaying it.

    A method's reads count as its first leaf's. Two steps are ordered when one reads what the other wrote (causal),
    writes what the other read (anti) or writes what the other wrote (output).

    Parameters
    ----------
    domain : Domain
        The domain of the decomposition.
    initial : State
        The state it starts from.
    tree : Decomposition
        A decomposition that the domain allows from that state.
    history : History, optional
        What of it is done: it is taken as it was, and only what follows is replayed, from the observed state.

    Raises
    ------
    DomainError
        When an operator refuses in the replay: the tree does not fit the domain and the state.
    """
    noted: Reads = {}
    state = recording(initial if history is None else history.observed, noted)
    names = {id(value): name for name, value in state.__dict__.items() if isinstance(value, dict)}
    links = _Links(tree.order)
    if history is not None:
        links.begin_after(history)
    reads: dict[str, tuple[Fact, ...]] = {}
    pending: dict[int, list[Fact]] = {}
    root = _roots(tree)
    # In the order of execution, in whatever order the nodes were written down.
    for node in sorted(tree.nodes.values(), key=lambda node: (node.at, node.is_leaf)):
        noted.clear()
        if history is not None and history.is_past(node):
            continue
        if node.is_leaf:
            mark = len(state._trail)
            _carry_out(domain, node, state)
            own = list(noted)
            writes = [place for change in state._trail[mark:] for place in _places(change, names)]
            links.add(node.at, [*pending.pop(node.at, []), *own], writes)
            reads[node.id] = tuple(own)
        else:
            _look(domain, node, state)
            reads[node.id] = tuple(noted)
            # Its reads must hold at its first leaf; a node with nothing below it passes them on to the next step that
            # has an ancestor in common with it.
            if node.at < len(tree.order) and root[node.id] == root[tree.order[node.at]]:
                pending.setdefault(node.at, []).extend(noted)
    shown = {key: tuple((f, "*" if k is WHOLE else k) for f, k in facts) for key, facts in reads.items()}
    before = () if history is None else history.links
    begun = () if history is None else history.begun
    links.forget(len(begun))  # why steps in flight wait is known from when they were begun
    steps = _steps(domain, tree, links, begun)
    return Plan(domain.name, tree.with_reads(shown), steps, initial.copy(), (*before, *links.all()), history)


def written(state: State, mark: int) -> set[Fact]:
    """Return the (fluent, arguments) that were written since a tracked state's trail had the given length."""
    names = {id(value): name for name, value in state.__dict__.items() if isinstance(value, dict)}
    return {place for change in state._trail[mark:] for place in _places(change, names)}


def _places(change: Any, names: dict[int, str]) -> Iterable[Fact]:
    container, key, old = change
    if type(container) is not dict:
        yield (names.get(id(container)) or container._name, key)
        return
    yield (key, ())
    # A fluent replaced whole: everything that it held or holds now is written.
    for value in (old, container.get(key)):
        if isinstance(value, dict):
            yield from ((key, inner) for inner in dict.keys(value))
        elif isinstance(value, set):
            yield from ((key, element) for element in set.__iter__(value))


def _carry_out(domain: Domain, node: Node, state: State) -> None:
    if node.kind == "deferred":
        function = domain.deferrals[node.task].predict
    else:
        function = domain.operators[node.task].function
    if function(state, *node.args) is not state:
        raise DomainError(
            f"{node.task}{node.args!r} refuses when the decomposition is replayed: it does not fit the state"
        )


def _look(domain: Domain, node: Node, state: State) -> None:
    """Let a node's method (or goal) read what it reads."""
    if node.kind == "multigoal":
        args: tuple[Any, ...] = (MultiGoal.from_facts(node.args[0]),)
    else:
        args = node.args
    if node.method is None:
        getattr(state, node.task).get(node.args[0])
        return
    method = domain.find_method(MULTIGOAL if node.kind == "multigoal" else node.task, node.method)
    if method.generates:
        for _ in islice(method.function(state, *args), node.alternative + 1):
            pass
    else:
        method.function(state, *args)


def _roots(tree: Decomposition) -> dict[str, str]:
    """Return the root above each node."""
    root = {identity: identity for identity in tree.roots}
    waiting = list(tree.roots)
    while waiting:
        above = waiting.pop()
        for child in tree[above].children:
            root[child] = root[above]
            waiting.append(child)
    return root


class _Links:
    """Dependencies between steps, found as their reads and writes come in."""

    def __init__(self, order: tuple[str, ...]) -> None:
        self._order = order
        self.before: list[dict[int, dict[str, Fact]]] = [{} for _ in order]
        self._writer: dict[Fact, int] = {}
        self._readers: dict[Fact, list[int]] = {}
        # Of each fluent, what came since the last step that read all of it and wrote to it: that step is after all
        # earlier ones, and every later one is after it, so that the rest follows.
        self._writers_since: dict[str, list[int]] = {}
        self._whole_readers: dict[str, list[int]] = {}

    def add(self, step: int, reads: Iterable[Fact], writes: Iterable[Fact]) -> None:
        reads = list(dict.fromkeys(reads))
        writes = list(dict.fromkeys(writes))
        whole = {fluent for fluent, key in reads if key is WHOLE}
        for fact in reads:
            fluent, key = fact
            if key is WHOLE:
                for writer in self._writers_since.get(fluent, ()):
                    self._link(writer, step, "causal", fact)
            elif fact in self._writer:
                self._link(self._writer[fact], step, "causal", fact)
        for fact in writes:
            for reader in self._readers.pop(fact, ()):
                self._link(reader, step, "anti", fact)
            for reader in self._whole_readers.get(fact[0], ()):
                self._link(reader, step, "anti", fact)
            if fact in self._writer:
                self._link(self._writer[fact], step, "output", fact)
        written = set(writes)
        for fact in reads:
            fluent, key = fact
            if key is WHOLE:
                self._whole_readers.setdefault(fluent, []).append(step)
            elif fact not in written:
                self._readers.setdefault(fact, []).append(step)
        for fact in writes:
            self._writer[fact] = step
        for fluent in {fluent for fluent, _ in writes}:
            if fluent in whole:
                self._writers_since[fluent] = [step]
                self._whole_readers[fluent] = [step]
            else:
                self._writers_since.setdefault(fluent, []).append(step)

    def begin_after(self, history: History) -> None:
        """Take over what finished steps brought about."""
        place = {identity: number for number, identity in enumerate(self._order)}
        since: dict[str, set[int]] = {}
        for fluent, key, step in history.writers:
            self._writer[fluent, key] = place[step]
            since.setdefault(fluent, set()).add(place[step])
        self._writers_since.update((fluent, sorted(places)) for fluent, places in since.items())

    def forget(self, steps: int) -> None:
        """Drop what so many steps, the first, wait for."""
        self.before[:steps] = ({} for _ in range(steps))

    def _link(self, first: int, second: int, kind: str, fact: Fact) -> None:
        if first != second:
            self.before[second].setdefault(first, {}).setdefault(kind, fact)

    def all(self) -> Iterable[Link]:
        for second, firsts in enumerate(self.before):
            for first in sorted(firsts):
                for kind, (fluent, key) in firsts[first].items():
                    fact = (fluent, "*" if key is WHOLE else key)
                    yield Link(self._order[first], self._order[second], kind, fact)


def step_key(operator: str, version: str, args: tuple[Any, ...], inputs: Iterable[str]) -> str:
    """Return a step's content key.

    Parameters
    ----------
    operator, version, args : str, str, tuple
        What is carried out.
    inputs : iterable of str
        Keys of the steps whose results it uses; their order does not matter.

    Examples
    --------
    >>> step_key("walk", "1", ("a",), ["x", "y"]) == step_key("walk", "1", ("a",), ["y", "x"])
    True
    """
    text = f"{operator}\x1f{version}\x1f{plain(args)!r}\x1f{sorted(inputs)!r}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _steps(domain: Domain, tree: Decomposition, links: _Links, begun: tuple[Step, ...]) -> tuple[Step, ...]:
    steps: list[Step] = list(begun)
    for place, identity in enumerate(tree.order[len(begun) :], len(begun)):
        node = tree[identity]
        before = sorted(links.before[place])
        causal = [first for first in before if "causal" in links.before[place][first]]
        operator = domain.operators.get(node.task)
        if node.kind == "deferred" or operator is None:
            deferral = domain.deferrals[node.task]
            version, capability = "deferred", ""
            criteria: tuple[str, ...] = ()
            description = f"{node.task}, open until {deferral.until}"
        else:
            version, capability, criteria = operator.version, operator.capability, operator.criteria
            description = operator.description(plain(node.args, sets=True), domain.words)
        steps.append(
            Step(
                identity,
                step_key(node.task, version, node.args, (steps[first].key for first in causal)),
                node.task,
                node.args,
                capability,
                description,
                tuple(tree.order[first] for first in before),
                tuple(tree.order[first] for first in causal),
                criteria,
                node.kind == "deferred",
            )
        )
    return tuple(steps)
