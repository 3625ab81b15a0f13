"""The script that Streamlit runs for each browser session: sign-in where it is set up, navigation, the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from domains.analysis.app.frame import PAGES, frame, remark
from domains.analysis.app.wording import plain
from htn.model.errors import HtnError

__all__ = ["main"]

ICON = str(Path(__file__).with_name("icon.svg"))
HIDDEN = ("run", "call")
# Streamlit writes white on the primary colour, whatever that is; small text needs a contrast of 4.5 to 1.
CONTRAST = 'button[data-testid^="stBaseButton-primary"] p{color:light-dark(#ffffff,#0d1620)!important}'


def main() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_title="Estate Planner", page_icon=ICON, layout="wide")
    if st.user.to_dict().get("is_logged_in") is False:  # absent where no sign-in is set up
        st.title("Estate Planner")
        st.write("Sign in to look at this workspace.")
        st.button("Sign in", type="primary", on_click=st.login)
        return
    st.html(f"<style>{CONTRAST}</style>")
    pages = [
        st.Page(
            f"screens/{name}.py",
            title=title,
            icon=icon,
            url_path=name,
            default=name == "ask",
            visibility="hidden" if name in HIDDEN else "visible",
        )
        for name, (title, icon) in PAGES.items()
    ]
    page = st.navigation(pages)
    try:
        now = frame()
    except HtnError as error:
        st.error(plain(error))
        return
    with st.sidebar:
        remark(f"Workspace {now.workspace.resolve().name} · {now.person.name}")
        if now.person.signed_in:
            st.button("Sign out", on_click=st.logout)
    page.run()


if __name__ == "__main__":
    main()
