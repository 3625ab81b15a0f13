"""Random problems over a handful of facts whose tasks recur: their decompositions have no end, their states do."""

from __future__ import annotations

from htn.hddl.model import (
    Action,
    And,
    Atom,
    Domain,
    Function,
    Increase,
    Method,
    Metric,
    Network,
    Not,
    Predicate,
    Problem,
    Task,
    Type,
    Typed,
    When,
)
from tests.hddl_solve.random_problems import Making

STATIC = {"s1": 1, "s2": 2}
FLUENT = {"f0": 0, "g0": 0, "f1": 1}
OBJECTS = {"a": "thing", "b": "box", "c": "box"}
ACTIONS = {"act0": 0, "act1": 1, "act2": 2}
TASKS = {"top": 1, "low": 2, "none": 0}
EVERY = {**ACTIONS, **TASKS}


class Recursive(Making):
    """One random problem; every compound task may come back to itself, and some method often ends it."""

    def chance(self, probability):
        """Whether something happens."""
        return self.random.random() < probability

    def atom(self, scope, names):
        """Make an atom of one of the few predicates that there are."""
        known = {name: names[name] for name in names if name in STATIC or name in FLUENT}
        return super().atom(scope, {**known, **(FLUENT if "f0" in known else {})})

    def simple(self, scope):
        """Make an atom or its negation, mostly of what actions change."""
        atom = self.atom(scope, FLUENT if self.chance(0.85) else STATIC)
        return atom if self.chance(0.6) else Not(atom)

    def condition(self, scope, most=1):
        """Make a conjunction, mostly of literals."""
        if self.chance(0.15):
            return super().condition(scope, 1)
        return And(tuple(self.simple(scope) for _ in range(self.random.randint(0, most))))

    def effect(self, scope):
        """Make an effect, mostly of literals."""
        if self.chance(0.3):
            return super().effect(scope)
        parts: list = []
        for _ in range(self.random.randint(1, 2)):
            atom = self.atom(scope, FLUENT)
            part = atom if self.chance(0.55) else Not(atom)
            parts.append(When(self.simple(scope), part) if self.chance(0.15) else part)
        return And(tuple(parts))

    def rule(self, name, task):
        """Make a method."""
        formals = [f"?x{i}" for i in range(TASKS[task])]
        scope = [*formals, *(f"?y{i}" for i in range(self.one(0, 0, 1, 1)))]
        terms = [name if self.chance(0.95) else self.term(scope) for name in formals]
        names = self.one(EVERY, {"act1": 1, **TASKS}, {**ACTIONS, task: TASKS[task]})
        network = self.network(scope, names, 3, 1) if self.chance(0.8) else Network()
        return Method(name, self.parameters(scope), task, tuple(terms), self.condition(scope), network)

    def cost(self, scope):
        """Make an action's cost."""
        function = Atom("total-cost")
        if scope and self.chance(0.3):
            return Increase(function, Atom("price", (self.term(scope),)))
        return Increase(function, self.random.randint(0, 3))

    def domain(self, costs):
        """Make the domain."""
        actions = []
        for name, arity in ACTIONS.items():
            scope = [f"?x{i}" for i in range(arity)]
            effect = self.effect(scope)
            if costs and self.chance(0.9):
                effect = And((*effect.parts, self.cost(scope)))
            actions.append(Action(name, self.parameters(scope), self.condition(scope), effect))
        methods = [self.rule(f"{task}{i}", task) for task in TASKS for i in range(self.random.randint(1, 3))]
        arities = {**STATIC, **FLUENT}
        return Domain(
            "recursive",
            types=(Type("box", "thing"), Type("thing")),
            constants=(Typed("a", "thing"),),
            predicates=tuple(
                Predicate(name, tuple(Typed(f"?p{i}", "thing") for i in range(n))) for name, n in arities.items()
            ),
            functions=(Function("total-cost"), Function("price", (Typed("?p", "thing"),))),
            tasks=tuple(Task(name, self.parameters([f"?x{i}" for i in range(n)])) for name, n in TASKS.items()),
            methods=tuple(methods),
            actions=tuple(actions),
        )

    def make(self):
        """Return the domain and the problem."""
        costs = self.chance(0.4)
        facts = [("f0",), ("g0",), *((p, x) for p in ("s1", "f1") for x in OBJECTS)]
        facts += [("s2", x, y) for x in OBJECTS for y in OBJECTS]
        parameters = ["?v"] if self.chance(0.3) else []
        return self.domain(costs), Problem(
            "recursive",
            "recursive",
            objects=(Typed("b", "box"), Typed("c", "box")),
            parameters=self.parameters(parameters),
            network=self.network(parameters, TASKS if self.chance(0.8) else EVERY, 2, 1),
            init=tuple(fact for fact in facts if self.chance(0.6)),
            values=tuple((("price", x), self.random.randint(0, 4)) for x in OBJECTS),
            goal=self.condition([], 3) if self.chance(0.85) else None,
            metric=Metric("minimize") if costs else None,
        )
