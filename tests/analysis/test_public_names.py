"""What is offered under the package's own name is there, and is found only when asked for."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import domains.analysis as package


@pytest.mark.parametrize("name", package.__all__)
def test_each_public_name_is_what_its_home_defines(name: str):
    """The name leads to the class or function of that name, and is documented."""
    found = getattr(package, name)
    home = importlib.import_module(found.__module__)
    assert getattr(home, name) is found
    assert found.__doc__


def test_importing_the_package_loads_nothing_dear():
    """Neither the engine that carries out runs nor the browser application is imported before it is used."""
    code = "import sys, domains.analysis; print(sorted({'dbos', 'streamlit', 'numpy', 'sklearn'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_without_streamlit_one_sentence_names_the_extra():
    """Whoever asks for the component, or for the application, is told what to install."""
    ask = "import sys; sys.modules['streamlit'] = None; "
    component = "from domains.analysis.app import display_plan_execution"
    application = "from domains.analysis.cli.main import main; sys.exit(main(['ui']))"
    for code, exit_code in ((component, 1), (application, 50)):
        done = subprocess.run([sys.executable, "-c", ask + code], capture_output=True, text=True, check=False)
        assert exit_code == done.returncode
        assert "this needs the package 'streamlit': install it with pip install 'htn[ui]'" in done.stderr
