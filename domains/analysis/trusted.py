"""Which files of Python may be loaded: those that the user names, and those that were named in this workspace before.

A plan file names the files that took part in planning. It may be somebody else's, so its word is not enough.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from htn.model.errors import InputError
from htn.writing import write_whole

__all__ = ["remember", "trusted"]

FILE_NAME = "methods.json"


def remember(folder: Path | str, files: Iterable[str]) -> None:
    """Note in a workspace which files its user named, with the hashes of what they hold; nothing where there is none.

    Parameters
    ----------
    folder : path
        The workspace.
    files : iterable of str
        Files of Python.
    """
    workspace = Path(folder)
    known = _known(workspace)
    now = known | {path: found for path, found in ((_whole(file), _hash(file)) for file in files) if found is not None}
    if now == known or not workspace.is_dir() or not os.access(workspace, os.W_OK):
        return
    write_whole(workspace / FILE_NAME, json.dumps(dict(sorted(now.items())), indent=1), private=True)


def trusted(folder: Path | str, wanted: Iterable[str], named: Iterable[str] = ()) -> list[str]:
    """Return the files that a plan wants, when all of them may be loaded.

    Parameters
    ----------
    folder : path
        The workspace.
    wanted : iterable of str
        What the plan file names.
    named : iterable of str
        What the user names.

    Raises
    ------
    InputError
        For one that the user did not name, here or in this workspace before, or that has changed since.
    """
    files, known = list(wanted), _known(Path(folder))
    given = {_whole(file) for file in named}
    for file in files:
        if _whole(file) in given:
            continue
        before = known.get(_whole(file))
        if before is not None and before == _hash(file):
            continue
        why = "has not been used in this workspace" if before is None else "has changed since it was used here"
        raise InputError(
            f"the plan asks for the program {file}, which {why}; look at it, and give it with --domain {file} if you "
            "trust it; nothing of it was loaded"
        )
    return files


def _whole(file: str) -> str:
    return str(Path(file).resolve())


def _hash(file: str) -> str | None:
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:  # whoever loads it says so
        return None


def _known(workspace: Path) -> dict[str, str]:
    path = workspace / FILE_NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read ({error}); remove it, and name files with --domain", path=str(path)) from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise InputError("is no list of files with their hashes; remove it", path=str(path))
    return found
