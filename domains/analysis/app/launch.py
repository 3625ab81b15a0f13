"""`estate ui`: starts the application on this machine's loopback, or elsewhere when people sign in."""

from __future__ import annotations

import argparse
import importlib.util
import ipaddress
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from domains.analysis.errors import MissingExtraError
from htn.model.errors import InputError
from htn.model.settings import read_settings

__all__ = ["ADDITIONS", "WORKSPACE", "command_line", "ui"]

WORKSPACE = "ESTATE_UI_WORKSPACE"
ADDITIONS = "ESTATE_UI_DOMAINS"
"""Environment variables that say what the application opens; the domain files are joined as in ``PATH``."""

SECRETS = Path(".streamlit/secrets.toml")


def ui(arguments: argparse.Namespace) -> int:
    """Start the application and stay until it ends."""
    if importlib.util.find_spec("streamlit") is None:
        raise MissingExtraError("streamlit", "ui")
    workspace = Path(arguments.workspace)
    if not _is_loopback(arguments.address) and not _signs_in(SECRETS) and not arguments.without_sign_in:
        raise InputError(
            f"{arguments.address} can be reached from other machines, and nobody has to sign in: set up [auth] in "
            f"{SECRETS} (docs/app.md), or say --without-sign-in where something else keeps strangers out"
        )
    if _signs_in(SECRETS) and importlib.util.find_spec("authlib") is None:
        raise InputError(f"{SECRETS} sets up sign-in, which needs Authlib: pip install 'streamlit[auth]'")
    environment = {
        **os.environ,
        WORKSPACE: str(workspace.resolve()),
        ADDITIONS: os.pathsep.join(str(Path(path).resolve()) for path in arguments.domain),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH", "")]),
    }
    where = "localhost" if _is_loopback(arguments.address) else arguments.address
    print(f"Estate Planner on http://{where}:{arguments.port} (stop it with Ctrl-C)", flush=True)
    process = subprocess.Popen(command_line(arguments.address, arguments.port, arguments.open), env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 0


def command_line(address: str, port: int, opened: bool = False) -> Sequence[str]:
    """Return the command that starts Streamlit: no telemetry, no file watching, errors without traces."""
    settings = {
        "server.address": address,
        "server.port": port,
        "server.headless": str(not opened).lower(),
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "type",
        "theme.light.primaryColor": "#0a50a1",
        "theme.light.linkColor": "#0a50a1",
        "theme.dark.primaryColor": "#6fa8ec",
        "theme.dark.linkColor": "#8cbcf5",
        "theme.paddingTop": "2.5rem",
        "theme.headingFontSizes": '["1.7rem", "1.3rem", "1.1rem"]',
    }
    flags = [f"--{name}={value}" for name, value in settings.items()]
    if _is_loopback(address):  # a page from elsewhere that calls itself this machine is refused
        flags += [f"--server.allowedHosts={host}" for host in ("localhost", "127.0.0.1", "::1")]
    return [sys.executable, "-m", "domains.analysis.app.serve", "run", str(Path(__file__).with_name("main.py")), *flags]


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _signs_in(path: Path) -> bool:
    return "auth" in (read_settings(path) or {})
