"""Apache Lucene itself, in a JVM inside this process: title and body, Snowball English, scores of the two fields summed.

The jars and a Java runtime come with the wheel of ``arcadedb-embedded`` (which is only located, never imported), the bridge
is JPype; neither is touched by anything else here. Every call over the bridge costs about a microsecond: a query needs some
thirty, a document with columns some twenty-five and its text once copied.
"""

from __future__ import annotations

import functools
import importlib.util
import queue
import re
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jpype

from benchmarks.corpus import FACETS, Document
from benchmarks.engine import Hits, Plan, Tables, sizes_by_suffix
from benchmarks.queries import KINDS, Query

SUPPORTS = tuple(kind for kind in KINDS if kind != "rm3")
LACKS = {"rm3": "not in Lucene itself"}
SHARES = ""
PROCESSES = (1, 2)  # threads of one process
FIELDS = ["title", "body"]
PARTS = {
    ".doc": "docs and freqs",
    ".pos": "positions",
    ".psm": "terms",
    ".tim": "terms",
    ".tip": "terms",
    ".tmd": "terms",
    ".fdt": "stored text",
    ".fdx": "stored text",
    ".fdm": "stored text",
    ".dvd": "columns",
    ".dvm": "columns",
    ".kdd": "columns",
    ".kdi": "columns",
    ".kdm": "columns",
    ".nvd": "lengths",
    ".nvm": "lengths",
}
HIT = re.compile(r"doc=(\d+) score=(\S+)")  # how Lucene writes one
ALL = 2**31 - 1  # count every match
CHUNK = 256  # documents handed to a feeding thread at once


def _home() -> Path:
    spec = importlib.util.find_spec("arcadedb_embedded")
    if spec is None or spec.origin is None:
        raise ImportError("arcadedb-embedded is not installed")
    return Path(spec.origin).parent


HOME = _home()  # at import: an engine that is not there says so then


def start(memory_mb: int = 1024) -> None:
    """Start the JVM unless it runs."""
    if not jpype.isJVMStarted():
        jars = [str(path) for path in (HOME / "jars").glob("lucene-*.jar")]
        options = ["--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector", f"-Xmx{memory_mb}m"]
        jpype.startJVM(str(HOME / "jre/lib/server/libjvm.so"), *options, classpath=jars)


def java(name: str) -> Any:
    """A class under org.apache.lucene."""
    return jpype.JClass(f"org.apache.lucene.{name}")


def version() -> str:
    """Of the jars."""
    return next((HOME / "jars").glob("lucene-core-*.jar")).stem.removeprefix("lucene-core-")


def analyzer() -> Any:
    """Unicode words, small letters, Snowball English; no stop words."""
    builder = java("analysis.custom.CustomAnalyzer").builder().withTokenizer("standard").addTokenFilter("lowercase")
    return builder.addTokenFilter("snowballPorter", "language", "English").build()


def _directory(folder: Path) -> Any:
    return java("store.MMapDirectory")(jpype.JClass("java.nio.file.Path").of(str(folder)))


def build(documents: Iterable[Document], folder: Path, plan: Plan) -> dict[str, float]:
    """One commit, then one merge to a single segment."""
    started = time.perf_counter()
    start(plan.memory_mb + 512)
    config = java("index.IndexWriterConfig")(analyzer()).setRAMBufferSizeMB(float(plan.memory_mb)).setUseCompoundFile(False)
    writer = java("index.IndexWriter")(_directory(folder), config)
    if plan.processes == 1:
        _Feeder(writer, plan).add(documents)
    else:
        _add_in_threads(writer, documents, plan)
    writer.commit()
    added = time.perf_counter()
    writer.forceMerge(1)
    writer.close()
    return {"add and commit": added - started, "merge": time.perf_counter() - added}


def _add_in_threads(writer: Any, documents: Iterable[Document], plan: Plan) -> None:
    waiting: queue.Queue[list[Document]] = queue.Queue(8)

    def work() -> None:
        feeder = _Feeder(writer, plan)
        while chunk := waiting.get():
            feeder.add(chunk)

    threads = [threading.Thread(target=work) for _ in range(plan.processes)]
    for thread in threads:
        thread.start()
    chunk: list[Document] = []
    for document in documents:
        chunk.append(document)
        if len(chunk) == CHUNK:
            waiting.put(chunk)
            chunk = []
    for rest in [chunk, *([[]] * plan.processes)]:
        if rest or rest is not chunk:
            waiting.put(rest)
    for thread in threads:
        thread.join()


class _Feeder:
    """Turns documents into Lucene's, using the same Java objects again."""

    def __init__(self, writer: Any, plan: Plan) -> None:
        self._writer, self._columns = writer, plan.columns
        self._dated = java("document.LongField")
        self._facet = functools.cache(java("facet.sortedset.SortedSetDocValuesFacetField"))
        self._config = java("facet.FacetsConfig")()
        self._key = java("document.NumericDocValuesField")("key", 0)
        keep = java("document.Field").Store
        self._texts = [java("document.TextField")(name, "", keep.YES if plan.stored else keep.NO) for name in FIELDS]
        self._made = java("document.Document")

    def add(self, documents: Iterable[Document]) -> None:
        for document in documents:
            made = self._made()
            self._key.setLongValue(document.key)
            made.add(self._key)
            for field, text in zip(self._texts, (document.title, document.body), strict=True):
                field.setStringValue(text)
                made.add(field)
            self._writer.addDocument(self._with_columns(made, document) if self._columns else made)

    def _with_columns(self, made: Any, document: Document) -> Any:
        for name, value in zip(FACETS, document.facets, strict=True):
            made.add(self._facet(name, value))
        if document.date:
            made.add(self._facet("month", document.date[:7]))
            made.add(self._dated("day", _number(document.date), java("document.Field").Store.NO))
        return self._config.build(made)


def _number(date: str) -> int:
    return int(date.replace("-", ""))


def sizes(folder: Path) -> dict[str, int]:
    """By the suffixes of its files."""
    return sizes_by_suffix(folder, PARTS)


class LuceneSearcher:
    """An open index. The query cache is off: the same queries come again in every round."""

    COUNTED: tuple[str, ...] = ("and", "phrase")  # there skipping took up to twice the time on 200,000 documents

    def __init__(self, folder: Path) -> None:
        start()
        self._reader = java("index.DirectoryReader").open(_directory(folder))
        java("search.IndexSearcher").setDefaultQueryCache(None)
        self._searcher = java("search.IndexSearcher")(self._reader)
        self._parser = java("queryparser.classic.MultiFieldQueryParser")(FIELDS, analyzer())
        self._strict = java("queryparser.classic.MultiFieldQueryParser")(FIELDS, analyzer())
        self._strict.setDefaultOperator(java("queryparser.classic.QueryParser").Operator.AND)
        self._one = java("queryparser.classic.QueryParser")("body", analyzer())
        self._term, self._span = java("index.Term"), java("queries.spans.SpanTermQuery")
        self._beside = java("queries.spans.SpanNearQuery")
        self._collect = java("search.TopScoreDocCollectorManager")
        self._keys = java("index.MultiDocValues").getNumericValues
        self._occur = java("search.BooleanClause").Occur
        self._boolean = java("search.BooleanQuery").Builder
        self._between = java("document.LongField").newRangeQuery
        self._written = jpype.JClass("java.util.Arrays").toString
        self._facet_state: Any = None
        self._alike = java("queries.mlt.MoreLikeThis")(self._reader)  # as it comes: 25 words with 2 occurrences or more
        self._alike.setAnalyzer(analyzer())
        self._alike.setFieldNames(FIELDS)

    def parse(self, query: Query) -> Any:
        """By Lucene's own classic parser."""
        kind, text = query.kind, query.text
        if kind in ("near", "nested"):
            return self._near(text.split())
        if kind == "similar":
            return self._alike.like(self._docs[int(text)])
        if kind in ("and", "range"):
            parsed = self._strict.parse(text)
            return self._dated(parsed, query) if kind == "range" else parsed
        forms = {"phrase": f'"{text}"', "prefix": f"{text}*", "fuzzy": f"{text}~1"}
        return self._parser.parse(forms.get(kind, text))

    @functools.cached_property
    def _docs(self) -> dict[int, int]:
        """The documents by key, which merges may have moved; the first round reads them, whose time does not count."""
        values = self._keys(self._reader, "key")
        return {int(values.longValue()): doc for doc in range(int(self._reader.maxDoc())) if values.advanceExact(doc)}

    def _near(self, words: list[str]) -> Any:
        """Spans in either order, title and body summed; a slop is the tokens between, which we count one more."""
        terms = [self._one.parse(word).getTerm().text() for word in words]
        either = self._boolean()
        for field in FIELDS:
            first, second, *third = [self._span(self._term(field, term)) for term in terms]
            near = self._beside([first, second], 4, False)
            either.add(self._beside([near, *third], 9, False) if third else near, self._occur.SHOULD)
        return either.build()

    def _dated(self, parsed: Any, query: Query) -> Any:
        days = self._between("day", _number(query.first), _number(query.last))
        return self._boolean().add(parsed, self._occur.MUST).add(days, self._occur.FILTER).build()

    def _top(self, query: Query, limit: int, counted_to: int) -> Any:
        return self._searcher.search(self.parse(query), self._collect(limit, None, counted_to))

    def _hits(self, found: Any) -> Hits:
        """The hits come over the bridge as one string: twenty calls fewer, and half the time of a small query."""
        rows = [(int(doc), float(score)) for doc, score in HIT.findall(str(self._written(found.scoreDocs)))]
        values, keys = self._keys(self._reader, "key"), {}
        for doc in sorted([doc for doc, _ in rows]):  # doc values go forward only
            values.advanceExact(doc)
            keys[doc] = values.longValue()
        return [(keys[doc], score) for doc, score in rows]

    def search(self, query: Query, limit: int) -> Hits:
        """Counts no further than the hits, so that blocks can be skipped from the start, but where skipping is slower."""
        if query.kind == "similar":
            hits = self._hits(self._top(query, limit + 1, limit + 1))
            return [hit for hit in hits if hit[0] != int(query.text)][:limit]
        return self._hits(self._top(query, limit, ALL if query.kind in self.COUNTED else limit))

    def count(self, query: Query) -> int:
        """Lucene's own count, which takes shortcuts where it can."""
        return int(self._searcher.count(self.parse(query)))

    def search_and_count(self, query: Query, limit: int) -> tuple[Hits, int]:
        """One search that counts to the end."""
        found = self._top(query, limit, ALL)
        return self._hits(found), int(found.totalHits.value())

    def facets(self, query: Query) -> Tables:
        """Sorted-set facets; months are one more facet."""
        if self._facet_state is None:
            state = java("facet.sortedset.DefaultSortedSetDocValuesReaderState")
            self._facet_state = state(self._reader, java("facet.FacetsConfig")())
        found = self._searcher.search(self.parse(query), java("facet.FacetsCollectorManager")())
        counts = java("facet.sortedset.SortedSetDocValuesFacetCounts")(self._facet_state, found)
        tables = {name: counts.getTopChildren(10, name, []) for name in FACETS} | {"month": counts.getAllChildren("month", [])}
        total = sum(int(part.totalHits()) for part in found.getMatchingDocs())
        return total, {name: self._table(table) for name, table in tables.items() if table is not None}

    @staticmethod
    def _table(table: Any) -> dict[str, int]:
        return {str(row.label): int(row.value) for row in table.labelValues}

    def close(self) -> None:
        """Close the reader; the JVM ends with the process."""
        self._reader.close()


def open_index(folder: Path) -> LuceneSearcher:
    """Start the JVM and open it."""
    return LuceneSearcher(folder)
