"""What Pyhop-style programs print: states, multigoals and the contents of domains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from htn.interop.domain import Declarations
from htn.interop.goals import Multigoal
from htn.interop.state import State

__all__ = ["get_type", "print_domain", "print_methods", "print_names", "print_state", "print_table"]


def get_type(object: Any) -> str:
    """Return the name of an object's type."""
    return type(object).__name__


def print_state(object: State | Multigoal, heading: str | None = None) -> None:
    """Print a state or a multigoal."""
    object.display(heading)


def print_domain(domain: Declarations) -> None:
    """Print a domain's actions, commands and methods."""
    print(f"\nDomain name: {domain.__name__}")
    print_names("Actions", "actions", domain._action_dict)
    print_names("Commands", "commands", domain._command_dict)
    print_methods(domain)


def print_methods(domain: Declarations) -> None:
    """Print a domain's methods by task and by state variable."""
    print_table("Task name", domain._task_method_dict)
    print_table("State var name", domain._unigoal_method_dict)
    names = [method.__name__ for method in domain._multigoal_method_list]
    print_names("Multigoal methods", "multigoal methods", names)


def print_names(title: str, kind: str, names: Iterable[str]) -> None:
    """Print names in one line, or that there are none."""
    listed = ", ".join(names)
    print(f"-- {title}: {listed}" if listed else f"-- There are no {kind} --")


def print_table(title: str, table: dict[str, list[Any]]) -> None:
    """Print which functions there are for each name."""
    print(f"\n{title + ':':<19}Methods:\n{'-' * 15:<19}{'-' * 8}")
    for name, functions in table.items():
        print(f"{name:<19}{', '.join(function.__name__ for function in functions)}")
    print()
