"""A proposal in words, for whoever asks why a step is there: by which model, when, why, and what was checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["proposal_lines"]


def proposal_lines(bindings: Mapping[str, Any]) -> list[str]:
    """Return what a node of the decomposition that follows a proposal says of it; nothing for any other.

    Examples
    --------
    >>> proposal_lines({"proposal": "ab12", "model": "a-model", "asked": "2026-11-22", "reason": "It fits.",
    ...     "checked": ("every task is one that there is",)})
    ['  proposed by a-model on 2026-11-22 (proposal ab12): It fits.', '  checked: every task is one that there is']
    >>> proposal_lines({"parts": 2})
    []
    """
    if "proposal" not in bindings:
        return []
    told = {name: bindings[name] for name in ("model", "asked", "proposal", "reason")}
    line = "  proposed by {model} on {asked} (proposal {proposal}): {reason}".format(**told)
    return [line, *(f"  checked: {what}" for what in bindings["checked"])]
