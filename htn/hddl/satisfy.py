"""Whether a formula can hold when some of its variables may be chosen, and from when on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from htn.hddl.evaluate import Binding, Evaluator
from htn.hddl.model import Atom, Effect, Equal, Fact, Formula, Not, TypeOf, conjuncts, is_variable, walk
from htn.hddl.timeline import Timeline
from htn.hddl.uses import uses

__all__ = ["Satisfier"]

Part = Formula | Effect


class Satisfier:
    """Finds values for free variables such that a formula holds in a state.

    Conjunctions are joined: an atom is matched with the facts that hold, by an index on the arguments that are known,
    so that the work follows the facts and not the product of the types.

    Parameters
    ----------
    evaluator : Evaluator
        For parts without free variables.
    timeline : Timeline
        The states.
    """

    def __init__(self, evaluator: Evaluator, timeline: Timeline) -> None:
        self.evaluator = evaluator
        self.types = evaluator.types
        self.timeline = timeline

    def earliest(
        self, formula: Formula, binding: Binding, free: Mapping[str, str], first: int, last: int
    ) -> int | None:
        """Return the first state from `first` to `last` in which a formula can hold, or None.

        Parameters
        ----------
        formula : Formula
            What is to hold.
        binding : mapping of str to str
            Values of variables.
        free : mapping of str to str
            Variables that may be chosen, with their types.
        first, last : int
            States; both are looked at.
        """
        literals = None if free else self._literals(formula, binding)
        if literals is not None:
            return self._earliest_of_literals(literals, first, last)
        predicates = {part.predicate for part in walk(formula) if isinstance(part, Atom)}
        time: int | None = first
        while time is not None and time <= last:
            if self.possible(formula, binding, free, time):
                return time
            time = self.timeline.next_change(predicates, time)
        return None

    def possible(self, formula: Formula, binding: Binding, free: Mapping[str, str], time: int) -> bool:
        """Whether values for the free variables make a formula hold in a state."""
        if not all(self.types.objects(kind) for kind in free.values()):
            return False
        if not free:
            return self.evaluator.holds(formula, binding, partial(self._true, time))
        parts = [(part, _variables(part) & free.keys()) for part in conjuncts(formula)]
        return self._choose(parts, dict(binding), free, time) is not None

    def values(self, formula: Formula, binding: Binding, free: Mapping[str, str], time: int) -> dict[str, str] | None:
        """Return values for all variables that make a formula hold in a state, the first found; None without any.

        Variables that the formula does not mention get the first object of their type.
        """
        if not self.possible(formula, binding, free, time):
            return None
        parts = [(part, _variables(part) & free.keys()) for part in conjuncts(formula)]
        found = self._choose(parts, dict(binding), free, time)
        first = {name: self.types.objects(kind)[0] for name, kind in free.items()}
        return None if found is None else {**first, **found}

    def _true(self, time: int, fact: Fact) -> bool:
        return self.timeline.holds(fact, time)

    def _literals(self, formula: Formula, binding: Binding) -> list[tuple[Fact, bool]] | None:
        """Return a conjunction's literals, ground; None where it is something else."""
        found: list[tuple[Fact, bool]] = []
        for part in conjuncts(formula):
            if isinstance(part, Atom):
                found.append((self.evaluator.ground(part, binding), True))
            elif isinstance(part, Not) and isinstance(part.part, Atom):
                found.append((self.evaluator.ground(part.part, binding), False))
            elif isinstance(part, (Equal, TypeOf)) or (
                isinstance(part, Not) and isinstance(part.part, (Equal, TypeOf))
            ):
                if not self.evaluator.holds(part, binding, _never):
                    return [(_NO_FACT, True)]
            else:
                return None
        return found

    def _earliest_of_literals(self, literals: Sequence[tuple[Fact, bool]], first: int, last: int) -> int | None:
        time = first
        while True:
            start = time
            for fact, value in literals:
                found = self.timeline.next_time(fact, value, time)
                if found is None or found > last:
                    return None
                time = found
            if time == start:
                return time if time <= last else None

    def _choose(
        self, parts: Sequence[tuple[Part, set[str]]], binding: dict[str, str], free: Mapping[str, str], time: int
    ) -> dict[str, str] | None:
        true = partial(self._true, time)
        open_parts: list[tuple[Part, set[str]]] = []
        for part, variables in parts:
            missing = variables - binding.keys()
            if missing:
                open_parts.append((part, missing))
            elif not self.evaluator.holds(part, binding, true):
                return None
        if not open_parts:
            return binding
        # The part with the fewest unknowns first: it leaves the least to try.
        joined = [(len(missing), i) for i, (part, missing) in enumerate(open_parts) if isinstance(part, (Atom, Equal))]
        if joined:
            part, _ = open_parts[min(joined)[1]]
            extensions = self._extensions(part, binding, free, time)
        else:
            variable = min(min(open_parts, key=lambda entry: len(entry[1]))[1])
            extensions = ({variable: value} for value in self.types.objects(free[variable]))
        tries = (self._choose(open_parts, {**binding, **extension}, free, time) for extension in extensions)
        return next((found for found in tries if found is not None), None)

    def _extensions(self, part: Part, binding: Binding, free: Mapping[str, str], time: int) -> Iterator[dict[str, str]]:
        """Yield values for the unknown variables of an atom or an equality that make it hold."""
        if isinstance(part, Equal):
            values = [binding.get(term) if is_variable(term) else term for term in (part.left, part.right)]
            known = [value for value in values if value is not None]
            chosen = {term for term in (part.left, part.right) if self._open(term, binding)}
            for value in known or self.types.objects(free[min(chosen)]):
                if all(self.types.has(value, free[term]) for term in chosen):
                    yield dict.fromkeys(chosen, value)
            return
        assert isinstance(part, Atom)
        given = {i: binding.get(term, term) for i, term in enumerate(part.terms)}
        given = {i: value for i, value in given.items() if not is_variable(value)}
        for fact in self.timeline.matching(part.predicate, given, time):
            extension: dict[str, str] = {}
            if len(fact) != len(part.terms) + 1:
                continue
            unknown = [
                (term, value) for term, value in zip(part.terms, fact[1:], strict=True) if self._open(term, binding)
            ]
            if all(
                extension.setdefault(term, value) == value and self.types.has(value, free[term])
                for term, value in unknown
            ):
                yield extension

    @staticmethod
    def _open(term: str, binding: Binding) -> bool:
        return is_variable(term) and term not in binding


_NO_FACT: Fact = ("",)


def _never(fact: Fact) -> bool:
    """Stand for a state without facts, for what does not ask for one."""
    return False


def _variables(part: Part) -> set[str]:
    return {use.term for use in uses(part) if is_variable(use.term) and not use.quantified}
