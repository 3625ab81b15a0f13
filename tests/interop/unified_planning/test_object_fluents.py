"""Fluents whose values are objects, against unified-planning's own simulator on random problems."""

from __future__ import annotations

import warnings
from random import Random

import pytest

pytest.importorskip("unified_planning", reason="unified-planning is not installed")

from unified_planning.engines.sequential_simulator import UPSequentialSimulator
from unified_planning.model.fluent import get_all_fluent_exp
from unified_planning.model.htn import HierarchicalProblem, Method
from unified_planning.shortcuts import (
    And,
    Equals,
    Exists,
    Fluent,
    Forall,
    InstantaneousAction,
    Not,
    Object,
    Or,
    UserType,
    Variable,
)

from htn.interop.unified_planning import to_hddl, to_up_plan
from htn.interop.unified_planning.solving import search
from htn.planning.limits import Limits
from tests.interop.unified_planning.replaying import check

THING, PLACE = UserType("Thing"), UserType("Place")


class Making:
    """One random problem: some actions, and a task that carries out any of them any number of times."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.problem = HierarchicalProblem(f"random{seed}")
        self.things = [Object(name, THING) for name in ("t1", "t2")]
        self.places = [Object(name, PLACE) for name in ("p1", "p2", "p3")]
        self.problem.add_objects([*self.things, *self.places])
        self.at = Fluent("at", PLACE, thing=THING)
        self.after = Fluent("after", PLACE, place=PLACE)
        self.free = Fluent("free", place=PLACE)
        for fluent in (self.at, self.after):
            self.problem.add_fluent(fluent)
            for node in get_all_fluent_exp(self.problem, fluent):
                self.problem.set_initial_value(node, self.random.choice(self.places))
        self.problem.add_fluent(self.free, default_initial_value=self.random.random() < 0.5)
        for place in self.places:
            if self.random.random() < 0.4:
                self.problem.set_initial_value(self.free(place), self.random.random() < 0.5)

    def make(self):
        """Return the problem."""
        actions = [self.action(f"a{number}") for number in range(3)]
        work = self.problem.add_task("work")
        stop = Method("stop")
        stop.set_task(work)
        self.problem.add_method(stop)
        for action in actions:
            self.problem.add_action(action)
            method = Method(f"do_{action.name}", x=THING, y=PLACE)
            method.set_task(work)
            first = method.add_subtask(action, *method.parameters)
            method.set_ordered(first, method.add_subtask(work))
            self.problem.add_method(method)
        self.problem.task_network.add_subtask(work)
        self.problem.add_goal(self.condition([], self.places, 2))
        self.problem.add_goal(self.condition([], self.places, 1))
        return self.problem

    def action(self, name):
        """Return a random action of a thing and a place."""
        random = self.random
        action = InstantaneousAction(name, x=THING, y=PLACE)
        things, places = [action.parameter("x")], [action.parameter("y")]
        for _ in range(random.randint(0, 2)):
            action.add_precondition(self.condition(things, [*places, *self.places], random.randint(0, 2)))
        for number in range(random.randint(1, 3)):
            if random.random() < 0.2:  # the name is the action's, so that two effects may bind it differently
                variable = Variable(f"v{number}", PLACE)
                action.add_effect(
                    self.free(variable),
                    random.random() < 0.5,
                    self.condition(things, [*places, variable], 1),
                    [variable],
                )
                continue
            condition = self.condition(things, places, 1) if random.random() < 0.5 else True
            target, value = random.choice(
                [
                    (self.at(random.choice([*things, *self.things])), self.place(things, [*places, *self.places])),
                    (self.after(random.choice([*places, *self.places])), self.place(things, places)),
                    (self.free(random.choice([*places, *self.places])), random.random() < 0.5),
                    (self.free(random.choice(places)), self.condition(things, places, 1)),
                ]
            )
            # When it grounds an action, the simulator takes different expressions for different values.
            taken = [effect.fluent.fluent() for effect in action.effects if not effect.is_conditional()]
            if condition is not True or target.fluent() not in taken or target.fluent() == self.free:
                action.add_effect(target, value, condition)
        return action

    def place(self, things, places, depth=2):
        """Return an expression whose value is a place."""
        kind = self.random.random()
        if depth and kind < 0.25:
            return self.at(self.random.choice([*things, *self.things]))
        if depth and kind < 0.5:
            return self.after(self.place(things, places, depth - 1))
        return self.random.choice([*places, *self.places])

    def condition(self, things, places, depth):
        """Return a condition."""
        kind = self.random.random()
        if depth and kind < 0.4:
            word = self.random.choice([And, Or])
            return word(self.condition(things, places, depth - 1), self.condition(things, places, depth - 1))
        if depth and kind < 0.55:
            return Not(self.condition(things, places, depth - 1))
        if depth and kind < 0.7:
            variable = Variable(f"w{depth}", PLACE)
            inner = self.condition(things, [*places, variable, variable], depth - 1)
            return self.random.choice([Exists, Forall])(inner, variable)
        if kind < 0.85:
            return self.free(self.place(things, places))
        return Equals(self.at(self.random.choice([*things, *self.things])), self.place(things, places))


def reachable(problem, most=400):
    """Whether some sequence of actions reaches the goals, by trying them all; None where there are too many states."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        simulator = UPSequentialSimulator(problem, error_on_failed_checks=False)
    nodes = [node for fluent in problem.fluents for node in get_all_fluent_exp(problem, fluent)]
    waiting = [simulator.get_initial_state()]
    seen = {tuple(waiting[0].get_value(node) for node in nodes)}
    while waiting:
        state = waiting.pop()
        if simulator.is_goal(state):
            return True
        for action, arguments in simulator.get_applicable_actions(state):
            after = simulator.apply(state, action, arguments)
            key = tuple(after.get_value(node) for node in nodes)
            if key not in seen:
                seen.add(key)
                waiting.append(after)
        if len(seen) > most:
            return None
    return False


def test_a_goal_is_reached_just_where_the_simulator_reaches_it():
    """Nested values, conditional effects, values copied from other fluents, and assignments that conflict."""
    found = {True: 0, False: 0, None: 0}
    for seed in range(60):
        problem = Making(seed).make()
        expected = reachable(problem)
        found[expected] += 1
        if expected is None:
            continue
        translation = to_hddl(problem)
        result = search(translation.domain, translation.problem, Limits(seconds=20))
        assert (result.status, seed) == ("solved" if expected else "unsolvable", seed)
        if result.plan is not None:
            check(problem, to_up_plan(translation, result.plan))
    assert found[True] > 10
    assert found[False] > 5


def placed(effects):
    """Return a problem with one action, which puts things somewhere; the goal is that two things are apart."""
    problem = HierarchicalProblem("placed")
    things = [problem.add_object(name, THING) for name in ("t1", "t2")]
    places = [problem.add_object(name, PLACE) for name in ("p1", "p2", "p3")]
    at = problem.add_fluent(Fluent("at", PLACE, thing=THING), default_initial_value=places[2])
    put = InstantaneousAction("put", x=THING, y=THING)
    effects(put, at, things, places)
    problem.add_action(put)
    problem.task_network.add_subtask(put, *[problem.task_network.add_variable(name, THING) for name in "ab"])
    return problem


def two_values(put, at, things, places):
    """Assign two places to two things that may be one."""
    put.add_effect(at(put.parameter("x")), places[0])
    put.add_effect(at(put.parameter("y")), places[1])


def every_value(put, at, things, places):
    """Assign every place to a thing."""
    variable = Variable("v", PLACE)
    put.add_effect(at(put.parameter("x")), variable, forall=[variable])


def one_of_all(put, at, things, places):
    """Assign the one place that is asked for, in a quantified effect."""
    variable = Variable("v", PLACE)
    put.add_effect(at(put.parameter("x")), variable, Equals(variable, places[1]), [variable])


@pytest.mark.parametrize(
    ("effects", "allowed"),
    [
        (two_values, {("t1", "t2"), ("t2", "t1")}),
        (every_value, set()),
        (one_of_all, {("t1", "t1"), ("t1", "t2"), ("t2", "t1"), ("t2", "t2")}),
    ],
)
def test_no_fluent_is_given_two_values_at_once(effects, allowed):
    """In unified-planning an action that would do that cannot be applied; the same ones are left out here."""
    problem = placed(effects)
    assert reachable(problem) is True  # it has no goals
    found = set()
    for first in ("t1", "t2"):
        for second in ("t1", "t2"):
            chosen = problem.clone()
            variables = chosen.task_network.variables
            for variable, name in zip(variables, (first, second), strict=True):
                chosen.task_network.add_constraint(Equals(variable, chosen.object(name)))
            translation = to_hddl(chosen)
            result = search(translation.domain, translation.problem, Limits(seconds=20))
            if result.plan is not None:
                check(chosen, to_up_plan(translation, result.plan))
                found.add((first, second))
    assert found == allowed
