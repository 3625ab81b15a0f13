"""The browser application: ask, see the plan, approve or constrain it, follow the run, read the report."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from domains.analysis.app.panels.progress import display_plan_execution
else:
    _get = lazily(__name__, {"display_plan_execution": "panels.progress"})

    def __getattr__(name: str) -> Any:
        if name in __all__ and find_spec("streamlit") is None:
            from domains.analysis.errors import MissingExtraError

            raise MissingExtraError("streamlit", "ui")
        return _get(name)


__all__ = ["display_plan_execution"]
