"""What a plan will take: a tile for each resource, with the interval that holds eight runs of ten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domains.analysis.app.wording import html_text
from htn.views.amounts import duration_text, memory_text

__all__ = ["estimate_html", "tiles_html"]


def tiles_html(tiles: list[tuple[str, str, str]]) -> str:
    """Return tiles of a name, a figure and a remark.

    Examples
    --------
    >>> tiles_html([("steps", "3", "")])
    '<dl class="tiles"><div><dt>steps</dt><dd>3</dd></div></dl>'
    """
    parts = []
    for name, figure, remark in tiles:
        small = f"<small>{html_text(remark)}</small>" if remark else ""
        parts.append(f"<div><dt>{html_text(name)}</dt><dd>{html_text(figure)}{small}</dd></div>")
    return f'<dl class="tiles">{"".join(parts)}</dl>'


def estimate_html(estimate: Mapping[str, Any], verdict: str = "") -> str:
    """Return an analysis plan's estimate as tiles.

    Parameters
    ----------
    estimate : Mapping
        Totals by resource, the number of steps, and what it rests on.
    verdict : str
        What the independent checker says of the plan.

    Examples
    --------
    >>> page = estimate_html({"totals": {"seconds": {"p10": 1, "p50": 2, "p90": 4}}, "steps": 3, "basis": ["prior"]})
    >>> "2.0 s" in page, "1.0 s to 4.0 s" in page
    (True, True)
    """
    totals: Mapping[str, Mapping[str, float]] = estimate.get("totals", {})
    opened = f"{estimate['open']} open" if estimate.get("open") else ""
    tiles = [("steps", str(estimate.get("steps", "")), opened)]
    if "seconds" in totals:
        time = totals["seconds"]
        tiles.append(("time", duration_text(time["p50"]), _between(time, duration_text)))
    tokens = [totals[name] for name in ("input_tokens", "output_tokens") if name in totals]
    used = bool(tokens) and any(part["p90"] for part in tokens)
    if used:
        whole = {q: sum(part[q] for part in tokens) for q in ("p10", "p50", "p90")}
        tiles.append(("tokens", f"{whole['p50']:,.0f}", _between(whole, lambda value: f"{value:,.0f}")))
    elif tokens:
        tiles.append(("tokens", "0", "no model is called"))
    if used and "money" in totals:
        tiles.append(("money", f"{totals['money']['p50']:.2f}", _between(totals["money"], lambda v: f"{v:.2f}")))
    elif used:
        tiles.append(("money", "unknown", "no prices are configured"))
    if "memory_bytes" in totals:
        tiles.append(("memory", memory_text(totals["memory_bytes"]["p50"]), "at the peak"))
    if verdict:
        tiles.append(("independent check", verdict.partition(":")[0].split(",")[0], ""))
    basis = "; ".join(estimate.get("basis", ())) or "nothing"
    return f'{tiles_html(tiles)}<p class="soft">The estimate rests on: {html_text(basis)}.</p>'


def _between(quantiles: Mapping[str, float], write: Any) -> str:
    return f"8 in 10: {write(quantiles['p10'])} to {write(quantiles['p90'])}"
