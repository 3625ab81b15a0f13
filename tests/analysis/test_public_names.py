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
