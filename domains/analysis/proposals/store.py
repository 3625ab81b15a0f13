"""Methods that were proposed and passed, kept in the workspace with who proposed them when; checked again when used."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from domains.analysis.proposals.proposal import ProposedMethod, identity_of
from domains.analysis.scope import Scope
from htn.execution.database import private_directory
from htn.writing import write_whole

__all__ = ["FOLDER", "MOST_KEPT", "ProposalStore"]

FOLDER = "proposals"
MOST_KEPT = 100


class ProposalStore:
    """The proposals of a workspace, one file for each; the latest `MOST_KEPT` stay.

    Parameters
    ----------
    folder : Path
        The workspace.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def keep(self, method: ProposedMethod) -> None:
        """Keep a proposal that passed; the one that was kept for the question before is replaced."""
        private_directory(self._folder)
        for path, other in self._all():
            if (other.question, other.scope) == (method.question, method.scope):
                path.unlink(missing_ok=True)
        write_whole(self._folder / f"{method.identity}.json", method.model_dump_json(indent=1), private=True)
        for path, _ in self._all()[:-MOST_KEPT]:
            path.unlink(missing_ok=True)

    def find(self, question: str, scope: Scope) -> ProposedMethod | None:
        """Return what was proposed for a question in these words; a file that its name does not fit counts as none."""
        wanted = (" ".join(question.split()), scope)
        return next((method for _, method in self._all() if (method.question, method.scope) == wanted), None)

    def _all(self) -> list[tuple[Path, ProposedMethod]]:
        """Return what is kept and can be read, the oldest first."""
        found = []
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            try:
                method = ProposedMethod.model_validate_json(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, ValidationError):
                continue
            if method.identity == path.stem == identity_of(method.question, method.scope, method.tasks):
                found.append((path, method))
        return sorted(found, key=lambda item: (item[1].asked, item[1].identity))
