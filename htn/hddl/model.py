"""The typed model of HDDL: what a domain and a problem say, immutable, without any planning."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from htn.hddl.errors import Source
from htn.hddl.findings import Finding
from htn.model.record import Record, field

__all__ = [
    "TRUE",
    "Action",
    "And",
    "Atom",
    "Domain",
    "Effect",
    "Equal",
    "Exists",
    "Fact",
    "Forall",
    "Formula",
    "Function",
    "Imply",
    "Increase",
    "Method",
    "Metric",
    "Network",
    "Not",
    "Number",
    "Or",
    "Predicate",
    "Problem",
    "Subtask",
    "Task",
    "Type",
    "TypeOf",
    "Typed",
    "When",
    "conjuncts",
    "is_variable",
    "walk",
]

Number = int | float
Fact = tuple[str, ...]
"""A ground atom: the predicate, then the objects."""


def _place() -> Any:
    """Return the field for an offset into the source: it is not part of what is said, so it does not compare."""
    return field(default=-1, compare=False, repr=False)


# ------------------------------------------------------------------------------------------------------- declarations
class Typed(Record):
    """A variable or an object with its type; ``object`` where the file gives none."""

    name: str
    type: str = "object"
    at: int = _place()


class Type(Record):
    """One line of ``:types``. A type with several parents has several of them."""

    name: str
    parent: str | None = None
    at: int = _place()


class Predicate(Record):
    """A predicate and its parameters."""

    name: str
    parameters: tuple[Typed, ...] = ()
    at: int = _place()


class Function(Record):
    """A numeric function and its parameters; action costs use ``total-cost``."""

    name: str
    parameters: tuple[Typed, ...] = ()
    type: str = "number"
    at: int = _place()


class Task(Record):
    """A compound task and its parameters."""

    name: str
    parameters: tuple[Typed, ...] = ()
    at: int = _place()


# ----------------------------------------------------------------------------------------------------------- formulas
class Atom(Record):
    """A predicate (or function) applied to variables and objects."""

    predicate: str
    terms: tuple[str, ...] = ()
    at: int = _place()


class Equal(Record):
    """Two terms are the same object."""

    left: str
    right: str
    at: int = _place()


class TypeOf(Record):
    """A term is an object of a type: ``(sortof ?x - T)`` in constraints."""

    term: str
    type: str
    at: int = _place()


class Not(Record):
    """Negation; in an effect, of an atom."""

    part: Formula
    at: int = _place()


class And(Record):
    """Conjunction; ``And(())`` is true, and as an effect changes nothing."""

    parts: tuple[Formula | Effect, ...] = ()
    at: int = _place()


class Or(Record):
    """Disjunction; ``Or(())`` is false."""

    parts: tuple[Formula, ...] = ()
    at: int = _place()


class Imply(Record):
    """Implication."""

    condition: Formula
    conclusion: Formula
    at: int = _place()


class Forall(Record):
    """For all objects of the types; of a formula or of an effect."""

    variables: tuple[Typed, ...]
    part: Formula | Effect
    at: int = _place()


class Exists(Record):
    """For some objects of the types."""

    variables: tuple[Typed, ...]
    part: Formula
    at: int = _place()


class When(Record):
    """A conditional effect; the condition is looked at in the state before the action."""

    condition: Formula
    effect: Effect
    at: int = _place()


class Increase(Record):
    """An action's cost: the function grows by a number, or by the value of another function."""

    function: Atom
    amount: Number | Atom
    at: int = _place()


Formula = Atom | Equal | TypeOf | Not | And | Or | Imply | Forall | Exists
Effect = Atom | Not | And | Forall | When | Increase

TRUE = And(())


def is_variable(term: str) -> bool:
    """Whether a term is a variable."""
    return term.startswith("?")


def walk(formula: Formula | Effect) -> Iterator[Formula | Effect]:
    """Yield a formula or effect and everything in it, outermost and leftmost first.

    Examples
    --------
    >>> [type(part).__name__ for part in walk(And((Atom("p"), Not(Atom("q")))))]
    ['And', 'Atom', 'Not', 'Atom']
    """
    waiting: list[Formula | Effect] = [formula]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, (And, Or)):
            waiting.extend(reversed(part.parts))
        elif isinstance(part, (Not, Forall, Exists)):
            waiting.append(part.part)
        elif isinstance(part, Imply):
            waiting += (part.conclusion, part.condition)
        elif isinstance(part, When):
            waiting += (part.effect, part.condition)


def conjuncts(formula: Formula | Effect) -> list[Formula | Effect]:
    """Return what a conjunction joins, through conjunctions within it; a formula that is none is its only conjunct.

    Examples
    --------
    >>> conjuncts(And((Atom("p"), And((Atom("q"),)))))
    [Atom(predicate='p', terms=()), Atom(predicate='q', terms=())]
    """
    found: list[Formula | Effect] = []
    waiting = [formula]
    while waiting:
        part = waiting.pop()
        if isinstance(part, And):
            waiting.extend(reversed(part.parts))
        else:
            found.append(part)
    return found


# --------------------------------------------------------------------------------------------------- methods, actions
class Subtask(Record):
    """A task in a network; the label is what ``:ordering`` calls it."""

    task: str
    terms: tuple[str, ...] = ()
    label: str | None = None
    at: int = _place()


class Network(Record):
    """A task network, as a method or ``:htn`` writes it.

    Attributes
    ----------
    subtasks : tuple of Subtask
        The tasks, in the file's order.
    ordering : tuple of (str, str)
        Pairs of labels: the first before the second.
    constraints : Formula
        ``=``, ``not =``, ``sortof`` and conjunctions of them, on the variables.
    ordered : bool
        Whether the file's order is the order (``:ordered-subtasks``).
    """

    subtasks: tuple[Subtask, ...] = ()
    ordering: tuple[tuple[str, str], ...] = ()
    constraints: Formula = TRUE
    ordered: bool = False
    at: int = _place()

    def edges(self) -> tuple[tuple[int, int], ...]:
        """Return the ordering as pairs of positions in `subtasks`; for an ordered network, neighbours only.

        Examples
        --------
        >>> Network((Subtask("a", (), "t1"), Subtask("b", (), "t2")), ordering=(("t2", "t1"),)).edges()
        ((1, 0),)
        """
        chain = [(i, i + 1) for i in range(len(self.subtasks) - 1)] if self.ordered else []
        place = {subtask.label: i for i, subtask in enumerate(self.subtasks)}
        return tuple(dict.fromkeys([*chain, *((place[first], place[second]) for first, second in self.ordering)]))

    def sequence(self) -> tuple[int, ...] | None:
        """Return the positions in the one order that is allowed, or None when there is more than one or none.

        Examples
        --------
        >>> Network((Subtask("a", (), "t1"), Subtask("b", (), "t2")), ordering=(("t2", "t1"),)).sequence()
        (1, 0)
        """
        if self.ordered and not self.ordering:
            return tuple(range(len(self.subtasks)))
        edges = self.edges()
        before = [0] * len(self.subtasks)
        after: list[list[int]] = [[] for _ in self.subtasks]
        for first, second in edges:
            before[second] += 1
            after[first].append(second)
        ready = [i for i, count in enumerate(before) if not count]
        found: list[int] = []
        while ready:
            if len(ready) > 1:
                return None
            found.append(ready.pop())
            for second in after[found[-1]]:
                before[second] -= 1
                if not before[second]:
                    ready.append(second)
        return tuple(found) if len(found) == len(self.subtasks) else None


class Method(Record):
    """One way to decompose a compound task.

    Attributes
    ----------
    name : str
        The method's name; plans refer to it.
    parameters : tuple of Typed
        Its variables. A variable that the file uses without declaring it is added, with the type that its use asks for.
    task : str
        The compound task.
    terms : tuple of str
        The arguments that it applies to: variables, or objects.
    precondition : Formula
        What must hold before the first action that comes of it.
    network : Network
        What the task becomes.
    """

    name: str
    parameters: tuple[Typed, ...]
    task: str
    terms: tuple[str, ...] = ()
    precondition: Formula = TRUE
    network: Network = Network()
    at: int = _place()


class Action(Record):
    """A primitive task: precondition and effect."""

    name: str
    parameters: tuple[Typed, ...] = ()
    precondition: Formula = TRUE
    effect: Effect = TRUE
    at: int = _place()


class Metric(Record):
    """What to make small or large: a function without arguments."""

    direction: str
    function: str = "total-cost"
    at: int = _place()


# ---------------------------------------------------------------------------------------------------- domain, problem
class Domain(Record):
    """A domain file.

    Two domains are equal when they say the same; places and warnings do not count.

    Attributes
    ----------
    name, requirements, types, constants, predicates, functions, tasks, methods, actions
        What the file declares, in its order.
    warnings : tuple of Finding
        What was read leniently.
    source : Source
        The text, for places.
    """

    name: str
    requirements: tuple[str, ...] = ()
    types: tuple[Type, ...] = ()
    constants: tuple[Typed, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    functions: tuple[Function, ...] = ()
    tasks: tuple[Task, ...] = ()
    methods: tuple[Method, ...] = ()
    actions: tuple[Action, ...] = ()
    warnings: tuple[Finding, ...] = field(default=(), compare=False, repr=False)
    source: Source = field(factory=lambda: Source(""), compare=False, repr=False)

    @cached_property
    def action(self) -> dict[str, Action]:
        """Actions by name."""
        return {action.name: action for action in reversed(self.actions)}

    @cached_property
    def task(self) -> dict[str, Task]:
        """Compound tasks by name."""
        return {task.name: task for task in reversed(self.tasks)}

    @cached_property
    def predicate(self) -> dict[str, Predicate]:
        """Predicates by name."""
        return {predicate.name: predicate for predicate in reversed(self.predicates)}

    @cached_property
    def methods_of(self) -> dict[str, tuple[Method, ...]]:
        """Methods by the compound task that they decompose, in the file's order."""
        found: dict[str, list[Method]] = {}
        for method in self.methods:
            found.setdefault(method.task, []).append(method)
        return {task: tuple(methods) for task, methods in found.items()}


class Problem(Record):
    """A problem file.

    Attributes
    ----------
    name, domain, requirements, objects
        What the file declares; `domain` is the name that it gives.
    parameters : tuple of Typed
        Variables of the initial task network.
    network : Network
        The initial task network.
    init : tuple of tuple of str
        The facts at the start: predicate and objects. What is not listed is false.
    values : tuple of (tuple of str, number)
        Values of functions at the start.
    goal : Formula or None
        What must hold at the end, besides the tasks.
    metric : Metric or None
        What to optimise.
    warnings, source
        As in `Domain`.
    """

    name: str
    domain: str
    requirements: tuple[str, ...] = ()
    objects: tuple[Typed, ...] = ()
    parameters: tuple[Typed, ...] = ()
    network: Network = Network()
    init: tuple[Fact, ...] = ()
    values: tuple[tuple[Fact, Number], ...] = ()
    goal: Formula | None = None
    metric: Metric | None = None
    warnings: tuple[Finding, ...] = field(default=(), compare=False, repr=False)
    source: Source = field(factory=lambda: Source(""), compare=False, repr=False)
