"""Names that are not declared or declared twice, wrong numbers of arguments, arguments of a wrong type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from htn.hddl.domain import Signatures
from htn.hddl.findings import Findings
from htn.hddl.model import (
    Action,
    Atom,
    Domain,
    Effect,
    Exists,
    Fact,
    Forall,
    Formula,
    Function,
    Increase,
    Predicate,
    Problem,
    Subtask,
    Task,
    Typed,
    is_variable,
    walk,
)
from htn.hddl.names import suggestion
from htn.hddl.types import Types
from htn.hddl.uses import Use, method_uses, network_uses, uses

__all__ = ["check_declared", "check_problem_declared"]

# Names of each kind that are reported: where a whole file is for another domain, more would say nothing more.
MOST_NAMES = 50


def check_declared(domain: Domain, types: Types, findings: Findings) -> None:
    """Check a domain's declarations and what its actions and methods use."""
    check = _Check(domain, types, findings)
    for predicate in domain.predicates:
        check.types_of(predicate.parameters)
    for function in domain.functions:
        check.types_of(function.parameters)
    for task in domain.tasks:
        check.types_of(task.parameters)
    check.types_of(domain.constants)
    _duplicates(domain, findings)
    for action in domain.actions:
        check.types_of(action.parameters)
        check.parts([action.precondition, action.effect])
        check.terms([*uses(action.precondition), *uses(action.effect)], action.parameters, f"action '{action.name}'")
    for method in domain.methods:
        check.types_of(method.parameters)
        check.task(Subtask(method.task, method.terms, None, method.at), head=True)
        for subtask in method.network.subtasks:
            check.task(subtask)
        check.parts([method.precondition, method.network.constraints])
        check.terms(list(method_uses(method)), method.parameters, f"method '{method.name}'")


def check_problem_declared(domain: Domain, problem: Problem, types: Types, findings: Findings) -> None:
    """Check a problem's objects, tasks, initial state and goal against its domain."""
    check = _Check(domain, types, findings)
    check.types_of(problem.objects)
    check.types_of(problem.parameters)
    for subtask in problem.network.subtasks:
        check.task(subtask)
    check.terms(list(network_uses(problem.network)), problem.parameters, "initial task network")
    if problem.goal is not None:
        check.parts([problem.goal])
        check.terms(list(uses(problem.goal)), (), "goal")
    check.facts(problem.init)
    for function, _ in problem.values:
        if function[0] not in check.functions:
            check.unknown("function", function[0], function, check.functions)


def _duplicates(domain: Domain, findings: Findings) -> None:
    seen: dict[object, str] = {}
    for task in domain.tasks:
        _once(seen, ("task", task.name), f"the task '{task.name}'", task.at, findings)
    for action in domain.actions:
        _once(seen, ("task", action.name), f"the action '{action.name}'", action.at, findings)
    for method in domain.methods:
        what = f"the method '{method.name}' of '{method.task}'"
        _once(seen, ("method", method.task, method.name), what, method.at, findings)


def _once(seen: dict[object, str], key: object, what: str, at: int, findings: Findings) -> None:
    if key in seen:
        # Two methods of one name are legal; a plan cannot tell them apart.
        level = "warning" if what.startswith("the method") else "error"
        findings.add(
            "warning" if level == "warning" else "error", "duplicate", at, f"{what} has the name of {seen[key]}"
        )
    else:
        seen[key] = f"{what} in line {findings.source.place(at).line}"


class _Check:
    """Checks uses against declarations, each wrong name reported where it first stands."""

    def __init__(self, domain: Domain, types: Types, findings: Findings) -> None:
        self.domain = domain
        self.types = types
        self.findings = findings
        self.signatures = Signatures(domain)
        self.objects = types.everything
        self.tasks: Mapping[str, Task | Action] = {**domain.action, **domain.task}
        self.functions = {function.name: function for function in domain.functions}
        self.told: set[tuple[str, str]] = set()
        self.counts: Counter[str] = Counter()

    def unknown(self, kind: str, name: str, at: int | Sequence[str], known: Iterable[str]) -> None:
        """Report a name that is not declared, once; `at` is an offset, or words to find in the text."""
        if (kind, name) in self.told:
            return
        self.told.add((kind, name))
        self.counts[kind] += 1
        if self.counts[kind] <= MOST_NAMES:
            at = at if isinstance(at, int) else self.find(at)
            message = f"the {kind} '{name}' is not declared{suggestion(name, known)}"
            self.findings.error("undeclared", at, message)

    def types_of(self, entries: Iterable[Typed]) -> None:
        for entry in entries:
            if entry.type not in self.types.declared and entry.type != "object":
                self.unknown("type", entry.type, entry.at if entry.at >= 0 else (entry.name,), self.types.declared)

    def parts(self, formulas: Iterable[Formula | Effect]) -> None:
        """Check the predicates and functions of formulas and effects."""
        for formula in formulas:
            for part in walk(formula):
                if isinstance(part, Atom):
                    self.head("predicate", part, self.domain.predicate)
                elif isinstance(part, Increase):
                    self.head("function", part.function, self.functions)
                    if isinstance(part.amount, Atom):
                        self.head("function", part.amount, self.functions)
                elif isinstance(part, (Forall, Exists)):
                    self.types_of(part.variables)

    def head(self, kind: str, atom: Atom, declared: Mapping[str, Predicate] | Mapping[str, Function]) -> None:
        entry = declared.get(atom.predicate)
        if entry is None:
            self.unknown(kind, atom.predicate, atom.at, declared)
            return
        wanted = len(entry.parameters)
        self.count(kind, atom.predicate, len(atom.terms), wanted, atom.at)

    def count(self, kind: str, name: str, given: int, wanted: int, at: int) -> None:
        if given != wanted:
            what = f"{given} argument{'' if given == 1 else 's'}"
            self.findings.error("arity", at, f"the {kind} '{name}' has {what} here, but {wanted} where it is declared")

    def task(self, subtask: Subtask, head: bool = False) -> None:
        """Check a subtask, or the task that a method is for."""
        known: Mapping[str, Task | Action] = self.domain.task if head else self.tasks
        entry = known.get(subtask.task)
        if entry is None and head and subtask.task in self.domain.action:
            self.findings.error("type", subtask.at, f"'{subtask.task}' is an action: no method can decompose it")
        elif entry is None:
            self.unknown("task", subtask.task, subtask.at, known)
        else:
            self.count("task", subtask.task, len(subtask.terms), len(entry.parameters), subtask.at)

    def terms(self, listed: Sequence[Use], parameters: Sequence[Typed], who: str) -> None:
        """Check variables and objects: declared, and of a type that their place allows."""
        declared = {parameter.name: parameter.type for parameter in parameters}
        for use in listed:
            wanted = self.signatures.type_of(use)
            if is_variable(use.term):
                kind = use.quantified.type if use.quantified else declared.get(use.term)
                if kind is None:
                    self.undeclared_variable(use, who, declared)
                elif wanted and not self.types.meet(kind, wanted) and not self.shared(kind, wanted):
                    message = f"'{use.term}' of type '{kind}' is used where '{wanted}' is asked for, in '{use.name}'"
                    self.findings.error("type", use.at, message)
            elif use.term not in self.objects:
                if use.kind != "sort":
                    self.unknown("object", use.term, use.at, self.objects)
            elif wanted and not self.types.has(use.term, wanted):
                message = f"'{use.term}' is used where an object of type '{wanted}' is asked for, in '{use.name}'"
                self.findings.error("type", use.at, message)

    def undeclared_variable(self, use: Use, who: str, declared: Mapping[str, str]) -> None:
        if (who, use.term) not in self.told:
            self.told.add((who, use.term))
            hint = suggestion(use.term, declared)
            self.findings.error("undeclared", use.at, f"the {who} uses '{use.term}' without declaring it{hint}")

    def shared(self, kind: str, other: str) -> bool:
        """Whether some object is of both types: it may be declared with several."""
        return any(self.types.has(name, other) for name in self.types.objects(kind))

    def facts(self, facts: Iterable[Fact]) -> None:
        """Check the initial state; it can be large, so each kind of mistake is reported once for a predicate."""
        for fact in facts:
            predicate = self.domain.predicate.get(fact[0])
            if predicate is None:
                self.unknown("predicate", fact[0], fact, self.domain.predicate)
                continue
            if len(predicate.parameters) != len(fact) - 1:
                self.fact_once("arity", fact, f"has {len(fact) - 1} arguments, not {len(predicate.parameters)}")
                continue
            for name, parameter in zip(fact[1:], predicate.parameters, strict=True):
                if name not in self.objects:
                    self.unknown("object", name, fact, self.objects)
                elif not self.types.has(name, parameter.type):
                    self.fact_once(
                        "type", fact, f"has '{name}' where an object of type '{parameter.type}' is asked for"
                    )

    def fact_once(self, code: str, fact: Fact, wrong: str) -> None:
        if (code, fact[0]) not in self.told:
            self.told.add((code, fact[0]))
            self.findings.error(code, self.find(fact), f"the fact ({' '.join(fact)}) {wrong}")

    def find(self, words: Sequence[str]) -> int:
        """Return the offset of words in brackets, or of one word, that were read without keeping places."""
        joined = r"\s+".join(map(re.escape, words))
        found = re.search(rf"\(\s*{joined}\s*\)", self.findings.source.text)
        found = found or re.search(rf"(?<![^\s()]){joined}(?![^\s()])", self.findings.source.text)
        return found.start() if found else 0
