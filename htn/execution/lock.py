"""One process at a time carries out runs in a workspace; the lock goes when the process does, however it ends."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from htn.execution.database import private_directory, private_file
from htn.execution.errors import WorkspaceBusyError

__all__ = ["WorkspaceLock"]

_TRIES = 4
_PAUSE = 0.01


def _try_lock(descriptor: int) -> bool:
    """Take the operating system's lock on an open file, without waiting."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class WorkspaceLock:
    """The lock of a workspace, its file ``run.lock``; the file stays, the lock on it does not.

    Parameters
    ----------
    workspace : Path or str
        The workspace's directory.
    """

    FILE_NAME = "run.lock"

    def __init__(self, workspace: Path | str) -> None:
        self.path = Path(workspace) / self.FILE_NAME
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises
        ------
        WorkspaceBusyError
            When another process has it; the message says which.
        """
        private_directory(self.path.parent)
        private_file(self.path)
        descriptor = os.open(self.path, os.O_RDWR)
        # Whoever asks for the holder has the lock for an instant; that is no reason to refuse.
        for _ in range(_TRIES):
            if _try_lock(descriptor):
                break
            time.sleep(_PAUSE)
        else:
            os.close(descriptor)
            pid = self._written_pid()
            who = f"process {pid}" if pid is not None else "another process"
            raise WorkspaceBusyError(
                f"{self.path.parent}: {who} carries out runs in this workspace; wait for it, cancel its run, "
                "or use another workspace",
                pid=pid,
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """Return the process that carries out runs in the workspace, or None; nothing is written."""
        if self._descriptor is not None:
            return os.getpid()
        try:
            descriptor = os.open(self.path, os.O_RDONLY)
        except OSError:
            return None
        try:
            # Closing the file gives the lock back at once, when nobody had it.
            return None if _try_lock(descriptor) else self._written_pid()
        finally:
            os.close(descriptor)

    def _written_pid(self) -> int | None:
        try:
            text = self.path.read_text().strip()
        except OSError:
            return None
        return int(text) if text.isdigit() else None
