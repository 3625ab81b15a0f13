"""Small random domains with a problem each: two types, three predicates, a few actions, tasks and methods."""

from __future__ import annotations

from random import Random

from htn.hddl import parse_domain, parse_problem

VARIABLES = {"?x": "k", "?y": "k", "?z": "l"}


def random_domain(random: Random):
    """Return a domain and a problem; the domain is acyclic, so that its decompositions are small."""
    actions = [
        f"(:action a{i} :parameters ({_typed(['?x', '?z'][:n])}) :precondition {_formula(random, ['?x', '?z'][:n])}"
        f" :effect {_effect(random, ['?x', '?z'][:n])})"
        for i, n in enumerate((0, 1, 2))
    ]
    tasks = ["(:task s :parameters (?x - k))", "(:task t :parameters ())"]
    methods = [
        _method(random, f"m{i}", task, ["a0", "a1", "a2", *(["t"] if task == "s" else [])])
        for i, task in enumerate("sssttt")
    ]
    domain = parse_domain(
        "(define (domain d) (:types l - k k) (:predicates (p ?x - k) (q ?x - k) (r)) "
        + " ".join([*tasks, *actions, *methods])
        + ")"
    )
    names = {"?x": "k"}
    network = _network(random, ["s", "t", "a1"], list(names), most=2)
    facts = [fact for fact in ("(p a)", "(p b)", "(q a)", "(q b)", "(r)") if random.random() < 0.6]
    goal = f"(:goal {_formula(random, [])})" if random.random() < 0.4 else ""
    problem = parse_problem(
        f"(define (problem p) (:domain d) (:objects a - k b - l) (:htn :parameters (?x - k) {network})"
        f" (:init {' '.join(facts)}) {goal})",
        domain,
    )
    return domain, problem


def _typed(variables):
    return " ".join(f"{name} - {VARIABLES[name]}" for name in variables)


def _method(random, name, task, subtasks):
    variables = random.sample(list(VARIABLES), random.randint(0, 3))
    head = ""
    if task == "s":
        head = random.choice(["a", "?x"])
        if head == "?x" and "?x" not in variables:
            variables.append("?x")
    condition = f":precondition {_formula(random, variables)}" if random.random() < 0.6 else ""
    return (
        f"(:method {name} :parameters ({_typed(variables)}) :task ({task} {head}) {condition}"
        f" {_network(random, subtasks, variables)})"
    )


def _network(random, tasks, variables, most=3):
    count = random.randint(0, most)
    arity = {"a0": 0, "a1": 1, "a2": 2, "s": 1, "t": 0}
    kinds = {"a": "k", "b": "l", **VARIABLES}
    written = []
    for i in range(count):
        task = random.choice(tasks)
        terms = [random.choice([*variables, "a", "b"]) for _ in range(arity[task])]
        if task == "a2":
            # Its second parameter is of the narrower type; a wider variable there is allowed, and filters.
            terms[1] = random.choice([term for term in [*variables, "b"] if kinds[term] == "l" or term in VARIABLES])
        written.append(f"(t{i} ({' '.join([task, *terms])}))")
    if random.random() < 0.4:
        return f":ordered-subtasks (and {' '.join(written)}) {_constraints(random, variables)}"
    pairs = [f"(< t{i} t{j})" for i in range(count) for j in range(i + 1, count) if random.random() < 0.4]
    order = f":ordering (and {' '.join(pairs)})" if pairs else ""
    return f":subtasks (and {' '.join(written)}) {order} {_constraints(random, variables)}"


def _constraints(random, variables):
    if not variables or random.random() < 0.6:
        return ""
    name = random.choice(variables)
    choices = [f"(sortof {name} - l)", f"(not (= {name} a))", f"(= {name} {random.choice([*variables, 'b'])})"]
    return f":constraints {random.choice([*choices, f'(not {choices[0]})'])}"


def _formula(random, variables, depth=2):
    kind = random.random()
    terms = [*variables, "a", "b"]
    if depth == 0 or kind < 0.35:
        return random.choice([f"(p {random.choice(terms)})", f"(q {random.choice(terms)})", "(r)"])
    if kind < 0.55:
        return f"(not {_formula(random, variables, 0)})"
    if kind < 0.8:
        return f"(and {_formula(random, variables, depth - 1)} {_formula(random, variables, depth - 1)})"
    if kind < 0.87:
        return f"(or {_formula(random, variables, depth - 1)} {_formula(random, variables, depth - 1)})"
    if kind < 0.92:
        return f"(= {random.choice(terms)} {random.choice(terms)})"
    word = random.choice(["forall", "exists"])
    return f"({word} (?w - k) (imply (q ?w) {_formula(random, [*variables, '?w'], depth - 1)}))"


def _effect(random, variables):
    parts = []
    for _ in range(random.randint(0, 2)):
        part = _formula(random, variables, 0)
        part = f"(not {part})" if random.random() < 0.5 else part
        if random.random() < 0.2:
            part = f"(when {_formula(random, variables, 1)} {part})"
        parts.append(part)
    return f"(and {' '.join(parts)})"
