"""A text made reports: cut as pages are, with keys that last, and with what its file says of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from idlibsearch.analysis.gazetteer import Gazetteer
from idlibsearch.errors import InputError
from idlibsearch.ingest.article import Draft
from idlibsearch.ingest.assemble import Setting, digest, field_of, reports_from
from idlibsearch.ingest.formats.about import told
from idlibsearch.ingest.formats.extract import Extract
from idlibsearch.ingest.jsonl import Item, Notice
from idlibsearch.ingest.layout import Mode
from idlibsearch.ingest.split import Split, split
from idlibsearch.model import Provenance

KEY_DIGITS = 10  # 40 bits: two of a thousand different items on a page share a key once in two million pages


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text comes from: what messages call it, what its keys begin with, its file and the member of that, its reader."""

    shown: str
    key: str
    path: str
    file_hash: str
    reader: str
    member: str = ""


def reports_of(
    extract: Extract, place: Place, mode: Mode, entities: bool = True, gazetteer: Gazetteer | None = None
) -> Iterator[Item]:
    """The reports that a text holds, and a notice where its file has a date that cannot be."""
    cut = _split(extract, "article" if mode == "auto" and extract.is_one else mode)
    setting = Setting(place.path, extract.encoding, place.file_hash, cut.score, place.reader, entities, gazetteer)
    reports = reports_from(extract.text, cut.drafts, keys_of(extract.text, place.key, cut.drafts), setting)
    for report in reports:
        whole, fault = told(report, extract.about)
        if fault:
            yield Notice(InputError(place.shown, f"{fault}; the report is kept without a date"))
        assert whole.provenance is not None
        yield replace(whole, provenance=_placed(whole.provenance, extract, place))


def keys_of(text: str, key: str, drafts: Sequence[Draft]) -> list[str]:
    """One key a draft: the file's alone for its only report, else with a hash; further reports of equal text are counted."""
    if len(drafts) == 1:
        return [key]
    keys, met = [], Counter[str]()
    for draft in drafts:
        made = f"{key}#{digest(_text_of(text, draft))[:KEY_DIGITS]}"
        met[made] += 1
        keys.append(made if met[made] == 1 else f"{made}.{met[made]}")
    return keys


def _text_of(text: str, draft: Draft) -> str:
    return f"{field_of(text, (draft.title,)).text}\n{field_of(text, draft.body).text}"


def _split(extract: Extract, mode: Mode) -> Split:
    """The drafts of a text; the title that its file names is that of its only report, and stands at the head of the text."""
    text, at = extract.text, extract.title_at
    if at < 0:
        return split(text, mode)
    end = at + len(extract.about.title)
    cut = split(" " * end + text[end:], mode)
    if not cut.drafts:
        return split(text, "article")  # a title alone
    return cut if len(cut.drafts) > 1 else replace(cut, drafts=(_titled(cut.drafts[0], at, end),))


def _titled(draft: Draft, start: int, end: int) -> Draft:
    """The draft with these characters of its text for a title; what was taken for one goes back to the text."""
    body = draft.body if "title" in draft.derived or not draft.title else (draft.title, *draft.body)
    derived = tuple(each for each in draft.derived if each != "title")
    return replace(draft, title=((start, end),), body=body, start=start, derived=derived)


def _placed(provenance: Provenance, extract: Extract, place: Place) -> Provenance:
    """Where it was read, with its member and pages."""
    starts = extract.page_starts
    first = sum(start <= provenance.start for start in starts)
    breaks = tuple(start for start in starts[first:] if start < provenance.end)
    return replace(provenance, member=place.member, page=first, page_breaks=breaks, extracted=not extract.is_own)
