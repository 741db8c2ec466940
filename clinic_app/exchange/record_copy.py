"""A copy of one record as files: everything as JSON, and a page to read."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

JSON_NAME = "record.json"
PAGE_NAME = "record.html"
PICTURES = "photographs"
FILE_MODE, FOLDER_MODE = 0o600, 0o700
"""Nobody else who uses this computer reads them."""
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
    title: str,
    lines: Sequence[str],
    warning: str,
    tables: Sequence[CopiedTable],
    pictures: Sequence[CopiedPicture],
    over_pictures: str,
) -> bytes:
    """The page: no script, nothing from elsewhere; every text is escaped. ``over_pictures``: their heading."""
    say = html.escape
    parts = [
        f"<!doctype html><html><head><meta charset='utf-8'><title>{say(title)}</title><style>{_STYLE}</style></head>",
        f"<body><h1>{say(title)}</h1>",
        *(f"<p>{say(line)}</p>" for line in lines),
        f"<p class='warning'>{say(warning)}</p>" if warning else "",
    ]
    for table in tables:
        parts.append(f"<h2>{say(table.title)}</h2><table>")
        if any(table.heads):
            parts += ["<tr>", *(f"<th>{say(head)}</th>" for head in table.heads), "</tr>"]
        for row in table.rows:
            parts.append("<tr>" + "".join(f"<td>{say(cell)}</td>" for cell in row) + "</tr>")
        parts.append("</table>")
    if pictures:
        parts.append(f"<h2>{say(over_pictures)}</h2>")
    for picture in pictures:
        parts.append(f"<figure><img src='{say(picture.file)}'><figcaption>{say(picture.caption)}</figcaption></figure>")
    parts.append("</body></html>")
    return "".join(parts).encode("utf-8")


class CopyFolder:
    """The files of a copy while they are written: for this user of the computer alone, and taken away again whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[Path] = []
        self._made: list[Path] = []

    def begin(self) -> None:
        """Make the folders. Raises ``OSError``."""
        wanted = self.folder / PICTURES
        for folder in reversed((wanted, *wanted.parents)):
            if not folder.exists():
                folder.mkdir(mode=FOLDER_MODE)
                self._made.append(folder)

    def write(self, name: str, data: bytes) -> None:
        """Write one new file. Raises ``OSError``."""
        path = self.folder / name
        with os.fdopen(_new_file(path), "wb") as file:
            self.files.append(path)
            file.write(data)

    def remove(self) -> bool:
        """Take away every file and folder that was made; answers whether nothing is left."""
        for path in self.files:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        for folder in reversed(self._made):
            with suppress(OSError):
                folder.rmdir()
        return not any(path.exists() for path in (*self.files, *self._made))

    def packed(self) -> Path:
        """Pack the files into one ZIP file beside the folder; where that fails none is left. Raises ``OSError``."""
        target = packed_path(self.folder)
        part = target.with_name(f"{target.name}.part")
        descriptor = _new_file(part)
        try:
            with os.fdopen(descriptor, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
                for path in self.files:
                    archive.write(path, f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}")
            part.rename(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return target


def packed_path(folder: Path) -> Path:
    """The ZIP file a folder is packed into: beside it, with its name."""
    return folder.with_name(f"{folder.name}.zip")


def _new_file(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), FILE_MODE)
