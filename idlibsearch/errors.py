"""The one tree of errors this library raises, each carrying its data and saying the cure.

It is not a place for behaviour: nothing here prints, logs or exits.

    IdlibsearchError
    ├── InputError            a file or record that cannot be read
    │   ├── ExpansionError        a packed file that unpacks to more than is allowed
    │   └── ExtraError            a format whose reader is not installed
    ├── ReportError           a report that cannot be indexed (no key, a field of the wrong type, an impossible date)
    ├── SchemaError           a schema this library cannot index
    ├── QueryError            a question that cannot be answered, with the span of the fault
    ├── SearchTimeoutError    a question that took longer than it was allowed to
    ├── KernelError           the compiled kernels are missing
    ├── LibraryError          a library that an extra brings along is not installed
    ├── WorkerError           a process that helped to build an index failed
    └── StorageError          an index folder
        ├── NoIndexError          nothing is there
        ├── IndexExistsError      something is there already
        ├── CorruptIndexError     it is damaged
        ├── FormatVersionError    it was written by another version
        ├── RecipeError           its words were analysed by another recipe
        ├── LockedError           another writer has it
        ├── DiskError             the system refused to read or write a file of it
        └── ClosedError           it was closed
"""

from __future__ import annotations

from errno import errorcode


class IdlibsearchError(Exception):
    """Root of everything this library raises on purpose."""


class InputError(IdlibsearchError):
    """A file or record that cannot be read; the rest of the work goes on without it. ``kind``: its format, if known."""

    def __init__(self, path: str, reason: str, kind: str = "") -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.kind = kind


class ExpansionError(InputError):
    """A packed file that unpacks to more than is allowed: too many bytes, parts, or archives inside archives."""


class ExtraError(InputError):
    """A file of a format whose reader is not installed; ``extra`` is what to install: ``pip install 'idlibsearch[extra]'``."""

    def __init__(self, path: str, extra: str, kind: str = "") -> None:
        super().__init__(path, f"reading {kind or extra} needs more: pip install 'idlibsearch[{extra}]'", kind)
        self.extra = extra


class ReportError(IdlibsearchError, ValueError):
    """A report that cannot be indexed as it is."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"report {key!r}: {reason}")
        self.key = key
        self.reason = reason


class SchemaError(IdlibsearchError, ValueError):
    """A schema with a field this library cannot index."""


class QueryError(IdlibsearchError, ValueError):
    """A question that cannot be answered.

    ``query`` is the text as typed, ``span`` the (start, end) of the fault in it in characters,
    ``message`` the cause and ``advice`` the cure (may be empty).
    """

    def __init__(self, query: str, span: tuple[int, int], message: str, advice: str = "") -> None:
        super().__init__(f"{message}; {advice}" if advice else message)
        self.query = query
        self.span = span
        self.message = message
        self.advice = advice


class SearchTimeoutError(IdlibsearchError, TimeoutError):
    """A question that took longer than it was allowed to; ``timeout_ms`` is what that was."""

    def __init__(self, query: str, timeout_ms: float) -> None:
        super().__init__(f"not answered within {timeout_ms:g} ms; ask for less, allow more time, or take what is found by then")
        self.query = query
        self.timeout_ms = timeout_ms


class KernelError(IdlibsearchError, ImportError):
    """The compiled kernels are missing from this installation."""

    def __init__(self, module: str) -> None:
        super().__init__(
            f"idlibsearch was built without its compiled part ({module}): "
            "install a C compiler (gcc or clang, with the Python headers) and install idlibsearch again"
        )
        self.module = module


class LibraryError(IdlibsearchError, ImportError):
    """What was asked for needs a ``library`` that is not installed; ``extra`` brings it: ``pip install 'idlibsearch[extra]'``."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"this needs {library}: pip install 'idlibsearch[{extra}]'")
        self.library = library
        self.extra = extra


class WorkerError(IdlibsearchError):
    """A process that helped to build an index failed; nothing was committed. ``reason`` is what it said last."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"a worker process failed: {reason}; nothing was changed, try again or with one process")
        self.reason = reason


class StorageError(IdlibsearchError):
    """Root of what can be wrong with an index folder; ``path`` names the folder or file."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class NoIndexError(StorageError):
    """There is no index in this folder."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "there is no index here; make one with `idlibsearch index PATH` or idlibsearch.create()")


class IndexExistsError(StorageError):
    """An index is in this folder already, or the folder holds something else."""


class CorruptIndexError(StorageError):
    """A file of the index is damaged; ``section`` names the part, empty for the file as a whole."""

    def __init__(self, path: str, reason: str, section: str = "") -> None:
        where = f"section {section}: " if section else ""
        super().__init__(
            path, f"damaged: {where}{reason}; run `idlibsearch check` for the whole account, `idlibsearch repair` to mend it"
        )
        self.reason = reason
        self.section = section


class FormatVersionError(StorageError):
    """A file of a format version that this code does not read."""

    def __init__(self, path: str, found: int, supported: int, oldest: int | None = None) -> None:
        cure = "update idlibsearch" if found > supported else "build the index again from its sources"
        read = f"{supported}" if oldest in (None, supported) else f"{oldest} to {supported}"
        super().__init__(path, f"written in format version {found}, this idlibsearch reads {read}; {cure}")
        self.found = found
        self.supported = supported


class RecipeError(StorageError):
    """The index was analysed by a recipe other than the one at hand; mixing them would lose matches in silence."""

    def __init__(self, path: str, recorded: object, current: object) -> None:
        super().__init__(
            path,
            f"its words were analysed by {recorded}, this idlibsearch uses {current}; `idlibsearch rebuild` analyses them again",
        )
        self.recorded = recorded
        self.current = current


class LockedError(StorageError):
    """Another writer has the index, or asks its saved questions; ``holder`` says who, ``waited_s`` how long was waited."""

    def __init__(self, path: str, holder: str, waited_s: float, what: str = "another writer has this index") -> None:
        super().__init__(path, f"{what} ({holder}); waited {waited_s:.1f} s; try again, or wait longer")
        self.holder = holder
        self.waited_s = waited_s


_CURES = {
    "ENOSPC": "make room and try again",
    "EDQUOT": "make room and try again",
    "EMFILE": "too many files are open in this process: close some, or allow more (ulimit -n)",
    "ENFILE": "too many files are open on this machine: close some, or allow more",
    "EACCES": "let this user read and write in the index folder, or use another one",
    "EPERM": "let this user read and write in the index folder, or use another one",
    "EROFS": "use a folder that can be written to",
    "EIO": "the disk or its connection fails: see to that first, then run `idlibsearch check`",
}


class DiskError(StorageError, OSError):
    """The system refused to read or write a file of the index; ``errno`` and ``reason`` are its own words.

    What was committed before is as it was, and the change that was going on was not made, unless ``outcome`` says otherwise.
    """

    def __init__(self, path: str, number: int, reason: str, outcome: str = "what was committed before is whole") -> None:
        cure = _CURES.get(errorcode.get(number, ""), "see to that and try again")
        super().__init__(path, f"{reason}; {cure}; {outcome}")
        self.errno = number
        self.reason = reason


class ClosedError(StorageError):
    """The index was closed and can no longer be used."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "this index was closed; open it again")
