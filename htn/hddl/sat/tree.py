"""The tree of positions: what could stand at each place of a decomposition of limited depth.

Each position holds alternatives: tasks, and for each task its action or its methods. What a method leaves open
becomes a *choice*, a number that stands for some object of a set; choices are shared by the alternatives at a
position, of which only one is taken, and are passed on to subtasks as they are. So one method stands for all its
instances (Schreiber, *Lilotane: a lifted SAT-based approach to hierarchical planning*, JAIR 70, 2021).
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from htn.hddl.sat.forms import Condition, Form, Term

__all__ = ["Choice", "Operation", "Position", "Task", "Term", "Tree", "Values", "narrow"]

Choice = int
Values = dict[Choice, AbstractSet[str]]


class Task:
    """A task that may stand at a position.

    Attributes
    ----------
    name : str
        The task.
    terms : tuple of str or int
        Objects and choices.
    parents : list of Operation or Task
        The methods above that have it as a subtask here, or the same task one layer above.
    operations : list of Operation
        Its action, or its methods.
    literal : int
        What stands for it in the formula; 0 before.
    """

    __slots__ = ("literal", "name", "operations", "parents", "terms")

    def __init__(self, name: str, terms: tuple[Term, ...]) -> None:
        self.name = name
        self.terms = terms
        self.parents: list[Operation] = []
        self.operations: list[Operation] = []
        self.literal = 0

    def values(self, choice: Choice) -> set[str]:
        """Return what a choice may be if this task is done."""
        found: set[str] = set()
        for parent in self.parents:
            if parent.alive:
                found |= parent.values[choice]
        return found


class Operation:
    """An action or a method at a position, with choices in the place of what is open.

    Attributes
    ----------
    form : Form
        What it is.
    task : Task
        What it carries out or decomposes.
    bound : dict of str to (str or int)
        What the form's variables stand for.
    values : dict of int to set of str
        What the choices in it, and in the terms of its task, may be if it is taken.
    conditions, effects : list of Condition
        Those of the form, with what is bound.
    children : list of Task
        Its subtasks.
    alive : bool
        Whether it may still be part of a plan.
    literal : int
        What stands for it in the formula; 0 before.
    """

    __slots__ = ("alive", "bound", "children", "conditions", "effects", "form", "literal", "task", "values")

    def __init__(self, form: Form, task: Task, bound: dict[str, Term], values: Values) -> None:
        self.form = form
        self.task = task
        self.bound = bound
        self.values = values
        self.conditions = [self._with(condition) for condition in form.conditions]
        self.effects = [self._with(effect) for effect in form.effects]
        self.children: list[Task] = []
        self.alive = True
        self.literal = 0

    def value(self, term: Term) -> Term:
        """Return what a term of the form stands for."""
        return self.bound.get(term, term) if isinstance(term, str) else term

    def _with(self, condition: Condition) -> Condition:
        return condition._replace(terms=tuple([self.value(term) for term in condition.terms]))


class Position:
    """A place in the tree.

    Attributes
    ----------
    tasks : dict
        What may stand there, by name and terms.
    children : list of Position
        The places of the subtasks; none where nothing needs to be decomposed.
    """

    __slots__ = ("children", "tasks")

    def __init__(self) -> None:
        self.tasks: dict[tuple[str, tuple[Term, ...]], Task] = {}
        self.children: list[Position] = []

    @property
    def operations(self) -> list[Operation]:
        """What may still be done here."""
        return [operation for task in self.tasks.values() for operation in task.operations if operation.alive]


class Tree:
    """Positions in the order in which they are walked: parents first, then the children from left to right.

    Attributes
    ----------
    positions : list of Position
        In that order.
    choices : int
        How many choices there are.
    cut : bool
        Whether something was left out because it would be too deep.
    """

    def __init__(self) -> None:
        self.positions: list[Position] = []
        self.choices = 0
        self.cut = False
        self.operations = 0


def narrow(values: Values, terms: tuple[Term, ...], facts: Mapping[tuple[str, ...], object]) -> bool:
    """Narrow choices to what some fact allows; return whether any is left."""
    if not any(isinstance(term, int) for term in terms):
        return terms in facts
    # Where there are few combinations, they are looked up; otherwise the facts are gone through.
    chosen = [(i, term) for i, term in enumerate(terms) if isinstance(term, int)]
    if len(chosen) == 1:
        place, choice = chosen[0]
        before, after = terms[:place], terms[place + 1 :]
        left = {value for value in values[choice] if (*before, value, *after) in facts}
        if len(left) < len(values[choice]):
            values[choice] = left
        return bool(left)
    found: dict[Choice, set[str]] = {choice: set() for _, choice in chosen}
    sets = [(i, choice, values[choice]) for i, choice in chosen]
    fixed = [(i, term) for i, term in enumerate(terms) if isinstance(term, str)]
    for fact in facts:
        for i, name in fixed:
            if fact[i] != name:
                break
        else:
            for i, _, allowed in sets:
                if fact[i] not in allowed:
                    break
            else:
                if len(found) == len(chosen) or _consistent(fact, chosen):
                    for i, choice in chosen:
                        found[choice].add(fact[i])
    for choice, left in found.items():
        if len(left) < len(values[choice]):
            values[choice] = left
    return all(found.values())


def _consistent(fact: tuple[str, ...], chosen: list[tuple[int, Choice]]) -> bool:
    seen: dict[Choice, str] = {}
    return all(seen.setdefault(choice, fact[i]) == fact[i] for i, choice in chosen)
