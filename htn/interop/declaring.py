"""Declaring GTPyhop-style domains: the current domain, and what is added to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from htn.interop import printing
from htn.interop.domain import Declarations
from htn.interop.settings import Setting
from htn.model.errors import DomainError

__all__ = [
    "Domain",
    "current",
    "declare_actions",
    "declare_commands",
    "declare_methods",
    "declare_multigoal_methods",
    "declare_operators",
    "declare_task_methods",
    "declare_unigoal_methods",
    "find_domain_by_name",
    "get_current_domain",
    "is_domain_created",
    "print_actions",
    "print_commands",
    "print_domain",
    "print_domain_names",
    "print_methods",
    "print_operators",
    "set_current_domain",
]

Function = Callable[..., Any]


class Domain(Declarations):
    """Actions, commands and methods of one domain; a new one becomes the current domain.

    Parameters
    ----------
    domain_name : str
        A name for messages.
    """

    def __init__(self, domain_name: str) -> None:
        super().__init__(domain_name)
        _domains.set((*_domains.get(), self))
        _current.set(self)

    def copy(self, new_name: str | None = None) -> Domain:
        """Return a domain with the same declarations, without making it the current one."""
        new = Domain.__new__(Domain)
        Declarations.__init__(new, new_name or f"{self.__name__}_copy")
        new._action_dict.update(self._action_dict)
        new._command_dict.update(self._command_dict)
        new._task_method_dict.update({task: list(methods) for task, methods in self._task_method_dict.items()})
        new._unigoal_method_dict.update({name: list(methods) for name, methods in self._unigoal_method_dict.items()})
        new._multigoal_method_list.extend(self._multigoal_method_list)
        return new

    def display(self) -> None:
        """Print the domain's actions, commands and methods."""
        printing.print_domain(self)

    def __repr__(self) -> str:
        return f"<Domain {self.__name__}>"


_domains: Setting[tuple[Domain, ...]] = Setting("domains", ())
_current: Setting[Domain | None] = Setting("current_domain", None)


def current(domain: Domain | None = None) -> Domain:
    """Return the domain given, or else the current one.

    Raises
    ------
    DomainError
        When there is neither.
    """
    found = domain or _current.get()
    if found is None:
        raise DomainError("there is no current domain: make one with Domain('name') before declaring or planning")
    return found


def set_current_domain(domain: Domain) -> None:
    """Make a domain the one that functions here declare to and plan with."""
    if not isinstance(domain, Domain):
        raise TypeError(f"the current domain must be a Domain, not a {type(domain).__name__}")
    _current.set(domain)


def get_current_domain() -> Domain | None:
    """Return the current domain."""
    return _current.get()


def find_domain_by_name(domain_name: str) -> Domain | None:
    """Return the first domain made under a name, or None."""
    return next((domain for domain in _domains.get() if domain.__name__ == domain_name), None)


def is_domain_created(domain_name: str) -> bool:
    """Return whether a domain was made under a name."""
    return find_domain_by_name(domain_name) is not None


# --- declaring


def declare_actions(*actions: Function) -> dict[str, Function]:
    """Declare actions of the current domain: ``action(state, *args)`` returns the changed state, or refuses."""
    declared = current()._action_dict
    declared.update({action.__name__: action for action in actions})
    return declared


def declare_commands(*commands: Function) -> dict[str, Function]:
    """Declare commands, called ``c_`` and an action's name: what `run_lazy_lookahead` carries out for it."""
    declared = current()._command_dict
    declared.update({command.__name__: command for command in commands})
    return declared


def declare_task_methods(task_name: str, *methods: Function) -> dict[str, list[Function]]:
    """Declare further methods for a task: ``method(state, *args)`` returns a list of tasks, or refuses."""
    declared = current()._task_method_dict
    _extend(declared.setdefault(task_name, []), methods)
    return declared


def declare_unigoal_methods(state_var_name: str, *methods: Function) -> dict[str, list[Function]]:
    """Declare further methods for goals of a state variable: ``method(state, argument, wanted value)``."""
    declared = current()._unigoal_method_dict
    _extend(declared.setdefault(state_var_name, []), methods)
    return declared


def declare_multigoal_methods(*methods: Function) -> list[Function]:
    """Declare further methods for multigoals: ``method(state, multigoal)``."""
    declared = current()._multigoal_method_list
    _extend(declared, methods)
    return declared


def _extend(declared: list[Function], methods: Sequence[Function]) -> None:
    declared.extend(method for method in dict.fromkeys(methods) if method not in declared)


declare_operators = declare_actions
declare_methods = declare_task_methods


# --- printing


def print_domain_names() -> None:
    """Print the names of all domains made."""
    printing.print_names("Domain names", "domains", [domain.__name__ for domain in _domains.get()])


def print_domain(domain: Domain | None = None) -> None:
    """Print a domain's actions, commands and methods; the current one's unless told."""
    printing.print_domain(current(domain))


def print_actions(domain: Domain | None = None) -> None:
    """Print the names of a domain's actions."""
    printing.print_names("Actions", "actions", current(domain)._action_dict)


def print_commands(domain: Domain | None = None) -> None:
    """Print the names of a domain's commands."""
    printing.print_names("Commands", "commands", current(domain)._command_dict)


def print_operators() -> None:
    """Print the names of the current domain's actions."""
    print_actions()


def print_methods(domain: Domain | None = None) -> None:
    """Print a domain's methods by task and by state variable."""
    printing.print_methods(current(domain))
