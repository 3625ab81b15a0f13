"""Starts Streamlit with what planning needs imported already, so that the first reader does not wait for it."""

from __future__ import annotations

import importlib

__all__ = ["main"]


def main() -> None:
    """Import, then do what ``streamlit`` does with the arguments."""
    from domains.analysis.analysts import load

    load()
    importlib.import_module("domains.analysis.estimation")
    from streamlit.web.cli import main as streamlit

    streamlit(prog_name="streamlit")


if __name__ == "__main__":
    main()
