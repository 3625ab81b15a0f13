"""Takes the main picture of each notebook in docs/images/notebooks: ``python -m tests.browser.take_notebook_pictures``.

Each notebook is run in a fresh kernel; what one of its cells shows is drawn by a browser on a white page.
"""

from __future__ import annotations

import html
import io
import os
import shutil
import sys
from typing import Any

import nbclient
import nbformat
from PIL import Image

from tests.browser.conftest import ROOT

TARGET = ROOT / "docs" / "images" / "notebooks"
COLOURS = 96
SHOWN = {
    "first_decomposition": "plan",
    "exploring": "SVG(graph_svg(plan.to_json()",
    "replanning": "outcome.changes",
    "estimates": "SVG(front_svg(choice))",
    "hddl_and_peers": "found",
    "estate_planner": "HTML(plan_html(",
    "writing_an_agent": "show_run(workspace.name",
}
"""How the last line of the cell begins that shows the main picture; the first such cell counts."""


def output_of(name: str) -> str:
    """Run a notebook and return, as HTML, what its main cell shows."""
    content = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    executed = nbclient.NotebookClient(content, timeout=300, kernel_name="python3").execute()
    for cell in executed.cells:
        last = cell.source.strip().split("\n")[-1]
        shown = [output["data"] for output in cell.get("outputs", ()) if "data" in output]
        if cell.cell_type == "code" and last.startswith(SHOWN[name]) and shown:
            data: dict[str, Any] = shown[-1]
            return str(data.get("text/html") or data.get("image/svg+xml") or f"<pre>{html.escape(data['text/plain'])}")
    raise LookupError(f"{name}: no cell ends in {SHOWN[name]!r}")


def main() -> None:
    """Take the pictures of the notebooks that are named, or of all."""
    TARGET.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHONPATH"] = str(ROOT)  # kernels are processes of their own
    from playwright.sync_api import sync_playwright  # an extra of its own; the tests only look at the module

    bodies = {name: output_of(name) for name in sys.argv[1:] or SHOWN}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 900, "height": 60})
        for name, body in bodies.items():
            tab.set_content(f'<body style="margin:16px;font-family:system-ui,sans-serif;background:#fff">{body}')
            picture = Image.open(io.BytesIO(tab.screenshot(full_page=True))).convert("RGB")
            few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(TARGET / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
