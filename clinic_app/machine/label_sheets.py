"""The sheets of labels the program knows, read from its own files."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from clinic_app.domain.papers import LabelSheet, PaperSize


@cache
def label_sheets(resources: Path) -> tuple[LabelSheet, ...]:
    """The sheets of labels, the usual one first.

    Raises:
        OSError, ValueError: the file of the program is missing or damaged.
    """
    read = tomllib.loads((resources / "papers" / "labels.toml").read_text(encoding="utf-8"))
    return tuple(LabelSheet(**{**one, "size": PaperSize[one["size"]]}) for one in read["sheet"])
