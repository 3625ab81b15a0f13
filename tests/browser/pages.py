"""What the browser's tests do again and again."""

from __future__ import annotations

import re
from typing import Any

WAIT_MS = 60_000


def open_page(tab: Any, address: str) -> None:
    """Open a page and wait until it is drawn."""
    tab.goto(address)
    settle(tab)


def settle(tab: Any) -> None:
    """Wait until the page has its heading and the server has nothing more to draw."""
    tab.wait_for_selector("h1", timeout=WAIT_MS)
    tab.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=WAIT_MS)
    tab.wait_for_timeout(300)  # what came last is being drawn


def approve_plan(tab: Any, address: str, question: str, *, before: str | None = None, depth: str = "quick") -> str:
    """Ask a question, approve the plan, and return the run's id; ``before`` names an operator to ask for again."""
    open_page(tab, f"{address}?q={question.replace(' ', '+').replace('?', '%3F')}&depth={depth}")
    if before is not None:
        tab.get_by_text("Ask me again before some steps").click()
        choice = tab.get_by_label("Before steps of these operators")
        settle(tab)
        choice.click()
        choice.press_sequentially(before, delay=20)
        tab.get_by_role("option").filter(has_text=before).first.click()
        tab.keyboard.press("Tab")
        settle(tab)
    tab.get_by_role("button", name="Approve and run").click()
    tab.wait_for_url(re.compile(r"/run\?run="), timeout=WAIT_MS)
    return re.sub(r".*run=([^&]*).*", r"\1", tab.url)
