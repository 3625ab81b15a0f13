"""Read a domain: ``parse_domain`` for text, ``load_domain`` for a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from htn.hddl.errors import Source, read_text
from htn.hddl.forms import Forms, a, offset_of, properties
from htn.hddl.model import (
    TRUE,
    Action,
    Domain,
    Function,
    Method,
    Predicate,
    Task,
    Type,
    Typed,
    is_variable,
)
from htn.hddl.names import Names, suggestion
from htn.hddl.networks import NETWORK_KEYWORDS, network, undeclared
from htn.hddl.reader import Flat, Group, read
from htn.hddl.uses import Use, method_uses
from htn.model.record import replace

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Signatures", "domain_names", "load_domain", "parse_domain"]

_SECTIONS = (
    ":requirements",
    ":types",
    ":constants",
    ":predicates",
    ":functions",
    ":task",
    ":method",
    ":action",
)
_Entry = TypeVar("_Entry", Type, Typed, Predicate, Function)
_REFUSED = {
    ":durative-action": "durative actions are not supported",
    ":derived": "derived predicates are not supported",
    ":axiom": "axioms are not supported",
    ":constraints": "trajectory constraints are not supported",
}


def parse_domain(text: str, path: str | None = None) -> Domain:
    """Return the domain that a text describes.

    Names are taken as they stand. One that is not declared but differs from a declared one only in case or in ``-`` for
    ``_`` is taken for that one; so is whatever else is read leniently, each with an entry in `Domain.warnings`.
    What is declared nowhere stays as it is: `htn.hddl.lint` reports it.

    Parameters
    ----------
    text : str
        HDDL.
    path : str, optional
        The file's name, for messages.

    Raises
    ------
    HddlError
        When the text is no domain; the message names the place and what was expected.

    Examples
    --------
    >>> domain = parse_domain("(define (domain d) (:task t) (:action a) (:method m :task (t) :subtasks (a)))")
    >>> domain.methods[0].network.subtasks
    (Subtask(task='a', terms=(), label=None),)
    """
    source = Source(text, path)
    kind, name, sections = read(source)
    if kind != "domain":
        raise source.error(0, "expected a domain, found a problem: give the domain first, then the problem")
    reading = _Reading(source)
    groups: list[Group] = []
    for section in sections:
        if section.keyword not in _SECTIONS or isinstance(section.body, Flat):
            known = _REFUSED.get(section.keyword)
            wrong = f"'{section.keyword}' has no place in a domain{suggestion(section.keyword, _SECTIONS)}"
            raise source.error(section.start, known or wrong)
        groups.append(section.body)
    return reading.domain(name, groups)


def load_domain(path: str | Path) -> Domain:
    """Return the domain in a file; as `parse_domain`.

    Raises
    ------
    HddlError
        When the file cannot be read or is no domain.
    """
    return parse_domain(read_text(path), str(path))


def domain_names(domain: Domain, source: Source) -> Names:
    """Return the names that a domain declares, for reading a problem."""
    names = Names(source)
    names.declare("type", (declared for entry in domain.types for declared in (entry.name, entry.parent) if declared))
    names.declare("object", (constant.name for constant in domain.constants))
    names.declare("predicate", (predicate.name for predicate in domain.predicates))
    names.declare("function", (function.name for function in domain.functions))
    names.declare("task", [*(task.name for task in domain.tasks), *(action.name for action in domain.actions)])
    return names


class Signatures:
    """The declared parameters of predicates, functions and tasks: what type an argument is asked to be."""

    def __init__(self, domain: Domain) -> None:
        self._parameters: dict[tuple[str, str], tuple[Typed, ...]] = {}
        for predicate in domain.predicates:
            self._parameters["predicate", predicate.name] = predicate.parameters
        for function in domain.functions:
            self._parameters["function", function.name] = function.parameters
        for action in domain.actions:
            self._parameters["task", action.name] = action.parameters
        for task in domain.tasks:
            self._parameters["task", task.name] = task.parameters

    def parameters(self, use: Use) -> tuple[Typed, ...] | None:
        """Return the parameters of what a term is an argument of; None where it is not declared or has none."""
        return self._parameters.get((use.kind, use.name))

    def type_of(self, use: Use) -> str | None:
        """Return the type that the place of a use asks for, or None."""
        if use.kind == "sort":
            return use.name
        parameters = self.parameters(use)
        return parameters[use.position].type if parameters and use.position < len(parameters) else None

    def infer(self, listed: Iterable[Use]) -> Callable[[str], str]:
        """Return a function from a variable to the type that its first telling use asks for, else ``object``."""
        found: dict[str, str] = {}
        for use in listed:
            wanted = self.type_of(use)
            if wanted and use.term not in found and not use.quantified:
                found[use.term] = wanted
        return lambda variable: found.get(variable, "object")


class _Reading:
    """One domain being read: declarations first, then what uses them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.names = Names(source)
        self.forms = Forms(self.names)

    def domain(self, name: str, groups: list[Group]) -> Domain:
        by_keyword: dict[str, list[Group]] = {keyword: [] for keyword in _SECTIONS}
        for group in groups:
            by_keyword[group.head].append(group)
        requirements = [word.lower() for group in by_keyword[":requirements"] for word in self._words(group)]
        types = tuple([entry for group in by_keyword[":types"] for entry in self._types(group)])
        self.names.declare("type", (declared for entry in types for declared in (entry.name, entry.parent) if declared))
        listed = [entry for group in by_keyword[":constants"] for entry in self.forms.typed(group, "object", 1)]
        constants = tuple(self._once(listed, "constant", lambda entry: (entry.name, entry.type)))
        self.names.declare("object", (constant.name for constant in constants))
        predicates = self._predicates(by_keyword[":predicates"])
        functions = tuple([entry for group in by_keyword[":functions"] for entry in self._functions(group)])
        self.names.declare("function", (function.name for function in functions))
        self.names.declare(
            "task", (self._name(group, group.head[1:]) for group in by_keyword[":task"] + by_keyword[":action"])
        )
        tasks = tuple([self._task(group) for group in by_keyword[":task"]])
        actions = tuple([self._action(group) for group in by_keyword[":action"]])
        methods = tuple([self._method(group) for group in by_keyword[":method"]])
        domain = Domain(
            name, tuple(requirements), types, constants, predicates, functions, tasks, methods, actions, (), self.source
        )
        methods = self._with_used_variables(domain)
        return replace(domain, methods=methods, warnings=self.names.warnings)

    # ----------------------------------------------------------------------------------------------- declarations
    def _words(self, group: Group) -> Iterator[str]:
        for index, item in enumerate(group.items[1:], 1):
            if not isinstance(item, str):
                raise self.source.error(
                    offset_of(group, index), f"expected a word in ({group.head} ...), found a bracket"
                )
            yield item

    def _types(self, group: Group) -> list[Type]:
        found: list[Type] = []
        waiting: list[tuple[str, int]] = []
        items = group.items
        index = 1
        while index < len(items):
            item, at = items[index], offset_of(group, index)
            if not isinstance(item, str):
                raise self.source.error(at, "expected the name of a type, found a bracket")
            if item != "-":
                waiting.append((item, at))
                index += 1
                continue
            parent = items[index + 1] if index + 1 < len(items) else None
            # (either a b) after a type says that it has both as parents.
            parents = parent.items[1:] if isinstance(parent, Group) and parent.head == "either" else [parent]
            if not waiting or not parents or not all(isinstance(word, str) for word in parents):
                raise self.source.error(at, f"expected {'a type after' if waiting else 'a type before'} '-'")
            found.extend(Type(name, str(word), start) for name, start in waiting for word in parents)
            waiting = []
            index += 2
        found.extend(Type(name, None, start) for name, start in waiting)
        return self._once(found, "type", lambda entry: (entry.name, entry.parent))

    def _predicates(self, groups: list[Group]) -> tuple[Predicate, ...]:
        found: list[Predicate] = []
        for group in groups:
            for index, item in enumerate(group.items[1:], 1):
                if not isinstance(item, Group):
                    at = offset_of(group, index)
                    raise self.source.error(at, f"expected (NAME ?parameter ...) in :predicates, found '{item}'")
                name = self._name(item, "predicate", 0)
                found.append(Predicate(name, self.forms.typed(item, "variable", 1), item.start))
        kept = self._once(found, "predicate", lambda entry: entry.name)
        self.names.declare("predicate", (predicate.name for predicate in kept))
        return tuple(kept)

    def _functions(self, group: Group) -> list[Function]:
        found: list[Function] = []
        index = 1
        while index < len(group.items):
            item = group.items[index]
            if isinstance(item, Group):
                name = self._name(item, "function", 0)
                found.append(Function(name, self.forms.typed(item, "variable", 1), "number", item.start))
            elif item == "-" and found and index + 1 < len(group.items):
                index += 1
                if group.items[index] != "number":
                    raise self.source.error(offset_of(group, index), "expected the type 'number' for a function")
            else:
                raise self.source.error(offset_of(group, index), f"expected (NAME ...) in :functions, found '{item}'")
            index += 1
        return self._once(found, "function", lambda entry: entry.name)

    def _once(self, entries: list[_Entry], what: str, key: Callable[[_Entry], object]) -> list[_Entry]:
        """Return entries without those declared before, which are warned of."""
        kept: dict[object, _Entry] = {}
        for entry in entries:
            if kept.setdefault(key(entry), entry) is not entry:
                self.names.warn(entry.at, f"the {what} '{entry.name}' is declared again; the first counts")
        return list(kept.values())

    # ------------------------------------------------------------------------------------------ tasks and actions
    def _name(self, group: Group, what: str, index: int = 1) -> str:
        name = group.items[index] if index < len(group.items) else None
        if not isinstance(name, str) or is_variable(name) or name[0] == ":":
            found = f"'{name}'" if isinstance(name, str) else "a bracket" if name else "nothing"
            raise self.source.error(offset_of(group, index), f"expected the name of {a(what)}, found {found}")
        return name

    def _task(self, group: Group) -> Task:
        given = properties(self.forms, group, 2, (":parameters", ":precondition", ":effect"))
        for keyword in (":precondition", ":effect"):
            if keyword in given and given[keyword][0].items and given[keyword][0].items != ["and"]:
                self.names.warn(given[keyword][1], f"a compound task has no {keyword[1:]} here; it is ignored")
        return Task(self._name(group, "task"), self._parameters(given), group.start)

    def _action(self, group: Group) -> Action:
        given = properties(self.forms, group, 2, (":parameters", ":precondition", ":effect"))
        parameters = self._parameters(given)
        forms = Forms(self.names, (parameter.name for parameter in parameters))
        precondition = forms.formula(given[":precondition"][0]) if ":precondition" in given else TRUE
        effect = forms.effect(given[":effect"][0]) if ":effect" in given else TRUE
        return Action(self._name(group, "action"), parameters, precondition, effect, group.start)

    def _method(self, group: Group) -> Method:
        name = self._name(group, "method")
        given = properties(
            self.forms, group, 2, (":parameters", ":task", ":precondition", ":effect", *NETWORK_KEYWORDS)
        )
        if ":effect" in given and given[":effect"][0].items:
            raise self.source.error(given[":effect"][1], "a method has no effect: give it a subtask that has one")
        parameters = self._parameters(given)
        forms = Forms(self.names, (parameter.name for parameter in parameters))
        if ":task" not in given:
            raise self.source.error(group.start, f"expected :task (NAME ...) in the method '{name}'")
        head = given[":task"][0]
        task = self.names.resolve("task", self._name(head, "task", 0), head.start)
        precondition = forms.formula(given[":precondition"][0]) if ":precondition" in given else TRUE
        subtasks = network(forms, given, group.start)
        return Method(name, parameters, task, forms.terms(head, 1), precondition, subtasks, group.start)

    def _parameters(self, given: dict[str, tuple[Group, int]]) -> tuple[Typed, ...]:
        if ":parameters" not in given:
            return ()
        parameters = self.forms.typed(given[":parameters"][0], "variable")
        seen: set[str] = set()
        for parameter in parameters:
            if parameter.name in seen:
                raise self.source.error(parameter.at, f"the parameter '{parameter.name}' is given twice")
            seen.add(parameter.name)
        return parameters

    def _with_used_variables(self, domain: Domain) -> tuple[Method, ...]:
        """Return the methods, with the variables that they use without declaring them as further parameters."""
        signatures = Signatures(domain)
        found: list[Method] = []
        for method in domain.methods:
            listed = [use for use in method_uses(method) if is_variable(use.term) and not use.quantified]
            missing = undeclared(((use.term, use.at) for use in listed), method.parameters, signatures.infer(listed))
            for variable in missing:
                self.names.warn(
                    variable.at,
                    f"the method '{method.name}' uses '{variable.name}' without declaring it; "
                    f"taken for a parameter of type '{variable.type}'",
                )
            found.append(replace(method, parameters=(*method.parameters, *missing)) if missing else method)
        return tuple(found)
