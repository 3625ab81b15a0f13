"""What planning and running came to, in a few lines: an outcome's verdict and what it took, a run's progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from htn.views.amounts import duration_text
from htn.views.style import MARKS, STYLE, state_class

__all__ = ["outcome_html", "run_html"]


def outcome_html(status: str, told: Sequence[str], statistics: Mapping[str, Any], picture: str = "") -> str:
    """Return a planning outcome: the verdict, the sentences about it, what it took, and the plan's picture if any.

    Parameters
    ----------
    status : str
        solved, repaired, unsolvable, limit reached or invalid domain.
    told : sequence of str
        Sentences: reasons or problems.
    statistics : Mapping
        ``seconds``, ``nodes`` and ``backtracks``.
    picture : str
        HTML of the plan.

    Examples
    --------
    >>> page = outcome_html("unsolvable", ["no <cash>"], {"seconds": 0.1, "nodes": 7, "backtracks": 2})
    >>> "no &lt;cash&gt;" in page, "7 nodes" in page
    (True, True)
    """
    sign, kind = ("✓", "finished") if status in ("solved", "repaired") else ("✗", "failed")
    took = f"{duration_text(statistics['seconds'])}, {statistics['nodes']:,} nodes"
    took += f", {statistics['backtracks']:,} steps back"
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in told)
    head = f'<p><span class="mark {kind}">{sign}</span> <strong>{escape(status)}</strong> '
    return f'<div class="htn-plan">{STYLE}{head}<span class="soft">{took}</span></p>{sentences}</div>{picture}'


def run_html(run: Mapping[str, Any]) -> str:
    """Return where a run stands: its sentence, a bar of the work done, and its steps.

    Parameters
    ----------
    run : Mapping
        A run's status as JSON data, with ``sentence``, ``progress``, ``elapsed`` and ``steps``.

    Examples
    --------
    >>> step = {"task": "say", "description": "Say <b>", "status": "finished", "agent": None, "actual": 1.0}
    >>> page = run_html({"sentence": "Done.", "progress": 0.5, "elapsed": 2.0, "steps": [step]})
    >>> "Say &lt;b&gt;" in page, 'value="50"' in page
    (True, True)
    """
    rows = "".join(_step(step) for step in run["steps"])
    share = f"{100 * run['progress']:.0f}"
    return (
        f'<div class="htn-plan">{STYLE}<p><strong>{escape(run["sentence"])}</strong> '
        f'<span class="soft">{duration_text(run["elapsed"])}</span></p>'
        f'<progress max="100" value="{share}" style="width:100%" aria-label="work done">{share} %</progress>'
        f"<details{' open' if len(run['steps']) <= 30 else ''}><summary>{len(run['steps'])} steps</summary>"
        f"<table><tbody>{rows}</tbody></table></details></div>"
    )


def _step(step: Mapping[str, Any]) -> str:
    state = state_class(step["status"])
    took = "" if step["actual"] is None else duration_text(step["actual"])
    return (
        f'<tr><td><span class="mark {state}" title="{escape(step["status"])}">{MARKS[state]}</span> '
        f"{escape(step['description'] or step['task'])}</td><td>{escape(step['agent'] or '')}</td>"
        f'<td class="number">{took}</td></tr>'
    )
