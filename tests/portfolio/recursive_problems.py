"""Random problems over a handful of facts whose tasks recur: their decompositions have no end, their states do."""

from __future__ import annotations

from htn.hddl.model import (
    And,
    Action,
    Atom,
    Domain,
    Function,
    Increase,
    Method,
    Metric,
    Network,
    Predicate,
    Problem,
    Task,
    Type,
    Typed,
)
from tests.hddl_solve.random_problems import Making

PREDICATES = {"s1": 1, "s2": 2, "f0": 0, "g0": 0, "f1": 1}
FLUENT = {"f0": 0, "g0": 0, "f1": 1}
OBJECTS = {"a": "thing", "b": "box", "c": "box"}
ACTIONS = {"act0": 0, "act1": 1, "act2": 2}
TASKS = {"top": 1, "low": 2, "none": 0}
EVERY = {**ACTIONS, **TASKS}


class Recursive(Making):
    """One random problem; every compound task may come back to itself."""

    def atom(self, scope, names):
        """Make an atom of one of the few predicates that there are."""
        known = {name: arity for name, arity in names.items() if name in PREDICATES}
        return super().atom(scope, {**known, **({"g0": 0} if "f0" in known else {})})

    def rule(self, number, task):
        """Make a method: often one that recurs, often one that ends the recursion."""
        formals = [f"?x{i}" for i in range(TASKS[task])]
        scope = [*formals, *(f"?y{i}" for i in range(self.one(0, 0, 0, 1, 1)))]
        terms = [name if self.random.random() < 0.85 else self.term(scope) for name in formals]
        names = self.one(EVERY, ACTIONS, {**ACTIONS, task: TASKS[task]})
        network = self.network(scope, names, 3) if self.random.random() < 0.85 else Network()
        condition = self.condition(scope, 1) if self.random.random() < 0.6 else And(())
        return Method(f"m{number}", self.parameters(scope), task, tuple(terms), condition, network)

    def cost(self, scope):
        """Make an action's cost."""
        function = Atom("total-cost")
        if scope and self.random.random() < 0.3:
            return Increase(function, Atom("price", (self.term(scope),)))
        return Increase(function, self.random.randint(0, 3))

    def make(self):
        """Return the domain and the problem."""
        costs = self.random.random() < 0.4
        actions = []
        for name, arity in ACTIONS.items():
            scope = [f"?x{i}" for i in range(arity)]
            effect = self.effect(scope)
            if costs and self.random.random() < 0.9:
                effect = And((*effect.parts, self.cost(scope)))
            actions.append(Action(name, self.parameters(scope), self.condition(scope, 1), effect))
        sizes = {task: self.random.randint(1, 3) for task in TASKS}
        methods = [
            self.rule(f"{task}{i}", task)
            for task, size in sizes.items()
            for i in range(size)
        ]
        predicates = [
            Predicate(name, tuple(Typed(f"?p{i}", "thing") for i in range(arity)))
            for name, arity in PREDICATES.items()
        ]
        domain = Domain(
            "recursive",
            types=(Type("box", "thing"), Type("thing")),
            constants=(Typed("a", "thing"),),
            predicates=tuple(predicates),
            functions=(Function("total-cost"), Function("price", (Typed("?p", "thing"),))),
            tasks=tuple(Task(name, self.parameters([f"?x{i}" for i in range(n)])) for name, n in TASKS.items()),
            methods=tuple(methods),
            actions=tuple(actions),
        )
        facts = [("f0",), ("g0",), *((p, x) for p in ("s1", "f1") for x in OBJECTS)]
        facts += [("s2", x, y) for x in OBJECTS for y in OBJECTS]
        parameters = ["?v"] if self.random.random() < 0.3 else []
        return domain, Problem(
            "recursive",
            "recursive",
            objects=(Typed("b", "box"), Typed("c", "box")),
            parameters=self.parameters(parameters),
            network=self.network(parameters, EVERY, 3, 1),
            init=tuple(fact for fact in facts if self.random.random() < 0.6),
            values=tuple((("price", x), self.random.randint(0, 4)) for x in OBJECTS),
            goal=self.condition([], 2) if self.random.random() < 0.6 else None,
            metric=Metric("minimize") if costs else None,
        )
