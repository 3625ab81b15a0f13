"""From an HDDL domain and problem to a hierarchical problem of unified-planning."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

from unified_planning.model import Fluent, InstantaneousAction, Object
from unified_planning.model.htn import HierarchicalProblem
from unified_planning.model.htn import Method as UpMethod
from unified_planning.model.htn import Task as UpTask
from unified_planning.model.metrics import MinimizeActionCosts
from unified_planning.shortcuts import get_environment

from htn.hddl.model import (
    Action,
    Domain,
    Effect,
    Exists,
    Forall,
    Formula,
    Function,
    Method,
    Network,
    Predicate,
    Problem,
    Typed,
    conjuncts,
    is_variable,
    walk,
)
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.expressions import Expressions
from htn.interop.unified_planning.names import Names
from htn.interop.unified_planning.translation import MethodPair, Translation, in_order
from htn.interop.unified_planning.types import Typing

__all__ = ["from_hddl"]


def from_hddl(domain: Domain, problem: Problem) -> Translation:
    """Return a domain and a problem as a hierarchical problem, with what is needed to carry plans over.

    unified-planning wants every name once in a problem: a name that types, predicates, tasks or methods share with
    others is kept by the first of objects, actions, tasks, predicates, types and methods, and changed in the others.
    Action costs become its metric, and the functions that they use numeric fluents. A constant in the arguments that a
    method applies to becomes a parameter with a constraint.

    Parameters
    ----------
    domain, problem : Domain, Problem
        What was read.

    Raises
    ------
    UnsupportedError
        When it says something that unified-planning has no words for: types with two parents, conditional costs.

    Examples
    --------
    >>> from htn.hddl import parse_domain, parse_problem
    >>> domain = parse_domain('''(define (domain d) (:predicates (lit)) (:task light) (:action switch :effect (lit))
    ...     (:method on :task (light) :precondition (not (lit)) :subtasks (switch)))''')
    >>> problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (light)) (:init))", domain)
    >>> from_hddl(domain, problem).up.methods
    [method on {
      task = light()
      preconditions = [
        (not lit)
      ]
      subtasks = [
          _1: switch()
      ]
    }]
    """
    return _Translating(domain, problem).translation()


class _Translating:
    """One problem being translated."""

    def __init__(self, domain: Domain, problem: Problem) -> None:
        self.domain, self.problem = domain, problem
        self.typing = Typing(domain, problem)
        self.up = HierarchicalProblem(problem.name)
        environment = get_environment()
        names = Names()
        objects = {name: names.once(name, "object") for name in self.typing.object_types}
        self.action_names = {action.name: names.once(action.name, "action") for action in domain.actions}
        self.task_names = {task.name: names.once(task.name, "task") for task in domain.tasks}
        used = {use for signature in self.typing.signatures.values() for use in signature}
        used |= {typed.type for typed in _typed(domain, problem)} | set(self.typing.object_types.values())
        fluent_names = {key: names.once(key[0], "predicate") for key in self.typing.signatures}
        self.types = self.typing.types(used, environment.type_manager, names)
        self.method_names = [names.once(method.name, "method") for method in domain.methods]
        self.fluents = {key: self.fluent(key, fluent_names[key]) for key in self.typing.signatures}
        self.objects = {
            name: Object(objects[name], self.types[kind]) for name, kind in self.typing.object_types.items()
        }
        self.expressions = Expressions(environment, self.typing, self.types, self.objects, self.fluents)
        self.make = environment.expression_manager
        self.actions: dict[str, Any] = {}
        self.tasks: dict[str, Any] = {}

    def fluent(self, key: tuple[str, int], name: str) -> Any:
        signature = OrderedDict((f"x{i}", self.types[kind]) for i, kind in enumerate(self.typing.signatures[key]))
        listed: list[Predicate | Function] = [*self.domain.predicates, *self.domain.functions]
        for declared in listed:
            if (declared.name, len(declared.parameters)) == key:
                names = [parameter.name.removeprefix("?") for parameter in declared.parameters]
                if len(set(names)) == len(names):
                    signature = OrderedDict(zip(names, signature.values(), strict=True))
                break
        manager = get_environment().type_manager
        number = key[0] in {function.name for function in self.domain.functions}
        return Fluent(name, manager.RealType() if number else manager.BoolType(), signature)

    def translation(self) -> Translation:
        up = self.up
        for kind in self.types.values():
            up._add_user_type(kind)  # the public ways add a type only with something that has it
        costed = {"total-cost", *([self.problem.metric.function] if self.problem.metric else [])}
        for key, fluent in self.fluents.items():
            number = fluent.type.is_real_type()
            if not (number and key[0] in costed and key[1] == 0):
                up.add_fluent(fluent, default_initial_value=0 if number else False)
        up.add_objects(self.objects.values())
        costs = {}
        for action in self.domain.actions:
            if action.name not in self.actions:
                made, cost = self.action(action)
                self.actions[action.name] = made
                up.add_action(made)
                costs[made] = cost
        for task in self.domain.tasks:
            if task.name not in self.tasks:
                self.tasks[task.name] = up.add_task(UpTask(self.task_names[task.name], self.signature(task.parameters)))
        pairs = []
        for method, name in zip(self.domain.methods, self.method_names, strict=True):
            pairs.append(self.method(method, name))
            up.add_method(pairs[-1].up)
        roots = self.initial_network()
        for fact in self.problem.init:
            self.set(fact, True)
        for function, value in self.problem.values:
            if not (function[0] in costed and len(function) == 1):
                self.set(function, value)
        if self.problem.goal is not None:
            for goal in conjuncts(self.problem.goal):
                up.add_goal(self.expressions.expression(goal, {}, "the goal"))
        if self.problem.metric or any(cost != self.make.Int(0) for cost in costs.values()):
            up.add_quality_metric(MinimizeActionCosts(costs))
        objects = self.objects
        return Translation(up, self.domain, self.problem, dict(self.actions), dict(objects), tuple(pairs), roots)

    def set(self, fact: Sequence[Any], value: Any) -> None:
        arguments = [self.expressions.term(name, {}, "the initial state") for name in fact[1:]]
        self.up.set_initial_value(self.make.FluentExp(self.fluents[fact[0], len(arguments)], arguments), value)

    def signature(self, parameters: Sequence[Typed]) -> OrderedDict[str, Any]:
        return OrderedDict((entry.name.removeprefix("?"), self.types[entry.type]) for entry in parameters)

    def action(self, action: Action) -> tuple[Any, Any]:
        """Return an action, and what it costs."""
        where = f"the action '{action.name}'"
        made = InstantaneousAction(self.action_names[action.name], self.signature(action.parameters))
        scope = self.scope(action.parameters, made.parameters)
        for condition in conjuncts(action.precondition):
            made.add_precondition(self.expressions.expression(condition, scope, where))
        changes, costs = self.expressions.effects(action.effect, scope, where)
        for fluent, value, condition, variables in changes:
            made.add_effect(fluent, value, condition, variables)
        return made, self.make.Plus(costs) if len(costs) > 1 else costs[0] if costs else self.make.Int(0)

    def scope(self, typed: Sequence[Typed], parameters: Sequence[Any]) -> dict[str, Any]:
        named = zip((entry.name for entry in typed), parameters, strict=True)
        return {name: self.make.ParameterExp(parameter) for name, parameter in named}

    def method(self, method: Method, name: str) -> MethodPair:
        where = f"the method '{method.name}'"
        parameters = self.signature(method.parameters)
        terms = [entry.name for entry in method.parameters]
        task = self.tasks[method.task]
        # What the task's arguments are: parameters, each once; others are equal to something else.
        arguments: list[str] = []
        equal: list[tuple[str, str]] = []
        for term, formal in zip(method.terms, task.parameters, strict=True):
            word = term.removeprefix("?")
            if not is_variable(term) or word in arguments:
                word = _fresh(formal.name, parameters)
                parameters[word] = formal.type
                equal.append((word, term))
                terms.append(term)
            arguments.append(word)
        made = UpMethod(name, parameters)
        made.set_task(task, *[made.parameter(word) for word in arguments])
        scope = self.scope(method.parameters, made.parameters[: len(method.parameters)])
        for word, term in equal:
            fixed = self.expressions.term(term, scope, where)
            made.add_constraint(self.expressions.equal(self.make.ParameterExp(made.parameter(word)), fixed))
        for condition in conjuncts(method.precondition):
            made.add_precondition(self.expressions.expression(condition, scope, where))
        return MethodPair(made, method, tuple(terms), self.network(method.network, made, scope, where))

    def initial_network(self) -> tuple[str, ...]:
        network = self.up.task_network
        parameters: list[Any] = [
            network.add_variable(name, kind) for name, kind in self.signature(self.problem.parameters).items()
        ]
        scope = self.scope(self.problem.parameters, parameters)
        return self.network(self.problem.network, network, scope, "the initial task network")

    def network(self, network: Network, made: Any, scope: dict[str, Any], where: str) -> tuple[str, ...]:
        """Fill in a task network; return what unified-planning calls its subtasks."""
        if in_order(network) is None:
            raise UnsupportedError(f"the order of subtasks in {where} is a circle")
        names = Names(subtask.label for subtask in network.subtasks if subtask.label)
        subtasks = []
        for number, subtask in enumerate(network.subtasks, 1):
            task = self.actions.get(subtask.task) or self.tasks.get(subtask.task)
            if task is None:
                raise UnsupportedError(f"the subtask '{subtask.task}' in {where} is neither an action nor a task")
            arguments = [self.expressions.term(term, scope, where) for term in subtask.terms]
            identifier = subtask.label or names.once(f"_{number}", "subtask")
            subtasks.append(made.add_subtask(task, *arguments, ident=identifier))
        for condition in conjuncts(network.constraints):
            made.add_constraint(self.expressions.expression(condition, scope, where))
        for first, second in network.edges():
            made.set_strictly_before(subtasks[first], subtasks[second])
        return tuple([subtask.identifier for subtask in subtasks])


def _fresh(name: str, taken: OrderedDict[str, Any]) -> str:
    found, number = f"{name}_given", 1
    while found in taken:
        number += 1
        found = f"{name}_given{number}"
    return found


def _typed(domain: Domain, problem: Problem) -> Iterator[Typed]:
    """Yield every variable with its type, those of quantifiers included."""
    yield from problem.parameters
    formulas: list[Formula | Effect] = [problem.network.constraints]
    if problem.goal is not None:
        formulas.append(problem.goal)
    for task in domain.tasks:
        yield from task.parameters
    for action in domain.actions:
        yield from action.parameters
        formulas += [action.precondition, action.effect]
    for method in domain.methods:
        yield from method.parameters
        formulas += [method.precondition, method.network.constraints]
    for formula in formulas:
        for part in walk(formula):
            if isinstance(part, (Forall, Exists)):
                yield from part.variables
