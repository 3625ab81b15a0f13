"""Plans: from the competition's format to unified-planning's hierarchical plans, and back."""

from __future__ import annotations

from typing import Any

from unified_planning.plans import ActionInstance, HierarchicalPlan, SequentialPlan
from unified_planning.plans.hierarchical_plan import Decomposition, MethodInstance

from htn.hddl.model import Network, is_variable
from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep
from htn.hddl.verify import ROOT, read_methods
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.translation import MethodPair, Translation, in_order

__all__ = ["from_up_plan", "to_up_plan"]


def to_up_plan(translation: Translation, plan: Plan) -> Any:
    """Return a valid plan as a `HierarchicalPlan` of unified-planning.

    Its methods have a value for every parameter. The competition's format names the task's arguments only; the other
    values are those of the subtasks, or such that the precondition holds when the method is used.

    Parameters
    ----------
    translation : Translation
        The problem.
    plan : Plan
        A plan for the HDDL side of it.

    Raises
    ------
    HddlError
        When the plan is not valid; the message says why.
    """
    readings = read_methods(translation.domain, translation.problem, plan)
    manager = translation.up.environment.expression_manager
    pairs = {id(pair.hddl): pair for pair in translation.methods}
    made: dict[int, Any] = {}
    for step in plan.steps:
        arguments = tuple([manager.ObjectExp(translation.objects[name]) for name in step.arguments])
        made[step.id] = ActionInstance(translation.actions[step.name], arguments)
    # Each task after what came of it, without recursion: decompositions can be deep.
    waiting = [task.id for task in plan.tasks]
    while waiting:
        number = waiting[-1]
        missing = [child for child in readings[number].children if child not in made]
        if number in made or not missing:
            waiting.pop()
            if number not in made:
                reading = readings[number]
                pair = pairs[id(reading.method)]
                values = [reading.binding[term] if is_variable(term) else term for term in pair.terms]
                below = {name: made[child] for name, child in zip(pair.subtasks, reading.children, strict=True)}
                parameters = tuple([manager.ObjectExp(translation.objects[value]) for value in values])
                made[number] = MethodInstance(pair.up, parameters, Decomposition(below))
        waiting += missing
    roots = zip(translation.roots, readings[ROOT].children, strict=True)
    steps = [made[step.id] for step in plan.steps]
    return HierarchicalPlan(
        SequentialPlan(steps, translation.up.environment), Decomposition({name: made[root] for name, root in roots})
    )


def from_up_plan(translation: Translation, plan: Any) -> Plan:
    """Return a `HierarchicalPlan` of unified-planning in the competition's format, valid or not.

    That format has no place for the values of a method's parameters that are no arguments of its task; `verify` takes
    any that fit.

    Parameters
    ----------
    translation : Translation
        The problem.
    plan : HierarchicalPlan
        A plan for unified-planning's side of it.

    Raises
    ------
    UnsupportedError
        When the plan is of another kind, or speaks of what the problem does not have.
    """
    if not isinstance(plan, HierarchicalPlan) or not isinstance(plan.action_plan, SequentialPlan):
        raise UnsupportedError("expected a HierarchicalPlan with a sequence of actions")
    return _Writing(translation, plan).plan()


class _Writing:
    """One plan being written."""

    def __init__(self, translation: Translation, plan: Any) -> None:
        self.translation = translation
        self.up = plan
        self.actions = {action.name: name for name, action in translation.actions.items()}
        self.objects = {thing: name for name, thing in translation.objects.items()}
        self.pairs = {pair.up.name: pair for pair in translation.methods}
        self.numbers: dict[int, int] = {}  # of the action plan's instances, by identity
        self.equal: dict[tuple[str, ...], list[int]] = {}
        self.next = 0

    def plan(self) -> Plan:
        steps = []
        for instance in self.up.action_plan.actions:
            name, arguments = self.action(instance)
            self.next += 1
            self.numbers[id(instance)] = self.next
            steps.append(PlanStep(self.next, name, arguments))
        listed = self.leaves()
        known = {id(leaf) for leaf in listed}
        # Decompositions that were built apart from the action plan have instances of their own: alike is the same.
        for instance in self.up.action_plan.actions:
            if id(instance) not in known:
                name, arguments = self.action(instance)
                self.equal.setdefault((name, *arguments), []).append(self.numbers[id(instance)])
        roots = self.ordered(self.translation.problem.network, self.translation.roots, self.up.decomposition)
        tasks: list[DecomposedTask] = []
        root_ids = [self.number(child) for child in roots]
        waiting = list(zip(root_ids, roots, strict=True))[::-1]
        while waiting:
            number, instance = waiting.pop()
            if isinstance(instance, ActionInstance):
                continue
            pair = self.pair(instance)
            children = self.ordered(pair.hddl.network, pair.subtasks, instance.decomposition)
            ids = [self.number(child) for child in children]
            values = dict(zip(pair.terms, self.arguments(instance.parameters), strict=True))
            arguments = tuple([values[term] if is_variable(term) else term for term in pair.hddl.terms])
            tasks.append(DecomposedTask(number, pair.hddl.task, arguments, pair.hddl.name, tuple(ids)))
            waiting.extend(list(zip(ids, children, strict=True))[::-1])
        return Plan(tuple(steps), tuple(root_ids), tuple(tasks))

    def leaves(self) -> list[Any]:
        """Return the action instances of the decomposition."""
        found = []
        waiting = [self.up.decomposition]
        while waiting:
            for instance in waiting.pop().subtasks.values():
                if isinstance(instance, ActionInstance):
                    found.append(instance)
                else:
                    waiting.append(instance.decomposition)
        return found

    def number(self, instance: Any) -> int:
        """Return the id of an instance: an action's place, or a new one for a method."""
        if isinstance(instance, ActionInstance):
            if id(instance) in self.numbers:
                return self.numbers[id(instance)]
            name, arguments = self.action(instance)
            alike = self.equal.get((name, *arguments))
            if not alike:
                raise UnsupportedError(f"the action plan has no '{instance}' for the one in the decomposition")
            return alike.pop(0)
        self.next += 1
        return self.next

    def pair(self, instance: Any) -> MethodPair:
        pair = self.pairs.get(instance.method.name)
        if pair is None or len(pair.terms) != len(instance.parameters):
            raise UnsupportedError(f"the problem has no method '{instance.method.name}' as the plan has it")
        return pair

    def action(self, instance: Any) -> tuple[str, tuple[str, ...]]:
        name = self.actions.get(instance.action.name)
        if name is None:
            raise UnsupportedError(f"the problem has no action '{instance.action.name}'")
        return name, self.arguments(instance.actual_parameters)

    def arguments(self, parameters: Any) -> tuple[str, ...]:
        for parameter in parameters:
            if not parameter.is_object_exp() or parameter.object() not in self.objects:
                raise UnsupportedError(f"'{parameter}' in the plan is no object of the problem")
        return tuple([self.objects[parameter.object()] for parameter in parameters])

    def ordered(self, network: Network, identifiers: tuple[str, ...], decomposition: Any) -> list[Any]:
        """Return what came of the subtasks, in an order that the network allows."""
        if set(identifiers) != set(decomposition.subtasks):
            given = ", ".join(sorted(decomposition.subtasks)) or "none"
            raise UnsupportedError(f"expected the subtasks {', '.join(identifiers) or 'none'}, found {given}")
        order = in_order(network)
        assert order is not None
        return [decomposition.subtasks[identifiers[place]] for place in order]
