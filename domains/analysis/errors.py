"""Errors of the sales analyses, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domains.analysis.scope import Scope, describe
from htn.model.errors import HtnError, InputError
from htn.planning import InvalidDomain, LimitReached, Outcome, Unsolvable

__all__ = ["MissingExtraError", "NoPlanFitsError", "NotAcceptedError", "NotPlannedError"]


class MissingExtraError(HtnError, ImportError):
    """A package is not installed; the message names the extra that brings it.

    Examples
    --------
    >>> print(MissingExtraError("streamlit", "ui"))
    this needs the package 'streamlit': install it with pip install 'htn[ui]'
    """

    code = "missing-package"
    exit_code = 50

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs the package {package!r}: install it with pip install 'htn[{extra}]'")


class NotAcceptedError(InputError):
    """The gatekeeper refuses the question or asks back; show its sentence and let the person ask again.

    Attributes
    ----------
    assessment : Mapping
        The whole assessment as JSON data.
    """

    code = "not-accepted"

    def __init__(self, assessment: Mapping[str, Any]) -> None:
        self.assessment = dict(assessment)
        sentence = str(assessment.get("sentence") or assessment.get("reason") or "the question is not accepted")
        ask = assessment.get("ask")
        super().__init__(f"{sentence} {ask}" if ask else sentence)
        self.exit_code = 35 if assessment.get("verdict") == "ask_back" else 36


class NotPlannedError(HtnError):
    """No plan was found; the message says why, and the exit code whether there is none or a limit was reached.

    Attributes
    ----------
    outcome : Outcome
        What planning came to.

    Parameters
    ----------
    outcome : Outcome
        What planning came to.
    scope : Scope or None
        What the question is about, which the message then has in words.
    """

    code = "not-planned"

    def __init__(self, outcome: Outcome, scope: Scope | None = None) -> None:
        self.outcome = outcome
        if isinstance(outcome, LimitReached):
            message, self.exit_code = f"planning was stopped by its limit on {outcome.limit}", 20
        elif isinstance(outcome, InvalidDomain):
            message, self.exit_code = "; ".join(outcome.problems), 31
        else:
            reason = outcome.reason if isinstance(outcome, Unsolvable) else ""
            if scope is not None:  # as people write it
                for before in ("(", ", "):
                    reason = reason.replace(f"{before}{scope!r})", f"{before}{describe(scope)})")
            message, self.exit_code = f"there is no plan: {reason}", 10
        super().__init__(message)


class NoPlanFitsError(HtnError):
    """There are plans, and none is expected to stay within the limits.

    Attributes
    ----------
    best : Mapping
        What the plan that is best in it is expected to take (or to reach, for quality), for each limit.
    """

    code = "budget-too-small"
    exit_code = 23

    def __init__(self, best: Mapping[str, float], limits: Mapping[str, float]) -> None:
        self.best = dict(best)
        told = "; ".join(_LIMIT[name].format(limits[name], number) for name, number in best.items())
        super().__init__(f"no plan is expected to stay within the limits: {told}. Raise a limit, or ask for less")


_LIMIT = {
    "seconds": "at most {:,.6g} seconds are allowed, the fastest plan takes about {:,.3g}",
    "tokens": "at most {:,.0f} tokens are allowed, the smallest plan uses about {:,.0f}",
    "money": "at most {:,.6g} may be spent, the cheapest plan costs about {:,.3g}",
    "quality": "a quality of at least {:.2f} is wanted, the best plan's is about {:.2f}",
}
