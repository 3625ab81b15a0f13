"""What can go wrong around a run, apart from the steps themselves: each error is one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from htn.model.errors import HtnError, InputError

__all__ = [
    "ApprovalError",
    "ArtifactError",
    "EngineError",
    "JournalError",
    "PlanRejectedError",
    "RunFailedError",
    "RuntimeReferenceError",
    "UnknownRunError",
    "WorkspaceBusyError",
]


class PlanRejectedError(InputError):
    """A plan cannot be carried out as it is; nothing was started.

    Attributes
    ----------
    problems : tuple of str
        One sentence for each problem.
    """

    code = "plan-rejected"
    exit_code = 33

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("the plan cannot be carried out: " + " ".join(self.problems))


class UnknownRunError(InputError):
    """A run that the workspace does not have."""

    code = "unknown-run"


class ApprovalError(InputError):
    """An answer cannot be taken: nobody asked, or it was answered before."""

    code = "approval"


class RuntimeReferenceError(InputError):
    """The function that rebuilds a run's runtime cannot be used."""

    code = "runtime-reference"


class RunFailedError(HtnError):
    """A run ended without its final step."""

    code = "run-failed"
    exit_code = 40


class EngineError(HtnError):
    """The engine that carries out runs cannot be started here."""

    code = "engine"
    exit_code = 50


class JournalError(HtnError):
    """The journal cannot be read or written."""

    code = "journal"
    exit_code = 50


class EmptyJournalError(JournalError):
    """There is no journal yet: nothing was ever run there."""


class SupersededError(JournalError):
    """Another process has taken the run over; what this one still has in hand is not written any more."""

    code = "superseded"


class ArtifactError(HtnError):
    """A stored artifact is missing or is not what its hash says."""

    code = "artifact"
    exit_code = 50


class WorkspaceBusyError(HtnError):
    """Another process carries out runs in the workspace.

    Attributes
    ----------
    pid : int or None
        The process that holds the workspace, where it could be read.
    """

    code = "workspace-busy"
    exit_code = 51

    def __init__(self, message: str, *, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid
