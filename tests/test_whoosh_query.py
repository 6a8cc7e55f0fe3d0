"""Query objects of Whoosh: what each is read as, what is refused, and that Whoosh's parser and ours find the same."""

from __future__ import annotations

import re
import tempfile
from datetime import datetime
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_whoosh_oracle import COLLECTIONS, WORDS, collections
from whoosh import query as wq
from whoosh.qparser import FuzzyTermPlugin, GtLtPlugin, QueryParser, plugins, syntax

import idlibsearch
from idlibsearch import Diagnostic, QueryError, Report
from idlibsearch.query.tree import Analysed, Word


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Two reports, each with a column of its own."""
    with idlibsearch.create(tmp_path_factory.mktemp("whoosh") / "index") as index:
        index.add(
            [
                Report("a", "Ceasefires hold", "The cease-fire in rebel-held Idlib holds.", "2020-01-12", numbers={"price": 3}),
                Report("b", "Air strikes", "Cease fire broken; al-Qaeda men march on Idlib", "2019-03", "Al Masdar News"),
            ]
        )
        yield index


def read(index, query):
    return index.search(query).found.tree


T = wq.Term
ceasefire, idlib = T("body", "ceasefir"), T("body", "idlib")
C, D = 'body:t"ceasefir"', 'body:t"idlib"'
NEVER = "NOT *"


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        (ceasefire, C),
        (T("body", b"ceasefir"), C),
        (T("title", "hold", boost=2.5), 'title:t"hold"^2.5'),
        (T("body", "rebel+held|rebelheld"), 'body:t"rebel+held|rebelheld"'),
        (T("spell_body", "holds"), "body:holds~0"),
        (T("source", "Al Masdar News"), 'source:"Al Masdar News"'),
        (T("price", 3.0), 'price:["3" TO "3"]'.replace('"', "")),
        (T("date", datetime(2020, 1, 12)), "date:[2020-01-12 TO 2020-01-12]"),
        (T("date", "2020-01-12"), "date:2020-01-12"),
        (T("date", "Q3 2019"), 'date:"Q3 2019"'),
        (wq.TermRange("date", "2019", "2020-01"), "date:[2019 TO 2020-01]"),
        (T("", "Ceasefires"), "Ceasefires"),
        (T(None, "al Qaeda"), '"al Qaeda"'),
        (wq.Phrase("body", ["ceasefir", "idlib"]), 'body:t"ceasefir idlib"'),
        (wq.Phrase("body", ["idlib"], boost=2), f"{D}^2"),
        (wq.Phrase("source", ["al masdar news"]), 'source:"al masdar news"'),
        (wq.Phrase(None, ["Air", "strikes"]), '"Air strikes"'),
        (wq.Phrase("body", []), NEVER),
        (wq.Prefix("body", "cease"), "body:cease*"),
        (wq.Prefix("spell_title", "cease"), "title:cease*"),
        (wq.Prefix("body", ""), "body:*"),
        (wq.Wildcard("body", "c?ase*"), "body:c?ase*"),
        (wq.Wildcard("body", "*"), "body:*"),
        (wq.Wildcard("body", "cease"), "body:cease~0"),
        (wq.Regex("body", "cea."), 'body:r"(cea.).*"'),
        (wq.Regex("body", "^a|b"), 'body:r"(a|b).*"'),
        (wq.Regex("body", "cea.e$"), 'body:r"cea.e$"'),
        (wq.Regex("body", ".*"), "body:*"),
        (wq.FuzzyTerm("body", "idleb", maxdist=2, prefixlength=1), "body:idleb~2/1"),
        (wq.Every(), "*"),
        (wq.Every("title"), "title:*"),
        (wq.Every("price"), "price:[ TO ]"),
        (wq.Every("spell_body"), "body:*"),
        (wq.TermRange("source", "a", "m", startexcl=True), "source:{a TO m]"),
        (wq.TermRange("source", "", "m", startexcl=True), "source:[ TO m]"),
        (wq.NumericRange("price", 1, 2.5, endexcl=True), 'price:[1 TO "2.5"}'),
        (wq.NumericRange("words", None, 300), "words:[ TO 300]"),
        (wq.DateRange("date", datetime(2020, 1, 1), datetime(2020, 1, 31)), "date:[2020-01-01 TO 2020-01-31]"),
        (wq.DateRange("date", datetime(2020, 1, 1, 8), datetime(2020, 2, 1), endexcl=True), "date:[2020-01-02 TO 2020-01-31]"),
        (wq.DateRange("date", datetime(2020, 1, 1), None, startexcl=True), "date:[2020-01-02 TO ]"),
        (wq.And([ceasefire, idlib]), f"{C} AND {D}"),
        (wq.And([ceasefire, wq.And([idlib, idlib])]), f"{C} AND {D} AND {D}"),
        (wq.And([ceasefire, idlib], boost=2), f"({C} AND {D})^2"),
        (wq.And([]), NEVER),
        (wq.Or([ceasefire, idlib]), f"{C} OR {D}"),
        (wq.Not(idlib), f"NOT {D}"),
        (wq.AndNot(ceasefire, idlib), f"{C} AND NOT {D}"),
        (wq.AndMaybe(wq.AndMaybe(ceasefire, idlib), ceasefire), f"{C} ANDMAYBE {D} ANDMAYBE {C}"),
        (wq.Require(ceasefire, idlib), f"{C} REQUIRE {D}"),
        (wq.NullQuery, NEVER),
        (wq.SpanOr([ceasefire, idlib]), f"{C} OR {D}"),
        (wq.Phrase("body", ["ceasefir", "idlib", "in"], slop=3), f'({C} PRE/3 {D}) PRE/3 body:t"in"'),
        (wq.SpanNear(ceasefire, idlib), f"{C} PRE/1 {D}"),
        (wq.SpanNear(ceasefire, idlib, slop=5, ordered=False), f"{C} NEAR/5 {D}"),
        (wq.SpanNear2([ceasefire, idlib, ceasefire], slop=2), f"({C} PRE/2 {D}) PRE/2 {C}"),
        (wq.Sequence([ceasefire, wq.Or([idlib, idlib])], slop=2), f"{C} PRE/2 ({D} OR {D})"),
        (wq.SpanNear(wq.Prefix("body", "ce"), idlib, slop=2), f"body:ce* PRE/2 {D}"),
        (wq.SpanFirst(idlib, limit=9), f"FIRST/10 {D}"),
        (
            wq.SpanNear(wq.SpanNear(ceasefire, idlib, slop=2), idlib, slop=3, ordered=False),
            f"(({C} PRE/2 {D}) PRE/3 {D}) OR ({D} PRE/3 ({C} PRE/2 {D}))",
        ),
    ],
)  # fmt: skip
def test_a_query_object_is_read_as_what_finds_the_same(index, query, tree: str):
    results = index.search(query)
    assert str(results.found.tree) == tree
    assert results.diagnostics == ()


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (wq.DisjunctionMax([ceasefire, idlib]), r"DisjunctionMax has no counterpart here; run it .*whoosh_reader"),
        (wq.Variations("body", "hold"), "Variations has no counterpart"),
        (wq.Otherwise(ceasefire, idlib), "Otherwise has no counterpart"),
        (wq.Ordered([ceasefire, idlib]), "Ordered has no counterpart"),
        (wq.SpanContains(ceasefire, idlib), "SpanContains has no counterpart"),
        (wq.SpanNot(ceasefire, idlib), "SpanNot has no counterpart"),
        (wq.SpanBefore(ceasefire, idlib), "SpanBefore has no counterpart"),
        (wq.SpanCondition(ceasefire, idlib), "SpanCondition has no counterpart"),
        (wq.NestedParent(ceasefire, idlib), "NestedParent has no counterpart"),
        (wq.NestedChildren(ceasefire, idlib), "NestedChildren has no counterpart"),
        (wq.ColumnQuery("price", 3), "ColumnQuery has no counterpart"),
        (wq.WeightingQuery(ceasefire, None), "WeightingQuery has no counterpart"),
        (type("Mine", (wq.Term,), {})("body", "idlib"), "Mine has no counterpart"),
        (T("colour", "red"), "Term asks in the field colour, which cannot be searched; the fields to search are title"),
        (T("key", "a"), "the field key, which"),
        (T("body", 5), "asks for 5, which is no text"),
        (T("body", None), "asks for None, which is no text"),
        (T("source", 5), "the field source holds none; ask for keywords"),
        (T("date", "soon"), "Term asks for a date: the date 'soon' cannot be read"),
        (T("body", "idlib", boost=-1), "the boost -1 is out of bounds"),
        (wq.Phrase("entities", ["idlib", "rebel"]), "Phrase asks for words in order, and the field entities keeps none"),
        (wq.Prefix("body", "a*b"), r"Prefix asks for a\*b, and no word has such a sign"),
        (wq.Prefix("source", "reu"), "Prefix asks for spellings, and the field source keeps none"),
        (wq.Wildcard("body", "a(b*"), "Wildcard asks for a"),
        (wq.Regex("body", "(?=a)b"), "looks around"),
        (wq.Regex("body", 'a"b'), "no word has such a sign"),
        (wq.FuzzyTerm("body", "idlib", maxdist=10), "FuzzyTerm allows 10 edits; allow 0 to 9"),
        (wq.TermRange("body", "a", "b"), "TermRange asks for a range of words in the field body"),
        (wq.NumericRange("source", 1, 2), "NumericRange asks for numbers, and the field source holds none"),
        (wq.NumericRange("body", 1, 2), "NumericRange asks for numbers, and the field body is text"),
        (wq.NumericRange("price", float("nan"), 2), "nan, which is no number"),
        (wq.Or([ceasefire, idlib], minmatch=2), "Or asks for 2 matches, which Whoosh never did either"),
        (wq.SpanNear2([ceasefire, idlib, idlib], ordered=False), r"SpanNear2 of three and more .*; ask NEAR/1\(a, b, c\)"),
        (wq.SpanNear(ceasefire, idlib, slop=0), "SpanNear asks for a distance of 0"),
        (
            reduce(lambda a, b: wq.SpanNear(a, b, slop=2, ordered=False), [ceasefire, idlib] * 40),
            "too many times over; run it as it is",
        ),
        (wq.SpanNear(ceasefire, idlib, mindist=2), "SpanNear asks for a least distance of 2"),
        (wq.SpanNear(ceasefire, T("title", "idlib")), "nearness holds inside one field"),
        (wq.SpanNear(ceasefire, wq.And([idlib, idlib])), "is true of a report as a whole"),
        (wq.SpanNear(ceasefire, wq.SpanOr([idlib, idlib])), "SpanOr inside nearness joins .*; use Or"),
        (wq.FuzzyTerm("body", 5), "FuzzyTerm asks for 5, which is no text"),
        (wq.FuzzyTerm("body", "idlib", maxdist="far"), "does not hold what its class says"),
        (wq.SpanFirst(idlib, limit="far"), "does not hold what its class says"),
        (42, "a text, a tree or a query object of Whoosh, not int"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_refused_by_name(index, query, why: str):
    with pytest.raises(QueryError, match=why):
        index.search(query)


def test_a_deep_query_is_refused_and_a_long_one_is_not(index):
    deep = idlib
    for _ in range(5000):
        deep = wq.Not(deep)
    with pytest.raises(QueryError, match="more than 100 queries inside each other"):
        index.search(deep)
    assert len(index.search(wq.Or([ceasefire] * 5000))) == 1


@pytest.mark.parametrize(
    ("query", "tree", "code"),
    [
        (T("body", "Ceasefires"), C, "not-a-term"),
        (T("body", "cease-fire"), 'body:t"ceas+fire|ceasefir"', "not-a-term"),
        (wq.Phrase("body", ["Rebel-held", "idlib"]), 'body:t"rebel+held|rebelheld idlib"', "not-a-term"),
        (T("body", "?!"), NEVER, "not-a-term"),
        (T("body", "nowher"), 'body:t"nowher"', "unknown-word"),
        (T("source", "bbc"), "source:bbc", "unknown-value"),
        (wq.ConstantScoreQuery(idlib, 3.0), f"* REQUIRE {D}", "score-left-out"),
        (wq.Or([ceasefire, idlib], scale=0.9), f"{C} OR {D}", "score-left-out"),
        (T("date", datetime(2020, 1, 12, 7)), "date:[2020-01-13 TO 2020-01-12]", "empty-range"),
    ],
)
def test_what_is_read_as_something_else_is_reported(index, query, tree: str, code: str):
    results = index.search(query)
    assert str(results.found.tree) == tree
    assert [diagnostic.code for diagnostic in results.diagnostics] == [code]
    with pytest.raises(QueryError):
        index.search(query, strict=True)


def test_a_query_object_is_what_any_question_is(index):
    results = index.search(idlib, filter=wq.Not(T("title", "hold")), facets=["source"], sort="date", timeout_ms=10_000)
    assert [hit.key for hit in results] == ["b"]
    assert results.query == "body:idlib"
    assert results.facets == {"source": [("Al Masdar News", 1)]}
    assert results[0].spans == {"body": [(7, 8)]}
    assert [hit.key for hit in index.search("idlib", filter=T("source", "al masdar news"))] == ["b"]


def test_what_is_odd_about_a_filter_names_it(index):
    note = index.search("idlib", filter=T("body", "Ceasefires")).diagnostics[0]
    assert isinstance(note, Diagnostic)
    assert (note.code, note.text) == ("not-a-term", "body:Ceasefires")


def test_a_tree_is_a_question_as_well(index):
    assert [hit.key for hit in index.search(Word("strikes"))] == ["b"]
    assert index.search(Word("nonsense")).diagnostics[0].code == "unknown-word"


def test_an_analysed_word_can_be_typed(index):
    assert read(index, 'body:t"rebel+held|rebelheld Idlib"^2 x').children[0].child == Analysed(
        "rebel+held|rebelheld Idlib", "body"
    )
    assert [hit.key for hit in index.search('t"ceasefir"')] == ["a"]
    assert [hit.key for hit in index.search('t"ceasefires"')] == []
    with pytest.raises(QueryError, match="the field source keeps no spellings"):
        index.search('source:t"reuters"')


# ---- QueryParser and our own


def test_what_whooshs_parser_cannot_read_is_an_error_and_no_silence(index):
    parser = QueryParser("body", index.schema)
    for typed, why in [("date:nonsense", "'nonsense' cannot be read"), ("price:abc", "is not a valid number")]:
        with pytest.raises(QueryError, match=why):
            index.search(parser.parse(typed))
        with pytest.raises(QueryError, match=why):
            index.search(parser.parse(f"{typed} OR idlib", normalize=False))


def test_without_a_field_whooshs_parser_asks_in_all_of_them(index):
    parser = QueryParser(None, index.schema)
    for typed in ["ceasefires", "Air Strikes", '"air strikes"', "2019", "strike* OR ceasefire", "idlib NOT march"]:
        expected = [(hit.key, hit.score) for hit in index.search(typed)]
        assert [(hit.key, hit.score) for hit in index.search(parser.parse(typed))] == expected
        assert expected


plain_words = st.sampled_from([word for word in WORDS if word != "al Qaeda"])  # ours joins what Whoosh splits at the space
rows = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda row: f'"{" ".join(row)}"')
patterns = st.sampled_from(["ceas*", "r?bel*", "*held", "202[0-3]*", "ÇAV*", "al-*", "*", "turce~", "airstrik~2", "rebel~2/3"])
loose_rows = st.builds("{}~{}".format, rows, st.integers(1, 4))
in_text = st.one_of(plain_words, plain_words, rows, loose_rows, patterns)
in_fields = st.one_of(
    st.builds("title:{}".format, in_text),
    st.builds("body:{}".format, in_text),
    plain_words.map("entities:{}".format),
    st.sampled_from(["source:reuters", 'source:"Al Masdar News"', "tag:WAR", "source:[a TO m}"]),
    st.sampled_from(
        ["tag:[aid to]", "source:{ TO reuters}", "price:2", "price:>0", "price:<=2", "words:[3 TO 12}", "price:-1.5"]
    ),
    st.sampled_from(["date:2020", "date:2020-01-12", "date:[2019-03 TO 2020-01]", "date:{2019 TO 2020]", "date:>2019", "*:*"]),
    st.sampled_from(["date:[2020-01-13 to]", "date:<=2019-03-31", "price:*", "date:*", "title:*", "words:*"]),
)
operands = st.one_of(in_text, in_fields)
OPERATORS = [" ", " ", " AND ", " OR ", " ANDNOT ", " ANDMAYBE ", " REQUIRE "]


def grown(children):
    joined = st.lists(st.tuples(children, st.sampled_from(OPERATORS)), min_size=2, max_size=4)
    return st.one_of(
        joined.map(lambda parts: "".join(child + operator for child, operator in parts[:-1]) + parts[-1][0]),
        children.map(lambda child: f"({child})"),
        st.one_of(plain_words, rows).map("{}^2.5".format),
        operands.map(lambda child: f"NOT {child}"),
        st.lists(in_text, min_size=1, max_size=3).map(lambda parts: f"title:({' OR '.join(parts)})"),
    )


typed_queries = st.recursive(operands, grown, max_leaves=6)


@settings(max_examples=COLLECTIONS)
@given(collections, st.lists(typed_queries, min_size=5, max_size=15), st.booleans())
def test_whooshs_parser_and_ours_find_the_same_reports_with_the_same_scores(found, asked, several):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index") as index:
        index.add(found[: len(found) // 2] if several else [])
        index.add(found)
        parser = QueryParser("body", index.schema)
        parser.add_plugins([FuzzyTermPlugin(), GtLtPlugin()])
        for typed in asked:
            by_ours = [(hit.key, hit.score) for hit in index.search(f"body:({typed})", limit=100)]
            by_whoosh = [(hit.key, hit.score) for hit in index.search(parser.parse(typed, normalize=False), limit=100)]
            assert [key for key, _ in by_whoosh] == [key for key, _ in by_ours], typed
            assert [score for _, score in by_whoosh] == pytest.approx([score for _, score in by_ours]), typed
            if not re.search(r"(?<![\w\]-])\*(?!\w)", typed):  # of an And with everything, normalize leaves nothing else
                assert {hit.key for hit in index.search(parser.parse(typed), limit=100)} == {key for key, _ in by_ours}, typed


@settings(max_examples=COLLECTIONS // 2)
@given(collections, st.lists(st.lists(in_text, min_size=1, max_size=4).map(" ".join), min_size=5, max_size=10))
def test_or_groups_are_the_any_mode(found, asked):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index") as index:
        index.add(found)
        parser = QueryParser("body", index.schema, group=syntax.OrGroup)
        parser.add_plugin(FuzzyTermPlugin())
        for typed in asked:
            expected = [hit.key for hit in index.search(f"body:({typed})", mode="any", limit=100)]
            assert [hit.key for hit in index.search(parser.parse(typed, normalize=False), limit=100)] == expected, typed


# ---- what the documents say


def test_the_documents_name_every_construct_of_whoosh():
    text = (Path(__file__).parent.parent / "docs" / "query-language.md").read_text(encoding="utf-8")
    section = text.partition("## Coming from Whoosh")[2]
    bases = {"Plugin", "TaggingPlugin"}
    named = {name for name, kind in vars(plugins).items() if isinstance(kind, type) and issubclass(kind, plugins.Plugin)}
    assert {name for name in {*named, "DateParserPlugin"} - bases if name not in section} == set()
    abstract = {"Query", "CompoundQuery", "BinaryQuery", "MultiTerm", "PatternQuery", "ExpandingTerm", "WrappingQuery"}
    abstract |= {"SpanQuery", "WrappingSpan", "SpanBiQuery", "_NullQuery"}
    classes = {name for name, kind in vars(wq).items() if isinstance(kind, type) and issubclass(kind, wq.Query)} - abstract
    assert {name for name in classes if not re.search(rf"\b{name}\b", section)} == set()


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("title:(a OR b)^2 AND c", "(title:a OR title:b)^2 AND c"),
        ("NOT NOT a", "NOT NOT a"),
        ("ca[bt]", "ca[bt]"),
        ("*:*", "*"),
        ("date:{2019 TO 2020]", "date:{2019 TO 2020]"),
        ("+a b -c", "a AND b AND NOT c"),
        ("(a OR b) PRE/1 c*", "(a OR b) PRE/1 c*"),
        ('"a b"~3', '"a b"~3'),
        ("words:<=5", "words:[ TO 5]"),
    ],
)
def test_whooshs_grammar_typed_here_is_read_as_the_documents_say(index, typed: str, tree: str):
    assert str(read(index, typed)) == tree


@pytest.mark.parametrize("typed", ["(a", '"a b', "title:[a TO b]", "words:=>5", ">5", "date:nonsense", "foo:[a TO b]"])
def test_what_whoosh_reads_as_something_else_is_refused(index, typed: str):
    with pytest.raises(QueryError):
        index.search(typed)
