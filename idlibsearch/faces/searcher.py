"""What can be asked of one generation of an index: questions, and all that is told of the reports that answer them.

``Index.searcher`` gives one that stays with the generation it was made for; an ``Index`` is one that goes on to the next when it
is told to, and can be written to (``faces.api``). Nothing is printed; what goes wrong is an ``IdlibsearchError``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from idlibsearch.errors import QueryError
from idlibsearch.faces.asking import answer
from idlibsearch.faces.opened import Opened
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.limits import LIMITS, Limits
from idlibsearch.query.search import Request, When
from idlibsearch.query.syntax import Parsed
from idlibsearch.query.tree import Node
from idlibsearch.results.hits import Results

if TYPE_CHECKING:
    from idlibsearch.faces.batch import Answer
    from idlibsearch.faces.exploring import Similar
    from idlibsearch.faces.whoosh_query import Query
    from idlibsearch.query.tree import Mode
    from idlibsearch.query.wording import Suggestion
    from idlibsearch.results.by_story import Per
    from idlibsearch.results.choice import Faceted
    from idlibsearch.results.explain import Explanation
    from idlibsearch.results.significant import Significant
    from idlibsearch.results.timeline import Timeline, Unit, Vague

KINDS = ("word", "person", "place", "org", "group", "source")  # of what reports are compared by


class Asked(TypedDict, total=False):
    """What may be said of a question wherever one is asked, as in ``Index.search``."""

    mode: Mode
    strict: bool
    filter: str | Node | Query | None
    date_from: When | None
    date_to: When | None
    timeout_ms: float | None
    today: date | None
    limits: Limits
    aliases: Mapping[str, str] | None


class Searcher(Opened):
    """One generation of an index, to be asked any number of questions; a context manager. What ``Index.searcher`` gives.

    Whatever is committed or merged meanwhile, it answers as it did, and what it found can be read on until it or its index is
    closed; it may be shared by threads and inherited by forked children. Files that a merge took away keep their room on the disk
    until then.

    >>> with index.searcher() as searcher:
    ...     _ = index.remove_where("sochi")
    ...     searcher.search("sochi").total, index.search("sochi").total
    (2, 0)
    """

    def search(  # noqa: PLR0913 - a question may be put in many ways, and each should read by its name
        self,
        query: str | Node | Query,
        *,
        limit: int = 10,
        offset: int = 0,
        mode: Mode = "all",
        strict: bool = False,
        filter: str | Node | Query | None = None,
        date_from: When | None = None,
        date_to: When | None = None,
        sort: str = "score",
        facets: Iterable[str] = (),
        timeout_ms: float | None = None,
        partial: bool = False,
        today: date | None = None,
        limits: Limits = LIMITS,
        aliases: Mapping[str, str] | None = None,
        collapse: Literal["story"] | None = None,
        lead: str = "earliest",
        facets_by: Literal["report", "story"] = "report",
        ranking: Mapping[str, float | str] | None = None,
        recent: str | None = None,
        proximity: bool = False,
        expand: str | None = None,
        expand_without: Iterable[str] = (),
        names: Literal["on", "off"] = "off",
    ) -> Results:
        """Answer a question in the query language (``docs/query-language.md``), a tree of ``idlibsearch.query.tree``, or a query
        object of Whoosh.

        ``limit`` hits from number ``offset`` on, best first, equal scores in the order of adding. ``mode``: must "all" words
        that stand side by side match, or "any". ``strict``: raise what would be a diagnostic.

        ``filter`` (a question in any of these ways) and publication from ``date_from`` to the end of ``date_to`` (2020, 2020-01,
        "last week" and all else that ``date:`` takes, or a ``datetime.date``) restrict what is found without scoring. ``today``:
        the day that "last week" is seen from, by default today's in UTC. ``sort``: "score"; "date", newest first;
        "key"; "words" or another field of numbers, largest first; with ":asc" or ":desc" behind it the other way; reports
        without the date or number come last. ``facets``: what to count over all matches, each a field ("place", or "place:20"
        for the 20 most frequent values in place of 10) or "date:" with year, quarter, month, week or day.

        ``timeout_ms``: how long finding the hits may take, and as long again counting facets or the total; with ``partial`` the
        best found by then are the answer and ``Results.partial`` says so, in place of an error. ``limits``: how long, deep and
        costly a question may be. ``aliases``: further names for fields, such as {"hl": "title"}. ``names``: "on" lets words that
        name an entity of the index match its mentions in other spellings too; ``Hit.names`` says which, and why.

        How hits are ranked (``docs/relevance.md``): ``ranking`` sets other numbers for this call, "k1", "title" (a field's
        weight), "title.b" (its b) and so on, or a "formula": "lucene", "lucene-combined"; ``recent`` is the half-life by which
        scores fade with age, such as "30d"; with ``proximity`` it also counts how near to each other neighbouring words of the
        question stand; ``expand`` ("rm3", "bo1") adds words of the best reports, told in ``Results.expansion``, but those of
        ``expand_without``.

        ``collapse="story"``: one hit a story, of those of its reports that match the one that ``lead`` says: "earliest" (by date,
        undated ones last), "longest" or "source:NAME" (of that source where there is one, else the earliest). ``Results.stories``
        then counts stories, ``total`` still reports. ``facets_by="story"`` counts only these leads, collapsed or not.

        Raises QueryError where the question cannot be answered or reports cannot be ranked so, SearchTimeoutError where it
        takes too long, ValueError for a negative limit or offset.

        >>> results = index.search("ceasefire AND {GROUP}", limit=3, date_from="2019", sort="date", facets=["source"])
        >>> results.total, results.facets
        (2, {'source': [('Reuters', 1)]})
        """
        if limit < 0 or offset < 0:
            raise ValueError(f"limit and offset must not be negative: {limit}, {offset}")
        started = time.perf_counter()
        asked = (facets,) if isinstance(facets, str) else tuple(facets)
        text, tree, notes = (query, None, ()) if isinstance(query, str) else self._read(query)
        kept = filter if filter is None or isinstance(filter, str) else self._read(filter)
        request = Request(
            *(text, limit, offset, mode, strict, kept, date_from, date_to, sort, limits, timeout_ms, partial),
            *(tree, today, aliases, recent, proximity, expand, tuple(expand_without), notes, collapse is not None, lead),
            names == "on",
        )
        snapshot = self._snapshot if ranking is None else self._ranked(ranking)
        return answer(snapshot, request, asked, facets_by, started)

    def similar(self, key: str = "", *, title: str = "", text: str = "", limit: int = 10) -> Similar:
        """Reports like another, the most alike first: of the report with this ``key``, which is left out, or of a ``title`` and
        ``text`` of the caller's. ``Similar.words`` says by which words, and what each is worth.

        Raises ReportError where there is no report with the key, SchemaError in an index with a schema of its own.

        >>> found = index.similar(text="A ceasefire that Turkey and Russia agreed on in Sochi", limit=2)
        >>> len(found.hits), found.words[0].word
        (2, 'sochi')
        """
        from idlibsearch.faces.exploring import similar

        self._refuse_own_schema("reports like another are found")
        snapshot = self._snapshot
        return similar(snapshot, lambda tree, count: self.search(tree, limit=count), key, title, text, limit)

    def suggest(self, word: str, *, limit: int = 10) -> list[Suggestion]:
        """Other words of the index for one: how it is also written, what it may be misspelt for, how it may go on; at most
        ``limit`` of each, the most frequent or likeliest first. Raises SchemaError in an index with a schema of its own.

        >>> [suggestion.word for suggestion in index.suggest("ceasfire", limit=1)]
        ['ceasefire']
        """
        from idlibsearch.query.wording import suggestions

        self._refuse_own_schema("words are suggested")
        return suggestions(self._snapshot, word, limit)

    def terms(
        self,
        query: str | Node | Query,
        *,
        against: str | Node | Query | None = None,
        kinds: Iterable[str] = KINDS,
        limit: int = 20,
        mode: Mode = "all",
        per: Per = "report",
    ) -> list[Significant]:
        """The words and names that tell the reports that answer a question from all others, or from those that answer
        ``against``: another question, or another time (``"date:2019"``). The most significant first, by the log-likelihood ratio
        over reports.

        ``kinds``: "word", and fields of keywords. ``per="story"`` counts the versions of a story once, by the words of the
        earliest of them that answers; all others are then the stories no version of which does. Raises QueryError for a question
        that cannot be answered or a kind that there is not, SchemaError in an index with a schema of its own.

        >>> [found.text for found in index.terms("sochi", kinds=["word"], limit=3)]
        ['agreements', 'turkey', 'russian']
        """
        from idlibsearch.faces.exploring import significant_of

        self._refuse_own_schema("reports are compared")
        here, there = (None if each is None else self._request(each, mode) for each in (query, against))
        assert here is not None
        return significant_of(self._snapshot, here, there, kinds, limit, per)

    def _request(self, query: str | Node | Query, mode: Mode) -> Request:
        """A question for all that answers it, and no hits."""
        text, tree, notes = (query, None, ()) if isinstance(query, str) else self._read(query)
        return Request(text, 0, 0, mode, tree=tree, notes=notes)

    def facets(
        self,
        query: str | Node | Query,
        facets: Iterable[str],
        *,
        chosen: Mapping[str, Sequence[str]] | None = None,
        per: Per = "report",
        **asked: Unpack[Asked],
    ) -> Faceted:
        """Count facets (as ``search`` does) over all that answers a question, with values chosen in some of them.

        ``chosen``: values by facet, such as {"place": ["Idlib", "Aleppo"], "date:year": ["2020"]}: only reports with any value of
        each. The one that values are chosen in is not restricted by them, so that it shows what else could be. ``per``: count
        every "report", or every "story" once, which has a value where any of its versions that match has it. ``asked``: as in
        ``search``. Raises QueryError.

        >>> index.facets("idlib", ["source:2"], chosen={"source": ["TASS"]}).facets
        {'source': [('TASS', 2), ('Al Masdar News', 1)]}
        """
        from idlibsearch.results.choice import faceted

        return faceted(self.search(query, limit=0, **asked).found, facets, chosen or {}, per)

    def timeline(
        self,
        query: str | Node | Query,
        by: Unit = "month",
        *,
        vague: Vague = "apart",
        field: str = "date",
        zone: str | None = None,
        per: Per = "report",
        **asked: Unpack[Asked],
    ) -> Timeline:
        """How many of the reports that answer a question were published in each stretch of time, and of how many in all.

        ``by``: day, week (ISO 8601), month, quarter or year. ``vague`` dates, which reach over several stretches, are counted
        "apart" or "spread" over them by days, which makes counts fractions. ``field``: another one of points in time, in an index
        with a schema of its own, and ``zone``: where its days begin ("Europe/Berlin"), by default in UTC. ``per="story"``: a
        story counts once in each stretch in which any of its versions that match was published. ``asked``: as in ``search``.
        Raises QueryError, also for more than 10,000 stretches.

        >>> [(each.label, each.matches, each.reports) for each in index.timeline("ceasefire", "week").stretches]
        [('2020-W02', 2.0, 2.0)]
        """
        from idlibsearch.results.timeline import timeline

        return timeline(self.search(query, limit=0, **asked).found, by, field=field, vague=vague, zone=zone, per=per)

    def batch(
        self, queries: Iterable[str], *, literal: bool = False, limit: int = 10, **asked: Unpack[Asked]
    ) -> Iterator[Answer]:
        """Ask one question after the other; each comes back in turn with its results, or with what is wrong with it.

        ``literal``: each is a name or another text to be found as it stands, word by word, in which nothing is an operator.
        ``asked``: as in ``search``. What is wrong with the index, and not with a question, is raised.

        >>> found, refused = index.batch(["sochi", "(sochi"])
        >>> found.results.total, refused.error.message
        (2, 'a bracket is opened and never closed')
        """
        from idlibsearch.faces.batch import answers

        return answers(lambda query: self.search(query, limit=limit, **asked), queries, literal=literal)

    def _ranked(self, numbers: Mapping[str, float | str]) -> Snapshot:
        try:
            return self._snapshot.ranked(self._snapshot.ranking.tuned(numbers))
        except ValueError as error:
            text = " ".join(f"{name}={number}" for name, number in numbers.items())
            raise QueryError(text, (0, len(text)), f"reports cannot be ranked so: {error}", "set k1, title, title.b …") from None

    def explain(self, key: str, query: str | Node | Query, **options: Any) -> Explanation:
        """Why the report with this key scores what it does for a question, down to plain numbers; or what it lacks.

        ``options``: those of ``search`` that say what is asked (mode, filter, ranking …). The value is the score of the hit, to
        the last bit. Raises KeyError where there is no such report, and what ``search`` raises.

        >>> hit = index.search("ceasefire")[0]
        >>> index.explain(hit.key, "ceasefire").value == hit.score
        True
        """
        from idlibsearch.results.explain import explain

        found = self.search(query, limit=0, **options).found
        place = found.snapshot.find(key)
        if place is None:
            raise KeyError(key)
        return explain(found, *place)

    def _read(self, query: Node | Query) -> Parsed:
        """A question that was not typed."""
        if isinstance(query, Node):
            return Parsed(str(query), query, ())
        from idlibsearch.faces.whoosh_query import read_query

        self._refuse_own_schema("whoosh's query objects are read")
        return read_query(query, self._snapshot)
