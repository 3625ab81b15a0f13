"""What every page starts from: the workspace, the planner for it, who is there, and how texts and errors are shown."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from domains.analysis.app.asked import Asked
from domains.analysis.app.launch import ADDITIONS, WORKSPACE
from domains.analysis.app.people import Person, person
from domains.analysis.app.wording import html_text, plain
from htn.execution.wishes import constraints_of
from htn.model.errors import HtnError

if TYPE_CHECKING:
    from domains.analysis.analysis_plan import AnalysisPlan
    from domains.analysis.choosing import PlanChoice
    from domains.analysis.planner import EstatePlanner

__all__ = ["PAGES", "Frame", "choice_for", "frame", "go", "guarded", "plan_for", "planner", "remark", "show_html"]

PAGES = {
    "ask": ("Ask", ":material/help:"),
    "runs": ("Runs", ":material/list:"),
    "run": ("Run", ":material/play_circle:"),
    "compare": ("Compare", ":material/compare_arrows:"),
    "workspace": ("Workspace", ":material/folder_open:"),
    "estimates": ("Estimates", ":material/timer:"),
    "call": ("Call", ":material/call:"),
}
"""Title and icon of each page; each is a file of its own in ``screens``."""

STALE_S = 300
"""Seconds after which a plan is made anew, because runs since then may have changed its estimate."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page starts from.

    Attributes
    ----------
    workspace : Path
        The workspace's folder.
    additions : tuple of str
        Python files with further methods and operators.
    person : Person
        Who sits before the browser.
    """

    workspace: Path
    additions: tuple[str, ...]
    person: Person


def frame() -> Frame:
    """Return what the page starts from.

    Raises
    ------
    InputError
        When the workspace's roles cannot be read.
    """
    workspace = Path(os.environ.get(WORKSPACE, ".estate"))
    additions = tuple(filter(None, os.environ.get(ADDITIONS, "").split(os.pathsep)))
    user = st.user.to_dict()
    # An address that no identity provider vouches for counts for nothing.
    address = str(user.get("email", "")) if user.get("is_logged_in") else None
    return Frame(workspace, additions, person(workspace, address))


def planner() -> EstatePlanner:
    """Return the planner for the workspace as it is now; one that was made before data came in is left behind."""
    now = frame()
    return _planner(now.workspace, now.additions, _version(now.workspace))


def _version(workspace: Path) -> int:
    """Return a number that changes when data come in."""
    try:
        return (workspace / "corpus.sqlite").stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(max_entries=4, show_spinner=False)
def _planner(workspace: Path, additions: tuple[str, ...], version: int) -> EstatePlanner:
    from domains.analysis.planner import EstatePlanner

    return EstatePlanner(workspace, additions=additions)


def plan_for(asked: Asked) -> AnalysisPlan:
    """Return the plan for what is asked; the same is planned once.

    Raises
    ------
    NotAcceptedError, NotPlannedError, NoPlanFitsError
        As `EstatePlanner.plan` and `EstatePlanner.choose`.
    """
    if asked.chosen:
        plans = choice_for(asked).plans
        return plans[min(asked.pick, len(plans) - 1)]
    now = frame()
    return _plan(asked, now.workspace, now.additions, _version(now.workspace))


def choice_for(asked: Asked) -> PlanChoice:
    """Return the plans to choose from, the best by the objective first; raises as `plan_for`."""
    now = frame()
    return _choice(replace(asked, pick=0), now.workspace, now.additions, _version(now.workspace))


@st.cache_resource(max_entries=64, ttl=STALE_S, show_spinner="Planning …")
def _plan(asked: Asked, workspace: Path, additions: tuple[str, ...], version: int) -> AnalysisPlan:
    made = _planner(workspace, additions, version)
    return made.plan(asked.question, options=dict(asked.options), constraints=constraints_of(asked.wishes))


@st.cache_resource(max_entries=32, ttl=STALE_S, show_spinner="Looking for plans to choose from …")
def _choice(asked: Asked, workspace: Path, additions: tuple[str, ...], version: int) -> PlanChoice:
    from htn.planning.choice import Objective
    from htn.planning.choice.objective import Ceiling

    made = _planner(workspace, additions, version)
    return made.choose(
        asked.question,
        objective=None if asked.objective is None else Objective.parse(asked.objective),
        ceiling=Ceiling(**dict(asked.limits)),
        options=dict(asked.options),
        constraints=constraints_of(asked.wishes),
    )


def guarded(show: Callable[[], None]) -> Callable[[], None]:
    """Show a page's errors as one sentence each, as the command line does."""

    @wraps(show)
    def page() -> None:
        try:
            show()
        except HtnError as error:
            st.error(plain(error))
        except (sqlite3.Error, OSError) as error:
            st.error(plain(f"the workspace cannot be used: {error}; check disk space and permissions"))
        except ModuleNotFoundError as error:
            st.error(plain(f"this needs the package {error.name!r}: install it with pip install 'htn[ui]'"))

    return page


@cache
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def show_html(body: str) -> None:
    """Show HTML that our own code wrote, with the application's style; Streamlit takes out all scripts."""
    st.html(f'<style>{_style()}</style><div class="app">{body}</div>')


def remark(text: object) -> None:
    """Show a sentence in softer words than the rest; Streamlit's own captions have too little contrast."""
    show_html(f'<p class="soft">{html_text(text)}</p>')


def go(page: str, **parameters: str) -> NoReturn:
    """Open another page."""
    st.switch_page(f"screens/{page}.py", query_params=parameters)
