"""One page of HTML to the outside: for printing, and as a file any browser shows. Nothing in it is fetched or runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from clinic_app.exchange.formulas import CONTROL
from clinic_app.exchange.whole_files import whole_file

_STYLE = (
    "body { font-family: sans-serif; font-size: 10pt; color: #16202A; background: #FFFFFF; margin: 24px; }"
    " h1 { font-size: 16pt; margin: 0 0 8px 0; } h2 { font-size: 12pt; margin: 18px 0 6px 0; }"
    " p { margin: 2px 0; } table { border-collapse: collapse; width: 100%; }"
    " th { text-align: left; border-bottom: 1px solid #7E8B99; padding: 3px 8px 3px 0; }"
    " td { border-bottom: 1px solid #DFE4E9; padding: 3px 8px 3px 0; vertical-align: top; }"
)


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table under its heading, in words."""

    heading: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def page_html(title: str, facts: Sequence[str], tables: Sequence[PageTable]) -> str:
    """The page: title, one line for each fact, then the tables. Every text is escaped."""
    parts = [
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head><body><h1>{_text(title)}</h1>",
    ]
    parts += [f"<p>{_text(fact)}</p>" for fact in facts]
    for table in tables:
        parts.append(f"<h2>{_text(table.heading)}</h2><table><thead><tr>")
        parts += [f"<th>{_text(cell)}</th>" for cell in table.header]
        parts.append("</tr></thead><tbody>")
        for row in table.rows:
            parts.append("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>\n")
        parts.append("</tbody></table>")
    parts.append("</body></html>\n")
    return "".join(parts)


def write_page(path: Path, html: str, *, overwrite: bool = False) -> None:
    """Write a page as a file, whole or not at all. Raises as ``whole_file``."""
    with whole_file(path, overwrite=overwrite) as file:
        file.write(html.encode("utf-8"))


def _text(words: str) -> str:
    return escape(CONTROL.sub("", words))
