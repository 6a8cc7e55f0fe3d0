"""Counts drawn with the block characters that every terminal has: bars, and a line of blocks for a course over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from idlibsearch.results.by_story import Per
from idlibsearch.results.choice import Faceted
from idlibsearch.results.render import PLAIN, Style
from idlibsearch.results.timeline import Timeline

_LOWER = " ▁▂▃▄▅▆▇█"
_LEFT = " ▏▎▍▌▋▊▉█"
LONGEST_BAR, SHORTEST_BAR = 50, 10


def bar(count: float, most: float, width: int) -> str:
    """A bar of up to ``width`` characters, in eighths of one; none that counts anything is so short that it is not seen.

    >>> bar(3, 4, 2), bar(1, 1000, 10), bar(0, 4, 2)
    ('█▌', '▏', '')
    """
    eighths = max(round(8 * width * count / most), 1) if count else 0
    return "█" * (eighths // 8) + _LEFT[eighths % 8].strip()


def sparkline(counts: Sequence[float], width: int) -> str:
    """A block for each count, as high as it is; neighbours are added up where there are more than ``width``.

    >>> sparkline([0, 1, 4, 8], 10)
    ' ▁▄█'
    """
    step = -(-len(counts) // width)
    sums = [sum(counts[at : at + step]) for at in range(0, len(counts), step or 1)]
    most = max(sums, default=0)
    return "".join(_LOWER[max(round(8 * each / most), 1) if each else 0] for each in sums)


def table(rows: Iterable[tuple[str, float, str]], columns: int, style: Style = PLAIN, indent: str = "  ") -> Iterator[str]:
    """Names, counts and notes, aligned, in a width of ``columns`` with a bar each; 0: without bars."""
    shown = [(name, count, written(count), note) for name, count, note in rows]
    wide, digits, notes = (max((len(row[at]) for row in shown), default=0) for at in (0, 2, 3))  # type: ignore[arg-type]
    room = min(max(columns - len(indent) - wide - digits - notes - 6, SHORTEST_BAR), LONGEST_BAR) if columns else 0
    most = max((count for _, count, _, _ in shown), default=0)
    for name, count, number, note in shown:
        drawn = f"  {style.dim}{bar(count, most, room)}{style.plain}" if room and count else ""
        yield f"{indent}{name:<{wide}}  {number:>{digits}}{f'  {note:>{notes}}' if notes else ''}{drawn}".rstrip()


def written(count: float) -> str:
    """A count; a part of one with one digit."""
    return f"{count:,.0f}" if count == int(count) else f"{count:,.1f}"


def facets(found: Faceted, columns: int, style: Style = PLAIN) -> Iterator[str]:
    """Counts of facets for people."""
    yield f"{style.dim}{_counted(found.total, found.per)}{style.plain}"
    yield from facet_tables(found.facets, columns, style)


def facet_tables(counted: Mapping[str, Sequence[tuple[str, int]]], columns: int, style: Style = PLAIN) -> Iterator[str]:
    """The values of each facet with their counts."""
    for name, counts in counted.items():
        yield ""
        yield f"{style.bold}{name}{style.plain}" + ("" if counts else ": nothing to count")
        yield from table([(value, count, "") for value, count in counts], columns, style)


def timeline(found: Timeline, columns: int, style: Style = PLAIN) -> Iterator[str]:
    """A timeline for people: its course on one line, then stretch by stretch with the share of all reports."""
    apart = [f"{count:,} {name}" for name, count in (("vague", found.vague), ("undated", found.undated)) if count]
    yield f"{style.dim}{_counted(found.total, found.per)}{''.join(f', {part}' for part in apart)}{style.plain}"
    if columns and len(found.stretches) > 1:
        yield f"{found.stretches[0].label} {sparkline([each.matches for each in found.stretches], columns - 24)} " + (
            found.stretches[-1].label
        )
    rows = [(each.label, each.matches, f"{100 * each.share:.1f} %") for each in found.stretches]
    yield from table(rows, columns, style)


def _counted(total: int, per: Per) -> str:
    several = {"report": "reports", "story": "stories"}
    return f"{total:,} {per if total == 1 else several[per]}"
