"""Full-text search for collections of news reports, to embed in Python programs.

    import idlibsearch

    with idlibsearch.create("index") as index:
        index.add_path("seeds")
        for hit in index.search("ceasefire sochi"):
            print(hit.score, hit.title, hit.snippet())

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idlibsearch.errors import (
        ClosedError,
        CorruptIndexError,
        DiskError,
        ExpansionError,
        ExtraError,
        FormatVersionError,
        IdlibsearchError,
        IndexExistsError,
        InputError,
        KernelError,
        LibraryError,
        LockedError,
        NoIndexError,
        QueryError,
        RecipeError,
        ReportError,
        SchemaError,
        SearchTimeoutError,
        StorageError,
        WorkerError,
    )
    from idlibsearch.faces.alerts import Alerted
    from idlibsearch.faces.api import Index, create, open
    from idlibsearch.faces.care import copy, rebuild, repair
    from idlibsearch.faces.edit import Changes, Edit, KindCount
    from idlibsearch.faces.exploring import Similar, TellingWord
    from idlibsearch.faces.searcher import Searcher
    from idlibsearch.faces.whoosh_compat import ReportAnalyzer
    from idlibsearch.index.repair import Repaired
    from idlibsearch.ingest.event_dates import with_event_dates
    from idlibsearch.model import Entity, EventDate, Piece, Provenance, Report, ReportDate
    from idlibsearch.query.diagnostics import Diagnostic
    from idlibsearch.query.limits import Limits
    from idlibsearch.query.wording import Suggestion
    from idlibsearch.results.cite import Citation
    from idlibsearch.results.differences import Change, Differences
    from idlibsearch.results.hits import Hit, Results
    from idlibsearch.results.significant import Significant
    from idlibsearch.results.story import Member, Story
    from idlibsearch.results.verify import Verdict

__version__ = "0.1.0"

_HOMES = {
    "idlibsearch.errors": """ClosedError CorruptIndexError DiskError ExpansionError ExtraError FormatVersionError
        IdlibsearchError IndexExistsError
        InputError KernelError LibraryError LockedError NoIndexError QueryError RecipeError ReportError SchemaError
        SearchTimeoutError StorageError WorkerError""",
    "idlibsearch.faces.alerts": "Alerted",
    "idlibsearch.faces.api": "Index create open",
    "idlibsearch.faces.edit": "Changes Edit KindCount",
    "idlibsearch.faces.care": "copy rebuild repair",
    "idlibsearch.faces.exploring": "Similar TellingWord",
    "idlibsearch.faces.searcher": "Searcher",
    "idlibsearch.faces.whoosh_compat": "ReportAnalyzer",
    "idlibsearch.index.repair": "Repaired",
    "idlibsearch.ingest.event_dates": "with_event_dates",
    "idlibsearch.model": "Entity EventDate Piece Provenance Report ReportDate",
    "idlibsearch.query.diagnostics": "Diagnostic",
    "idlibsearch.query.limits": "Limits",
    "idlibsearch.query.wording": "Suggestion",
    "idlibsearch.results.differences": "Change Differences",
    "idlibsearch.results.hits": "Hit Results",
    "idlibsearch.results.significant": "Significant",
    "idlibsearch.results.story": "Member Story",
    "idlibsearch.results.cite": "Citation",
    "idlibsearch.results.verify": "Verdict",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [  # written out for readers and type checkers
    "Alerted", "Change", "Changes", "Citation", "ClosedError", "CorruptIndexError", "Diagnostic", "Differences", "DiskError",
    "Edit", "Entity", "EventDate", "ExpansionError", "ExtraError", "FormatVersionError", "Hit", "IdlibsearchError", "Index",
    "IndexExistsError", "InputError", "KernelError", "KindCount", "LibraryError", "Limits", "LockedError", "Member",
    "NoIndexError", "Piece", "Provenance", "QueryError", "RecipeError", "Repaired", "Report", "ReportAnalyzer", "ReportDate",
    "ReportError", "Results", "SchemaError", "SearchTimeoutError", "Searcher", "Significant", "Similar", "StorageError",
    "Story", "Suggestion", "TellingWord", "Verdict", "WorkerError", "copy", "create", "open", "rebuild", "repair",
    "with_event_dates",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'idlibsearch' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME_OF])
