"""Errors with a stable code, an exit code, and one sentence that says what to do."""

from __future__ import annotations

__all__ = ["DomainError", "HtnError", "InputError", "StateError", "UnhashableValueError", "UnknownNameError"]


class HtnError(Exception):
    """Base of every error this project raises on purpose.

    Attributes
    ----------
    code : str
        Stable identifier, for programs and for the troubleshooting page.
    exit_code : int
        What a command exits with: 10s unsolvable, 20s limits, 30s bad input, 40s failed runs, 50s the environment.
    """

    code = "error"
    exit_code = 30


class InputError(HtnError):
    """Something given from outside cannot be used; the message says what, where and what to do."""

    code = "input"
    exit_code = 30

    def __init__(self, message: str, *, path: str | None = None, line: int | None = None) -> None:
        where = "" if path is None else (f"{path}: " if line is None else f"{path}:{line}: ")
        super().__init__(where + message)
        self.path = path
        self.line = line


class DomainError(HtnError):
    """A domain is written wrongly: caught before planning where that is possible."""

    code = "domain"
    exit_code = 31


class UnknownNameError(DomainError):
    """A task, operator, fluent or method name that the domain does not have; carries suggestions."""

    code = "unknown-name"


class StateError(HtnError):
    """A state is used in a way that it does not allow."""

    code = "state"
    exit_code = 32


class UnhashableValueError(StateError):
    """A mutable value was put in a fluent, where a later change to it could not be undone."""

    code = "mutable-value"
