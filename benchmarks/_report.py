"""What every benchmark offers: ``--quick``, ``--json FILE``, ``--check``, and a table of what was measured."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Claim", "arguments", "finish", "machine", "parser", "table"]


@dataclass(frozen=True)
class Claim:
    """Something a benchmark is to show.

    Attributes
    ----------
    text : str
        What is claimed, with the measure and the limit.
    measured : float
        What was measured.
    limit : float
        The limit.
    at_most : bool
        Whether the measure may not be above the limit; else it may not be below.
    """

    text: str
    measured: float
    limit: float
    at_most: bool = True

    @property
    def holds(self) -> bool:
        """Whether the claim is met."""
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        return f"{'met   ' if self.holds else 'MISSED'} {self.text}: {self.measured:.3g} (wanted {sign} {self.limit:g})"


def parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with what every benchmark offers."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--quick", action="store_true", help="a fixed part of it, in less than a minute")
    made.add_argument("--json", metavar="FILE", type=Path, help="write everything measured as JSON")
    made.add_argument("--check", action="store_true", help="exit with 1 if a claim is missed, naming it")
    return made


def arguments(description: str) -> argparse.Namespace:
    """Return the command line's options."""
    return parser(description).parse_args()


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as a table with aligned columns.

    Examples
    --------
    >>> print(table(["what", "s"], [["one", 1.5], ["two", None]]))
    what    s
    one   1.5
    two     -
    """
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[place]) for row in [list(columns), *cells]) for place in range(len(columns))]
    lines = []
    for row in [list(columns), *cells]:
        first = row[0].ljust(widths[0])
        lines.append("  ".join([first, *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]))
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value)


def machine() -> dict[str, Any]:
    """Return what the measurements were made on."""
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def finish(options: argparse.Namespace, data: dict[str, Any], claims: Sequence[Claim]) -> None:
    """Print the claims, write the JSON, and exit with 1 if it is to be checked and a claim is missed."""
    print("\n" + "\n".join(map(str, claims)))
    if options.json:
        made = {**data, "machine": machine(), "quick": options.quick}
        made["claims"] = [{"claim": c.text, "measured": c.measured, "limit": c.limit, "met": c.holds} for c in claims]
        options.json.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    missed = [claim for claim in claims if not claim.holds]
    if options.check and missed:
        sys.exit(1)
