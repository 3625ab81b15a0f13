"""A report within the application: the answer, its findings, and citations that open the call at the turn."""

from __future__ import annotations

from domains.analysis.app.wording import chip, html_text, link
from domains.analysis.report.content import CellPart, FindingPart, NumberRow, Reason, Reference, Report, TablePart

__all__ = ["report_html"]


def report_html(report: Report) -> str:
    """Return a report as HTML for the application's style sheet, links leading to pages of the application."""
    parts = [
        f'<div class="box"><strong>{html_text(notice.title)}.</strong> {html_text(notice.text)}</div>'
        for notice in report.notices
    ]
    drawn = ", ".join(f'<a href="#finding-{number}">finding {number}</a>' for number in report.drawn_from)
    parts.append(
        f'<div class="box completed"><p class="lead">{html_text(report.headline)}</p>'
        f"<p>{html_text(report.standing)}{' Drawn from ' + drawn + '.' if drawn else ''}</p></div>"
    )
    for finding in report.tables:
        if finding.table:
            title = f'<a href="#finding-{finding.number}">{html_text(finding.heading)}</a>'
            parts.append(f"<h3>{title} {chip(finding.strength)}</h3>{_table(finding.table)}")
    if report.recommendations:
        items = "".join(
            f'<li>{html_text(item.action)} <span class="soft">because of '
            + ", ".join(f'<a href="#finding-{number}">finding {number}</a>' for number in item.findings)
            + "</span></li>"
            for item in report.recommendations
        )
        parts.append(f'<h3>What to do</h3><ol class="actions">{items}</ol>')
    if report.missing:
        parts.append(f"<h3>What is missing</h3>{_reasons(report.missing)}")
    places = {reference.number: reference for reference in report.references}
    parts.append("<h3>Findings</h3>" + ("".join(_finding(item, places) for item in report.findings) or "<p>None.</p>"))
    parts.append("<h3>What the data cannot tell</h3>")
    limits = "".join(f"<li>{html_text(sentence)}</li>" for sentence in report.limits)
    parts.append(f"<ul>{limits}</ul>" if limits else "<p>No limits are stated.</p>")
    if report.excluded:
        parts.append(f"<h3>What was excluded</h3>{_reasons(report.excluded)}")
    parts.append(f"<h3>Review</h3><p>{html_text(report.checked or 'This answer was not reviewed.')}</p>")
    if report.dropped:
        parts.append(_reasons(report.dropped))
    if report.references:
        parts.append(f"<h3>References</h3><ol>{''.join(map(_reference, report.references))}</ol>")
    return "".join(parts)


def _finding(finding: FindingPart, places: dict[int, Reference]) -> str:
    cites = " ".join(_cite(places[number]) for number in finding.references)
    note = f'<p class="soft">{html_text(finding.note)}</p>' if finding.note else ""
    numbers = ""
    if finding.numbers:
        rows = "".join(map(_number, finding.numbers))
        head = "".join(f'<th scope="col"{kind}>{name}</th>' for name, kind in _HEAD)
        numbers = (
            f"<details><summary>{len(finding.numbers)} number{'s' if len(finding.numbers) > 1 else ''}</summary>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
        )
    strength = finding.strength.replace(" ", "-")
    table = _table(finding.table) if finding.table and not finding.table.up_front else ""
    return (
        f'<div class="finding {strength}" id="finding-{finding.number}"><p><strong>{finding.number}. '
        f"{html_text(finding.heading)}</strong> {chip(finding.strength)}</p>"
        f"<p>{html_text(finding.claim)} {cites}</p>{note}{table}{numbers}</div>"
    )


def _table(table: TablePart) -> str:
    head = "".join(f'<th scope="col">{html_text(name)}</th>' for name in (table.corner, *table.columns))
    rows = "".join(
        f'<tr><th scope="row">{html_text(name)}</th>{"".join(map(_cell, cells))}</tr>' for name, cells in table.rows
    )
    hint = f'<p class="soft">{html_text(table.hint)}</p>' if table.hint else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{hint}"


def _cell(cell: CellPart) -> str:
    if not cell.value:
        return "<td>–</td>"
    under = [cell.interval, f"n = {cell.n}" if cell.n else "", "thin" if cell.thin else ""]
    return f'<td>{html_text(cell.value)} <span class="soft">{html_text(", ".join(filter(None, under)))}</span></td>'


_RIGHT = ' class="figure"'
_HEAD = (("number", ""), ("value", _RIGHT), ("interval", _RIGHT), ("n", _RIGHT), ("method", ""))


def _number(row: NumberRow) -> str:
    return (
        f'<tr><td>{html_text(row.name)}</td><td class="figure">{html_text(row.value)}</td>'
        f'<td class="figure">{html_text(row.interval)}</td><td class="figure">{html_text(row.n)}</td>'
        f'<td class="soft">{html_text(row.method)}</td></tr>'
    )


def _cite(reference: Reference) -> str:
    label = f"[{reference.number}]"
    if reference.call is not None and reference.turn is not None:
        return link("call", label, call=reference.call, turn=reference.turn)
    return f'<a href="#reference-{reference.number}">{label}</a>'


def _reference(reference: Reference) -> str:
    place = html_text(reference.place)
    if reference.call is not None and reference.turn is not None:
        place = link("call", reference.place, call=reference.call, turn=reference.turn)
    keys = f": {', '.join(map(html_text, reference.keys))}" if reference.keys else ""
    quote = f"<blockquote>{html_text(reference.quote)}</blockquote>" if reference.quote else ""
    problem = f'<p class="soft">Not found: {html_text(reference.problem)}.</p>' if reference.problem else ""
    return (
        f'<li id="reference-{reference.number}"><strong>{html_text(reference.title)}</strong> '
        f'<span class="soft">{place}{keys}</span>{quote}{problem}</li>'
    )


def _reasons(items: tuple[Reason, ...]) -> str:
    rows = "".join(
        f'<tr><td>{html_text(item.what)}</td><td class="figure">{"" if item.count is None else f"{item.count:,}"}</td>'
        f"<td>{html_text(item.why)}</td></tr>"
        for item in items
    )
    return f"<table><tbody>{rows}</tbody></table>"
