"""Writes a report as one HTML file: inline styles, no scripts, nothing to load, every text escaped."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from domains.analysis.report.content import MEANINGS, STRENGTHS, Report
from domains.analysis.report.plain import plain

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["html"]

_QUESTION_IN_TITLE = 120


def html(report: Report) -> str:
    """Return a report as HTML."""
    return _template().render(
        report=report,
        strengths=[(name, MEANINGS[name]) for name in STRENGTHS],
        title=plain(report.question, most=_QUESTION_IN_TITLE),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["slug"] = lambda strength: strength.replace(" ", "-")
    return environment.get_template("report.html.jinja")


def _finalize(value: Any) -> Any:
    """Make every text plain just before it is escaped; markup is the template's own."""
    return plain(value) if type(value) is str else value


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
