"""Settings that people write in TOML files beside their data."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from htn.model.errors import InputError

__all__ = ["read_settings"]


def read_settings(path: Path) -> dict[str, Any] | None:
    """Return what a TOML file holds, or None where there is no such file.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    InputError
        When it cannot be read as TOML; the file is named.

    Examples
    --------
    >>> read_settings(Path("no-such-folder/settings.toml")) is None
    True
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read as TOML ({error})", path=str(path)) from None
