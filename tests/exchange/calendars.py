"""A small reader of iCalendar files by RFC 5545, written for the tests: it shares no line with what writes them."""

from __future__ import annotations

import re

Properties = dict[str, tuple[dict[str, str], str]]


def read_calendar(data: bytes) -> tuple[Properties, list[Properties]]:
    """The properties of the calendar and of each of its events: name -> (parameters, value).

    It insists on what the standard asks of a file: CRLF, no line above 75 octets, folding, balanced parts.
    """
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    text = data.decode("utf-8").replace("\r\n ", "").replace("\r\n\t", "")
    calendar: Properties = {}
    events: list[Properties] = []
    open_parts: list[str] = []
    for line in text.split("\r\n")[:-1]:
        name, parameters, value = _parts(line)
        if name == "BEGIN":
            open_parts.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert open_parts.pop() == value
        else:
            into = events[-1] if open_parts[-1] == "VEVENT" else calendar
            assert name not in into, name
            into[name] = (parameters, re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], value))
    assert open_parts == []
    return calendar, events


def _parts(line: str) -> tuple[str, dict[str, str], str]:
    match = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=(?:\"[^\"]*\"|[^;:\"]*))*):(.*)", line, re.DOTALL)
    assert match is not None, line
    found = re.findall(r";([A-Z-]+)=(\"[^\"]*\"|[^;:\"]*)", match[2])
    return match[1], {name: value.strip('"') for name, value in found}, match[3]
