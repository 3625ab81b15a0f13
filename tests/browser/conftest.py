"""A server with a workspace of its own, and a browser to look at it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.estate_sample import make_workspace

ROOT = Path(__file__).resolve().parents[2]
LARGE = Path(__file__).with_name("large_domain.py")
PATIENCE_S = 60.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """The application, served from a workspace."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        port = free_port()
        self.address = f"http://localhost:{port}/"
        command = [sys.executable, "-m", "domains.analysis", "ui", "--port", str(port), "--workspace", str(workspace)]
        self._process = subprocess.Popen([*command, "--domain", str(LARGE)], cwd=ROOT, stdout=subprocess.DEVNULL)
        patience = time.monotonic() + PATIENCE_S
        while True:
            try:
                with urllib.request.urlopen(self.address + "_stcore/health", timeout=2):  # noqa: S310 -- our own server
                    return
            except OSError:
                assert time.monotonic() < patience, "the application did not start"
                time.sleep(0.2)

    def stop(self) -> None:
        """End the server; what carries out runs is not part of it."""
        self._process.send_signal(2)
        self._process.wait(30)


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Path:
    """Return a workspace with the sample, which tests copy."""
    return make_workspace(tmp_path_factory.mktemp("browser"), calls=120, deals=260)


@pytest.fixture
def site(sample, tmp_path) -> Iterator[Site]:
    """Serve a workspace of the test's own."""
    folder = tmp_path / "workspace"
    shutil.copytree(sample, folder)
    served = Site(folder)
    yield served
    served.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start the machine's Chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium) -> Iterator[Any]:
    """Open a tab; requests to other machines fail the test."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    strangers: list[str] = []

    def look(request: Any) -> None:
        if not request.url.startswith(("http://localhost", "data:", "blob:")):
            strangers.append(request.url)

    context.on("request", look)
    yield context.new_page()
    context.close()
    assert strangers == []
