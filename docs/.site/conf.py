"""Makes a site of the documents: `make docs`. The list of pages is docs/index.md, from which the navigation is made."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / "build" / "documents"
"""Where pages are put that are made from something else; not part of what is committed."""

sys.path.insert(0, str(ROOT))

project = "htn"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/**", "build/documents/**"]
exclude_patterns = ["docs/images", "docs/.site"]
html_theme = "furo"
html_title = "htn"
html_show_sphinx = False
html_show_copyright = False

myst_heading_anchors = 4  # anchors as other viewers of Markdown make them
default_role = "code"
napoleon_google_docstring = False
napoleon_use_ivar = True
# scikit-learn gives its predictors these two, with texts that link within its own documents.
autodoc_default_options = {
    "members": True,
    "show-inheritance": True,
    "exclude-members": "set_fit_request, set_score_request",
}
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
# Several modules have a name like `Step`, so that a type in a signature names no single one. Links are other warnings.
suppress_warnings = ["ref.python"]

PACKAGES = (
    "htn.model",
    "htn.planning",
    "htn.planning.choice",
    "htn.plan",
    "htn.hddl",
    "htn.scheduling",
    "htn.execution",
    "htn.views",
    "htn.interop",
    "htn.interop.unified_planning",
    "estimators",
    "domains.analysis",
)
"""The packages that the reference describes, with the modules directly in them; those further below are inner parts."""


def setup(app: Any) -> None:
    """Have pages made from docstrings and notebooks before the documents are read."""
    app.connect("builder-inited", lambda _: make_pages())
    app.connect("source-read", _adapt)


def make_pages() -> None:
    """Write the pages of the reference and of the notebooks, those that changed."""
    for package in PACKAGES:
        _write(MADE / f"{package}.rst", _reference(package))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        _write(MADE / f"{path.stem}.md", _notebook(path))


def _adapt(app: Any, name: str, source: list[str]) -> None:
    """Show notebooks as pages; give the index its navigation."""
    if name.startswith("docs/") and "/" not in name.removeprefix("docs/"):
        source[0] = re.sub(r"\]\(\.\./notebooks/(\w+)\.ipynb\)", r"](../build/documents/\1.md)", source[0])
    if name == root_doc:
        source[0] += "".join(_navigation(source[0]))


def _navigation(index: str) -> Iterator[str]:
    """Yield a hidden list of contents for each section of the index, from the links in it."""
    for section in re.split(r"^## ", index, flags=re.M)[1:]:
        title, _, body = section.partition("\n")
        pages = dict.fromkeys(re.findall(r"\]\(([^)#]+)\.md\)", body))
        yield _contents(title.strip(), pages)
    yield _contents("Modules", [f"../build/documents/{package}" for package in PACKAGES])


def _contents(title: str, pages: Any) -> str:
    return "\n".join(["\n\n```{toctree}", ":hidden:", f":caption: {title}", "", *pages, "```\n"])


def _notebook(path: Path) -> str:
    """Return a notebook as a document: its texts, its code, and its main picture."""
    parts = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        text = "".join(cell["source"])
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
    picture = ROOT / "docs" / "images" / "notebooks" / f"{path.stem}.png"
    if picture.exists():
        parts.insert(1, f"![The main picture of this notebook](../../docs/images/notebooks/{picture.name})")
    return "\n\n".join(parts) + f"\n\nThe notebook itself is `notebooks/{path.name}`.\n"


def _reference(package: str) -> str:
    """Return a page with what each public module of a package offers, in the order of their names."""
    parts = [f"{package}\n{'=' * len(package)}", f".. automodule:: {package}\n   :no-members:"]
    for path in sorted(ROOT.joinpath(*package.split(".")).glob("*.py")):
        if not path.name.startswith("_") and "__all__" in path.read_text("utf-8"):
            module = f"{package}.{path.stem}"
            elsewhere = "".join(f"   :exclude-members: {names}\n" for names in _passed_on(path))
            parts.append(f"{module}\n{'-' * len(module)}\n\n.. automodule:: {module}\n{elsewhere}")
    return "\n\n".join(parts) + "\n"


def _passed_on(path: Path) -> list[str]:
    """Return the names that a module offers and another one defines: they are described there."""
    lines = path.read_text("utf-8").split("__all__ = [", 1)
    offered = re.findall(r'"(\w+)"', lines[1].split("]", 1)[0])
    passed = [name for name in offered if not re.search(rf"^(class |def |async def )?{name}\b", lines[1], flags=re.M)]
    return [", ".join(passed)] if passed else []


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
