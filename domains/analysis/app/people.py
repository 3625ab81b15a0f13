"""Who sits before the browser, and what they may do: signed in through Streamlit's OIDC, or the user of the machine."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from htn.model.errors import InputError
from htn.model.settings import read_settings

__all__ = ["FILE_NAME", "RIGHTS", "Person", "person", "rights_of"]

FILE_NAME = "roles.toml"
RIGHTS = ("ask", "approve", "ingest")
"""What the application lets people do beside looking: plan questions, approve plans and steps, bring data in."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with their rights.

    Attributes
    ----------
    name : str
        Written down with every answer: the address signed in with, or the user's name on this machine.
    rights : frozenset of str
        Some of `RIGHTS`.
    signed_in : bool
        Whether an identity provider vouches for the name.
    """

    name: str
    rights: frozenset[str]
    signed_in: bool = False

    def may(self, right: str) -> bool:
        """Whether the person has a right."""
        return right in self.rights


def rights_of(name: str, signed_in: bool, rules: Mapping[str, object] | None) -> frozenset[str]:
    """Return what somebody may do.

    Parameters
    ----------
    name : str
        Their address or name.
    signed_in : bool
        Whether an identity provider vouches for it.
    rules : Mapping or None
        By right, the names that have it; ``*`` is everybody. None where the workspace has no such file: then who sits
        at the machine itself may do everything, and who signed in from elsewhere may only look.

    Raises
    ------
    InputError
        When the rules cannot be used.

    Examples
    --------
    >>> sorted(rights_of("ann@example.org", True, {"ask": ["*"], "approve": ["Ann@example.org"]}))
    ['approve', 'ask']
    >>> rights_of("ann@example.org", True, None)
    frozenset()
    """
    if rules is None:
        return frozenset() if signed_in else frozenset(RIGHTS)
    found = set()
    for right, names in rules.items():
        if right not in RIGHTS:
            raise InputError(f"{FILE_NAME}: there is no right {right!r}; there are {', '.join(RIGHTS)}")
        if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
            raise InputError(f"{FILE_NAME}: {right} must be a list of names")
        if "*" in names or name.casefold() in (each.casefold() for each in names):
            found.add(right)
    return frozenset(found)


def person(workspace: Path, address: str | None) -> Person:
    """Return who sits before the browser; ``address`` is what they signed in with, None without sign-in.

    Raises
    ------
    InputError
        When the workspace's rules cannot be read.
    """
    path = workspace / FILE_NAME
    rules = read_settings(path)
    name = address or _user()
    return Person(name, rights_of(name, address is not None, rules), address is not None)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user that the system has no name for
        return f"user {os.getuid()}"
