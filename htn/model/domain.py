"""The domain: operators and methods together, declared as plain functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from htn.model.errors import DomainError
from htn.model.goals import MULTIGOAL
from htn.model.record import Record, field
from htn.model.rollback import ROLL_BACK, in_reverse_order, in_turn
from htn.model.suggest import did_you_mean

__all__ = ["Deferral", "Domain", "Method", "Operator"]

F = TypeVar("F", bound=Callable[..., Any])


class Operator(Record):
    """What a primitive task needs and changes.

    Attributes
    ----------
    name : str
        The task it carries out.
    function : callable
        ``function(state, *args)`` changes the state and returns it, or refuses.
    capability : str
        What an agent must have to carry it out; the operator's own name unless stated.
    criteria : tuple of str
        Names of the criteria its artifact must meet.
    version : str
        Part of the step key: a new version makes finished work of the old one count as another thing.
    describe : str
        A sentence for people, with ``{0}``, ``{1}`` for arguments.
    arity : (int, int or None)
        Fewest and most arguments; None is any number.
    approval : bool
        Whether a person must approve each of its steps before it is carried out.
    undoes : str
        Name of the operator whose effects it takes back, given the same arguments; empty for most.
    """

    name: str
    function: Callable[..., Any]
    capability: str
    criteria: tuple[str, ...]
    version: str
    describe: str
    arity: tuple[int, int | None]
    approval: bool = False
    undoes: str = ""

    def description(self, args: Sequence[Any], words: Callable[[Any], str] = str) -> str:
        """Return the sentence for given arguments; ``words`` says how an argument is written."""
        if not self.describe:
            return " ".join([self.name, *map(words, args)])
        try:
            return self.describe.format(*map(words, args))
        except (IndexError, KeyError, ValueError) as error:
            raise DomainError(
                f"the description {self.describe!r} of operator {self.name!r} cannot be filled in with {len(args)} "
                f"arguments ({error}): write {{0}} for the first, {{1}} for the second"
            ) from None


class Method(Record):
    """One way to decompose a compound task, a goal or a multigoal.

    Attributes
    ----------
    name : str
        The function's name, unique among the methods of its task.
    task : str
        The compound task, the fluent of a goal, or ``"multigoal"``.
    function : callable
        ``function(state, *args)`` returns subtasks (a list or a `TaskNetwork`), yields alternatives, or refuses.
    applies : str
        One sentence that says when it applies: the docstring's first line.
    version : str
        For the list of methods and for provenance.
    arity : (int, int or None)
        Fewest and most arguments; None is any number.
    generates : bool
        Whether the function yields alternatives.
    resumable : bool
        Whether a generator of it may be left waiting while the state changes and changes back: it loops over copies.
    """

    name: str
    task: str
    function: Callable[..., Any]
    applies: str
    version: str
    arity: tuple[int, int | None]
    generates: bool
    resumable: bool = False


class Deferral(Record):
    """When a compound task is left open, and what is predicted of it until it is decomposed.

    Attributes
    ----------
    task : str
        The compound task.
    known : callable
        ``known(state, *args)`` is true once the task can be decomposed.
    predict : callable
        ``predict(state, *args)`` changes the state as the finished task is expected to, and returns it; what it
        reads and writes is traced as for an operator.
    until : str
        In words, what it waits for.
    """

    task: str
    known: Callable[..., bool]
    predict: Callable[..., Any]
    until: str


def _arity(function: Callable[..., Any]) -> tuple[int, int | None]:
    """Return fewest and most arguments after the state."""
    import inspect  # 5 ms that compiled domains need not wait for

    least, most = -1, -1
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            return max(least, 0), None
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            most += 1
            if parameter.default is parameter.empty:
                least += 1
    if most < 0:
        name = getattr(function, "__name__", repr(function))
        raise DomainError(f"{name} takes no state: its first parameter must be the state")
    return max(least, 0), most


def _first_line(function: Callable[..., Any]) -> str:
    from inspect import getdoc

    doc = getdoc(function)
    return doc.splitlines()[0] if doc else ""


def _name_of(function: Callable[..., Any]) -> str:
    name: str | None = getattr(function, "__name__", None)
    if name is None:
        raise DomainError(f"{function!r} has no name: give one with name=")
    return name


class Domain(Record, frozen=False):
    """Operators and methods together: what can be done, and how.

    Parameters
    ----------
    name : str
        A name for messages and plans.
    words : callable
        How an argument is written in descriptions for people.

    Examples
    --------
    >>> domain = Domain("travel")
    >>> @domain.operator
    ... def walk(state, who, to):
    ...     state.location[who] = to
    ...     return state
    >>> @domain.method("travel")
    ... def on_foot(state, who, to):
    ...     '''Applies always.'''
    ...     return [("walk", who, to)]
    >>> sorted(domain.operators), [method.name for method in domain.methods["travel"]]
    (['walk'], ['on_foot'])
    """

    name: str
    operators: dict[str, Operator] = field(factory=dict)
    methods: dict[str, list[Method]] = field(factory=dict)
    goal_methods: dict[str, list[Method]] = field(factory=dict)
    multigoal_methods: list[Method] = field(factory=list)
    deferrals: dict[str, Deferral] = field(factory=dict)
    words: Callable[[Any], str] = str

    @overload
    def operator(self, function: F, /) -> F: ...
    @overload
    def operator(
        self,
        *,
        name: str | None = None,
        capability: str | None = None,
        criteria: Sequence[str] = (),
        version: str = "1",
        describe: str = "",
        approval: bool = False,
        undoes: str = "",
    ) -> Callable[[F], F]: ...
    def operator(
        self,
        function: Callable[..., Any] | None = None,
        *,
        name: str | None = None,
        capability: str | None = None,
        criteria: Sequence[str] = (),
        version: str = "1",
        describe: str = "",
        approval: bool = False,
        undoes: str = "",
    ) -> Any:
        """Declare an operator; usable bare or with settings.

        One that ``undoes`` another takes back what that one did outside, when the path that it was on is abandoned.

        Raises
        ------
        DomainError
            When the name is taken, the function takes no state, or the operator to be undone has an undo already.
        """

        def declare(function: F) -> F:
            task = name or _name_of(function)
            self._check_free(task, "operator")
            if undoes:
                self._declare_rollback(task, undoes)
            self.operators[task] = Operator(
                task,
                in_turn(task, function) if undoes else function,
                capability or task,
                tuple(criteria),
                version,
                describe,
                _arity(function),
                approval,
                undoes,
            )
            return function

        return declare if function is None else declare(function)

    def method(self, task: str, *, name: str | None = None, version: str = "1") -> Callable[[F], F]:
        """Declare a method for a compound task; methods are tried in the order in which they are declared.

        Raises
        ------
        DomainError
            When no task is named, the task is an operator's or a goal's name, or the task has a method of that name.
        """
        if not isinstance(task, str):
            given = getattr(task, "__name__", repr(task))
            raise DomainError(f"the method {given} names no task: write @domain.method('task') above it")

        def declare(function: F) -> F:
            if task not in self.methods:
                self._check_free(task, "compound task")
            self._add_method(self.methods.setdefault(task, []), task, function, name, version)
            return function

        return declare

    def goal_method(self, fluent: str, *, name: str | None = None, version: str = "1") -> Callable[[F], F]:
        """Declare a method for goals of a fluent: ``function(state, arguments, wanted value)``."""

        def declare(function: F) -> F:
            if fluent not in self.goal_methods:
                self._check_free(fluent, "goal")
            self._add_method(self.goal_methods.setdefault(fluent, []), fluent, function, name, version)
            return function

        return declare

    def multigoal_method(self, function: F) -> F:
        """Declare a method for multigoals: ``function(state, multigoal)``."""
        self._add_method(self.multigoal_methods, MULTIGOAL, function, None, "1")
        return function

    def deferred(self, task: str, *, known: Callable[..., bool], until: str) -> Callable[[F], F]:
        """Declare that a compound task stays open until ``known(state, *args)``; the function predicts its outcome."""

        def declare(function: F) -> F:
            if task in self.deferrals:
                raise DomainError(f"the task {task!r} of domain {self.name!r} is deferred twice")
            self.deferrals[task] = Deferral(task, known, function, until)
            return function

        return declare

    def undo_of(self, operator: str) -> str | None:
        """Return the operator that undoes another one, or None."""
        return next((item.name for item in self.operators.values() if item.undoes == operator), None)

    def include(self, other: Domain) -> Domain:
        """Add another domain's operators and methods to this one, and return this one.

        Raises
        ------
        DomainError
            When both have an operator, a deferral, or a method of a task under the same name.
        """
        for operator in other.operators.values():
            self._check_free(operator.name, "operator")
            if operator.undoes:
                self._declare_rollback(operator.name, operator.undoes)
            self.operators[operator.name] = operator
        for ours, theirs in ((self.methods, other.methods), (self.goal_methods, other.goal_methods)):
            for task, methods in theirs.items():
                if task not in ours:
                    self._check_free(task, "compound task")
                shared = [method for method in ours.get(task, ()) if method.function is in_reverse_order]
                self._extend(ours.setdefault(task, []), [method for method in methods if method not in shared])
        self._extend(self.multigoal_methods, other.multigoal_methods)
        for task, deferral in other.deferrals.items():
            if task in self.deferrals:
                raise DomainError(f"the task {task!r} of domain {self.name!r} is deferred twice")
            self.deferrals[task] = deferral
        return self

    def find_method(self, task: str, name: str) -> Method:
        """Return a task's, goal's or multigoal's method by name.

        Raises
        ------
        UnknownNameError
            With the nearest names there are.
        """
        candidates = self.methods.get(task) or self.goal_methods.get(task) or []
        if task == MULTIGOAL:
            candidates = self.multigoal_methods
        for method in candidates:
            if method.name == name:
                return method
        raise did_you_mean(f"{task!r} has no method {name!r}", name, [method.name for method in candidates])

    def task_names(self) -> list[str]:
        """Return every name a task can have here: operators, compound tasks, goals."""
        return [*self.operators, *self.methods, *self.goal_methods]

    def _declare_rollback(self, name: str, undoes: str) -> None:
        """Note that an operator undoes another; the task of rolling back then exists, with its method."""
        other = self.undo_of(undoes)
        if other is not None:
            raise DomainError(
                f"the operator {undoes!r} of domain {self.name!r} is undone by both {other!r} and {name!r}"
            )
        if ROLL_BACK not in self.methods:
            self.method(ROLL_BACK)(in_reverse_order)

    def _extend(self, ours: list[Method], theirs: Sequence[Method]) -> None:
        for method in theirs:
            if any(method.name == mine.name for mine in ours):
                raise DomainError(f"the task {method.task!r} has two methods called {method.name!r}")
            ours.append(method)

    def _add_method(
        self, methods: list[Method], task: str, function: Callable[..., Any], name: str | None, version: str
    ) -> None:
        from inspect import isgeneratorfunction

        method = Method(
            name or _name_of(function),
            task,
            function,
            _first_line(function),
            version,
            _arity(function),
            isgeneratorfunction(function),
        )
        self._extend(methods, [method])

    def _check_free(self, name: str, kind: str) -> None:
        for other, names in (
            ("operator", self.operators),
            ("compound task", self.methods),
            ("goal", self.goal_methods),
        ):
            if name in names:
                raise DomainError(f"domain {self.name!r} has two meanings for {name!r}: {other} and {kind}")
        if name == MULTIGOAL:
            raise DomainError(f"{MULTIGOAL!r} is the name of multigoals and cannot be a {kind}'s")
