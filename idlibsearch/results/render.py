"""Writes results down as text for a person or as JSON, JSON lines or CSV for a program. Returns lines; prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from idlibsearch.model import Report, ReportDate
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.results.forms import Format, as_json, records
from idlibsearch.results.hits import INHERITED, Hit, Results
from idlibsearch.results.pointing import WIDTH, pointed

if TYPE_CHECKING:
    from idlibsearch.results.differences import Change, Differences
    from idlibsearch.results.explain import Explanation

CHANGE_COLUMNS = ("field", "before", "after", "left", "right", "numbers")
HIT_COLUMNS = ("key", "title", "date", "source", "score", "snippet", "path", "span", "story")


class Style(NamedTuple):
    """How text is dressed: ``bold`` and ``dim`` open a dress that ``plain`` ends; marks stand around what matched.

    ``links``: the machine and folder that the paths of reports are relative to (``host/folder/``), where links can be shown.
    """

    bold: str = ""
    dim: str = ""
    plain: str = ""
    before: str = "**"
    after: str = "**"
    links: str = ""

    def linked(self, text: str, address: str) -> str:
        """A text that leads somewhere on the web, or to a file by its path."""
        is_web = address.startswith(("https://", "http://"))
        if not self.links or not address or ("://" in address and not is_web):
            return text
        from posixpath import normpath  # noqa: PLC0415 - only on a terminal
        from urllib.parse import quote  # noqa: PLC0415

        target = quote(address, safe="%:/?#[]@!$&'()*+,;=~") if is_web else f"file://{quote(normpath(self.links + address))}"
        return f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"


PLAIN = Style()
COLOUR = Style(bold="\x1b[1m", dim="\x1b[2m", plain="\x1b[0m", before="\x1b[1;33m", after="\x1b[0m")


def results(found: Results, form: Format, style: Style = PLAIN) -> Iterator[str]:
    """The answer to a question, line by line; as text without its facets, which ``plot.facet_tables`` draws."""
    if form == "text":
        return _results_text(found, style)
    if form == "json":
        return iter((as_json(found.to_json(), indent=1),))
    return records((hit.to_json() for hit in found), form, HIT_COLUMNS)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: Format, style: Style = PLAIN) -> Iterator[str]:
    """Rows of a few values each, as aligned columns, JSON, JSON lines or CSV."""
    if form == "json":
        return iter((as_json([dict(row) for row in rows], indent=1),))
    return _aligned(rows, columns, style) if form == "text" else records(rows, form, columns)


def _aligned(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], style: Style) -> Iterator[str]:
    """Texts to the left; numbers, and what begins with one, to the right."""
    if not rows:
        return
    cells = [[_written(row[column]) for column in columns] for row in rows]
    widths = [max(map(len, (name, *column))) for name, column in zip(columns, zip(*cells, strict=True), strict=True)]
    numeric = [all(cell[:1].isdigit() for cell in column) for column in zip(*cells, strict=True)]
    for number, line in enumerate([[name.replace("_", " ") for name in columns], *cells]):
        shown = [
            f"{cell:>{width}}" if right else f"{cell:<{width}}" for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        text = "  ".join(shown).rstrip()
        yield f"{style.dim}{text}{style.plain}" if number == 0 else text


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def similar(hits: Sequence[Hit], words: Sequence[Mapping[str, Any]], form: Format, style: Style = PLAIN) -> Iterator[str]:
    """Reports like another, and the words by which they are."""
    if form == "json":
        return iter((as_json({"words": [dict(word) for word in words], "hits": [hit.to_json() for hit in hits]}, indent=1),))
    if form != "text":
        return records((hit.to_json() for hit in hits), form, HIT_COLUMNS)
    return _similar_text(hits, words, style)


def _similar_text(hits: Sequence[Hit], words: Sequence[Mapping[str, Any]], style: Style) -> Iterator[str]:
    yield f"{style.dim}by {', '.join(str(word['word']) for word in words) or 'nothing'}{style.plain}"
    for number, hit in enumerate(hits, 1):
        yield ""
        yield from hit_text(number, hit, style)


def _results_text(found: Results, style: Style) -> Iterator[str]:
    yield f"{style.dim}{_counted(found)}, {found.took_ms:.1f} ms{style.plain}"
    for number, hit in enumerate(found, 1):
        yield ""
        yield from hit_text(number, hit, style)


def _counted(found: Results) -> str:
    total = found.found.whole.known_total
    if total is None:
        return f"the time was up: {len(found)} shown, the best found by then"
    stories = found.stories
    told = "" if stories is None else f" in {stories:,} {'story' if stories == 1 else 'stories'}"
    shown = f", {len(found)} shown" if 0 < len(found) < (total if stories is None else stories) else ""
    return f"{total:,} {'report' if total == 1 else 'reports'}{told}{shown}"


def hit_text(number: int, hit: Hit, style: Style) -> Iterator[str]:
    """A hit for people."""
    title = hit.marked_title(before=style.before, after=style.after + style.bold) if hit.title else "(no title)"
    others = hit.story.size - 1 if hit.story else 0
    versions = f"+{others:,} {'version' if others == 1 else 'versions'}" if others else ""
    about = ", ".join(filter(None, (_dated(hit.date), hit.source, versions)))
    shown = style.linked(title, hit.url) if style.links else title
    yield f"{number}. {style.bold}{shown}{style.plain}" + (f"  ({about})" if about else "")
    if snippet := hit.snippet(before=style.before, after=style.after):
        yield f"   {snippet}"
    key = style.linked(hit.key, hit.provenance.path) if style.links and hit.provenance else hit.key
    yield f"   {style.dim}{f'{hit.score:.3f}  ' if hit.score else ''}{key}{style.plain}"


def _dated(date: ReportDate | None) -> str:
    """A date; one that the report has from another version of it says so."""
    if date is None:
        return ""
    return f"{date} inferred" if date.found == INHERITED else str(date)


def differences(found: Differences, form: Format, style: Style = PLAIN) -> Iterator[str]:
    """What two versions of a report change."""
    if form == "json":
        return iter((as_json(found.to_json(), indent=1),))
    if form == "text":
        return _differences_text(found, style)
    return records((change.to_json() for change in found.changes), form, CHANGE_COLUMNS)


def _differences_text(found: Differences, style: Style) -> Iterator[str]:
    counts = f"{len(found.changes):,} {'change' if len(found.changes) == 1 else 'changes'}, {len(found.numbers):,} of numbers"
    yield f"{style.dim}{counts if found.changes else 'no change'} from {found.a} to {found.b}{style.plain}"
    for change in found.changes:
        yield ""
        if change.numbers is not None:
            before, after = (", ".join(numbers) or "none" for numbers in change.numbers)
            yield f"{style.bold}{before} -> {after}{style.plain}"
        where = "in the title: " if change.field == "title" else ""
        yield f"  - {where}{_around(change, change.before, style)}"
        yield f"  + {where}{_around(change, change.after, style)}"


def _around(change: Change, text: str, style: Style) -> str:
    marked = f"{style.before}{text}{style.after}" if text else ""
    return " ".join(filter(None, (change.left, marked, change.right)))


def report(shown: Report, form: Format, style: Style = PLAIN) -> Iterator[str]:
    """One report in full."""
    if form == "text":
        return _report_text(shown, style)
    value = report_json(shown)
    return iter((as_json(value, indent=1),)) if form == "json" else records([value], form, value)


def report_json(shown: Report) -> dict[str, Any]:
    """A report as plain JSON values, its provenance flattened to path and span."""
    place = shown.provenance
    return {
        "key": shown.key,
        "title": shown.title,
        "date": str(shown.date) if shown.date else None,
        "date_found": shown.date.found if shown.date else None,
        **{name: getattr(shown, name) for name in ("source", "byline", "url", "section", "language")},
        "truncated": shown.truncated,
        "derived": list(shown.derived),
        "entities": [f"{entity.name} ({entity.type})" for entity in _distinct(shown)],
        "event_dates": list(dict.fromkeys(f"{' '.join(e.spelling.split())} ({e.interval})" for e in shown.event_dates)),
        "keywords": {name: list(values) for name, values in shown.keywords.items()},
        "numbers": dict(shown.numbers),
        "path": place.path if place else None,
        **({"member": place.member} if place and place.member else {}),
        **({"page": place.page} if place and place.page else {}),
        "span": [place.start, place.end] if place else None,
        "layout": place.layout if place else None,
        "split_score": place.split_score if place else None,
        "body": shown.body,
    }


def _distinct(shown: Report) -> list[Any]:
    return list({(entity.name, entity.type): entity for entity in shown.entities}.values())


def _report_text(shown: Report, style: Style) -> Iterator[str]:
    value = report_json(shown)
    body = value.pop("body")
    yield f"{style.bold}{value.pop('title') or '(no title)'}{style.plain}"
    for name, part in value.items():
        for inner, shown_part in part.items() if isinstance(part, dict) else [(name, part)]:
            if shown_part not in (None, "", [], False):
                text = ", ".join(map(str, shown_part)) if isinstance(shown_part, list) else str(shown_part)
                text = style.linked(text, text) if inner in ("path", "url") else text
                yield f"{style.dim}{inner}:{style.plain} {text}"
    yield ""
    yield body


def fields(value: Mapping[str, Any], form: Format) -> Iterator[str]:
    """A set of named values, such as statistics."""
    if form == "text":
        return (f"{name}: {_flat(part)}" for name, part in value.items())
    return iter((as_json(value, indent=1),)) if form == "json" else records([value], form, value)


def _flat(part: object) -> str:
    if isinstance(part, dict):
        return ", ".join(f"{name} {_flat(inner)}" for name, inner in part.items())
    if isinstance(part, bool):
        return "yes" if part else "no"
    return f"{part:,}" if isinstance(part, int) else str(part)


def expansion(found: Results) -> Iterator[str]:
    """The words that were added to the question, if any were asked for."""
    if found.found.expansion is None:
        return
    words = ", ".join(f"{added.word} {added.weight:.2f}" for added in found.expansion)
    yield f"added: {words}" if words else "nothing was added: the best reports have no words that tell them from others"


def explanation(value: Explanation, form: Format) -> Iterator[str]:
    """Why a report scores what it does, parts further in, or as one JSON object."""
    return value.lines() if form == "text" else iter((as_json(value.to_json(), indent=1 if form == "json" else None),))


def diagnostics(query: str, found: Iterable[Diagnostic], width: int = WIDTH) -> Iterator[str]:
    """What is to be said about a question, in so many columns; a place in it is pointed out once for all that is said of it."""
    for (text, span), told in groupby(found, key=lambda diagnostic: (diagnostic.text or query, diagnostic.span)):
        place: list[str] = []
        for diagnostic in told:
            message, *place = pointed(text, span, diagnostic.message, diagnostic.advice, width)
            yield message
        yield from place
