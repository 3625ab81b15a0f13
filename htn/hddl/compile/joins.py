"""Joins: in which order a method's variables get their values, and the loops that this makes.

Greedily, what is fully known is checked at once, and the next variables come from the literal that leaves the fewest
values. Fluent facts are copied before they are looped over, newest first, because a method that waits for its next
alternative sees the state change meanwhile (and change back).
"""

from __future__ import annotations

from htn.hddl.compile.emit import Function
from htn.hddl.compile.relations import key_code
from htn.hddl.compile.schemas import EQUAL, Literal, Schema, Term
from htn.hddl.model import Formula, is_variable
from htn.hddl.uses import uses
from htn.model.record import Record, field

__all__ = ["Join"]


class Join(Record, frozen=False):
    """The conditions of one schema that are still to be written, and the variables that still want values.

    Parameters
    ----------
    function : Function
        Where to.
    schema : Schema
        Whose.
    needed : set of str
        The variables whose values matter; for the others it is enough that there is one.
    """

    function: Function
    schema: Schema
    needed: set[str]
    literals: list[Literal] = field(factory=list)
    conditions: list[Formula] = field(factory=list)
    exists: bool = False

    def __post_init__(self) -> None:
        self.literals = list(dict.fromkeys(self.schema.literals))
        self.conditions = list(self.schema.conditions)

    def write(self) -> Function:
        """Write the checks and loops; return the function in whose innermost loop all needed variables have values."""
        env = self.function.env
        for name in self.schema.domains:
            if name not in env and len(self.schema.domains[name]) == 1:
                env[name] = repr(next(iter(self.schema.domains[name])))
        given = set(env)
        looped: list[str] = []
        while True:
            self._check()
            env = self.function.env
            if self.needed <= env.keys():
                break
            if self.function.deep:
                self._go_on_in_another()
                env = self.function.env
            before = set(env)
            self._bind()
            looped += [name for name in env if name not in before]
        if not self.exists and any(name not in self.needed for name in looped):
            self._once([name for name in env if name in self.needed and name not in given])
        if self.literals or self.conditions:
            self._exists()
        return self.function

    # ----------------------------------------------------------------------------------------------------- checks
    def _known(self, literal: Literal) -> bool:
        return all(name in self.function.env for name in literal.variables())

    def _check(self) -> None:
        """Write every check whose variables have values: what never changes first, formulas last."""
        function, env = self.function, self.function.env
        assigned = True
        while assigned:
            assigned = False
            ready = [literal for literal in self.literals if self._known(literal)]
            self.literals = [literal for literal in self.literals if not self._known(literal)]
            ready.sort(key=self._check_rank)
            for literal in ready:
                function.require(function.literal(literal))
            for literal in self.literals:
                if literal.predicate == EQUAL and literal.positive and any(self._has(t) for t in literal.terms):
                    self._assign(literal)
                    assigned = True
                    break
        waiting = []
        for condition in self.conditions:
            free = {use.term for use in uses(condition) if is_variable(use.term) and use.quantified is None}
            if free <= env.keys():
                function.require(function.formula(condition, env))
            else:
                waiting.append(condition)
        self.conditions = waiting

    def _check_rank(self, literal: Literal) -> int:
        if literal.predicate == EQUAL:
            return 0
        return 2 if literal.predicate in self.function.code.fluents else 1

    def _has(self, term: Term) -> bool:
        return term is not None and (not is_variable(term) or term in self.function.env)

    def _assign(self, literal: Literal) -> None:
        one, other = (str(term) for term in literal.terms)
        if not self._has(one):
            one, other = other, one
        function = self.function
        function.env[other] = function.term(one, function.env)
        objects = self.schema.domains[other]
        source = self.schema.objects(one)
        if source is None or not source <= objects:
            function.require(f"({function.env[other]} in {function.code.members(objects)})")

    # ------------------------------------------------------------------------------------------------------ loops
    def _bind(self) -> None:
        """Open the loop that is expected to leave the fewest values."""
        best: tuple[float, int, Literal | None, str] | None = None
        for number, literal in enumerate(self.literals):
            if literal.positive and literal.predicate != EQUAL:
                cost = self._estimate(literal)
                # A literal with a placeholder says that there is a value, but not which: only if nothing else helps.
                if None in literal.terms:
                    cost = cost * 2 + 1
                if best is None or cost < best[0]:
                    best = (cost, number, literal, "")
        missing = [name for name in self.schema.domains if name not in self.function.env]
        wanted = [name for name in missing if name in self.needed] or missing
        name = min(wanted, key=lambda name: len(self.schema.domains[name]))
        if best is None or len(self.schema.domains[name]) < best[0]:
            objects = self.schema.domains[name]
            self.function.env[name] = self._local()
            self.function.loop(self.function.env[name], self.function.code.listed(objects))
        else:
            assert best[2] is not None
            self._loop_over(best[2])

    def _local(self) -> str:
        return self.function.temporary("v")

    def _bound(self, literal: Literal) -> tuple[int, ...]:
        return tuple(i for i, term in enumerate(literal.terms) if self._has(term))

    def _estimate(self, literal: Literal) -> float:
        """Return about how many values a literal leaves for its unknown variables."""
        code = self.function.code
        bound = self._bound(literal)
        if literal.predicate not in code.fluents:
            return code.table(literal.predicate, literal.terms, bound, self.schema.domains)[1]
        return code.values_at_start(
            literal.predicate,
            bound,
            tuple([None if i in bound else self.schema.objects(term) for i, term in enumerate(literal.terms)]),
        )

    def _loop_over(self, literal: Literal) -> None:
        function, code, domains = self.function, self.function.code, self.schema.domains
        bound = self._bound(literal)
        key = key_code(function.term(str(literal.terms[i]), function.env) for i in bound)
        free = [i for i, term in enumerate(literal.terms) if i not in bound and term is not None]
        if literal.predicate not in code.fluents:
            name, _ = code.table(literal.predicate, literal.terms, bound, domains)
            targets = self._targets(literal, free, check=False)
            rows = f"{name}.get({key}, ())"
            if not bound:
                rows = code.constant("U", name, lambda: code.constants[name].get((), ()))
            function.loop(targets[0], rows)
        else:
            relation = function.relation(literal.predicate)
            facts = f"{relation}.{code.index(literal.predicate, bound)}.get({key}, ())" if bound else relation
            rest = [i for i in range(len(literal.terms)) if i not in bound]
            if len(free) < len(rest):
                # Only some of the arguments are wanted: each combination once.
                places = key_code(f"a{i}" if i in free else "_" for i in rest)
                facts = f"{{{key_code(f'a{i}' for i in free)}: None for {places} in {facts}}}"
            targets = self._targets(literal, free, check=True)
            function.loop(targets[0], f"[*{facts}][::-1]")
        for condition in targets[1:]:
            function.require(condition)
        self.literals.remove(literal)

    def _targets(self, literal: Literal, free: list[int], check: bool) -> list[str]:
        """Return the loop's target, then what is to be required of the values; the variables get them."""
        function, code = self.function, self.function.code
        names: list[str] = []
        required: list[str] = []
        for i in free:
            variable = str(literal.terms[i])
            local = self._local()
            names.append(local)
            if variable in function.env:
                required.append(f"({local} == {function.env[variable]})")
                continue
            function.env[variable] = local
            objects = self.schema.domains[variable]
            if check and not code.possible(literal.predicate, i) <= objects:
                required.append(f"({local} in {code.members(objects)})")
        return [key_code(names), *required]

    # -------------------------------------------------------------------------------------- existence, continuation
    def _once(self, new: list[str]) -> None:
        """Let each combination of values through once where loops over other variables may repeat it."""
        function = self.function
        function.body.insert(0, "    seen = set()")
        key = key_code(function.env[name] for name in new)
        function.require(f"({key} not in seen)")
        function.line(f"seen.add({key})")

    def _exists(self) -> None:
        """Require that the variables that do not matter have values; in a function of its own."""
        function = self.function
        variables = sorted({name for name in function.env if function.env[name].isidentifier()})
        arguments = list(dict.fromkeys(function.env[name] for name in variables))
        inner = Function(function.code, function.code.fresh("e"), dict(function.env), arguments, self.schema)
        inner.temporaries = function.temporaries
        join = Join(inner, self.schema, self._unknown() - function.env.keys(), exists=True)
        join.literals, join.conditions = self.literals, self.conditions
        last = join.write()
        last.line("return True")
        last.finish()
        function.require(f"{inner.name}({', '.join(['state', *arguments])})")
        self.literals, self.conditions = [], []

    def _unknown(self) -> set[str]:
        found = {name for literal in self.literals for name in literal.variables()}
        for condition in self.conditions:
            found |= {use.term for use in uses(condition) if is_variable(use.term) and use.quantified is None}
        return found

    def _go_on_in_another(self) -> None:
        """Continue the loops in another function, which this one passes its values to."""
        function = self.function
        arguments = list(dict.fromkeys(text for text in function.env.values() if text.isidentifier()))
        inner = Function(function.code, function.code.fresh("c"), dict(function.env), arguments, self.schema)
        inner.temporaries = function.temporaries
        call = f"{inner.name}({', '.join(['state', *arguments])})"
        function.line(f"if {call}: return True" if self.exists else f"yield from {call}")
        function.finish()
        self.function = inner
