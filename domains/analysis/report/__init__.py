"""Reports: an answer with all that it rests on and all that it leaves out, as Markdown and as one HTML file."""

from domains.analysis.report.build import build_report
from domains.analysis.report.content import Report
from domains.analysis.report.run import report_for_run

__all__ = ["Report", "build_report", "report_for_run"]
