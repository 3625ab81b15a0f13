"""A hierarchical plan looked at with unified-planning's own simulator and evaluator, without any HDDL."""

from __future__ import annotations

import warnings

from unified_planning.engines.sequential_simulator import UPSequentialSimulator
from unified_planning.model.walkers import StateEvaluator
from unified_planning.plans import ActionInstance


def states_of(problem, plan):
    """Return the states of the action plan; fail where an action cannot be applied."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it does not say that it takes hierarchical problems; their actions it does
        simulator = UPSequentialSimulator(problem, error_on_failed_checks=False)
    states = [simulator.get_initial_state()]
    for instance in plan.action_plan.actions:
        state = simulator.apply(states[-1], instance)
        assert state is not None, f"{instance} cannot be applied"
        states.append(state)
    return states


def check(problem, plan):
    """Fail where the plan is not one: its actions, goals, constraints, order, or methods that never apply."""
    states = states_of(problem, plan)
    evaluator = StateEvaluator(problem)
    assert all(evaluator.evaluate(goal, states[-1]).is_true() for goal in problem.goals)
    place = {id(instance): i for i, instance in enumerate(plan.action_plan.actions)}
    seen = []

    def below(instance):
        """Return the places of the first and last action of a task, looking at everything below it."""
        if isinstance(instance, ActionInstance):
            seen.append(place[id(instance)])
            return place[id(instance)], place[id(instance)]
        values = dict(zip(instance.method.parameters, instance.parameters, strict=True))
        spans = network(instance.method, instance.decomposition, values)
        first, last = min((s[0] for s in spans), default=len(states) - 1), max((s[1] for s in spans), default=-1)
        wanted = [condition.substitute(values) for condition in instance.method.preconditions]
        assert any(
            all(evaluator.evaluate(condition, state).is_true() for condition in wanted) for state in states[: first + 1]
        ), f"{instance.method.name} never applies"
        return first, last

    def network(declared, decomposition, values):
        assert {subtask.identifier for subtask in declared.subtasks} == set(decomposition.subtasks)
        spans = {name: below(instance) for name, instance in decomposition.subtasks.items()}
        for subtask in declared.subtasks:
            chosen = decomposition.subtasks[subtask.identifier]
            expected = [values.get(a.parameter(), a) if a.is_parameter_exp() else a for a in subtask.parameters]
            if isinstance(chosen, ActionInstance):
                assert (chosen.action.name, list(chosen.actual_parameters)) == (subtask.task.name, expected)
                continue
            achieved = chosen.method.achieved_task
            given = dict(zip(chosen.method.parameters, chosen.parameters, strict=True))
            formal = [chosen.method.parameter(parameter.name) for parameter in achieved.parameters]
            assert (achieved.task.name, [given[p] for p in formal]) == (subtask.task.name, expected)
        for first, second in declared.partial_order():
            assert spans[first][1] < spans[second][0]
        for constraint in declared.non_temporal_constraints():
            assert evaluator.evaluate(constraint.substitute(values), states[0]).is_true()
        return list(spans.values())

    variables = problem.task_network.variables
    values: dict[object, object] = {}
    for subtask in problem.task_network.subtasks:  # the variables of the network, as its tasks have them
        chosen = plan.decomposition.subtasks[subtask.identifier]
        given = chosen.actual_parameters if isinstance(chosen, ActionInstance) else arguments(chosen)
        for term, value in zip(subtask.parameters, given, strict=True):
            if term.is_parameter_exp():
                assert values.setdefault(term.parameter(), value) == value
    if all(variable in values for variable in variables):
        network(problem.task_network, plan.decomposition, values)
    else:  # a variable that no task has: only its constraints speak of it
        for name in plan.decomposition.subtasks:
            below(plan.decomposition.subtasks[name])
    assert sorted(seen) == list(range(len(plan.action_plan.actions)))


def arguments(instance):
    """Return the arguments of the task that a method instance achieves."""
    given = {p.name: v for p, v in zip(instance.method.parameters, instance.parameters, strict=True)}
    return [given[parameter.name] for parameter in instance.method.achieved_task.parameters]
