"""Public holidays by country and region, from data that come with the program; nothing is fetched.

The library is loaded when it is first asked: it costs a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterable

from clinic_app.domain.public_holidays import PublicHoliday

_ESTIMATED = " (estimated)"


def countries() -> tuple[str, ...]:
    """The two-letter codes of every country whose holidays are known, in order."""
    from holidays import list_supported_countries

    return tuple(sorted(code for code in list_supported_countries(include_aliases=False) if len(code) == 2))


def regions(country: str) -> tuple[str, ...]:
    """The codes of a country's regions with holidays of their own; empty where there are none."""
    from holidays import list_supported_countries

    return tuple(list_supported_countries(include_aliases=False).get(country, ()))


def public_holidays(country: str, region: str, years: Iterable[int]) -> tuple[PublicHoliday, ...]:
    """The holidays of some years, by day, named in English where the data have it.

    Raises:
        KeyError: no such country or region is known.
    """
    from holidays import country_holidays

    try:
        probe = country_holidays(country)
        language = "en_US" if "en_US" in (probe.supported_languages or ()) else None
        found = country_holidays(country, subdiv=region or None, years=list(years), language=language)
    except NotImplementedError as problem:
        raise KeyError(f"{country}/{region}") from problem
    return tuple(
        sorted(
            PublicHoliday(day, name.replace(_ESTIMATED, "").replace("; ", ", "), _ESTIMATED in name)
            for day, name in found.items()
        )
    )
