"""The calibration report as one page: tables, expected against actual, and coverage over time, drawn as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final

from estimators.calibration import Calibration
from estimators.calibration_report import CalibrationReport

__all__ = ["calibration_page", "coverage_plot", "scatter_plot"]

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 420, 300, 64, 40, 16
_WINDOW: Final = 30
_MOST_POINTS: Final = 1500
_FEWEST: Final = 5
_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; } th, td { padding: .2rem .8rem; text-align: right; }
th:first-child, td:first-child { text-align: left; } tr + tr { border-top: 1px solid #d8dde3; }
svg { max-width: 100%; height: auto; } figure { display: inline-block; margin: 0 1rem 1rem 0; }
figcaption { max-width: 26rem; color: #57606a; } text { font: 12px system-ui, sans-serif; fill: #57606a; }
@media (prefers-color-scheme: dark) { body { background: #14171b; color: #e6e9ed; } tr + tr { border-color: #333a42; }
 figcaption, text { color: #9aa4b0; fill: #9aa4b0; } }
"""


def scatter_plot(pairs: Sequence[tuple[float, float]], unit: str) -> str:
    """Return expected against actual on logarithmic axes, as SVG; on the line they are equal.

    Parameters
    ----------
    pairs : sequence of (float, float)
        Expected and actual; what is zero is left out.
    unit : str
        For the axes.
    """
    shown = [(a, b) for a, b in pairs if a > 0 and b > 0][-_MOST_POINTS:]
    if not shown:
        return ""
    low = math.floor(min(math.log10(min(pair)) for pair in shown))
    high = max(math.ceil(max(math.log10(max(pair)) for pair in shown)), low + 1)

    def at(value: float, *, upwards: bool) -> float:
        share = (math.log10(value) - low) / (high - low)
        return (
            _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP) if upwards else _LEFT + share * (_WIDTH - _LEFT - 16)
        )

    parts = []
    for exponent in range(low, high + 1):
        x, y, label = at(10.0**exponent, upwards=False), at(10.0**exponent, upwards=True), _power(exponent)
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_HEIGHT - _BOTTOM}" stroke="#8884"/>')
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - 16}" y2="{y:.1f}" stroke="#8884"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">{label}</text>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    ends = [at(10.0**end, upwards=up) for end in (low, high) for up in (False, True)]
    parts.append(
        f'<line x1="{ends[0]:.1f}" y1="{ends[1]:.1f}" x2="{ends[2]:.1f}" y2="{ends[3]:.1f}" '
        'stroke="#888" stroke-dasharray="4 3"/>'
    )
    parts += [
        f'<circle cx="{at(a, upwards=False):.1f}" cy="{at(b, upwards=True):.1f}" r="2.5" fill="#2f6fbf" '
        'fill-opacity=".45"/>'
        for a, b in shown
    ]
    return _figure(parts, f"expected {unit}", f"actual {unit}")


def _power(exponent: int) -> str:
    """Return a power of ten in a few signs.

    Examples
    --------
    >>> [_power(exponent) for exponent in (-2, 0, 4, 8)]
    ['0.01', '1', '10 k', '100 M']
    """
    for sign, thousands in (("G", 9), ("M", 6), ("k", 3)):
        if exponent >= thousands:
            return f"{10 ** (exponent - thousands)} {sign}"
    return f"{10.0**exponent:g}"


def coverage_plot(inside: Sequence[bool]) -> str:
    """Return the share of the latest runs inside their intervals, over time, as SVG; the line is what is promised.

    Parameters
    ----------
    inside : sequence of bool
        For every run in the order of time, whether it was inside.
    """
    if len(inside) < _WINDOW:
        return ""
    shares = [sum(inside[end - _WINDOW : end]) / _WINDOW for end in range(_WINDOW, len(inside) + 1)]
    step = max(len(shares) // 400, 1)

    def x_of(place: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - 16) * place / max(len(shares) - 1, 1)

    def y_of(share: float) -> float:
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)

    points = " ".join(f"{x_of(n):.1f},{y_of(share):.1f}" for n, share in enumerate(shares) if n % step == 0)
    parts = [f'<text x="{_LEFT - 6}" y="{y_of(s) + 4:.1f}" text-anchor="end">{s:.0%}</text>' for s in (0, 0.5, 0.8, 1)]
    parts.append(
        f'<line x1="{_LEFT}" y1="{y_of(0.8):.1f}" x2="{_WIDTH - 16}" y2="{y_of(0.8):.1f}" stroke="#888" '
        'stroke-dasharray="4 3"/>'
    )
    parts.append(f'<polyline points="{points}" fill="none" stroke="#2f6fbf" stroke-width="1.5"/>')
    parts += [
        f'<text x="{_LEFT}" y="{_HEIGHT - _BOTTOM + 16}">{_WINDOW}</text>',
        f'<text x="{_WIDTH - 16}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="end">{len(inside)}</text>',
    ]
    return _figure(parts, "runs so far", f"inside, of the last {_WINDOW}")


def _figure(parts: Sequence[str], across: str, up: str) -> str:
    inside = "".join(parts)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{escape(up)} by {escape(across)}">{inside}'
        f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(12 {_HEIGHT / 2 - 10}) rotate(-90)" text-anchor="middle">{escape(up)}</text></svg>'
    )


def calibration_page(report: CalibrationReport) -> str:
    """Return the report as an HTML page that needs nothing else."""
    body = ["<h1>How estimates held</h1>"]
    body.append(
        "<p>Each run was predicted before it, from the runs before it. Eight in ten should lie inside their interval. "
        "Bias is actual over expected, in the middle; drift compares the last third of the runs with the first.</p>"
    )
    if report.plans:
        body.append("<h2>Whole plans</h2>")
        body.append(_table([(resource.replace("_", " "), row) for resource, row in report.plans.items()]))
        held = [(r.predicted["seconds"], r.actual["seconds"]) for r in report.runs if "seconds" in r.predicted]
        body.append(_figures([(e.p50, a) for e, a in held], [e.p10 <= a <= e.p90 for e, a in held], "seconds"))
    for resource, rows in report.steps.items():
        shown = [row for row in rows if not row.task_type or row.runs >= _FEWEST]
        name = resource.replace("_", " ")
        body.append(f"<h2>Steps: {escape(name)}</h2>")
        issued = report.issued[resource]
        body.append(
            _figures([(e.middle, e.actual) for e in issued], [e.low <= e.actual <= e.high for e in issued], name)
        )
        body.append(_table([(row.task_type.replace("_", " ") or "all", row) for row in shown]))
    content = "\n".join(body)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>How estimates held</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body>{content}</body></html>\n"
    )


def _figures(pairs: Sequence[tuple[float, float]], inside: Sequence[bool], unit: str) -> str:
    drawn = (
        (scatter_plot(pairs, unit), "Every run: what was expected and what it took."),
        (coverage_plot(inside), "The share inside the interval, over time."),
    )
    return "".join(f"<figure>{svg}<figcaption>{text}</figcaption></figure>" for svg, text in drawn if svg)


def _table(rows: Sequence[tuple[str, Calibration]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("", "runs", "inside", "below", "above", "error", "bias", "drift"))
    lines = []
    for name, row in rows:
        drift = "" if row.bias_drift is None else f"{row.bias_drift:.2f}"
        shares = "".join(f"<td>{100 * s:.0f} %</td>" for s in (row.coverage, row.below, row.above, row.error))
        lines.append(
            f"<tr><td>{escape(name)}</td><td>{row.runs}</td>{shares}<td>{row.bias:.2f}</td><td>{drift}</td></tr>"
        )
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"
