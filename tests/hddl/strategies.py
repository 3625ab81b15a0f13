"""Random domains and problems as models: whatever the language can say, whether it makes sense or not."""

from __future__ import annotations

from hypothesis import strategies as st

from htn.hddl.model import (
    Action,
    And,
    Atom,
    Domain,
    Equal,
    Exists,
    Forall,
    Function,
    Imply,
    Increase,
    Method,
    Metric,
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

TYPES = ("object", "truck", "Big-Place", "place_2", "at")
OBJECTS = ("o1", "Home", "truck-1", "x_9", "at")
PREDICATES = ("at", "Linked-to", "free", "p_1")
FUNCTIONS = ("total-cost", "dist")
TASKS = ("deliver", "Go-to", "t3")
ACTIONS = ("drive", "No-op")
VARIABLES = ("?x", "?y", "?Where-to", "?z_1")
LABELS = ("t1", "t2", "task-3", "Last", "t5")

numbers = st.integers(-50, 50) | st.floats(allow_nan=False, allow_infinity=False)


def unique(elements, key=None, most=4):
    """Return tuples without repetition."""
    return st.lists(elements, unique_by=key or (lambda element: element), max_size=most).map(tuple)


typed_objects = unique(st.builds(Typed, st.sampled_from(OBJECTS), st.sampled_from(TYPES)), lambda e: (e.name, e.type))
typed_variables = unique(st.builds(Typed, st.sampled_from(VARIABLES), st.sampled_from(TYPES)), lambda e: e.name)


@st.composite
def terms(draw, scope):
    """Draw arguments: objects, and variables in scope."""
    return tuple(draw(st.lists(st.sampled_from([*scope, *OBJECTS]), max_size=3)))


def atoms(scope, names=PREDICATES):
    """Return atoms on a scope."""
    return st.builds(Atom, st.sampled_from(names), terms(scope))


def static(scope):
    """Return what constraints are made of."""
    term = st.sampled_from([*scope, *OBJECTS])
    parts: st.SearchStrategy = st.builds(Equal, term, term)
    if scope:
        parts |= st.builds(TypeOf, st.sampled_from(list(scope)), st.sampled_from(TYPES))
    return parts | parts.map(Not)


@st.composite
def formulas(draw, scope, depth=3):
    """Draw a formula whose variables are in scope or quantified."""
    kind = draw(st.integers(0, 8)) if depth else draw(st.integers(0, 2))
    if kind <= 1:
        return draw(atoms(scope))
    if kind == 2:
        return draw(static(scope))
    inner = formulas(scope, depth - 1)
    if kind == 3:
        return Not(draw(inner))
    if kind in (4, 5):
        return draw(st.builds(And if kind == 4 else Or, st.lists(inner, max_size=3).map(tuple)))
    if kind == 6:
        return Imply(draw(inner), draw(inner))
    variables = draw(typed_variables)
    part = draw(formulas((*scope, *(variable.name for variable in variables)), depth - 1))
    return (Forall if kind == 7 else Exists)(variables, part)


@st.composite
def effects(draw, scope, depth=2):
    """Draw an effect."""
    kind = draw(st.integers(0, 5)) if depth else draw(st.integers(0, 2))
    if kind == 0:
        return draw(atoms(scope))
    if kind == 1:
        return Not(draw(atoms(scope)))
    if kind == 2:
        return Increase(draw(atoms(scope, FUNCTIONS)), draw(numbers | atoms(scope, FUNCTIONS)))
    if kind == 3:
        return And(tuple(draw(st.lists(effects(scope, depth - 1), max_size=3))))
    if kind == 4:
        return When(draw(formulas(scope, 1)), draw(effects(scope, depth - 1)))
    variables = draw(typed_variables)
    return Forall(variables, draw(effects((*scope, *(variable.name for variable in variables)), depth - 1)))


@st.composite
def networks(draw, scope):
    """Draw a task network."""
    tasks = draw(st.lists(st.tuples(st.sampled_from([*TASKS, *ACTIONS]), terms(scope)), max_size=4))
    labelled = draw(st.lists(st.booleans(), min_size=len(tasks), max_size=len(tasks)))
    subtasks = tuple(
        [
            Subtask(task, arguments, LABELS[index] if labelled[index] else None)
            for index, (task, arguments) in enumerate(tasks)
        ]
    )
    labels = [subtask.label for subtask in subtasks if subtask.label]
    pairs = [(first, second) for first in labels for second in labels if first != second]
    ordering = draw(unique(st.sampled_from(pairs))) if pairs else ()
    constraints = draw(static(scope) | st.lists(static(scope), max_size=3).map(tuple).map(And))
    return Network(subtasks, ordering, constraints, draw(st.booleans()))


@st.composite
def methods(draw):
    """Draw a method that declares all variables that it uses."""
    parameters = draw(typed_variables)
    scope = [parameter.name for parameter in parameters]
    return Method(
        draw(st.sampled_from(["m1", "M-2", "m_3"])),
        parameters,
        draw(st.sampled_from(TASKS)),
        draw(terms(scope)),
        draw(formulas(scope)),
        draw(networks(scope)),
    )


@st.composite
def actions(draw, name):
    """Draw an action."""
    parameters = draw(typed_variables)
    scope = [parameter.name for parameter in parameters]
    return Action(name, parameters, draw(formulas(scope)), draw(effects(scope)))


@st.composite
def domains(draw):
    """Draw a domain in which every name that a method uses is declared."""
    parents = st.none() | st.sampled_from(TYPES)
    return Domain(
        "Some-domain_1",
        draw(unique(st.sampled_from([":typing", ":hierarchy", ":equality"]))),
        draw(unique(st.builds(Type, st.sampled_from(TYPES), parents), lambda entry: (entry.name, entry.parent))),
        draw(typed_objects),
        tuple([Predicate(name, draw(typed_variables)) for name in PREDICATES]),
        tuple([Function(name, draw(typed_variables)) for name in FUNCTIONS]),
        tuple([Task(name, draw(typed_variables)) for name in TASKS]),
        tuple(draw(st.lists(methods(), max_size=3))),
        tuple([draw(actions(name)) for name in ACTIONS]),
    )


@st.composite
def problems(draw):
    """Draw a problem."""
    parameters = draw(typed_variables)
    scope = [parameter.name for parameter in parameters]
    facts = st.builds(lambda name, arguments: (name, *arguments), st.sampled_from(PREDICATES), terms(()))
    values = st.tuples(st.builds(lambda name, more: (name, *more), st.sampled_from(FUNCTIONS), terms(())), numbers)
    return Problem(
        "p",
        "Some-domain_1",
        draw(unique(st.sampled_from([":typing", ":hierarchy"]))),
        draw(typed_objects),
        parameters,
        draw(networks(scope)),
        draw(unique(facts)),
        tuple(draw(st.lists(values, max_size=3))),
        draw(st.none() | formulas(())),
        draw(st.none() | st.builds(Metric, st.sampled_from(["minimize", "maximize"]), st.sampled_from(FUNCTIONS))),
    )
