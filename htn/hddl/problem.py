"""Read a problem: ``parse_problem`` for text, ``load_problem`` for a file."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from htn.hddl.domain import Signatures, domain_names
from htn.hddl.errors import Source, read_text
from htn.hddl.forms import Forms, number, offset_of, properties
from htn.hddl.model import (
    Atom,
    Domain,
    Fact,
    Formula,
    Metric,
    Network,
    Number,
    Problem,
    Typed,
    is_variable,
)
from htn.hddl.names import Kind, Names, suggestion
from htn.hddl.networks import NETWORK_KEYWORDS, network, undeclared
from htn.hddl.reader import Flat, Group, Section, read
from htn.hddl.uses import network_uses

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["load_problem", "parse_problem"]

_SECTIONS = (":domain", ":requirements", ":objects", ":htn", ":init", ":goal", ":metric")
_REFUSED = {
    ":tihtn": "task insertion (:tihtn) is not supported: write :htn",
    ":htnti": "task insertion (:htnti) is not supported: write :htn",
    ":constraints": "trajectory constraints are not supported",
}


def parse_problem(text: str, domain: Domain | None = None, path: str | None = None) -> Problem:
    """Return the problem that a text describes.

    Parameters
    ----------
    text : str
        HDDL.
    domain : Domain, optional
        The domain that it is for. With it, names are compared with the domain's and close spellings are mended, as
        `parse_domain` does; without it they stay as they stand.
    path : str, optional
        The file's name, for messages.

    Raises
    ------
    HddlError
        When the text is no problem; the message names the place and what was expected.

    Examples
    --------
    >>> problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (t)) (:init (at home)))")
    >>> problem.init
    (('at', 'home'),)
    """
    source = Source(text, path)
    kind, name, sections = read(source)
    if kind != "problem":
        raise source.error(0, "expected a problem, found a domain: give the domain first, then the problem")
    return _Reading(source, domain).problem(name, sections)


def load_problem(path: str | Path, domain: Domain | None = None) -> Problem:
    """Return the problem in a file; as `parse_problem`.

    Raises
    ------
    HddlError
        When the file cannot be read or is no problem.
    """
    return parse_problem(read_text(path), domain, str(path))


class _Reading:
    """One problem being read."""

    def __init__(self, source: Source, domain: Domain | None) -> None:
        self.source = source
        self.domain = domain
        self.names = domain_names(domain, source) if domain else Names(source)
        self.forms = Forms(self.names)
        self.values: list[tuple[Fact, Number]] = []

    def problem(self, name: str, sections: list[Section]) -> Problem:
        groups: dict[str, Group] = {}
        init: tuple[Section, ...] = ()
        for section in sections:
            if section.keyword not in _SECTIONS:
                wrong = f"'{section.keyword}' has no place in a problem{suggestion(section.keyword, _SECTIONS)}"
                raise self.source.error(section.start, _REFUSED.get(section.keyword, wrong))
            if section.keyword == ":init":
                init += (section,)
            elif section.keyword in groups:
                raise self.source.error(section.start, f"'{section.keyword}' is given twice")
            elif isinstance(section.body, Group):
                groups[section.keyword] = section.body
        if ":domain" not in groups:
            raise self.source.error(0, "expected (:domain NAME) in the problem")
        objects = self._objects(groups[":objects"]) if ":objects" in groups else ()
        self.names.declare("object", [entry.name for entry in objects])
        parameters, tasks = self._htn(groups.get(":htn"))
        facts = tuple(chain.from_iterable([self._init(section.body) for section in init]))
        goal = self._goal(groups[":goal"]) if ":goal" in groups else None
        metric = self._metric(groups[":metric"]) if ":metric" in groups else None
        return Problem(
            name,
            self._domain_name(groups[":domain"]),
            tuple([str(word).lower() for word in groups[":requirements"].items[1:]])
            if ":requirements" in groups
            else (),
            objects,
            parameters,
            tasks,
            facts,
            tuple(self.values),
            goal,
            metric,
            self.names.warnings,
            self.source,
        )

    def _domain_name(self, group: Group) -> str:
        name = group.items[1] if len(group.items) == 2 else None
        if not isinstance(name, str):
            raise self.source.error(group.start, "expected one name after :domain")
        if self.domain and self.domain.name != name:
            self.names.warn(
                group.start, f"the problem is for the domain '{name}', not '{self.domain.name}'; taken for it"
            )
        return name

    def _objects(self, group: Group) -> tuple[Typed, ...]:
        entries = self.forms.typed(group, "object", 1) if group.starts else self._flat_objects(group)
        unique = tuple(dict.fromkeys(entries))
        if len(unique) != len(entries):
            seen: set[Typed] = set()
            for entry in entries:
                if entry in seen:
                    at = entry.at if entry.at >= 0 else self._find(entry.name, group.start)
                    self.names.warn(at, f"the object '{entry.name}' is declared again", ("again", entry.name))
                seen.add(entry)
        return unique

    def _flat_objects(self, group: Group) -> list[Typed]:
        """Read objects that were split without keeping places; what is not plain is left to the general reader."""
        words = [word for word in group.items[1:] if isinstance(word, str)]
        found: list[Typed] = []
        kinds: dict[str, str] = {}
        at = 0
        while at < len(words):
            try:
                dash = words.index("-", at)
            except ValueError:
                dash = len(words)
            names, kind = words[at:dash], words[dash + 1] if dash + 1 < len(words) else "object"
            if any(name[0] in "?-" for name in names) or (dash < len(words) and (not names or dash + 1 == len(words))):
                return [Typed(entry.name, entry.type) for entry in self.forms.typed(group, "object", 1)]
            if dash < len(words) and kind not in kinds:
                kinds[kind] = self.names.resolve("type", kind, self._type_at(kind, group))
            found += [Typed(name, kinds.get(kind, kind)) for name in names]
            at = dash + 2
        return found

    def _type_at(self, kind: str, group: Group) -> int:
        """Return the place of a type for a warning about it; it is looked up only where there is something to say."""
        return self._find(kind, group.start) if self.names.spelling("type", kind) else group.start

    def _htn(self, group: Group | None) -> tuple[tuple[Typed, ...], Network]:
        if group is None:
            self.names.warn(0, "the problem has no :htn; there is no task to carry out")
            return (), Network()
        given = properties(self.forms, group, 1, (":parameters", *NETWORK_KEYWORDS))
        parameters = self.forms.typed(given[":parameters"][0], "variable") if ":parameters" in given else ()
        forms = Forms(self.names, (parameter.name for parameter in parameters))
        tasks = network(forms, given, group.start)
        listed = [use for use in network_uses(tasks) if is_variable(use.term) and not use.quantified]
        signatures = Signatures(self.domain or Domain(""))
        missing = undeclared(((use.term, use.at) for use in listed), parameters, signatures.infer(listed))
        for variable in missing:
            self.names.warn(variable.at, f":htn uses '{variable.name}' without declaring it; taken for a parameter")
        return (*parameters, *missing), tasks

    # ------------------------------------------------------------------------------------------ the initial state
    def _init(self, body: Group | Flat) -> tuple[Fact, ...]:
        if isinstance(body, Flat):
            facts = [tuple(fact.split()) for fact in body.facts]
            for function, value in body.values:
                self._value(tuple(function.split()), value, body.start)
            start = body.start
        else:
            start = body.start
            facts = []
            for index, item in enumerate(body.items[1:], 1):
                if isinstance(item, str):
                    raise self.source.error(offset_of(body, index), f"expected a fact in brackets, found '{item}'")
                fact = self._fact(item)
                if fact:
                    facts.append(fact)
        return self._checked(facts, start)

    def _fact(self, group: Group) -> Fact:
        """Read one fact; nothing for a negated one, which holds anyway, and for a function's value."""
        items = group.items
        if group.head == "=" and len(items) == 3 and isinstance(items[1], Group) and isinstance(items[2], str):
            atom = self.forms.atom(items[1], "function")
            self._value((atom.predicate, *atom.terms), items[2], group.start)
            return ()
        if group.head == "not" and len(items) == 2 and isinstance(items[1], Group):
            self.forms.atom(items[1])
            return ()
        if group.head in ("and", "or", "forall", "exists", "when", "not", "="):
            raise self.source.error(group.start, f"expected a fact such as (at a b), found '({group.head}'")
        atom = self.forms.atom(group)
        return (atom.predicate, *atom.terms)

    def _value(self, function: Fact, value: str, start: int) -> None:
        found = number(value)
        if found is None:
            raise self.source.error(
                self._find(value, start), f"expected a number as the value of a function, found '{value}'"
            )
        self.values.append((function, found))

    def _checked(self, facts: list[Fact], start: int) -> tuple[Fact, ...]:
        """Return the facts, each once, with names as they are declared."""
        heads = {fact[0] if fact else "" for fact in facts}
        if "" in heads or "=" in heads:
            wrong = "()" if "" in heads else "="
            raise self.source.error(self._find(wrong, start), f"expected a fact such as (at a b), found '{wrong}'")
        words = set(chain.from_iterable([fact[1:] for fact in facts]))
        variable = next((word for word in sorted(words) if is_variable(word)), None)
        if variable:
            raise self.source.error(
                self._find(variable, start), f"the initial state has objects only, found '{variable}'"
            )
        if self.domain:
            objects = self._spellings("object", words, start)
            predicates = self._spellings("predicate", heads, start)
            if objects or predicates:
                facts = [
                    (predicates.get(fact[0], fact[0]), *[objects.get(word, word) for word in fact[1:]])
                    for fact in facts
                ]
        return tuple(dict.fromkeys(facts))

    def _spellings(self, kind: Kind, words: set[str], start: int) -> dict[str, str]:
        """Return the words that are taken for declared names, each with a warning at its first place."""
        found: dict[str, str] = {}
        for word in words - self.names.known(kind):
            declared = self.names.spelling(kind, word)
            if declared is not None:
                found[word] = declared
        if found:
            # One pass over the text: there can be very many.
            missing = set(found)
            for place in re.compile(r"[^\s()]+").finditer(self.source.text, start):
                if place[0] in missing:
                    missing.discard(place[0])
                    self.names.resolve(kind, place[0], place.start())
        return found

    def _find(self, word: str, start: int) -> int:
        """Return the offset of a word from an offset on: where the text was split without keeping places."""
        pattern = re.escape(word) if word in ("()", "=") else rf"(?<![^\s()]){re.escape(word)}(?![^\s()])"
        if word == "()":
            pattern = r"\(\s*\)"
        found = re.compile(pattern).search(self.source.text, start)
        return found.start() if found else start

    # -------------------------------------------------------------------------------------------- goal and metric
    def _goal(self, group: Group) -> Formula:
        if len(group.items) == 1:
            return self.forms.formula(Group(group.start))
        if len(group.items) != 2 or not isinstance(group.items[1], Group):
            raise self.source.error(group.start, "expected one formula in brackets after :goal")
        return self.forms.formula(group.items[1])

    def _metric(self, group: Group) -> Metric:
        words = group.items
        direction = words[1].lower() if len(words) == 3 and isinstance(words[1], str) else ""
        if direction not in ("minimize", "maximize"):
            raise self.source.error(
                group.start, "expected (:metric minimize (FUNCTION)) or (:metric maximize (FUNCTION))"
            )
        target = words[2]
        if isinstance(target, Group):
            atom: Atom = self.forms.atom(target, "function")
            if atom.terms:
                raise self.source.error(target.start, "expected a function without arguments as the metric")
            target = atom.predicate
        return Metric(direction, target, group.start)
