"""The example reports are what the command in their index makes, and the index lists all of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def program() -> ModuleType:
    """Return the program that makes the examples."""
    spec = importlib.util.spec_from_file_location("regenerate", EXAMPLES / "regenerate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_example_is_what_its_command_makes(tmp_path):
    """Made anew, two of the reports are byte for byte what is there, as Markdown and as HTML."""
    program().regenerate(["prospect", "custom"], tmp_path)
    for file in sorted(tmp_path.iterdir()):
        assert file.read_text(encoding="utf-8") == (EXAMPLES / file.name).read_text(encoding="utf-8"), file.name


def test_the_index_names_every_example_with_its_question():
    """Seven types, each with its question, its command and both files; and no other file lies about."""
    index = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    files = {"README.md", "regenerate.py"}
    for name, question in program().QUESTIONS.items():
        assert question.partition("{")[0] in index
        assert f"`python docs/examples/regenerate.py {name}`" in index
        files |= {f"{name}.md", f"{name}.html"}
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == files
