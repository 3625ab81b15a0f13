"""All success criteria by name, wherever they are defined."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from domains.analysis import criteria_calls, criteria_crm, criteria_proposals, criteria_review
from domains.analysis.criterion import Criterion
from htn.model.errors import DomainError
from htn.model.suggest import did_you_mean

__all__ = ["CRITERIA", "criterion", "merge"]


def merge(*registries: Mapping[str, Criterion]) -> Mapping[str, Criterion]:
    """Return several registries as one.

    Raises
    ------
    DomainError
        When two of them define one name.
    """
    found: dict[str, Criterion] = {}
    for registry in registries:
        for name, item in registry.items():
            if name in found:
                raise DomainError(f"the criterion {name!r} is defined twice")
            found[name] = item
    return MappingProxyType(found)


CRITERIA = merge(criteria_calls.CRITERIA, criteria_crm.CRITERIA, criteria_proposals.CRITERIA, criteria_review.CRITERIA)


def criterion(name: str) -> Criterion:
    """Return a criterion by name.

    Raises
    ------
    UnknownNameError
        With the nearest names there are.

    Examples
    --------
    >>> criterion("has_calls").description
    'there are calls that can be used, and their counts add up'
    """
    if name not in CRITERIA:
        raise did_you_mean(f"there is no criterion {name!r}", name, list(CRITERIA))
    return CRITERIA[name]
