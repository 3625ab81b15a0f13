"""Where the runs of a workspace are kept: in files of its own, or in PostgreSQL for a team; one setting says which."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from htn.model.errors import InputError
from htn.model.settings import read_settings

__all__ = ["CONFIGURATION", "VARIABLE", "chosen_engine", "engine_of", "without_secrets"]

VARIABLE = "HTN_ENGINE"
CONFIGURATION = "engine.toml"
FILES = "sqlite"

_chosen: list[str] = []


@contextmanager
def chosen_engine(setting: str | None) -> Iterator[None]:
    """Have all workspaces use an engine while the block runs, in all threads; None leaves the setting as it is.

    Parameters
    ----------
    setting : str or None
        ``sqlite`` for files in the workspace, or ``postgresql://...``.

    Raises
    ------
    InputError
        When it is neither.
    """
    if setting is None:
        yield
        return
    _checked(setting, "--engine")
    _chosen.append(setting)
    try:
        yield
    finally:
        _chosen.pop()


def engine_of(workspace: Path | str) -> str | None:
    """Return the address of the PostgreSQL database that holds a workspace's runs, or None for its own files.

    What was chosen for this process comes first, then the environment variable ``HTN_ENGINE``, then ``engine`` in the
    workspace's file ``engine.toml``.

    Raises
    ------
    InputError
        When the setting cannot be used.
    """
    if _chosen:
        return _checked(_chosen[-1], "--engine")
    if os.environ.get(VARIABLE):
        return _checked(os.environ[VARIABLE], VARIABLE)
    path = Path(workspace) / CONFIGURATION
    document = read_settings(path)
    if document is None:
        return None
    setting = document.get("engine")
    if not isinstance(setting, str) or set(document) != {"engine"}:
        raise InputError('must have one line: engine = "postgresql://..." or engine = "sqlite"', path=str(path))
    return _checked(setting, str(path))


def _checked(setting: str, source: str) -> str | None:
    if setting == FILES:
        return None
    if re.match(r"postgres(?:ql)?://", setting):
        return setting
    raise InputError(f"{source}: {without_secrets(setting)!r} is no engine; use sqlite, or postgresql://HOST/DATABASE")


def without_secrets(address: str) -> str:
    """Return an address that may be shown: without password, and without options.

    Examples
    --------
    >>> without_secrets("postgresql://ann:s3cret@db.local:5433/estate?sslmode=require")
    'postgresql://ann@db.local:5433/estate'
    """
    return re.sub(r"(://[^:@/]*):[^@]*@", r"\1@", address.partition("?")[0])
