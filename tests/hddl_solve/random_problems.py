"""Random small problems whose tasks do not recur: every construct that the compiler knows, few plans."""

from __future__ import annotations

from random import Random

from htn.hddl.model import (
    TRUE,
    Action,
    And,
    Atom,
    Domain,
    Equal,
    Exists,
    Forall,
    Imply,
    Method,
    Network,
    Not,
    Or,
    Predicate,
    Problem,
    Subtask,
    Task,
    Type,
    Typed,
    TypeOf,
    When,
)

STATIC = {"s1": 1, "s2": 2}
FLUENT = {"f0": 0, "f1": 1, "f2": 2}
OBJECTS = {"a": "thing", "b": "box", "c": "box"}
ACTIONS = {"act0": 0, "act1": 1, "act2": 2}
TASKS = {"top": 1, "low": 2, "none": 0}


class Making:
    """One random problem."""

    def __init__(self, seed, sequences):
        self.random = Random(seed)
        self.sequences = sequences

    def one(self, *options):
        """Choose one."""
        return self.random.choice(options)

    def term(self, scope):
        """Choose a variable in scope or an object."""
        return self.random.choice([*scope, *scope, *scope, *OBJECTS]) if scope else self.random.choice([*OBJECTS])

    def atom(self, scope, names):
        """Make an atom."""
        name = self.random.choice([*names])
        return Atom(name, tuple(self.term(scope) for _ in range(names[name])))

    def literal(self, scope):
        """Make an atom or its negation."""
        atom = self.atom(scope, {**STATIC, **FLUENT})
        return atom if self.random.random() < 0.7 else Not(atom)

    def formula(self, scope, depth=2):
        """Make a formula."""
        kind = self.random.randrange(12)
        if kind < 5 or not depth:
            return self.literal(scope)
        if kind == 5:
            return self.one(lambda x: x, Not)(Equal(self.term(scope), self.term(scope)))
        if kind == 6:
            return self.one(Or, Or, And)((self.formula(scope, depth - 1), self.formula(scope, depth - 1)))
        if kind == 7:
            return Imply(self.formula(scope, depth - 1), self.formula(scope, depth - 1))
        if kind == 8:
            return Not(self.formula(scope, depth - 1))
        variable = self.one("?q", *scope)  # may hide a variable from outside
        inner = [*dict.fromkeys([*scope, variable])]
        return self.one(Forall, Exists)((Typed(variable, self.one("thing", "box")),), self.formula(inner, depth - 1))

    def condition(self, scope, most=2):
        """Make a conjunction."""
        return And(tuple(self.formula(scope) for _ in range(self.random.randint(0, most))))

    def effect(self, scope):
        """Make an effect."""
        parts: list = []
        for _ in range(self.random.randint(1, 3)):
            atom = self.atom(scope, FLUENT)
            part = atom if self.random.random() < 0.6 else Not(atom)
            if self.random.random() < 0.15:
                part = When(self.formula(scope, 1), part)
            if self.random.random() < 0.15:
                inner = self.one(Atom("f1", ("?e",)), Not(Atom("f1", ("?e",))))
                part = Forall((Typed("?e", "thing"),), self.one(inner, When(self.formula([*scope, "?e"], 0), inner)))
            parts.append(part)
        return And(tuple(parts))

    def network(self, scope, names, most, fewest=0):
        """Make a task network."""
        subtasks = tuple(
            Subtask(name, tuple(self.term(scope) for _ in range(names[name])), f"l{i}")
            for i, name in enumerate(self.random.choice([*names]) for _ in range(self.random.randint(fewest, most)))
        )
        constraints: list = []
        if scope and self.random.random() < 0.3:
            constraints.append(
                self.one(
                    Not(Equal(self.term(scope), self.term(scope))),
                    TypeOf(self.random.choice(scope), "box"),
                    Not(TypeOf(self.random.choice(scope), "box")),
                )
            )
        ordered = self.sequences or self.random.random() < 0.3
        labels = [subtask.label or "" for subtask in subtasks]
        pairs = [(a, b) for i, a in enumerate(labels) for b in labels[i + 1 :] if self.random.random() < 0.3]
        return Network(subtasks, () if ordered else tuple(pairs), And(tuple(constraints)), ordered)

    def parameters(self, names):
        """Make typed variables."""
        return tuple(Typed(name, self.one("thing", "thing", "box")) for name in names)

    def method(self, number, task, names):
        """Make a method."""
        formals = [f"?x{i}" for i in range(TASKS[task])]
        more = [f"?y{i}" for i in range(self.random.choice([0, 0, 1, 1, 2]))]
        scope = [*formals, *more]
        terms = [name if self.random.random() < 0.85 else self.term(scope) for name in formals]
        return Method(
            f"m{number}",
            self.parameters(scope),
            task,
            tuple(terms),
            self.condition(scope) if self.random.random() < 0.7 else TRUE,
            self.network(scope, names, 2, 0 if self.sequences else 1),
        )

    def make(self):
        """Return the domain and the problem."""
        actions = []
        for name, arity in ACTIONS.items():
            scope = [f"?x{i}" for i in range(arity)]
            actions.append(Action(name, self.parameters(scope), self.condition(scope), self.effect(scope)))
        methods = [self.method(i, "low", ACTIONS) for i in range(2)]
        methods += [self.method(i, "none", {**ACTIONS, "low": 2}) for i in range(2, 4)]
        methods += [self.method(i, "top", {**ACTIONS, "low": 2, "none": 0}) for i in range(4, 6)]
        predicates = [
            Predicate(name, tuple(Typed(f"?p{i}", "thing") for i in range(arity)))
            for name, arity in {**STATIC, **FLUENT}.items()
        ]
        tasks = [Task(name, self.parameters([f"?x{i}" for i in range(arity)])) for name, arity in TASKS.items()]
        domain = Domain(
            "random",
            types=(Type("box", "thing"), Type("thing")),
            constants=(Typed("a", "thing"),),
            predicates=tuple(predicates),
            tasks=tuple(tasks),
            methods=tuple(methods),
            actions=tuple(actions),
        )
        facts = [("f0",), *((p, x) for p in ("s1", "f1") for x in OBJECTS)]
        facts += [(p, x, y) for p in ("s2", "f2") for x in OBJECTS for y in OBJECTS]
        parameters = ["?v"] if self.random.random() < 0.3 else []
        return domain, Problem(
            "random",
            "random",
            objects=(Typed("b", "box"), Typed("c", "box")),
            parameters=self.parameters(parameters),
            network=self.network(parameters, {"top": 1, "low": 2, "none": 0, "act1": 1}, 2, 1),
            init=tuple(fact for fact in facts if self.random.random() < 0.6),
            goal=self.formula([]) if self.random.random() < 0.4 else None,
        )
