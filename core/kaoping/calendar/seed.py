"""Make `days.csv` anew from the package `chinesecalendar`: python -m kaoping.calendar.seed."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from chinese_calendar.constants import holidays, workdays  # type: ignore[import-untyped]

from kaoping.calendar import DAYS


def exceptions() -> Iterator[tuple[str, str]]:
    """The weekdays that are off and the weekend days that are worked, in order."""
    for day in sorted({*holidays, *workdays}):
        weekend = day.weekday() >= 5
        if weekend == (day in workdays):
            yield day.isoformat(), "work" if weekend else "off"


def main() -> None:
    """Write the file."""
    with DAYS.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("date", "kind"))
        rows.writerows(exceptions())


if __name__ == "__main__":
    main()
