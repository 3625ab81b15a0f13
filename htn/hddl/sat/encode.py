"""The formula of a tree: clauses that are satisfied by its plans and by nothing else.

At each position at most one operation is taken for a task, a method brings its subtasks, and a task without a
method that needs it is not there. Facts have a literal at every boundary between leaves at which they may have
changed; frame axioms say that only what a leaf does changes them (Schreiber et al., *Tree-REX*, ICAPS 2019, and
*Lilotane*, JAIR 70, 2021).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from itertools import product

from htn.hddl.compile.schemas import GOAL
from htn.hddl.sat.forms import Condition, Forms, Term
from htn.hddl.sat.formulas import condition_literal
from htn.hddl.sat.reach import instances
from htn.hddl.sat.tree import Choice, Operation, Position, Task, Tree

__all__ = ["TRUE", "Encoding"]

TRUE = 1
"""The literal that always holds."""
_PAIRWISE = 6

Guarded = tuple[Operation, list[int]]
"""An operation that changes a fact, if some choices are as these literals say."""


class Encoding:
    """Clauses about a tree.

    Attributes
    ----------
    clauses : list of list of int
        In the usual form: a number for each variable, negative where it is false.
    variables : int
        How many variables there are.
    picked : dict
        From a choice and an object to the literal that says that it is this one.
    acting : list of int
        For the leaves, literals that are implied by their having an action.
    always_acting : int
        How many leaves more have one for sure.
    """

    def __init__(self, forms: Forms, tree: Tree) -> None:
        self.forms = forms
        self.tree = tree
        self.clauses: list[list[int]] = [[TRUE]]
        self.variables = 1
        self.picked: dict[Choice, dict[str, int]] = {}
        self.now: dict[str, dict[tuple[str, ...], int]] = {
            predicate: dict.fromkeys(facts, TRUE) for predicate, facts in forms.model.init.items()
        }
        self.acting: list[int] = []
        self.always_acting = 0
        self.versions: dict[str, int] = {}
        self._known: dict[tuple[str, tuple[str | int, ...], bool, int], int] = {}

    def fresh(self) -> int:
        """Return a new variable."""
        self.variables += 1
        return self.variables

    def run(self) -> Generator[None, None, None]:
        """Write all clauses."""
        yield from self._choices()
        for position in self.tree.positions:
            self._position(position)
            if not position.children:
                self._leaf(position.operations)
                self._count(position.operations)
            yield

    # ------------------------------------------------------------------------------------------------------- choices
    def _choices(self) -> Generator[None, None, None]:
        """Give every choice exactly one of the objects that some operation has a use for."""
        objects: dict[Choice, dict[str, None]] = {}
        order = self.forms.model.order
        for position in self.tree.positions:
            for operation in position.operations:
                for choice, values in operation.values.items():
                    objects.setdefault(choice, {}).update(dict.fromkeys(values))
            yield
        for choice, names in objects.items():
            listed = sorted(names, key=order.__getitem__)
            if len(listed) == 1:
                self.picked[choice] = {listed[0]: TRUE}
                continue
            literals = [self.fresh() for _ in listed]
            self.picked[choice] = dict(zip(listed, literals, strict=True))
            self.clauses.append(literals)
            self.at_most_one(literals)

    def at_most_one(self, literals: Sequence[int]) -> None:
        """Let at most one of the literals hold: by pairs where they are few, otherwise by groups with a commander."""
        while len(literals) > _PAIRWISE:
            groups = [literals[i : i + 4] for i in range(0, len(literals), 4)]
            commanders = []
            for group in groups:
                commander = self.fresh()
                commanders.append(commander)
                self._pairs(group)
                self.clauses += [[-literal, commander] for literal in group]
            literals = commanders
        self._pairs(literals)

    def _pairs(self, literals: Sequence[int]) -> None:
        for i, one in enumerate(literals):
            self.clauses += [[-one, -other] for other in literals[:i]]

    # ----------------------------------------------------------------------------------------------------- positions
    def _position(self, position: Position) -> None:
        deeper = bool(position.children)
        for task in position.tasks.values():
            operations = [operation for operation in task.operations if operation.alive]
            if not operations:
                continue
            if deeper and operations[0].form.primitive:
                continue
            self._task(task, operations)
            for operation in operations:
                self._operation(operation)

    def _task(self, task: Task, operations: list[Operation]) -> None:
        """A task is there if, and only if, a method above has it as a subtask; then one operation is taken for it."""
        clauses = self.clauses
        parents = [parent.literal for parent in task.parents if parent.alive]
        if not task.parents:
            task.literal = TRUE
        elif len(parents) == 1:
            task.literal = parents[0]
        else:
            task.literal = self.fresh()
            clauses += [[-parent, task.literal] for parent in parents]
            clauses.append([-task.literal, *parents])
        if len(operations) == 1:
            operations[0].literal = task.literal
            return
        literals = [self.fresh() for _ in operations]
        for operation, literal in zip(operations, literals, strict=True):
            operation.literal = literal
            clauses.append([-literal, task.literal])
        clauses.append([-task.literal, *literals])
        self.at_most_one(literals)

    def _operation(self, operation: Operation) -> None:
        """Write what an operation needs at its place."""
        literal = operation.literal
        for choice, values in operation.values.items():
            picked = self.picked[choice]
            if len(values) < len(picked):
                self.clauses.append([-literal, *[picked[name] for name in picked if name in values]])
        bound = operation.bound
        for one, other in operation.form.different:
            self.unlike(bound.get(one, one), bound.get(other, other), [-literal])
        for condition in operation.conditions:
            self.require(literal, self.holds(condition))
        self._repeated(operation)
        names = {name: bound.get(term, term) for name, term in operation.form.names.items()}
        for formula in operation.form.formulas:
            self.require(literal, condition_literal(self, formula, names))

    def _repeated(self, operation: Operation) -> None:
        """A variable that stands for several arguments has the same object in all of them."""
        bound = operation.bound
        for formal, term in zip(operation.form.formals, operation.task.terms, strict=True):
            other = bound.get(formal, formal)
            if other != term and not (isinstance(term, int) and operation.values[term] == {other}):
                self.alike(other, term, [-operation.literal])

    def require(self, literal: int, needed: int) -> None:
        """Let one literal imply another."""
        if needed != TRUE:
            self.clauses.append([-literal, needed] if needed != -TRUE else [-literal])

    def is_object(self, term: Term, name: str) -> int:
        """Return the literal that says that a term is an object."""
        if isinstance(term, str):
            return TRUE if term == name else -TRUE
        return self.picked[term].get(name, -TRUE)

    def objects(self, term: Term) -> Iterable[str]:
        """Return what a term may be."""
        return (term,) if isinstance(term, str) else self.picked[term]

    def alike(self, one: Term, other: Term, unless: list[int]) -> None:
        """Let two terms be the same object."""
        for name in self.objects(one):
            self.clauses.append([*unless, -self.is_object(one, name), self.is_object(other, name)])
        for name in self.objects(other):
            self.clauses.append([*unless, -self.is_object(other, name), self.is_object(one, name)])

    def unlike(self, one: Term, other: Term, unless: list[int]) -> None:
        """Let two terms be different objects."""
        for name in self.objects(one):
            same = self.is_object(other, name)
            if same != -TRUE:
                self.clauses.append([*unless, -self.is_object(one, name), -same])

    # ---------------------------------------------------------------------------------------------------- conditions
    def holds(self, condition: Condition) -> int:
        """Return a literal that implies that a condition holds at the present boundary."""
        predicate, terms, positive = condition
        now = self.now.get(predicate, {})
        atom = tuple([term for term in terms if isinstance(term, str)])
        if len(atom) == len(terms):
            literal = now.get(atom, -TRUE)
            return literal if positive else -literal
        key = (predicate, terms, positive, self.versions.get(predicate, 0))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self.fresh()
            if positive:
                self._some(known, terms, now)
            else:
                for picks, literal in self._matching(terms, now):
                    self.clauses.append([-known, *[-pick for pick in picks], -literal])
        return known

    def _matching(self, terms: tuple[Term, ...], now: dict[tuple[str, ...], int]) -> list[tuple[tuple[int, ...], int]]:
        """Return the facts that fit: the literals of the choices, each once, and the fact's own."""
        choices = list(dict.fromkeys(term for term in terms if isinstance(term, int)))
        if len(choices) == 1 and terms.count(choices[0]) == 1:
            place = terms.index(choices[0])
            before, after = terms[:place], terms[place + 1 :]
            found: list[tuple[tuple[int, ...], int]] = []
            for name, pick in self.picked[choices[0]].items():
                literal = now.get((*before, name, *after))  # type: ignore[arg-type]
                if literal is not None and literal != -TRUE:
                    found.append(((pick,), literal))
            return found
        columns = [(i, {term: TRUE} if isinstance(term, str) else self.picked[term]) for i, term in enumerate(terms)]
        places = [(i, terms.index(term)) for i, term in enumerate(terms)]
        firsts = [terms.index(choice) for choice in choices]
        picked = [self.picked[choice] for choice in choices]
        several = []
        for fact, literal in now.items():
            if literal == -TRUE:
                continue
            for i, column in columns:
                if fact[i] not in column:
                    break
            else:
                if all(fact[i] == fact[j] for i, j in places):
                    picks = tuple([column[fact[i]] for i, column in zip(firsts, picked, strict=True)])
                    several.append((picks, literal))
        return several

    def _some(self, known: int, terms: tuple[Term, ...], now: dict[tuple[str, ...], int]) -> None:
        """Let `known` imply that the fact that is picked holds."""
        matching = self._matching(terms, now)
        choices = list(dict.fromkeys(term for term in terms if isinstance(term, int)))
        # Which values of a choice are left after those of the choices before it, from the first to the last.
        left: dict[tuple[int, ...], dict[int, None]] = {(): {}}
        for picks, literal in matching:
            for i, pick in enumerate(picks):
                left.setdefault(picks[:i], {})[pick] = None
            if literal != TRUE:
                self.clauses.append([-known, *[-pick for pick in picks], literal])
        for before, picks_left in left.items():
            if len(picks_left) < len(self.picked[choices[len(before)]]):
                self.clauses.append([-known, *[-pick for pick in before], *picks_left])
        if len(choices) == 2:
            self._backwards(known, matching, len(self.picked[choices[0]]))

    def _backwards(self, known: int, matching: list[tuple[tuple[int, ...], int]], size: int) -> None:
        """Let the second of two choices rule out values of the first at once."""
        left: dict[int, list[int]] = {}
        for (one, other), _ in matching:
            left.setdefault(other, []).append(one)
        self.clauses += [[-known, -other, *ones] for other, ones in left.items() if len(ones) < size]

    # -------------------------------------------------------------------------------------------------------- leaves
    def _leaf(self, operations: list[Operation]) -> None:
        """Go from the facts before a leaf to those after it."""
        adders: dict[tuple[str, tuple[str, ...]], list[Guarded]] = {}
        deleters: dict[tuple[str, tuple[str, ...]], list[Guarded]] = {}
        for operation in operations:
            # In the order of the objects, not of a set: the same input gives the same formula.
            values = {
                choice: [name for name in self.picked[choice] if name in allowed]
                for choice, allowed in operation.values.items()
            }
            for effect in operation.effects:
                listed = adders if effect.positive else deleters
                for atom in instances(effect, values):
                    listed.setdefault((effect.predicate, atom), []).append((operation, self._picks(effect, atom)))
        for key in dict.fromkeys([*adders, *deleters]):
            self._change(key, adders.get(key, []), deleters.get(key, []))

    def _count(self, operations: list[Operation]) -> None:
        """Let one literal say that the leaf has an action."""
        literals = [o.literal for o in operations if o.form.primitive and o.form.name != GOAL]
        if TRUE in literals:
            self.always_acting += 1
        elif literals:
            acting = literals[0] if len(literals) == 1 else self.fresh()
            self.acting.append(acting)
            self.clauses += [[-literal, acting] for literal in literals if literal != acting]

    def _picks(self, effect: Condition, atom: tuple[str, ...]) -> list[int]:
        picks = [
            self.picked[term][name] for term, name in zip(effect.terms, atom, strict=True) if isinstance(term, int)
        ]
        return [pick for pick in dict.fromkeys(picks) if pick != TRUE]

    def _change(self, key: tuple[str, tuple[str, ...]], adders: list[Guarded], deleters: list[Guarded]) -> None:
        predicate, atom = key
        now = self.now.setdefault(predicate, {})
        old = now.get(atom, -TRUE)
        if adders:
            sure = {id(operation) for operation, picks in adders if not picks}
            deleters = [(operation, picks) for operation, picks in deleters if id(operation) not in sure]
        if (old == TRUE and not deleters) or (old == -TRUE and not adders):
            return
        self.versions[predicate] = self.versions.get(predicate, 0) + 1
        if any(operation.literal == TRUE and not picks for operation, picks in adders):
            now[atom] = TRUE
            return
        if not adders and any(operation.literal == TRUE and not picks for operation, picks in deleters):
            now[atom] = -TRUE
            return
        if old == -TRUE and not deleters and len(adders) == 1 and not adders[0][1]:
            now[atom] = adders[0][0].literal
            return
        if old == TRUE and not adders and len(deleters) == 1 and not deleters[0][1]:
            now[atom] = -deleters[0][0].literal
            return
        new = now[atom] = self.fresh()
        clauses = self.clauses
        for operation, picks in adders:
            clauses.append([-operation.literal, *[-pick for pick in picks], new])
        for operation, picks in deleters:
            begin = [-operation.literal, *[-pick for pick in picks], -new]
            # Deletes come before adds: what the operation adds, too, stays.
            others = [listed for other, listed in adders if other is operation]
            clauses += [[*begin, *chosen] for chosen in product(*others)]
        if old != TRUE:
            self._frame([-new] if old == -TRUE else [old, -new], adders)
        if old != -TRUE:
            self._frame([new] if old == TRUE else [-old, new], deleters)

    def _frame(self, unless: list[int], causes: list[Guarded]) -> None:
        """Let a fact change only if one of the operations is there and its choices are as it takes for that."""
        by_operation: dict[int, list[list[int]]] = {}
        literals: dict[int, int] = {}
        for operation, picks in causes:
            by_operation.setdefault(id(operation), []).append(picks)
            literals[id(operation)] = operation.literal
        if TRUE not in literals.values():
            self.clauses.append([*unless, *dict.fromkeys(literals.values())])
        for number, ways in by_operation.items():
            if all(ways):
                begin = unless if literals[number] == TRUE else [*unless, -literals[number]]
                self.clauses += [[*begin, *chosen] for chosen in product(*ways)]
