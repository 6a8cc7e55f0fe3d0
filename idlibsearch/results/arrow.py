"""Every match as typed columns of Apache Arrow, for pandas, Polars, DuckDB and files of theirs; the only door to pyarrow.

Batches are made when their turn comes: however many matches there are, they take the memory of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import IO, Any, Literal, NamedTuple, Protocol

from idlibsearch.errors import LibraryError
from idlibsearch.index.columns import ENTITY_COLUMNS, KEYWORD_COLUMNS, WORDS
from idlibsearch.index.schema import Field
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Report
from idlibsearch.results.forms import as_json

try:
    import pyarrow
except ImportError as error:
    raise LibraryError("pyarrow", "arrow") from error

BATCH = 1000  # reports; a few MB
ONE_DAY = timedelta(days=1)
ArrowForm = Literal["parquet", "arrow"]


class Match(Protocol):
    """What a row is made of: a ``Hit``."""

    @property
    def key(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def report(self) -> Report: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...


class Column(NamedTuple):
    """A column: its name, its type, and what a hit has in it."""

    name: str
    type: Any  # pyarrow.DataType
    value: Callable[[Match], Any]


def reader_of(hits: Iterator[Match], snapshot: Snapshot, batch: int = BATCH) -> Any:
    """Matches as a ``pyarrow.RecordBatchReader`` of batches of ``batch`` rows; see ``Results.to_arrow``."""
    columns = tuple(columns_of(snapshot))
    schema = pyarrow.schema([(column.name, column.type) for column in columns])
    return pyarrow.RecordBatchReader.from_batches(schema, _batches(hits, columns, schema, batch))


def write_file(reader: Any, file: IO[bytes], form: ArrowForm) -> None:
    """A reader's batches as a Parquet file, or as a stream of Arrow's (IPC), to a binary file."""
    if form == "arrow":
        made = pyarrow.ipc.new_stream(file, reader.schema)
    else:
        from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 - takes longer to load than the rest

        made = ParquetWriter(file, reader.schema, compression="zstd")
    with made as writer:
        for batch in reader:
            writer.write_batch(batch)


def to_pandas(reader: Any) -> Any:
    """A ``pandas.DataFrame`` of a reader's batches; days are ``datetime.date``."""
    try:
        import pandas  # noqa: F401, PLC0415 - not everybody who wants Arrow has it
    except ImportError as error:
        raise LibraryError("pandas", "pandas") from error
    return reader.read_pandas()


def _batches(hits: Iterator[Match], columns: tuple[Column, ...], schema: Any, size: int) -> Iterator[Any]:
    while rows := list(islice(hits, size)):
        arrays = [pyarrow.array([column.value(hit) for hit in rows], column.type) for column in columns]
        yield pyarrow.record_batch(arrays, schema=schema)


def columns_of(snapshot: Snapshot) -> Iterator[Column]:
    """What there is of every hit: of reports their fields and those they brought along, of documents what is stored."""
    yield Column("key", pyarrow.string(), lambda hit: hit.key)
    yield Column("score", pyarrow.float64(), lambda hit: hit.score)
    if snapshot.schema is None:
        yield from _of_reports(snapshot)
    else:
        fields = (field for field in snapshot.schema.fields if field.stored and field.name not in ("key", "score"))
        yield from (_of_field(field) for field in fields)


def _of_reports(snapshot: Snapshot) -> Iterator[Column]:
    text, day, texts = pyarrow.string(), pyarrow.date32(), pyarrow.list_(pyarrow.string())
    yield Column("title", text, lambda hit: hit.report.title)
    yield Column("date", day, lambda hit: hit.report.date and hit.report.date.start)
    yield Column("date_last", day, lambda hit: hit.report.date and hit.report.date.end - ONE_DAY)
    yield Column("date_found", text, lambda hit: hit.report.date and hit.report.date.found)
    for name in ("source", "byline", "url", "section", "language"):
        yield Column(name, text, partial(_given, name))
    for name in ENTITY_COLUMNS:
        yield Column(name, texts, partial(_names, name))
    event = pyarrow.struct([("text", text), ("first", day), ("last", day)])
    yield Column("event_dates", pyarrow.list_(event), lambda hit: _event_dates(hit.report))
    yield from _brought_along(snapshot, text, texts)
    yield Column("path", text, lambda hit: hit.report.provenance and hit.report.provenance.path)
    yield Column("start", pyarrow.int64(), lambda hit: hit.report.provenance and hit.report.provenance.start)
    yield Column("end", pyarrow.int64(), lambda hit: hit.report.provenance and hit.report.provenance.end)
    yield Column("body", text, lambda hit: hit.report.body)


def _brought_along(snapshot: Snapshot, text: Any, texts: Any) -> Iterator[Column]:
    """Further keywords and numbers of the reports, ``keyword.`` or ``number.`` before their names."""
    for name in (name for name in snapshot.keyword_names if name not in KEYWORD_COLUMNS):
        yield Column(f"keyword.{name}", texts, partial(_keywords, name))
    for name in (name for name in snapshot.number_names if name != WORDS):
        yield Column(f"number.{name}", pyarrow.float64(), partial(_number, name))


def _given(name: str, hit: Match) -> str | None:
    return getattr(hit.report, name) or None


def _names(kind: str, hit: Match) -> list[str]:
    return list(dict.fromkeys(entity.name for entity in hit.report.entities if entity.type.lower() == kind))


def _keywords(name: str, hit: Match) -> list[str]:
    return list(hit.report.keywords.get(name, ()))


def _number(name: str, hit: Match) -> float | None:
    return hit.report.numbers.get(name)


def _event_dates(report: Report) -> list[dict[str, Any]]:
    return [
        {"text": " ".join(each.spelling.split()), "first": each.first, "last": each.until - ONE_DAY}
        for each in report.event_dates
    ]


def _of_field(field: Field) -> Column:
    """A stored field of a schema: numbers, times and truths as such, all else as text, lists and the like as JSON."""
    types = {"int": pyarrow.int64(), "float": pyarrow.float64()}
    kinds = {"datetime": pyarrow.timestamp("us"), "boolean": pyarrow.bool_(), "number": types.get(field.number)}
    if (kind := kinds.get(field.kind)) is not None:
        return Column(field.name, kind, lambda hit: hit.fields.get(field.name))
    return Column(field.name, pyarrow.string(), lambda hit: _text(hit.fields.get(field.name)))


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else as_json(value)
