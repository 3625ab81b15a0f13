"""The browser application: ask, see the plan, approve or constrain it, follow the run, read the report."""

from typing import TYPE_CHECKING

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from domains.analysis.app.panels.progress import display_plan_execution
else:
    __getattr__ = lazily(__name__, {"display_plan_execution": "panels.progress"})

__all__ = ["display_plan_execution"]
