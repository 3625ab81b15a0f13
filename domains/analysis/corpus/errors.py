"""What can be wrong with a workspace, each with a code and an exit code."""

from __future__ import annotations

from htn.model.errors import HtnError, InputError

__all__ = ["FullTextMissingError", "WorkspaceError"]


class WorkspaceError(InputError):
    """A workspace cannot be opened, read or written; the message says which and what to do."""

    code = "workspace"


class FullTextMissingError(HtnError):
    """The SQLite of the running Python was built without FTS5, which the workspace needs to search transcripts."""

    code = "no-fts5"
    exit_code = 50
