"""The plan: steps and the dependencies between them, derived from what they read and write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from htn.model.errors import InputError
from htn.model.state import State
from htn.model.values import freeze, listed, shaped, thaw
from htn.plan.history import History
from htn.plan.tree import Decomposition

if TYPE_CHECKING:
    import networkx as nx
from htn.model.record import Record

__all__ = ["SCHEMA", "Link", "Plan", "Step"]

SCHEMA = "htn-plan/1"


class Step(Record):
    """One primitive task to be carried out.

    Attributes
    ----------
    id : str
        The node's id in the tree.
    key : str
        Content key: hash of operator, version, arguments and the keys of the steps whose results it uses. Finished work
        is recognised by it, wherever it stands in a plan.
    task : str
        The operator's name; for a deferred node the compound task's.
    args : tuple
        Arguments.
    capability : str
        What an agent must have; empty for a deferred node.
    description : str
        A sentence for people.
    dependencies : tuple of str
        Ids of the steps that must be finished before.
    causal : tuple of str
        Those of them whose results it uses.
    criteria : tuple of str
        Names of the criteria its artifact must meet.
    deferred : bool
        Whether it is a compound task still to be decomposed.
    """

    id: str
    key: str
    task: str
    args: tuple[Any, ...]
    capability: str = ""
    description: str = ""
    dependencies: tuple[str, ...] = ()
    causal: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    deferred: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON data."""
        return {
            "id": self.id,
            "key": self.key,
            "task": self.task,
            "args": thaw(self.args),
            "capability": self.capability,
            "description": self.description,
            "dependencies": list(self.dependencies),
            "causal": list(self.causal),
            "criteria": list(self.criteria),
            "deferred": self.deferred,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        """Return the step that `to_json` wrote."""
        return cls(
            shaped(data["id"], str),
            shaped(data["key"], str),
            shaped(data["task"], str),
            freeze(shaped(data["args"], list)),
            shaped(data["capability"], str),
            shaped(data["description"], str),
            listed(data["dependencies"], str),
            listed(data["causal"], str),
            listed(data["criteria"], str),
            shaped(data["deferred"], bool),
        )


class Link(Record):
    """Why one step comes before another.

    Attributes
    ----------
    first, second : str
        Ids of the steps.
    kind : str
        ``"causal"``: the second reads what the first wrote; ``"anti"``: the second overwrites what the first read;
        ``"output"``: the second overwrites what the first wrote.
    fact : (str, object)
        The (fluent, arguments) concerned.
    """

    first: str
    second: str
    kind: str
    fact: tuple[str, Any]


class Plan(Record):
    """A decomposition's steps with their dependency graph.

    Attributes
    ----------
    domain : str
        Name of the domain.
    tree : Decomposition
        Where each step comes from.
    steps : tuple of Step
        In a valid order of execution.
    initial : State
        The state planned from.
    links : tuple of Link
        Why steps are ordered as they are, one for each pair of steps and kind.
    history : History or None
        What of it was done when it was repaired; None for a plan as it was first made.
    """

    domain: str
    tree: Decomposition
    steps: tuple[Step, ...]
    initial: State
    links: tuple[Link, ...] = ()
    history: History | None = None

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @cached_property
    def by_id(self) -> dict[str, Step]:
        """Steps by id."""
        return {step.id: step for step in self.steps}

    @property
    def pending(self) -> tuple[Step, ...]:
        """The steps that were still to be begun when the plan was made."""
        return self.steps if self.history is None else self.steps[len(self.history.begun) :]

    def step(self, step: str) -> Step:
        """Return a step by its id or by an unambiguous beginning of it, at least four characters long.

        Raises
        ------
        InputError
            When there is none, or more than one.
        """
        if step in self.by_id:
            return self.by_id[step]
        found = [item for item in self.steps if len(step) >= 4 and item.id.startswith(step)]
        if len(found) == 1:
            return found[0]
        listed = ", ".join(item.id for item in (found or self.steps)[:8])
        raise InputError(
            f"{step!r} names {'more than one step' if found else 'no step of this plan'}; "
            f"{'they are' if found else 'its steps are'} {listed}{', ...' if len(found or self.steps) > 8 else ''}"
        )

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """The dependency graph: an edge from each step to those that must wait for it, with its kinds."""
        import networkx

        graph: nx.DiGraph[str] = networkx.DiGraph()
        for step in self.steps:
            graph.add_node(step.id, task=step.task)
        for step in self.steps:
            causal = set(step.causal)
            for before in step.dependencies:
                graph.add_edge(before, step.id, causal=before in causal)
        return graph

    def reduced(self) -> nx.DiGraph[str]:
        """Return the graph without the edges that follow from others."""
        import networkx

        reduced: nx.DiGraph[str] = networkx.DiGraph()
        reduced.add_nodes_from(self.graph.nodes(data=True))
        place = {step.id: number for number, step in enumerate(self.steps)}
        before = [[place[first] for first in step.dependencies] for step in self.steps]
        for number, step in enumerate(self.steps):
            direct = _not_implied(before, number)
            reduced.add_edges_from((first, step.id) for first in step.dependencies if place[first] in direct)
        return reduced

    def parallel_groups(self) -> list[list[Step]]:
        """Return the steps in waves: those of a wave depend only on earlier waves.

        Examples
        --------
        >>> from htn.model import Domain
        >>> from htn.planning import find_plan
        >>> domain = Domain("d")
        >>> @domain.operator
        ... def put(state, key, value):
        ...     state.at[key] = value
        ...     return state
        >>> plan = find_plan(domain, State(at={}), [("put", "a", 1), ("put", "b", 2), ("put", "a", 3)]).plan
        >>> [[step.args for step in group] for group in plan.parallel_groups()]
        [[('a', 1), ('b', 2)], [('a', 3)]]
        """
        wave: dict[str, int] = {}
        groups: list[list[Step]] = []
        for step in self.steps:
            level = 1 + max((wave[before] for before in step.dependencies), default=-1)
            wave[step.id] = level
            if level == len(groups):
                groups.append([])
            groups[level].append(step)
        return groups

    def critical_path(self, seconds: Mapping[str, float] | None = None) -> tuple[list[Step], float]:
        """Return the longest chain of dependent steps and its length.

        Parameters
        ----------
        seconds : mapping, optional
            Duration of each step by id; every step counts 1 when left out.
        """
        finish: dict[str, float] = {}
        previous: dict[str, str | None] = {}
        for step in self.steps:
            latest = max(step.dependencies, key=finish.__getitem__, default=None)
            previous[step.id] = latest
            duration = 1.0 if seconds is None else seconds.get(step.id, 0.0)
            finish[step.id] = duration + (finish[latest] if latest else 0.0)
        chain: list[Step] = []
        current = max(finish, key=finish.__getitem__, default=None)
        length = finish[current] if current else 0.0
        while current is not None:
            chain.append(self.by_id[current])
            current = previous[current]
        return chain[::-1], length

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON data, in the form that the published schema describes."""
        data = {
            "schema": SCHEMA,
            "domain": self.domain,
            "initial": self.initial.to_json(),
            "tree": self.tree.to_json(),
            "steps": [step.to_json() for step in self.steps],
            "links": [[link.first, link.second, link.kind, link.fact[0], thaw(link.fact[1])] for link in self.links],
        }
        return data if self.history is None else data | {"history": self.history.to_json()}

    @classmethod
    def from_json(cls, data: Any) -> Plan:
        """Return the plan that `to_json` wrote.

        Raises
        ------
        InputError
            When the data is no plan, or one of another version of the format.
        """
        if not isinstance(data, Mapping) or "schema" not in data:
            raise InputError(f"this is not a plan: it has no 'schema'; a plan's is {SCHEMA!r}")
        if data["schema"] != SCHEMA:
            raise InputError(f"this plan is in the format {data['schema']!r}; this version reads {SCHEMA!r}")
        try:
            tree = Decomposition.from_json(data["tree"])
            steps = tuple(Step.from_json(entry) for entry in data["steps"])
            initial = State.from_json(data["initial"])
            domain = shaped(data["domain"], str)
            links = tuple(
                Link(shaped(first, str), shaped(second, str), shaped(kind, str), (shaped(fluent, str), freeze(key)))
                for first, second, kind, fluent, key in shaped(data["links"], list)
            )
            history = History.from_json(data["history"], steps, links) if "history" in data else None
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"this plan is damaged: {error!r} while reading it") from None
        check_references(steps, tree)
        return cls(domain, tree, steps, initial, links, history)

    def explain(self, step: str) -> str:
        """Return in words why a step is there; see `htn.plan.explain`."""
        from htn.plan.explain import explain

        return explain(self, step)

    def _repr_html_(self) -> str:
        from htn.views.html import plan_html

        return plan_html(self.to_json())


def _not_implied(before: Sequence[Sequence[int]], number: int) -> set[int]:
    """Return those of a step's predecessors that none of the others waits for; all are given by their place."""
    direct = set(before[number])
    if len(direct) < 2:
        return direct
    earliest, waiting, seen = min(direct), list(direct), set(direct)
    while waiting and len(direct) > 1:
        for first in before[waiting.pop()]:
            direct.discard(first)
            if first > earliest and first not in seen:
                seen.add(first)
                waiting.append(first)
    return direct


def check_references(steps: Sequence[Step], tree: Decomposition) -> None:
    """Refuse steps that refer to what is not there, or that come before what they depend on.

    Raises
    ------
    InputError
        Naming the step.
    """
    seen: set[str] = set()
    for step in steps:
        if step.id not in tree.nodes:
            raise InputError(f"the step {step.id} ({step.task}) is not in the plan's tree")
        if step.id in seen:
            raise InputError(f"the plan holds the step {step.id} ({step.task}) twice")
        for before in step.dependencies:
            if before not in seen:
                raise InputError(f"the step {step.id} ({step.task}) depends on {before}, which does not come before it")
        if not set(step.causal) <= set(step.dependencies):
            raise InputError(f"the step {step.id} ({step.task}) uses results of steps it does not depend on")
        seen.add(step.id)
