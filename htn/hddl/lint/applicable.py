"""Methods, actions and goals that can never apply: contradictions, and what the initial state rules out for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from htn.hddl.findings import Findings
from htn.hddl.model import (
    Atom,
    Domain,
    Effect,
    Equal,
    Fact,
    Formula,
    Not,
    Problem,
    Typed,
    TypeOf,
    When,
    conjuncts,
    is_variable,
    walk,
)
from htn.hddl.types import Types
from htn.hddl.write import formula_text

__all__ = ["check_applicable"]


def check_applicable(
    domain: Domain, problem: Problem | None, types: Types, findings: Findings, about_problem: Findings
) -> set[str]:
    """Report what can never apply; return the names of such actions, and of such methods as ``task/method``."""
    check = _Check(domain, problem, types)
    dead: set[str] = set()
    for action in domain.actions:
        why = check.why_never([action.precondition], action.parameters)
        if why:
            dead.add(action.name)
            findings.warning("never", action.at, f"the action '{action.name}' can never apply: {why}")
    for method in domain.methods:
        why = check.why_never([method.network.constraints, method.precondition], method.parameters)
        if not why and _cyclic(len(method.network.subtasks), method.network.edges()):
            why = "its ordering goes round in a circle"
        if why:
            dead.add(f"{method.task}/{method.name}")
            findings.warning("never", method.at, f"the method '{method.name}' can never apply: {why}")
    if problem and problem.goal is not None:
        why = check.why_never([problem.goal], ())
        if why:
            about_problem.error("never", problem.goal.at, f"the goal can never hold: {why}")
    return dead


def _cyclic(count: int, edges: Sequence[tuple[int, int]]) -> bool:
    before = [0] * count
    after: list[list[int]] = [[] for _ in range(count)]
    for first, second in edges:
        before[second] += 1
        after[first].append(second)
    ready = [index for index in range(count) if not before[index]]
    for first in ready:
        for second in after[first]:
            before[second] -= 1
            if not before[second]:
                ready.append(second)
    return len(ready) < count


class _Check:
    """What holds for good in a domain and, with a problem, in its reachable states."""

    def __init__(self, domain: Domain, problem: Problem | None, types: Types) -> None:
        self.types = types
        self.problem = problem
        self.added: set[str] = set()
        self.deleted: set[str] = set()
        for action in domain.actions:
            self._effects(action.effect)
        self.facts: dict[str, list[Fact]] = {}
        for fact in problem.init if problem else ():
            self.facts.setdefault(fact[0], []).append(fact)
        self.init = frozenset(problem.init) if problem else frozenset()

    def _effects(self, effect: Effect) -> None:
        conditions = {id(part) for when in walk(effect) if isinstance(when, When) for part in walk(when.condition)}
        negated: set[int] = set()
        for part in walk(effect):
            if id(part) in conditions:
                continue
            if isinstance(part, Not) and isinstance(part.part, Atom):
                negated.add(id(part.part))
                self.deleted.add(part.part.predicate)
            elif isinstance(part, Atom) and id(part) not in negated:
                self.added.add(part.predicate)

    def why_never(self, formulas: Sequence[Formula], parameters: Sequence[Typed]) -> str:
        """Return why a conjunction can hold in no state for no objects, as a clause; nothing where that is not seen."""
        kinds = {parameter.name: parameter.type for parameter in parameters}
        parts = [part for formula in formulas for part in conjuncts(formula)]
        return self._contradiction(parts, kinds) or self._no_objects(parameters) or self._ruled_out(parts, kinds)

    def _contradiction(self, parts: Sequence[Formula | Effect], kinds: Mapping[str, str]) -> str:
        positive = {part for part in parts if isinstance(part, (Atom, Equal))}
        for part in parts:
            match part:
                case Not(Atom() | Equal() as inner) if inner in positive:
                    return f"it asks for {formula_text(inner)} and its contrary"
                case Not(Equal(left, right)) if left == right:
                    return f"{left} is the same as itself"
                case Not(Equal(left, right)) if Equal(right, left) in positive:
                    return f"it asks for {formula_text(Equal(left, right))} and its contrary"
                case Equal(left, right):
                    if not is_variable(left) and not is_variable(right) and left != right:
                        return f"'{left}' and '{right}' are different objects"
                    if left in kinds and right in kinds and not self._share(kinds[left], kinds[right]):
                        return f"{left} and {right} are of types without a common object"
                case TypeOf(term, kind) if term in kinds and not self._share(kinds[term], kind):
                    return f"{term} is of type '{kinds[term]}', which shares no object with '{kind}'"
        return ""

    def _share(self, kind: str, other: str) -> bool:
        if self.types.meet(kind, other):
            return True
        return any(self.types.has(name, other) for name in self.types.objects(kind))

    def _no_objects(self, parameters: Sequence[Typed]) -> str:
        if self.problem:
            for parameter in parameters:
                if not self.types.objects(parameter.type):
                    return f"there is no object of type '{parameter.type}' for {parameter.name}"
        return ""

    def _ruled_out(self, parts: Sequence[Formula | Effect], kinds: Mapping[str, str]) -> str:
        """Look at predicates that no action adds: what the initial state says of them is all there will ever be."""
        if not self.problem:
            return ""
        fixed = [part for part in parts if isinstance(part, Atom) and part.predicate not in self.added]
        values: dict[str, set[str]] = {}
        changed = True
        while changed:
            changed = False
            for atom in fixed:
                facts = [fact for fact in self.facts.get(atom.predicate, ()) if self._fits(atom, fact, kinds, values)]
                if not facts:
                    return f"no fact at the start fits {formula_text(atom)}, and no action adds one"
                for position, term in enumerate(atom.terms, 1):
                    if is_variable(term):
                        found = {fact[position] for fact in facts}
                        if term not in values or len(found) < len(values[term]):
                            values[term] = found
                            changed = True
        for part in parts:
            atom_denied = part.part if isinstance(part, Not) else None
            if not isinstance(atom_denied, Atom) or atom_denied.predicate in self.deleted:
                continue
            if (atom_denied.predicate, *atom_denied.terms) in self.init:
                return f"{formula_text(atom_denied)} holds at the start, and no action deletes it"
        return ""

    def _fits(self, atom: Atom, fact: Fact, kinds: Mapping[str, str], values: Mapping[str, set[str]]) -> bool:
        if len(fact) != len(atom.terms) + 1:
            return False
        bound: dict[str, str] = {}
        for term, value in zip(atom.terms, fact[1:], strict=True):
            if not is_variable(term):
                if term != value:
                    return False
            elif bound.setdefault(term, value) != value:
                return False
            elif term in values:
                if value not in values[term]:
                    return False
            elif term in kinds and not self.types.has(value, kinds[term]):
                return False
        return True
