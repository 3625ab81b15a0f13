"""Names that a file uses and names that it declares: close spellings are accepted and written down as warnings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from htn.hddl.errors import Source
from htn.hddl.findings import Finding, Findings
from htn.model.suggest import nearest

__all__ = ["Kind", "Names", "suggestion"]

Kind = Literal["type", "object", "predicate", "function", "task"]


class Names:
    """The names declared so far, by kind, and the warnings of one reading.

    Kinds are apart: a type and a predicate may share a name. A name that is not declared but differs from exactly one
    declared name only in upper and lower case, or in ``-`` for ``_``, is taken for that one.

    Parameters
    ----------
    source : Source
        For the places in warnings.

    Examples
    --------
    >>> names = Names(Source("(at Truck-1)"))
    >>> names.declare("object", ["truck_1"])
    >>> names.resolve("object", "Truck-1", 4)
    'truck_1'
    >>> print(names.warnings[0])
    1:5: warning [lenient]: the object 'Truck-1' is not declared; taken for 'truck_1'
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._findings = Findings(source)
        self._exact: dict[Kind, set[str]] = {}
        self._folded: dict[Kind, dict[str, str | None]] = {}
        self._told: set[tuple[str, str]] = set()

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What was read leniently so far, in the order of the text."""
        return tuple(sorted(self._findings.found, key=lambda finding: (finding.line, finding.column)))

    def declare(self, kind: Kind, names: Iterable[str]) -> None:
        """Add declared names."""
        exact, folded = self._exact.setdefault(kind, set()), self._folded.setdefault(kind, {})
        for name in names:
            if name not in exact:
                exact.add(name)
                key = _fold(name)
                # Two spellings that fold alike are told apart by their exact spelling only.
                folded[key] = None if key in folded else name

    def known(self, kind: Kind) -> set[str]:
        """Return the declared names of a kind."""
        return self._exact.get(kind, set())

    def spelling(self, kind: Kind, name: str) -> str | None:
        """Return the one declared name that a name can be taken for, where it is not declared itself."""
        return None if name in self.known(kind) else self._folded.get(kind, {}).get(_fold(name))

    def resolve(self, kind: Kind, name: str, at: int) -> str:
        """Return the declared spelling of a name; the name itself where nothing like it is declared."""
        declared = self.spelling(kind, name)
        if declared is None:
            return name
        self.warn(at, f"the {kind} '{name}' is not declared; taken for '{declared}'", key=(kind, name))
        return declared

    def warn(self, at: int, message: str, key: tuple[str, str] | None = None) -> None:
        """Write down a warning with its place; of those with an equal key only the first."""
        if key is not None:
            if key in self._told:
                return
            self._told.add(key)
        self._findings.warning("lenient", at, message)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: what may have been meant, or nothing.

    Examples
    --------
    >>> suggestion("drvie", ["drive", "load"])
    "; did you mean 'drive'?"
    """
    close = nearest(name, sorted(known))
    return f"; did you mean {' or '.join(repr(other) for other in close)}?" if close else ""


def _fold(name: str) -> str:
    return name.lower().replace("-", "_")
