"""A copy of one record as files: everything as JSON, and a page to read."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

JSON_NAME = "record.json"
PAGE_NAME = "record.html"
PICTURES = "photographs"
_STYLE = (
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c}"
    "table{border-collapse:collapse;margin:0 0 1.5rem}th,td{border:1px solid #bbb;padding:.25rem .5rem;"
    "text-align:left;vertical-align:top}th{background:#f2f2f2}img{max-width:20rem;display:block;margin:.25rem 0}"
    ".warning{border:2px solid #a33;padding:.75rem}"
)


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """One table of the page: its title, the heads of its columns, and its rows as text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class CopiedPicture:
    """One photograph of the page: its file beside the page, and what stands under it."""

    file: str
    caption: str


def record_json(content: Mapping[str, object]) -> bytes:
    """Everything as JSON, indented, in UTF-8."""
    return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True).encode("utf-8")


def record_page(
    title: str, lines: Sequence[str], warning: str, tables: Sequence[CopiedTable], pictures: Sequence[CopiedPicture]
) -> bytes:
    """The page: no script, nothing from elsewhere; every text is escaped."""
    say = html.escape
    parts = [
        f"<!doctype html><html><head><meta charset='utf-8'><title>{say(title)}</title><style>{_STYLE}</style></head>",
        f"<body><h1>{say(title)}</h1>",
        *(f"<p>{say(line)}</p>" for line in lines),
        f"<p class='warning'>{say(warning)}</p>" if warning else "",
    ]
    for table in tables:
        parts.append(f"<h2>{say(table.title)}</h2><table><tr>")
        parts += [f"<th>{say(head)}</th>" for head in table.heads]
        parts.append("</tr>")
        for row in table.rows:
            parts.append("<tr>" + "".join(f"<td>{say(cell)}</td>" for cell in row) + "</tr>")
        parts.append("</table>")
    for picture in pictures:
        parts.append(f"<figure><img src='{say(picture.file)}'><figcaption>{say(picture.caption)}</figcaption></figure>")
    parts.append("</body></html>")
    return "".join(parts).encode("utf-8")


def packed_path(folder: Path) -> Path:
    """The ZIP file a folder is packed into: beside it, with its name."""
    return folder.with_name(f"{folder.name}.zip")


def pack(folder: Path, files: Sequence[Path]) -> Path:
    """Pack files of a folder into one ZIP file beside it; where that fails nothing is left. Raises ``OSError``."""
    target = packed_path(folder)
    part = target.with_name(f"{target.name}.part")
    try:
        with ZipFile(part, "x", ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, f"{folder.name}/{file.relative_to(folder).as_posix()}")
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return target
