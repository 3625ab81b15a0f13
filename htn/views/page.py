"""A plan as a whole page of its own: the tree with a search box, and the steps; it loads nothing."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from htn.views.document import Document
from htn.views.html import steps_html, tree_html

__all__ = ["plan_page"]

# It reads what is typed and shows or hides what is there; no text becomes markup. The page's policy lets run nothing
# but this, by its hash.
_SCRIPT = """
const box = document.querySelector("input"), count = document.querySelector("output");
const nodes = [...document.querySelectorAll(".tree details, .tree .leaf, .tree .empty")];
const first = node => (node.matches("details") ? node.querySelector("summary") : node).textContent.toLowerCase();
const texts = new Map(nodes.map(node => [node, first(node)]));
const folded = new Map(nodes.map(node => [node, node.open]));
box.addEventListener("input", () => {
  const wanted = box.value.trim().toLowerCase();
  const shown = new Set();
  let hits = 0;
  for (const node of nodes) if (texts.get(node).includes(wanted)) {
    hits += 1;
    for (let at = node; at && at.matches; at = at.parentElement) shown.add(at);
  }
  for (const node of nodes) {
    node.hidden = !!wanted && !shown.has(node);
    if (node.matches("details")) node.open = wanted ? shown.has(node) : folded.get(node);
  }
  count.textContent = wanted ? hits + " found" : "";
});
"""
_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; base-uri 'none'"


def plan_page(document: Document, title: str = "Plan") -> str:
    """Return a page to save and open in a browser.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).
    title : str
        What the page is about.

    Returns
    -------
    str
        A whole HTML document; its policy lets no other script run than the one that searches.

    Examples
    --------
    >>> page = plan_page({"tree": {"nodes": [], "roots": []}, "steps": []}, "<b>")
    >>> "<h1>&lt;b&gt;</h1>" in page, page.count("<script>")
    (True, 1)
    """
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>:root{{color-scheme:light dark}}"
        "body{margin:0 auto;max-width:70rem;padding:1.5rem;font:15px/1.5 system-ui,sans-serif}h1{font-size:1.3rem}"
        "input{font:inherit;padding:.3em .6em;width:min(24em,70%)}output{margin-left:.8em}</style></head><body><main>"
        f'<h1>{escape(title)}</h1><p><label>Search <input type="search"></label><output role="status"></output></p>'
        f'<div class="tree">{tree_html(document)}</div><h2>Steps</h2>{steps_html(document)}'
        f"</main><script>{_SCRIPT}</script></body></html>"
    )
