"""From a hierarchical problem of unified-planning to an HDDL domain and problem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from unified_planning.model import InstantaneousAction
from unified_planning.model.htn import HierarchicalProblem
from unified_planning.model.metrics import MinimizeActionCosts, MinimizeSequentialPlanLength

from htn.hddl.model import (
    TRUE,
    Action,
    And,
    Domain,
    Effect,
    Fact,
    Formula,
    Function,
    Method,
    Metric,
    Network,
    Number,
    Predicate,
    Problem,
    Subtask,
    Task,
    Type,
    Typed,
)
from htn.interop.unified_planning.effects import TOTAL_COST, cost_effects, effects, no_conflict
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.formulas import FALSE, Formulas, Scope
from htn.interop.unified_planning.names import Names
from htn.interop.unified_planning.translation import MethodPair, Translation, in_order

__all__ = ["to_hddl"]

_REQUIREMENTS = (":hierarchy", ":typing", ":negative-preconditions", ":equality", ":method-preconditions")


def to_hddl(problem: Any) -> Translation:
    """Return a hierarchical problem in HDDL, with what is needed to carry plans over.

    Fluents whose values are objects become predicates with the value as last argument. An action that subtasks name but
    the problem does not have becomes one that can never be carried out. Names that HDDL cannot write, or that differ in
    upper and lower case only, are changed.

    Parameters
    ----------
    problem : unified_planning.model.htn.HierarchicalProblem
        The problem; not changed.

    Raises
    ------
    UnsupportedError
        When it says something that HDDL has no words for: numbers (other than costs), time, simulated effects.

    Examples
    --------
    >>> from unified_planning.shortcuts import Fluent, InstantaneousAction, Not
    >>> from unified_planning.model.htn import HierarchicalProblem
    >>> problem = HierarchicalProblem("lamp")
    >>> lit = problem.add_fluent(Fluent("lit"), default_initial_value=False)
    >>> switch = InstantaneousAction("switch")
    >>> switch.add_precondition(Not(lit))
    >>> switch.add_effect(lit, True)
    >>> problem.add_action(switch)
    >>> _ = problem.task_network.add_subtask(switch)
    >>> from htn.hddl.write import to_hddl as text
    >>> print(text(to_hddl(problem).domain))
    (define (domain lamp)
      (:requirements :hierarchy :typing :negative-preconditions :equality :method-preconditions)
      (:predicates
        (lit))
      (:action switch
        :parameters ()
        :precondition (not (lit))
        :effect (lit)))
    """
    if not isinstance(problem, HierarchicalProblem):
        raise UnsupportedError(f"expected a HierarchicalProblem of unified-planning, got a {type(problem).__name__}")
    return _Translating(problem).translation()


class _Translating:
    """One problem being translated."""

    def __init__(self, up: Any) -> None:
        self.up = up
        self.refuse()
        self.types = self.type_names()
        words = Names.of_hddl()
        self.fluents = {fluent: words.word(fluent.name) for fluent in up.fluents}
        words = Names.of_hddl()
        self.objects = {thing: words.word(thing.name) for thing in up.all_objects}
        self.formulas = Formulas(self.fluents, self.objects)
        words = Names.of_hddl()  # a subtask names either, so they share their names
        self.actions = {action.name: words.word(action.name) for action in (*up.actions, *self.absent_actions())}
        self.tasks = {task.name: words.word(task.name) for task in up.tasks}
        words = Names.of_hddl()
        self.methods = {method.name: words.word(method.name) for method in up.methods}
        self.costs = next((metric for metric in up.quality_metrics if isinstance(metric, MinimizeActionCosts)), None)
        self.used_in_costs: dict[Any, None] = {}

    def refuse(self) -> None:
        """Raise an error for what has no place in HDDL as a whole."""
        up = self.up
        metrics = [type(metric).__name__ for metric in up.quality_metrics]
        known = (MinimizeActionCosts, MinimizeSequentialPlanLength)
        if len(metrics) > 1 or not all(isinstance(metric, known) for metric in up.quality_metrics):
            raise UnsupportedError(f"the metric {' with '.join(metrics)} cannot be said in HDDL: costs of actions can")
        for what, given in (
            ("timed effects", up.timed_effects),
            ("timed goals", up.timed_goals),
            ("trajectory constraints", up.trajectory_constraints),
            ("processes", list(up.processes)),
            ("events", list(up.events)),
        ):
            if given:
                raise UnsupportedError(f"the problem has {what}; HDDL has none")

    def type_names(self) -> dict[Any, str]:
        """Return the names of types; ``object`` is HDDL's where everything is below it, else a type like others."""
        words = Names.of_hddl()
        roots = [kind for kind in self.up.user_types if kind.father is None]
        return {
            kind: "object" if kind.name == "object" and roots == [kind] else words.word(kind.name)
            for kind in self.up.user_types
        }

    def absent_actions(self) -> list[Any]:
        """Return the actions that subtasks name, but the problem does not have."""
        networks = [*self.up.methods, self.up.task_network]
        named = {subtask.task.name: subtask.task for network in networks for subtask in network.subtasks}
        return [task for name, task in named.items() if not self.up.has_action(name) and not self.up.has_task(name)]

    def translation(self) -> Translation:
        up = self.up
        actions = tuple([self.action(action) for action in up.actions])
        absent = tuple([self.absent(task) for task in self.absent_actions()])
        pairs = tuple([self.method(method) for method in up.methods])
        tasks = tuple([Task(self.tasks[t.name], self.scope(t.parameters, t.name).typed) for t in up.tasks])
        # What the domain names are its constants; the rest are the problem's objects.
        constants = dict(self.formulas.mentioned)
        typed = [Typed(name, self.types[thing.type]) for thing, name in self.objects.items()]
        name = Names().word(up.name or "problem")
        declared = {kind: Type(self.types[kind], self.types.get(kind.father)) for kind in up.user_types}
        domain = Domain(
            name,
            _REQUIREMENTS,
            tuple([entry for entry in declared.values() if entry.name != "object"]),
            tuple([entry for entry in typed if entry.name in constants]),
            tuple(self.predicates()),
            tuple(self.functions()),
            tasks,
            tuple([pair.hddl for pair in pairs]),
            (*actions, *absent),
        )
        scope = self.scope(up.task_network.variables, "the initial task network")
        network, roots = self.network(up.task_network, scope)
        goals = [self.formulas.formula(goal, self.scope((), "the goal")) for goal in up.goals]
        problem = Problem(
            name,
            name,
            (),
            tuple([entry for entry in typed if entry.name not in constants]),
            scope.typed,
            network,
            tuple(self.facts()),
            tuple(self.values()),
            _and(goals) if goals else None,
            Metric("minimize", TOTAL_COST) if self.costs else None,
        )
        listed = {self.actions[action.name]: action for action in up.actions}
        return Translation(up, domain, problem, listed, {n: o for o, n in self.objects.items()}, pairs, roots)

    def scope(self, parameters: Sequence[Any], where: str) -> Scope:
        return Scope(parameters, self.types, where)

    # ------------------------------------------------------------------------------------------ actions and methods
    def action(self, action: Any) -> Action:
        if not isinstance(action, InstantaneousAction):
            raise UnsupportedError(f"the action '{action.name}' takes time; HDDL's do not")
        if action.simulated_effect is not None:
            raise UnsupportedError(f"the action '{action.name}' has a simulated effect: a function, not a formula")
        scope = self.scope(action.parameters, f"the action '{action.name}'")
        conditions = [*action.preconditions, *no_conflict(action)]
        precondition = _and([self.formulas.formula(condition, scope) for condition in conditions])
        changes = effects(action, self.formulas, scope)
        cost = self.costs.get_action_cost(action) if self.costs else None
        if cost is not None:
            changes += cost_effects(cost, action, self.formulas, scope)
            used = self.up.environment.free_vars_extractor.get(cost)
            self.used_in_costs.update((node.fluent(), None) for node in sorted(used, key=str))
        effect: Effect = changes[0] if len(changes) == 1 else And(tuple(changes))
        return Action(self.actions[action.name], scope.typed, precondition, effect)

    def absent(self, task: Any) -> Action:
        scope = self.scope(task.parameters, f"the task '{task.name}'")
        return Action(self.actions[task.name], scope.typed, FALSE)

    def method(self, method: Any) -> MethodPair:
        scope = self.scope(method.parameters, f"the method '{method.name}'")
        achieved = method.achieved_task
        network, identifiers = self.network(method, scope)
        hddl = Method(
            self.methods[method.name],
            scope.typed,
            self.tasks[achieved.task.name],
            tuple([scope.parameters[parameter.name] for parameter in achieved.parameters]),
            _and([self.formulas.formula(condition, scope) for condition in method.preconditions]),
            network,
        )
        return MethodPair(method, hddl, tuple([typed.name for typed in scope.typed]), identifiers)

    def network(self, network: Any, scope: Scope) -> tuple[Network, tuple[str, ...]]:
        """Return a task network, and what unified-planning calls its subtasks."""
        order = network.partial_order()
        if order is None:
            raise UnsupportedError(f"the order of subtasks in {scope.where} is more than which comes before which")
        words = Names.of_hddl()
        labels = {subtask.identifier: words.word(subtask.identifier) for subtask in network.subtasks}
        subtasks = []
        for subtask in network.subtasks:
            name = subtask.task.name
            given: list[Any] = []
            terms = tuple([self.formulas.term(argument, scope, given) for argument in subtask.parameters])
            if given:
                raise UnsupportedError(
                    f"the subtask '{subtask}' in {scope.where} has the value of a fluent as argument"
                )
            task = self.actions[name] if name in self.actions else self.tasks[name]
            subtasks.append(Subtask(task, terms, labels[subtask.identifier]))
        static = [self.formulas.formula(part, scope) for part in network.non_temporal_constraints()]
        pairs = tuple([(labels[first], labels[second]) for first, second in order])
        found = Network(tuple(subtasks), pairs, _and(static))
        if in_order(found) is None:
            raise UnsupportedError(f"the order of subtasks in {scope.where} is a circle")
        return found, tuple(labels)

    # ------------------------------------------------------------------------------------------- fluents and state
    def predicates(self) -> Iterator[Predicate]:
        for fluent, name in self.fluents.items():
            if _is_number(fluent):
                continue
            scope = self.scope(fluent.signature, f"the fluent '{fluent.name}'")
            more = () if fluent.type.is_bool_type() else (scope.fresh("value", fluent.type),)
            yield Predicate(name, (*scope.typed, *more))

    def functions(self) -> Iterator[Function]:
        for fluent in self.used_in_costs:
            yield Function(self.fluents[fluent], self.scope(fluent.signature, f"the fluent '{fluent.name}'").typed)
        if self.costs:
            yield Function(TOTAL_COST)

    def facts(self) -> Iterator[Fact]:
        """Yield the facts of the initial state; of fluents that are false unless said otherwise, look at those only."""
        explicit: dict[Any, list[Any]] = {}
        for node in self.up.explicit_initial_values:
            explicit.setdefault(node.fluent(), []).append(node)
        for fluent, name in self.fluents.items():
            if _is_number(fluent):
                continue
            default = self.up.fluents_defaults.get(fluent)
            sparse = default is not None and default.is_false()
            for node in explicit.get(fluent, ()) if sparse else self.instances(fluent):
                arguments = tuple([self.objects[argument.object()] for argument in node.args])
                value = self.initial(node)
                if value.is_object_exp():
                    yield (name, *arguments, self.objects[value.object()])
                elif value.is_true():
                    yield (name, *arguments)

    def values(self) -> Iterator[tuple[Fact, Number]]:
        if self.costs:
            yield (TOTAL_COST,), 0
        for fluent in self.used_in_costs:
            for node in self.instances(fluent):
                value = self.initial(node).constant_value()
                arguments = tuple([self.objects[argument.object()] for argument in node.args])
                yield (self.fluents[fluent], *arguments), int(value) if value == int(value) else float(value)

    def instances(self, fluent: Any) -> Iterator[Any]:
        self.scope(fluent.signature, f"the fluent '{fluent.name}'")
        for arguments in product(*(self.up.objects(parameter.type) for parameter in fluent.signature)):
            yield fluent(*arguments)

    def initial(self, node: Any) -> Any:
        value = self.up.initial_value(node)
        if value is None:
            raise UnsupportedError(f"the fluent '{node}' has no value at the start")
        return value


def _is_number(fluent: Any) -> bool:
    return not (fluent.type.is_bool_type() or fluent.type.is_user_type())


def _and(parts: Sequence[Formula]) -> Formula:
    return parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else TRUE
