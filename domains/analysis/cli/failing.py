"""The command that looks at what failed across runs: failures."""

from __future__ import annotations

import argparse
import re
import time
from datetime import UTC, datetime

from domains.analysis.cli.show import print_json
from htn.model.errors import InputError
from htn.views.plain import clean

__all__ = ["failures"]

_UNITS = {"h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}


def failures(arguments: argparse.Namespace) -> int:
    """Say what failed in the workspace's runs, how often, what was done about it, and whether that worked."""
    from htn.execution.failure_view import failures_of

    now = time.time()
    found = failures_of(arguments.workspace, since=_since(arguments.since, now), until=now)
    if arguments.json:
        print_json(found.to_json())
    else:
        print("\n".join(clean(line) for line in found.lines()))
    return 0


def _since(text: str | None, now: float) -> float:
    """Return a moment: so many hours, days or weeks ago, or a date.

    Examples
    --------
    >>> _since("2d", 200000.0), _since("1970-01-02", 0.0), _since(None, 5.0)
    (27200.0, 86400.0, 0.0)
    """
    if text is None:
        return 0.0
    found = re.fullmatch(r"(\d{1,6})([hdw])", text)
    if found:
        return now - int(found[1]) * _UNITS[found[2]]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--since {text}: give 12h, 7d or 2w, or a date such as 2026-11-01") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
