"""Files that are written as a whole or not at all."""

from __future__ import annotations

import os

from htn.model.errors import InputError

__all__ = ["check_writable", "write_whole"]


def check_writable(path: str) -> None:
    """Refuse a file that cannot be written, before any work is done for it.

    Raises
    ------
    InputError
        When its folder is not there or not writable, or it is a folder itself.
    """
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path):
        raise InputError("cannot be written: it is a folder", path=path)
    if not os.path.isdir(folder):
        raise InputError("cannot be written: its folder does not exist", path=path)
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):
        raise InputError("cannot be written: permission denied", path=path)


def write_whole(path: str | os.PathLike[str], text: str, *, private: bool = False) -> None:
    """Write a file; whoever reads it sees what was there before, or all of the text.

    Parameters
    ----------
    path : path
        Where to.
    text : str
        What.
    private : bool
        Whether only the user may read it.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    target = os.path.realpath(path)
    # What is no ordinary file, such as /dev/stdout, is written to and never replaced.
    special = os.path.exists(target) and not os.path.isfile(target)
    partial = target if special else f"{target}.{os.getpid()}.partial"
    try:
        try:
            with open(partial, "w", encoding="utf-8", opener=_private if private else None) as file:
                file.write(text)
            if not special:
                os.replace(partial, target)
        finally:
            if not special and os.path.exists(partial):
                os.unlink(partial)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=os.fspath(path)) from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
