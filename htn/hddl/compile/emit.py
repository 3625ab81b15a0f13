"""Code: one Python function for every action and method, with its facts in tables and its relations in the state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from htn.hddl.compile.domains import positions
from htn.hddl.compile.normalise import predicate_of
from htn.hddl.compile.relations import index_name, key_code
from htn.hddl.compile.schemas import EQUAL, Literal, Model, Schema, Term
from htn.hddl.model import (
    And,
    Atom,
    Effect,
    Equal,
    Exists,
    Forall,
    Formula,
    Imply,
    Not,
    Or,
    Typed,
    TypeOf,
    When,
    is_variable,
)

__all__ = ["Code", "Function"]

_DEEPEST = 17
"""Python allows 20 nested loops in a function; what goes deeper continues in another one."""


class Code:
    """The module that is being written: its source, its constants and which indexes its joins ask for.

    Parameters
    ----------
    model : Model
        What is compiled.
    shuffled : bool
        Whether loops go through their values in a random order, by the function ``mixed`` of the scope.
    """

    def __init__(self, model: Model, *, shuffled: bool = False) -> None:
        self.model = model
        self.shuffled = shuffled
        self.fluents = model.fluents()
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self.indexes: dict[str, set[tuple[int, ...]]] = {predicate: set() for predicate in self.fluents}
        self.relations = {predicate: f"p{i}" for i, predicate in enumerate(sorted(self.fluents))}
        self.functions = 0
        self._cached: dict[Any, str] = {}
        self._positions = positions(model, self.fluents)
        self._values: dict[Any, float] = {}

    @property
    def source(self) -> str:
        """The module's text."""
        return "\n".join(self.lines) + "\n"

    def constant(self, kind: str, key: Any, make: Callable[[], Any]) -> str:
        """Return the name of a constant, made once for each key."""
        found = self._cached.get((kind, key))
        if found is None:
            found = self._cached[kind, key] = f"{kind}{len(self._cached)}"
            self.constants[found] = make()
        return found

    def members(self, objects: frozenset[str]) -> str:
        """Return the name of a set of objects."""
        return self.constant("D", objects, lambda: objects)

    def listed(self, objects: frozenset[str]) -> str:
        """Return the name of a tuple of objects in the order of declaration."""
        return self.constant("L", objects, lambda: self.model.sorted(objects))

    def facts(self, predicate: str) -> str:
        """Return the name of the set of a static predicate's facts, as keys."""
        return self.constant("S", predicate, lambda: frozenset(map(_key, self.model.init.get(predicate, ()))))

    def table(
        self, predicate: str, terms: Sequence[Term], bound: tuple[int, ...], domains: Mapping[str, frozenset[str]]
    ) -> tuple[str, float]:
        """Return the name of a static predicate's table from keys of the bound arguments to those of the free ones.

        Arguments that are None are left out. The values are restricted to the domains of the free variables. Also
        returns how many values a key has on average.
        """
        free = tuple(i for i, term in enumerate(terms) if i not in bound and term is not None)
        narrow = {i: domains[str(terms[i])] for i in free}
        same = tuple((i, terms.index(terms[i])) for i in free if terms.index(terms[i]) != i)
        key = (predicate, bound, tuple(narrow.items()), same)
        name = self.constant("T", key, lambda: self._table(predicate, bound, free, narrow, same))
        table = self.constants[name]
        return name, sum(map(len, table.values())) / max(1, len(table))

    def _table(
        self,
        predicate: str,
        bound: tuple[int, ...],
        free: tuple[int, ...],
        narrow: dict[int, frozenset[str]],
        same: tuple[tuple[int, int], ...],
    ) -> dict[Any, tuple[Any, ...]]:
        facts: Iterable[tuple[str, ...]] = self.model.init.get(predicate, ())
        for i, objects in narrow.items():
            facts = [fact for fact in facts if fact[i] in objects]
        for i, j in same:
            facts = [fact for fact in facts if fact[i] == fact[j]]
        rows: dict[Any, dict[Any, None]] = {}
        for fact in facts:
            key = _key(tuple([fact[i] for i in bound]))
            rows.setdefault(key, {})[_key(tuple([fact[i] for i in free]))] = None
        return {key: tuple(row) for key, row in rows.items()}

    def index(self, predicate: str, bound: tuple[int, ...]) -> str:
        """Return the attribute of a relation that holds an index, asking for it."""
        self.indexes[predicate].add(bound)
        return index_name(bound)

    def possible(self, predicate: str, position: int) -> set[str]:
        """Return what may ever stand at one place of a fluent."""
        return self._positions.get((predicate, position), set())

    def values_at_start(
        self, predicate: str, bound: tuple[int, ...], objects: tuple[frozenset[str] | None, ...]
    ) -> float:
        """Return how many of a fluent's facts a key of the bound arguments has at the start, on average; at least 1."""
        key = (predicate, bound, objects)
        found = self._values.get(key)
        if found is None:
            facts: Iterable[tuple[str, ...]] = self.model.init.get(predicate, ())
            for i, possible in enumerate(objects):
                if possible is not None:
                    facts = [fact for fact in facts if fact[i] in possible]
            listed = list(facts)
            keys = {tuple([fact[i] for i in bound]) for fact in listed}
            found = self._values[key] = max(len(listed) / max(1, len(keys)), 1.0)
        return found

    def fresh(self, kind: str) -> str:
        """Return a name for another function."""
        self.functions += 1
        return f"{kind}{self.functions}"


def _key(values: tuple[str, ...]) -> Any:
    return values[0] if len(values) == 1 else values


class Function:
    """One function being written.

    Parameters
    ----------
    code : Code
        The module.
    name : str
        The function's name.
    env : dict
        The code of each variable that has a value.
    arguments : sequence of str
        The names of the function's parameters after the state.
    schema : Schema
        For the domains of variables.
    """

    def __init__(self, code: Code, name: str, env: dict[str, str], arguments: Sequence[str], schema: Schema) -> None:
        self.code = code
        self.name = name
        self.env = env
        self.arguments = arguments
        self.schema = schema
        self.body: list[str] = []
        self.loops = 0
        self.used: dict[str, None] = {}
        self.temporaries = 0

    def finish(self) -> None:
        """Write the function into the module."""
        head = f"def {self.name}({', '.join(['state', *self.arguments])}):"
        local = [f"    {name} = state.{name}" for name in self.used]
        self.code.lines += [head, *local, *(self.body or ["    pass"])]

    def line(self, text: str) -> None:
        """Write one line at the present depth."""
        self.body.append("    " * (self.loops + 1) + text)

    def require(self, condition: str) -> None:
        """Go on only where a condition holds."""
        if condition == "True":
            return
        leave = "continue" if self.loops else "return"
        self.line(leave if condition == "False" else f"if not {condition}: {leave}")

    def loop(self, target: str, iterable: str) -> None:
        """Open a loop."""
        self.line(f"for {target} in {f'mixed({iterable})' if self.code.shuffled else iterable}:")
        self.loops += 1

    @property
    def deep(self) -> bool:
        """Whether no further loop should be opened here."""
        return self.loops >= _DEEPEST

    def temporary(self, kind: str = "q") -> str:
        """Return a fresh local name."""
        self.temporaries += 1
        return f"{kind}{self.temporaries}"

    def relation(self, predicate: str) -> str:
        """Return the local name of a fluent's relation."""
        name = self.code.relations[predicate]
        self.used[name] = None
        return name

    # ------------------------------------------------------------------------------------------------- conditions
    def term(self, term: str, env: Mapping[str, str]) -> str:
        """Return the code of a term."""
        return env[term] if is_variable(term) else repr(term)

    def literal(self, literal: Literal) -> str:
        """Return the code of a literal whose variables have values."""
        truth = self.atom(literal.predicate, literal.terms, self.env)
        return truth if literal.positive else _negated(truth)

    def atom(self, predicate: str, terms: Sequence[Term], env: Mapping[str, str]) -> str:
        """Return the code of an atom; terms that are None stand for some object."""
        if predicate == EQUAL:
            one, other = (self.term(str(term), env) for term in terms)
            return _equal(one, other)
        given = [(i, self.term(term, env)) for i, term in enumerate(terms) if term is not None]
        key = key_code(text for _, text in given)
        bound = tuple(i for i, _ in given)
        whole = len(bound) == len(terms)
        if predicate in self.code.fluents:
            relation = self.relation(predicate)
            if whole:
                return f"({key} in {relation})"
            if not bound:
                return f"bool({relation})"
            return f"({key} in {relation}.{self.code.index(predicate, bound)})"
        if whole:
            name = self.code.facts(predicate)
        else:
            name, _ = self.code.table(
                predicate, [None if i not in bound else t for i, t in enumerate(terms)], bound, {}
            )
        if all(_is_constant(text) for _, text in given):
            values = tuple(_value(text) for _, text in given)
            return str(_key(values) in self.code.constants[name])
        return f"({key} in {name})" if self.code.constants[name] else "False"

    def formula(self, formula: Formula | Effect, env: Mapping[str, str]) -> str:
        """Return the code of a formula whose free variables have values."""
        match formula:
            case Atom():
                return self.atom(predicate_of(formula), formula.terms, env)
            case Not(part):
                return _negated(self.formula(part, env))
            case And(parts):
                return _joined("and", [self.formula(part, env) for part in parts])
            case Or(parts):
                return _joined("or", [self.formula(part, env) for part in parts])
            case Imply(condition, conclusion):
                return _joined("or", [_negated(self.formula(condition, env)), self.formula(conclusion, env)])
            case Equal(left, right):
                return _equal(self.term(left, env), self.term(right, env))
            case TypeOf(term, kind):
                text = self.term(term, env)
                return f"({text} in {self.code.members(frozenset(self.code.model.types[kind]))})"
            case Forall(variables, part):
                return self._quantified("all", variables, part, env)
            case Exists(variables, part):
                return self._quantified("any", variables, part, env)
        raise AssertionError(f"{type(formula).__name__} is no formula")

    def _quantified(self, word: str, variables: Sequence[Typed], part: Formula | Effect, env: Mapping[str, str]) -> str:
        inner, loops = self.quantify(variables, env)
        text = self.formula(part, inner)
        return f"{word}({text} {' '.join(loops)})" if loops else text

    def quantify(self, variables: Sequence[Typed], env: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """Return names for quantified variables and the loops over their objects, as code."""
        inner, loops = dict(env), []
        for variable in variables:
            inner[variable.name] = self.temporary()
            objects = frozenset(self.code.model.types[variable.type])
            loops.append(f"for {inner[variable.name]} in {self.code.listed(objects)}")
        return inner, loops

    # ---------------------------------------------------------------------------------------------------- effects
    def effects(self, effect: Effect | Formula, wanted: set[str]) -> None:
        """Write what an action changes; conditions are looked at before anything is changed, additions win.

        Parameters
        ----------
        effect : Effect
            The action's effect.
        wanted : set of str
            Predicates that something asks for; changes of others are left out.
        """
        simple: list[tuple[bool, str, str]] = []
        plain = self._plain(effect, wanted, simple)
        added = {(relation, key) for positive, relation, key in simple if positive}
        if plain:
            for positive, relation, key in simple:
                if not positive and (relation, key) not in added:
                    self.line(f"{relation}.discard({key})")
            for positive, relation, key in simple:
                if positive:
                    self.line(f"{relation}.add({key})")
            return
        self.line("adds, deletes = [], []")
        self._collect(effect, wanted, self.env)
        for name, change in (("deletes", "discard"), ("adds", "add")):
            self.line(f"for relation, key in {name}: relation.{change}(key)")

    def _plain(self, effect: Effect | Formula, wanted: set[str], found: list[tuple[bool, str, str]]) -> bool:
        """Note the changes of an effect without conditions; false where it has some."""
        match effect:
            case And(parts):
                found_plain = [self._plain(part, wanted, found) for part in parts]
                return all(found_plain)
            case Forall() | When():
                return False
            case Atom() | Not(Atom()):
                change = self._change(effect, wanted, self.env)
                if change:
                    found.append(change)
        return True

    def _change(
        self, effect: Effect | Formula, wanted: set[str], env: Mapping[str, str]
    ) -> tuple[bool, str, str] | None:
        positive = isinstance(effect, Atom)
        atom = effect.part if isinstance(effect, Not) else effect
        assert isinstance(atom, Atom)
        predicate = predicate_of(atom)
        if predicate not in wanted:
            return None
        return positive, self.relation(predicate), key_code(self.term(term, env) for term in atom.terms)

    def _collect(self, effect: Effect | Formula, wanted: set[str], env: Mapping[str, str]) -> None:
        match effect:
            case And(parts):
                for part in parts:
                    self._collect(part, wanted, env)
            case Forall(variables, part):
                inner, loops = self.quantify(variables, env)
                for text in loops:
                    self.line(text + ":")
                    self.loops += 1
                self._collect(part, wanted, inner)
                self.line("pass")
                self.loops -= len(loops)
            case When(condition, part):
                self.line(f"if {self.formula(condition, env)}:")
                self.loops += 1
                self._collect(part, wanted, env)
                self.line("pass")
                self.loops -= 1
            case Atom() | Not(Atom()):
                change = self._change(effect, wanted, env)
                if change:
                    positive, relation, key = change
                    self.line(f"{'adds' if positive else 'deletes'}.append(({relation}, {key}))")


def _is_constant(text: str) -> bool:
    return text[0] in "'\""


def _value(text: str) -> str:
    # The text was written by `repr`; an object's name has no characters that it escapes but quotes.
    return text[1:-1].replace("\\\\", "\\").replace("\\'", "'")


def _equal(one: str, other: str) -> str:
    if one == other:
        return "True"
    if _is_constant(one) and _is_constant(other):
        return "False"
    return f"({one} == {other})"


def _negated(text: str) -> str:
    return {"True": "False", "False": "True"}.get(text, f"(not {text})")


def _joined(word: str, parts: Sequence[str]) -> str:
    neutral, decisive = ("True", "False") if word == "and" else ("False", "True")
    kept = [part for part in parts if part != neutral]
    if decisive in kept:
        return decisive
    return f"({f' {word} '.join(kept)})" if kept else neutral
