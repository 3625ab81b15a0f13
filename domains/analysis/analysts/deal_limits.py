"""The limits of deal warnings: defaults, and a file in the workspace that sets others."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from htn.model.errors import InputError
from htn.model.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILE_NAME", "DealLimits", "deal_limits"]

FILE_NAME = "deal_warnings.toml"


@dataclass(frozen=True, slots=True)
class DealLimits:
    """When a deal warning is raised.

    Attributes
    ----------
    no_activity_days : int
        No call, stage change or use of content for longer than this.
    ghosted_days : int
        This long after an agreed next step was due there has been no contact.
    overdue_days : int
        The expected close date is further back than this.
    least_contacts : int
        Fewer people than this spoke for the buyer.
    pricing_by_call : int
        Nobody has spoken of the price although there were this many calls.
    stalled_days : int
        The deal has been in its stage for longer than this.
    """

    no_activity_days: int = 14
    ghosted_days: int = 7
    overdue_days: int = 0
    least_contacts: int = 2
    pricing_by_call: int = 2
    stalled_days: int = 30


def deal_limits(folder: Path) -> DealLimits:
    """Return the limits that a workspace's folder sets in `deal_warnings.toml`, defaults for the rest.

    Raises
    ------
    InputError
        When the file cannot be read, names an unknown limit, or gives something that is no whole number of 0 or more.
    """
    path = folder / FILE_NAME
    given = read_settings(path)
    if given is None:
        return DealLimits()
    known = [item.name for item in fields(DealLimits)]
    for name, limit in given.items():
        if name not in known:
            raise InputError(f"there is no limit {name!r}; there are {', '.join(known)}", path=FILE_NAME)
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            raise InputError(f"the limit {name} must be a whole number of 0 or more, not {limit!r}", path=FILE_NAME)
    return DealLimits(**given)
