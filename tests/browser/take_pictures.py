"""Takes the pictures of the application in docs/images/app: ``python -m tests.browser.take_pictures``.

Every page in light, dark and at the width of a phone, from a workspace with the synthetic sample.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from domains.analysis.app.carrier import ensure_carrier
from domains.analysis.app.waiting import submit_plan
from domains.analysis.planner import EstatePlanner
from htn.execution.runs import cancel_run
from tests.analysis.estate_sample import make_workspace
from tests.browser.conftest import ROOT, Site
from tests.browser.pages import WAIT_MS, open_page

TARGET = ROOT / "docs" / "images" / "app"
COLOURS = 160
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1200, "height": 860}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1200, "height": 860}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
QUESTION = "Which competitors do we lose to, and what do prospects say about them?"
SCROLLED = {"why": "Why is this here?", "compare-plans": "Compare plans side by side"}
"""What is scrolled to, by page."""


def runs_in(workspace: Path) -> str:
    """Carry out some questions, have one more wait for approval, and return the id of that one."""
    planner = EstatePlanner(workspace)
    planner.run(planner.plan(QUESTION), run_id="answered").wait()
    for number, depth in enumerate(("quick", "standard", "thorough", "standard")):
        made = planner.plan("Where does our pipeline stand?", options={"depth": depth})
        planner.run(made, run_id=f"pipeline-{number}").wait()
    made = planner.plan("What do top performers do differently?")
    waiting = submit_plan(workspace, made, by="ann", approval={"operators": [made.plan.steps[-2].task]})
    ensure_carrier(workspace)
    return waiting


def save(tab: Any, name: str) -> None:
    """Write what the tab shows, with few colours and hence few bytes."""
    picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(TARGET / f"{name}.png", optimize=True)


def main() -> None:
    """Take every picture."""
    TARGET.mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright  # an extra of its own; the tests only look at the module

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = make_workspace(Path(folder), calls=240, deals=420)
        waiting = runs_in(workspace)
        asked = QUESTION.replace(" ", "+").replace("?", "%3F")
        pages = {
            "ask": f"?q={asked}",
            "why": f"?q={asked}&side=Why",
            "compare-plans": "?q=Which+competitors+do+we+lose+to%3F&by=fast&compare=true",
            "running": f"run?run={waiting}",
            "report": "run?run=answered",
            "gantt": "run?run=answered&view=Gantt",
            "graph": "run?run=answered&view=Graph",
            "runs": "runs",
            "compare": "compare?a=pipeline-0&b=pipeline-2",
            "workspace": "workspace",
            "estimates": "estimates",
            "call": "call?call=CALL-0001&turn=3",
        }
        wanted = sys.argv[1:] or list(pages)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        site = Site(workspace)
        for look, settings in LOOKS.items():
            tab = browser.new_context(**settings).new_page()
            for name in wanted:
                open_page(tab, site.address + pages[name])
                if name == "running":
                    tab.get_by_role("button", name="Approve", exact=True).wait_for(timeout=WAIT_MS)
                if name in SCROLLED:
                    tab.get_by_text(SCROLLED[name]).first.evaluate("element => element.scrollIntoView()")
                tab.wait_for_timeout(1000)
                save(tab, f"{name}-{look}")
        browser.close()
        site.stop()
        cancel_run(workspace, waiting)


if __name__ == "__main__":
    main()
