"""Stores what steps produced, under the hash of its content; large documents as files beside the journal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from htn.execution.canonical import canonical_json, content_hash
from htn.execution.database import private_directory
from htn.execution.errors import ArtifactError
from htn.execution.journal import Journal

__all__ = ["ArtifactStore", "StoredArtifact"]

INLINE_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class StoredArtifact:
    """An artifact: the hash of its content, its type's name and the document."""

    hash: str
    type: str
    document: Mapping[str, Any]


class ArtifactStore:
    """The artifacts of a workspace.

    The hash is taken over the canonical JSON of ``{"document": ..., "type": ...}``, so an artifact is what it is of
    its type. Up to 256 KB it lies in the journal's file; above that in ``artifacts/<hash>.json``, whose bytes have the
    hash that the file is named after. In a database that several machines share it lies there whatever its size.

    Parameters
    ----------
    journal : Journal
        The journal whose file and workspace hold the artifacts.
    """

    def __init__(self, journal: Journal) -> None:
        self._database = journal.database
        self._folder = journal.workspace / "artifacts"

    def put(self, type: str, document: Mapping[str, Any]) -> str:
        """Store an artifact and return its hash; storing it again changes nothing.

        Raises
        ------
        ValueError, TypeError
            When the document is not JSON data.
        """
        text = canonical_json({"document": document, "type": type})
        size = len(text.encode())
        digest = content_hash({"document": document, "type": type})
        aside = size > INLINE_LIMIT and not self._database.shared
        if aside:
            self._write_file(digest, text)
        self._database.write(
            "INSERT INTO artifacts(hash, type, size, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (digest, type, size, None if aside else text),
        )
        return digest

    def _write_file(self, digest: str, text: str) -> None:
        private_directory(self._folder)
        target = self._folder / f"{digest}.json"
        if target.exists():
            return
        partial = self._folder / f"{digest}.{os.getpid()}.part"
        try:
            with os.fdopen(
                os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(target)  # a reader sees all of it or nothing
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise ArtifactError(
                f"{target}: cannot be written ({error.strerror}); free some space and resume"
            ) from error

    def has(self, digest: str) -> bool:
        """Whether an artifact is stored."""
        row = self._database.row("SELECT document IS NULL FROM artifacts WHERE hash = ?", (digest,))
        return row is not None and (not row[0] or (self._folder / f"{digest}.json").is_file())

    def type_of(self, digest: str) -> str:
        """Return the type name of a stored artifact.

        Raises
        ------
        ArtifactError
            When it is missing.
        """
        row = self._database.row("SELECT type FROM artifacts WHERE hash = ?", (digest,))
        if row is None:
            raise self._missing(digest)
        return str(row["type"])

    @staticmethod
    def _missing(digest: str) -> ArtifactError:
        return ArtifactError(f"artifact {digest[:12]} is not in this workspace; resume the run to produce it again")

    def get(self, digest: str) -> StoredArtifact:
        """Return an artifact, having checked that it is what its hash says.

        Raises
        ------
        ArtifactError
            When it is missing or was changed.
        """
        row = self._database.row("SELECT type, document FROM artifacts WHERE hash = ?", (digest,))
        if row is None:
            raise self._missing(digest)
        text = row["document"]
        if text is None:
            path = self._folder / f"{digest}.json"
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ArtifactError(f"{path}: cannot be read ({error}); restore it from a backup") from error
        try:
            envelope = json.loads(text)
        except json.JSONDecodeError:
            envelope = None
        if not isinstance(envelope, dict) or content_hash(envelope) != digest:
            raise ArtifactError(f"artifact {digest[:12]} was changed after it was stored; restore it from a backup")
        return StoredArtifact(digest, row["type"], envelope["document"])
