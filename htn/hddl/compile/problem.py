"""Compilation: from a domain and a problem to functions that the decomposer searches with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from htn.hddl.compile.domains import drop_unusable, filter_domains
from htn.hddl.compile.emit import Code
from htn.hddl.compile.feasible import ask_for_feasible
from htn.hddl.compile.functions import write_functions
from htn.hddl.compile.late import bind_late
from htn.hddl.compile.lifting import Lifting, lift_preconditions
from htn.hddl.compile.needs import Needs, find_needs, watched_goals
from htn.hddl.compile.normalise import normalise
from htn.hddl.compile.relations import FactState, Relation, relation_class
from htn.hddl.compile.schemas import TOP, Model
from htn.hddl.model import Domain as HddlDomain
from htn.hddl.model import Problem
from htn.model.domain import Domain, Method, Operator
from htn.model.network import TaskNetwork
from htn.model.record import Record, field

__all__ = ["Compiled", "Passes", "compile_problem"]


class Passes(Record):
    """Which passes the compiler makes. None of them changes the set of plans.

    Attributes
    ----------
    filter : bool
        Variables only stand for objects with which something can apply.
    feasible : bool
        Recursive tasks are called only with arguments that, as far as facts that never change go, can come to an end.
    late : bool
        Variables of later subtasks get their values when those are reached.
    lift : bool
        Methods ask for what their subtasks need.
    settle : bool
        Actions do not ask again for what every caller asked for.
    cover : bool
        The search is told which goals the remaining tasks can still reach.
    """

    filter: bool = True
    feasible: bool = True
    late: bool = True
    lift: bool = True
    settle: bool = True
    cover: bool = True


class Compiled(Record, frozen=False):
    """A problem as the decomposer takes it.

    Attributes
    ----------
    domain : Domain
        Operators and methods.
    state : FactState
        The facts at the start that some action can change.
    tasks : list
        What is to be done.
    labels : dict
        From (task, name of the method) to what the file calls the method; nothing for those made by the compiler.
    source : str
        The Python text that was run.
    cover : Needs or None
        For the search: what is due when, and what can still bring it about; where there is anything.
    subtasks : dict
        For every compound task's name, the names of the subtasks of each of its methods.
    """

    domain: Domain
    state: FactState
    tasks: list[Any]
    labels: dict[tuple[str, str], str] = field(repr=False)
    source: str = field(repr=False)
    cover: Needs | None = field(repr=False)
    subtasks: dict[str, list[tuple[str, ...]]] = field(repr=False)


def compile_problem(
    domain: HddlDomain,
    problem: Problem,
    passes: Passes | None = None,
    *,
    seed: int | None = None,
    in_sequence: bool = False,
) -> Compiled:
    """Compile a problem to Python.

    Parameters
    ----------
    domain : Domain
        As read.
    problem : Problem
        As read for this domain.
    passes : Passes, optional
        All of them by default.
    seed : int, optional
        Makes every method try its variables' values in an order that is drawn anew each time; the same seed, the same
        orders. Without it they are tried as found.
    in_sequence : bool
        Whether partly ordered subtasks are done one after the other, none interleaved with another's: what is found
        are plans, but not all are. Much faster where tasks do not have to help each other.

    Raises
    ------
    HddlError
        When the problem uses what is not there.

    Examples
    --------
    >>> from htn.hddl import parse_domain, parse_problem
    >>> domain = parse_domain(
    ...     "(define (domain d) (:predicates (p)) (:task t) (:action a :precondition (not (p)) :effect (p))"
    ...     " (:method m :task (t) :subtasks (a)))"
    ... )
    >>> problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (t)) (:init))")
    >>> compiled = compile_problem(domain, problem)
    >>> compiled.tasks, sorted(compiled.domain.operators)
    ([('#top',)], ['#goal', 'a'])
    """
    passes = passes or Passes()
    model = normalise(domain, problem)
    if in_sequence:
        for method in model.all_methods:
            method.before = None  # they stand in an order that is allowed
    drop_unusable(model)
    if passes.filter:
        filter_domains(model)
    if passes.late:
        bind_late(model)
    lifting = Lifting(model) if passes.lift or passes.cover else None
    if passes.lift and lifting is not None:
        # The cover turns back in time where a goal is lost: no need to ask for all of them again and again.
        lift_preconditions(model, lifting, watched_goals(model) if passes.cover else None)
        drop_unusable(model)
    if passes.filter:
        filter_domains(model)
    if passes.feasible and ask_for_feasible(model) and passes.filter:
        filter_domains(model)
    return _run(model, domain.name, passes, lifting if passes.cover else None, seed)


def _run(model: Model, name: str, passes: Passes, lifting: Lifting | None, seed: int | None) -> Compiled:
    code = Code(model, shuffled=seed is not None)
    functions = write_functions(code, settled=passes.settle)
    scope: dict[str, Any] = {**code.constants, "network": _network, "mixed": _shuffler(seed)}
    exec(code.source, scope)  # noqa: S102  (names of the files stand in it as string literals only, written by repr)
    compiled = Domain(name)
    for action in model.actions.values():
        arity = len(action.formals)
        function = scope[functions[action.name][0]]
        compiled.operators[action.name] = Operator(action.name, function, action.name, (), "1", "", (arity, arity))
    labels: dict[tuple[str, str], str] = {}
    compiled.methods[TOP] = []
    for task, methods in model.methods.items():
        listed = compiled.methods.setdefault(task, [])
        for method in methods:
            function_name, generates = functions[method.name]
            arity = len(method.formals)
            function = scope[function_name]
            listed.append(Method(method.name, task, function, "", "1", (arity, arity), generates, resumable=generates))
            labels[task, method.name] = method.label
    cover = None if lifting is None else find_needs(model, lifting, code.relations)
    subtasks = {
        task: [tuple(name for name, _ in method.subtasks) for method in methods]
        for task, methods in model.methods.items()
    }
    return Compiled(compiled, _state(code), [(TOP,)], labels, code.source, cover, subtasks)


def _state(code: Code) -> FactState:
    state = FactState("initial")
    kinds: dict[Any, type[Relation]] = {}  # many relations are of one kind
    for predicate, name in code.relations.items():
        arity = int(predicate.rpartition("/")[2])
        shape = (arity, frozenset(code.indexes[predicate]))
        kind = kinds.get(shape)
        if kind is None:
            kind = kinds[shape] = relation_class(f"Relation{len(kinds)}", *shape)
        facts = code.model.init.get(predicate, ())
        keys = dict.fromkeys([fact[0] if arity == 1 else fact for fact in facts], True)
        state.__dict__[name] = kind(name, keys, [])
    return state


def _shuffler(seed: int | None) -> Callable[[Iterable[Any]], list[Any]]:
    """Return what puts values in an order drawn anew each time."""
    if seed is None:
        return list
    from random import Random  # half a millisecond that most problems need not wait for

    shuffle = Random(seed).shuffle

    def mixed(values: Iterable[Any]) -> list[Any]:
        listed = list(values)
        shuffle(listed)
        return listed

    return mixed


def _network(items: Iterable[Any], before: tuple[tuple[int, int], ...]) -> TaskNetwork:
    """Return a network whose constraints were checked when the file was read."""
    network = TaskNetwork.__new__(TaskNetwork)
    network.items, network.before, network.bindings = tuple(items), before, {}
    return network
