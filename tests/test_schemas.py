"""Schemas of users' own: what is taken, refused, stored and given back; how questions reach its fields."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from click.testing import CliRunner
from whoosh.analysis import (
    FancyAnalyzer,
    KeywordAnalyzer,
    LowercaseFilter,
    NgramWordAnalyzer,
    RegexTokenizer,
    SimpleAnalyzer,
    StandardAnalyzer,
    StemmingAnalyzer,
    StopFilter,
)
from whoosh.fields import BOOLEAN, COLUMN, DATETIME, ID, IDLIST, KEYWORD, NGRAM, NGRAMWORDS, NUMERIC, STORED, TEXT, Schema
from whoosh.query import Term

import idlibsearch
from idlibsearch import QueryError, Report, ReportError, SchemaError
from idlibsearch.faces.cli import cli
from idlibsearch.index.fileformat import SectionFile

EVERYTHING = Schema(
    path=ID(unique=True, stored=True),
    heading=TEXT(field_boost=2.0, stored=True),
    content=TEXT(analyzer=StemmingAnalyzer(), stored=True),
    tags=KEYWORD(commas=True, lowercase=True, stored=True),
    price=NUMERIC(float, stored=True),
    when=DATETIME(stored=True),
    draft=BOOLEAN(stored=True),
    grams=NGRAM(2, 4),
    note=STORED,
)
ENGINE = {
    "path": "a",
    "heading": "The foo of engines",
    "content": "An engine renders pages; rendering is slow.",
    "tags": "X, y",
    "price": 3.5,
    "when": datetime(2020, 1, 12, 10, 30),
    "draft": False,
    "grams": "hello",
    "note": {"any": ["json", 1, None]},
}


@pytest.fixture
def make(tmp_path):
    """Makes an index of a schema with documents in it; all must be sound when the test is over."""
    made = []

    def index_of(schema, *documents, name="index"):
        made.append(idlibsearch.create(tmp_path / f"{name}{len(made)}", schema))
        made[-1].add(documents)
        return made[-1]

    yield index_of
    for index in made:
        assert index.check() == []


def keys(index, question, **options):
    return [hit.key for hit in index.search(question, **options)]


# ---- the way through


def test_a_mapping_goes_in_is_found_by_its_fields_and_comes_back(make):
    index = make(EVERYTHING, ENGINE, {"path": "b", "content": "Nothing of the kind"})
    results = index.search("content:render tags:x price:[1 TO 5] heading:foo")
    assert [hit.key for hit in results] == ["a"]
    hit = results[0]
    assert hit["path"] == "a"
    assert hit.fields == {name: value for name, value in ENGINE.items() if name != "grams"}
    assert hit.spans == {"content": [(1, 2), (3, 4)], "heading": [(0, 1)]}
    assert index.document("b") == {"path": "b", "content": "Nothing of the kind"}
    assert index.document("c") is None
    assert [document["path"] for document in index.documents()] == ["a", "b"]


def test_fields_that_are_not_stored_are_not_given_back(make):
    index = make(Schema(path=ID(unique=True), text=TEXT, own=TEXT(analyzer=idlibsearch.ReportAnalyzer())), {
        "path": "a", "text": "truce", "own": "ceasefire",
    })  # fmt: skip
    assert index.search("truce ceasefire")[0].fields == {}
    with pytest.raises(KeyError):
        index.search("truce")[0]["text"]


def test_values_come_back_as_what_they_were(make):
    schema = Schema(
        text=TEXT,
        exact=NUMERIC(Decimal, decimal_places=2, stored=True),
        whole=NUMERIC(int, 64, stored=True),
        when=DATETIME(stored=True),
    )
    here = timezone(timedelta(hours=3))
    index = make(
        schema,
        {"text": "x", "exact": Decimal("3.10"), "whole": 2**53, "when": datetime(2020, 1, 12, 1, tzinfo=here)},
        {"exact": "4.25", "whole": "7", "when": "2020-02"},
    )
    first, second = index.documents()
    assert first == {"exact": Decimal("3.10"), "whole": 2**53, "when": datetime(2020, 1, 11, 22, tzinfo=UTC)}
    assert second == {"exact": Decimal("4.25"), "whole": 7, "when": datetime(2020, 2, 1)}
    assert keys(index, "exact:3.1 whole:9007199254740992") == ["1"]
    assert keys(index, "when:2020-01-11") == ["1"]


def test_what_is_stored_may_be_another_value_than_what_is_searched(make):
    index = make(EVERYTHING, {"path": "a", "heading": "Truce", "_stored_heading": "TRUCE!"})
    assert index.search("heading:truce")[0]["heading"] == "TRUCE!"


def test_the_unique_field_is_the_key(make):
    index = make(EVERYTHING, ENGINE)
    assert index.add([ENGINE]).unchanged == 1
    assert index.add([ENGINE | {"note": "other"}]).changed == 1
    assert index.add([ENGINE | {"note": "other", "grams": "other"}]).changed == 1  # not stored, and noticed all the same
    assert keys(index, "grams:the") == ["a"]
    assert index.remove("a").removed == 1
    assert len(index) == 0


def test_documents_without_a_unique_field_are_numbered(make):
    index = make(Schema(text=TEXT(stored=True)), {"text": "same"}, {"text": "same"})
    index.add([{"text": "same"}])
    assert sorted(keys(index, "same")) == ["1", "2", "3"]
    index.merge()
    index.add([{"text": "same"}])
    assert len(index) == 4
    assert index.document("4") == {"text": "same"}


def test_a_whole_number_can_be_the_key(make):
    index = make(Schema(number=NUMERIC(unique=True), text=TEXT), {"number": 7, "text": "old"}, {"number": 7, "text": "new"})
    assert keys(index, "new") == ["7"]
    assert keys(index, "old") == []


# ---- analyzers


def test_an_index_is_opened_without_its_schema_where_whoosh_knows_its_analyzers(tmp_path):
    analyzers = {
        "stem": StemmingAnalyzer(ignore=["rendering"]),
        "simple": SimpleAnalyzer(r"[a-z]+"),
        "fancy": FancyAnalyzer(mergewords=True),
        "comma": KeywordAnalyzer(commas=True, lowercase=True),
        "piece": NgramWordAnalyzer(3, 4, at="start"),
        "stop": StandardAnalyzer(stoplist=["foo"], minsize=1, maxsize=9),
    }
    texts = {name: TEXT(analyzer=analyzer) for name, analyzer in analyzers.items()} | {"lang": TEXT(lang="es")}
    schema = Schema(path=ID(unique=True), **texts)
    text = "Rendering WiFi-engines, the foo; las liebres ABC9 corren"
    with idlibsearch.create(tmp_path / "index", schema) as index:
        index.add([{"path": "a"} | dict.fromkeys(texts, text)])
    with idlibsearch.open(tmp_path / "index") as index:
        index.add([{"path": "b"} | dict.fromkeys(texts, text)])
        for name in texts:
            words = {token.text for token in schema[name].analyzer(text, mode="index")}
            for word in (word for word in words if " " not in word):
                assert keys(index, f'{name}:="{word}"') == ["a", "b"], word
        assert keys(index, "stem:rendering fancy:wi lang:liebre piece:ren stop:engines") == ["a", "b"]
        assert keys(index, "stop:foo") == []


def test_opening_and_asking_for_values_needs_no_whoosh(tmp_path):
    idlibsearch.create(tmp_path / "index", Schema(text=TEXT, price=NUMERIC)).add([{"text": "truce", "price": 3}])
    code = (
        "import sys, idlibsearch\n"
        f"index = idlibsearch.open({str(tmp_path / 'index')!r})\n"
        "print(len(index.search('price:>2')), 'whoosh' in sys.modules)\n"
        "print(len(index.search('truce')), 'whoosh' in sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n") == ["1 False", "1 True", ""]


def test_the_manifest_is_plain_json_without_code(make):
    index = make(EVERYTHING)
    manifest = json.loads(max(index.path.glob("generation-*.json")).read_text())
    heading = next(field for field in manifest["schema"] if field["name"] == "heading")
    assert [part["class"] for part in heading["analysis"]["parts"]] == ["RegexTokenizer", "LowercaseFilter", "StopFilter"]
    assert {"name": "note", "kind": "stored", "stored": True} in manifest["schema"]


def test_the_manifest_of_reports_is_what_it_was(new_index):
    manifest = json.loads(max(new_index.path.glob("generation-*.json")).read_text())
    assert "schema" not in manifest
    assert manifest["ranking"]["fields"][0] == {"name": "title", "weight": 3.0, "b": 0.65, "positions": True}
    assert sorted(manifest["ranking"]) == ["fields", "k1"]


class Shouting(LowercaseFilter):
    """An analyzer part of somebody's own."""

    def __call__(self, tokens):
        for token in tokens:
            token.text = token.text.upper()
            yield token


def test_an_analyzer_of_somebodys_own_is_handed_in_again(tmp_path):
    schema = Schema(text=TEXT(analyzer=RegexTokenizer() | Shouting(), stored=True))
    with idlibsearch.create(tmp_path / "index", schema) as index:
        index.add([{"text": "Loud words"}])
        assert keys(index, "loud") == ["1"]
        assert index.schema is schema
    with pytest.raises(SchemaError, match=r"the field text has an analyzer \(.*Shouting\).*hand the schema in again"):
        idlibsearch.open(tmp_path / "index")
    with idlibsearch.open(tmp_path / "index", Schema(text=TEXT(analyzer=RegexTokenizer() | Shouting(), stored=True))) as index:
        assert keys(index, "Loud =LOUD") == ["1"]
        assert keys(index, "=Loud") == []


def shouted(**options):
    return TEXT(analyzer=RegexTokenizer() | Shouting(), stored=True, **options)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (Schema(text=TEXT(analyzer=RegexTokenizer() | LowercaseFilter(), stored=True)), "the field text has another analyzer"),
        (Schema(text=TEXT(analyzer=RegexTokenizer() | Shouting())), "the field text has another stored"),
        (Schema(text=shouted(), more=ID), "the field more is new"),
        (Schema(more=TEXT), "the field more is new"),
        (Schema(text=shouted(field_boost=2.0)), "the field text is ranked otherwise"),
    ],
)
def test_another_schema_than_that_of_the_index_is_refused(tmp_path, schema, said):
    idlibsearch.create(tmp_path / "index", Schema(text=shouted())).close()
    with pytest.raises(SchemaError, match=said):
        idlibsearch.open(tmp_path / "index", schema)


def titled(*analyzers):
    analyzer, other = analyzers[0], analyzers[-1]
    return Schema(title=TEXT(analyzer=analyzer, field_boost=3.0), text=TEXT(analyzer=other))


def test_fields_with_one_analyzer_of_somebodys_own_count_together(tmp_path):
    """A word in the title and in the text is one word of BM25F, not two words that each score, whoever wrote the analyzer."""
    own, known = RegexTokenizer() | Shouting(), RegexTokenizer() | LowercaseFilter()
    rows = [{"title": "truce", "text": "the truce holds"}, {"title": "war", "text": "no truce, no talks"}, {"text": "talks"}]
    scores = []
    for name, analyzer in (("own", own), ("known", known)):
        with idlibsearch.create(tmp_path / name, titled(analyzer)) as index:
            index.add(rows)
            scores.append([(hit.key, hit.score) for hit in index.search("truce talks", mode="any")])
    assert scores[0] == scores[1]


def test_a_schema_whose_fields_no_longer_share_their_analyzer_is_refused(tmp_path):
    idlibsearch.create(tmp_path / "shared", titled(RegexTokenizer() | Shouting())).close()
    two = titled(RegexTokenizer() | Shouting(), RegexTokenizer() | Shouting())
    with pytest.raises(SchemaError, match="the field title shared one analyzer with another"):
        idlibsearch.open(tmp_path / "shared", two)
    idlibsearch.create(tmp_path / "apart", two).close()
    idlibsearch.open(tmp_path / "apart", titled(RegexTokenizer() | Shouting())).close()


def test_an_index_of_reports_is_opened_with_the_schema_of_reports_only(seed_index):
    assert len(idlibsearch.open(seed_index.path, seed_index.schema)) == len(seed_index)
    with pytest.raises(SchemaError, match="only one of them is that of reports"):
        idlibsearch.open(seed_index.path, Schema(text=TEXT))


def test_an_analyzer_that_fails_is_an_error_of_this_library(make):
    class Failing(LowercaseFilter):
        def __call__(self, tokens):
            for token in tokens:
                if token.text == "bad":
                    raise RuntimeError("no such word")
                yield token

    index = make(Schema(text=TEXT(analyzer=RegexTokenizer() | Failing())), {"text": "good"})
    with pytest.raises(ReportError, match="the field text: its analyzer failed: RuntimeError: no such word"):
        index.add([{"text": "fine"}, {"text": "bad"}])
    with pytest.raises(QueryError, match="the field text: its analyzer failed"):
        index.search("bad")
    assert len(index) == 1


def test_the_librarys_own_analysis_answers_as_in_reports(make, new_index):
    texts = ["Rebel-held towns fell; the cease-fire holds.", "REBELS held al-Qaeda’s town", "U.S. airstrikes on Ma'rib", "us"]
    new_index.add([Report(str(number), body=text) for number, text in enumerate(texts, 1)])
    schema = Schema(body=TEXT(analyzer=idlibsearch.ReportAnalyzer(), stored=True), more=TEXT)
    index = make(schema, *({"body": text} for text in texts))
    for question in (
        "ceasefire",
        '"rebel held"',
        "=REBELS",
        "town*",
        "al qaeda",
        "US",
        'r"ma.*"',
        "towm~",
        '"air strikes"',
        "rebel*",
    ):
        expected = new_index.search(f"body:({question})")
        assert [(h.key, h.spans) for h in index.search(f"body:({question})")] == [(h.key, h.spans) for h in expected], question
        assert [hit.score for hit in index.search(question)] == pytest.approx([hit.score for hit in expected])
    assert index.search("held")[0].snippet() == "REBELS **held** al-Qaeda’s town"
    index.remove("1", "2")
    index.merge()
    assert keys(index, "town*") == []


# ---- questions


def test_phrases_follow_the_positions_that_the_analyzer_gives(make):
    index = make(EVERYTHING, ENGINE, {"path": "b", "content": "Pages that an engine has; renders"})
    assert keys(index, 'content:"engine render"') == ["a"]
    assert keys(index, 'content:"an engine rendering the page"') == ["a"]  # stop words are left out on both sides
    assert keys(index, '"engines renders page"') == ["a"]
    assert keys(index, 'content:"eng* render"') == ["a"]
    assert keys(index, 'heading:"foo engine"') == []


def test_fields_without_positions_refuse_phrases_and_answer_the_rest(make):
    index = make(Schema(text=TEXT(phrase=False, stored=True), other=TEXT(phrase=False, spelling=True)), {"text": "a quiet truce"})
    with pytest.raises(QueryError, match="the field text keeps no order of words") as caught:
        index.search('text:"quiet truce"')
    assert caught.value.advice == "ask for the words, joined by AND"
    assert keys(index, 'text:"truce"') == keys(index, "tru*") == keys(index, "truse~") == keys(index, "=quiet") == ["1"]
    hit = index.search("quiet tru*")[0]
    assert (hit.spans, hit.snippet()) == ({}, "a quiet truce")


def test_a_phrase_across_a_place_that_is_left_free_is_refused(make):
    analyzer = RegexTokenizer() | StopFilter(["on"], renumber=False)
    index = make(Schema(text=TEXT(analyzer=analyzer, stored=True)), {"text": "sat on mat"})
    assert index.search("sat mat")[0].spans == {"text": [(0, 1), (2, 3)]}
    with pytest.raises(QueryError, match="leaves room for a word"):
        index.search('"sat on mat"')
    assert keys(index, '"sat mat"') == []


def test_words_that_no_text_knows_are_left_out_and_told(make):
    index = make(EVERYTHING, ENGINE)
    results = index.search("heading:the heading:foo")
    assert [hit.key for hit in results] == ["a"]
    assert [(note.code, note.span) for note in results.diagnostics] == [("nothing-in-it", (8, 11))]
    assert keys(index, "heading:the") == []
    assert keys(index, "NOT heading:the") == []


def test_a_word_that_one_text_leaves_out_is_not_asked_of_all(make):
    schema = Schema(path=ID(unique=True), stopped=TEXT, whole=TEXT(analyzer=SimpleAnalyzer()))
    index = make(
        schema, {"path": "a", "stopped": "the truce"}, {"path": "b", "whole": "the truce"}, {"path": "c", "whole": "truce"}
    )
    assert keys(index, "the truce")[0] == "b"
    assert sorted(keys(index, "the truce")) == ["a", "b", "c"]
    assert keys(index, "the") == ["b"]
    assert keys(index, "whole:the truce") == ["b"]


def test_words_of_fields_with_one_analysis_count_together(make):
    schema = Schema(path=ID(unique=True), one=TEXT, two=TEXT, three=TEXT(analyzer=StemmingAnalyzer()))
    index = make(
        schema, {"path": "a", "one": "truce", "two": "truce"}, {"path": "b", "one": "truce", "three": "truce"}, {"path": "c"}
    )
    together, apart = index.search("truce")[1], index.search("truce")[0]
    assert (together.key, apart.key) == ("a", "b")
    assert together.score < 2 * index.search("one:truce")[0].score


def test_pieces_of_words_are_found_by_grams(make):
    schema = Schema(
        path=ID(unique=True), grams=NGRAM(2, 3), any=NGRAMWORDS(3, 3, queryor=True), start=NGRAMWORDS(2, 5, at="start")
    )
    index = make(schema, {"path": "a", "grams": "Ceasefire", "any": "Ceasefire", "start": "Ceasefire"})
    assert keys(index, "grams:sefi") == keys(index, "any:firework") == keys(index, "start:ceas") == ["a"]
    assert keys(index, "grams:firework") == keys(index, "start:fire") == []


def test_a_typed_word_of_several_is_joined_as_its_field_says(make):
    ways = {way: TEXT(analyzer=SimpleAnalyzer(r"[a-z]+"), multitoken_query=way) for way in ("and", "or", "phrase", "first")}
    index = make(Schema(path=ID(unique=True), **ways), *(
        {"path": path} | dict.fromkeys(ways, text) for path, text in {"x": "held rebel", "y": "rebel held", "z": "held"}.items()
    ))  # fmt: skip
    found = {way: sorted(keys(index, f"{way}:rebel-held")) for way in ways}
    assert found == {"and": ["x", "y"], "or": ["x", "y", "z"], "phrase": ["y"], "first": ["x", "y"]}


def test_ids_and_keywords_are_exact_values(make):
    schema = Schema(path=ID(unique=True), text=TEXT, kind=ID(stored=True), words=KEYWORD, ids=IDLIST, title=KEYWORD(commas=True))
    index = make(schema, {"path": "/a/B c", "kind": "Élan vital", "words": "one Two", "ids": "1,2;3", "title": "War, Peace  now"})
    for question in ('path:"/a/B c"', 'kind:"Élan vital"', "words:Two", 'words:"one Two"', "ids:2", 'title:"Peace  now"'):
        assert keys(index, question) == ["/a/B c"], question
    for question in ('path:"/a/b c"', 'kind:"elan vital"', "words:two", "kind:Élan", 'title:"Peace now"'):
        assert keys(index, question) == [], question
    assert keys(index, "words:[Ta TO U]") == keys(index, "title:>P") == keys(index, "kind:*") == ["/a/B c"]
    assert index.search("words:two").diagnostics[0].code == "unknown-value"


def test_points_in_time_are_found_by_what_they_lie_in(make):
    index = make(
        EVERYTHING, ENGINE, {"path": "b", "when": datetime(2020, 1, 31, 23, 59, 59, 999_999)}, {"path": "c", "when": "2020-02"}
    )
    assert keys(index, "when:2020-01") == ["a", "b"]
    assert keys(index, "when:2020-01-12T10:30") == keys(index, "when:20200112") == ["a"]
    assert keys(index, "when:[2020-01-31T23:59:59.999999 TO 2020-02]") == ["b", "c"]
    assert keys(index, "when:{2020-01 TO]") == keys(index, "when:>2020-01") == ["c"]
    assert keys(index, "when:<2020-01-12T10:31") == ["a"]
    assert keys(index, 'when:"12 January 2020"') == keys(index, 'when:"last week"', today=date(2020, 1, 15)) == ["a"]
    with pytest.raises(QueryError, match="soon is none"):
        index.search("when:soon")
    with pytest.raises(QueryError, match="no date of publication"):
        index.search("*", date_from="2020")


def test_truths_and_numbers_refuse_what_they_are_not(make):
    index = make(EVERYTHING, ENGINE)
    assert keys(index, "draft:no") == keys(index, "draft:FALSE price:3.5") == keys(index, "price:>=3") == ["a"]
    for question in ("draft:maybe", "draft:[f TO t]", "price:cheap", "price:[a TO b]", "note:json"):
        with pytest.raises(QueryError):
            index.search(question)


def test_names_of_reports_mean_nothing_special_here(make):
    schema = Schema(url=ID(unique=True), title=TEXT, date=DATETIME, words=NUMERIC, source=TEXT, score=NUMERIC, Body=KEYWORD)
    index = make(
        schema,
        {"url": "u", "title": "Truce", "date": datetime(2020, 1, 2), "words": 3, "source": "wire", "score": 9, "Body": "b"},
    )
    for question in ("title:truce", "date:2020-01", "words:3", "source:wire", "url:u", "score:>8", "body:b", "BODY:b"):
        assert keys(index, question) == ["u"], question
    results = index.search("place:idlib")
    assert results.diagnostics[0].code == "unknown-field"
    assert "the fields to search are source, title" in results.diagnostics[0].advice


def test_hits_are_sorted_and_counted_by_fields_of_values(make):
    index = make(EVERYTHING, *(
        {"path": path, "tags": tags, "price": price, "when": when, "draft": price is None}
        for path, tags, price, when in [("b", "y,X", 2, "2020-01-02"), ("a", "x", None, "2020-02-01"), ("c", "", 10, None)]
    ))  # fmt: skip
    index.add([{"path": "d", "tags": "a,z", "price": 2.5, "when": "2019-12-31T23:00"}])
    orders = {"price": "cdba", "price:asc": "bdca", "when": "abdc", "path": "abcd", "path:desc": "dcba", "tags": "dbac"}
    for sort, order in (orders | {"draft": "bcad", "key": "abcd"}).items():
        assert "".join(keys(index, "*", sort=sort)) == order, sort
    facets = index.search("*", facets=["tags", "draft", "price:1", "when:month", "path:0"]).facets
    assert facets["tags"] == [("x", 2), ("a", 1), ("y", 1), ("z", 1)]
    assert facets["draft"] == [("false", 2), ("true", 1)]
    assert facets["price"] == [("2", 1)]
    assert facets["when:month"] == [("2019-12", 1), ("2020-01", 1), ("2020-02", 1), ("undated", 1)]
    for wrong in ({"sort": "heading"}, {"facets": ["heading"]}, {"facets": ["when"]}, {"facets": ["place"]}, {"sort": "place"}):
        with pytest.raises(QueryError):
            index.search("*", **wrong)


def test_nearness_holds_inside_fields_of_one_analysis(make):
    index = make(EVERYTHING, ENGINE, {"path": "b", "heading": "engine", "content": "pages rendered slowly by it"})
    assert keys(index, "engine NEAR/2 page") == ["a"]
    assert keys(index, "engine NEAR/1 pages") == []
    assert sorted(keys(index, "content:(page PRE/1 rend*)")) == ["a", "b"]
    assert keys(index, '"engine page"~2') == keys(index, "ATLEAST/2 rendering") == ["a"]
    assert sorted(keys(index, "FIRST/1 (page OR engine)")) == ["a", "b"]
    assert keys(index, "content:page NOTNEAR/3 content:engine") == ["b"]
    assert index.search("engine NEAR/2 page")[0].spans == {"content": [(0, 1), (2, 3)]}
    for question in (
        "page SAME/S engine",
        "{PERSON}",
        "the NEAR/2 on",
        "grams:(he NEAR/2 ll)",
        "heading:foo NEAR/2 content:engine",
    ):
        with pytest.raises(QueryError):
            index.search(question)


def test_a_hit_shows_where_it_matches_in_what_is_stored(make):
    index = make(EVERYTHING, ENGINE)
    hit = index.search("rendering")[0]
    assert hit.snippet() == "An engine **renders** pages; **rendering** is slow."
    assert hit.snippet(field="heading", before="<", after=">") == "The foo of engines"
    assert index.search("foo")[0].snippet(before="<", after=">") == "The <foo> of engines"
    assert index.search("grams:hello")[0].snippet() == "An engine renders pages; rendering is slow."
    assert index.search("foo")[0].to_json()["fields"]["when"] == "2020-01-12T10:30:00"


# ---- what is refused


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (Schema(text=TEXT, other=COLUMN), "the field other is a COLUMN"),
        (Schema(path=ID, price=NUMERIC), "a schema needs 1 to 8 TEXT or NGRAM fields, this one has 0"),
        (Schema(**{f"text{number}": TEXT for number in range(9)}), "this one has 9"),
        (Schema(text=TEXT, a=ID(unique=True), b=ID(unique=True)), "the fields a and b are both unique"),
        (Schema(text=TEXT, when=DATETIME(unique=True)), "the field when is a DATETIME and unique"),
        (Schema(text=TEXT, TEXT=ID), "two fields are called text but for capitals"),
        (Schema(text=TEXT(field_boost=0.0)), "the boost of the field text must be above 0"),
        (Schema(text=TEXT(multitoken_query="any")), "joins words by 'any'"),
        (Schema(**{"a-b": TEXT}), "a name has letters, digits and _"),
    ],
)
def test_a_schema_that_cannot_be_indexed_says_why(tmp_path, schema, said):
    with pytest.raises(SchemaError, match=said):
        idlibsearch.create(tmp_path / "index", schema)
    assert not (tmp_path / "index").exists()


def test_fields_named_by_a_pattern_are_refused(tmp_path):
    schema = Schema(text=TEXT)
    schema.add("*_txt", TEXT, glob=True)
    with pytest.raises(SchemaError, match=r"the fields \*_txt are named by a pattern"):
        idlibsearch.create(tmp_path / "index", schema)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"path": "x", "colour": "red"}, "there is no field colour in the schema; it has content, draft"),
        ({"heading": "no key"}, "the field path tells documents apart"),
        ({"path": "x", "heading": 3}, "the field heading: a text, or a list of texts, is needed, not 3"),
        ({"path": "x", "price": "cheap"}, "the field price: could not convert"),
        ({"path": "x", "price": [1, 2]}, "the field price: one number is needed"),
        ({"path": "x", "price": float("nan")}, "a finite number is needed"),
        ({"path": "x", "when": "yesterday"}, "the field when: yesterday is not a time"),
        ({"path": "x", "when": 3}, "a datetime, a date or a text"),
        ({"path": "x", "draft": "maybe"}, "the field draft: true or false is needed"),
        ({"path": "x", "note": {1, 2}}, "the field note: .*not JSON serializable"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_changes(make, values, said):
    index = make(EVERYTHING, ENGINE)
    with pytest.raises(ReportError, match=said):
        index.add([{"path": "new"}, values])
    assert len(index) == 1


def test_whole_numbers_are_whole_and_small_enough_to_be_told_apart(make):
    index = make(Schema(text=TEXT, count=NUMERIC(int, 64)))
    for number in (2.5, 2**53 + 1, True):
        with pytest.raises(ReportError, match="the field count"):
            index.add([{"count": number}])


def test_reports_and_mappings_keep_to_their_indexes(make, new_index, tmp_path):
    index = make(EVERYTHING, ENGINE)
    with pytest.raises(SchemaError, match="takes mappings of the fields of its schema, and a Report is none"):
        index.add([Report("a", "Truce")])
    with pytest.raises(SchemaError, match="this index holds reports, and a dict is none"):
        new_index.add([{"title": "Truce"}])
    with pytest.raises(SchemaError, match="files hold reports"):
        index.add_path(tmp_path)
    for ask in (lambda: index.get("a"), lambda: list(index), lambda: index.search("foo")[0].report):
        with pytest.raises(SchemaError, match="a schema of its own, and no reports"):
            ask()


# ---- on disk


def sections(index):
    """The newest segment but for the blocks of what is stored, which end where a commit did."""
    file = SectionFile(max(index.path.glob("*.seg")))
    return {name: bytes(file.array(name)) for name in file.sections if not name.startswith("stored")}


def test_the_bytes_do_not_hang_on_commits_and_processes(make):
    documents = [
        {"path": f"p{n}", "heading": f"Engine {n % 7}", "content": "rendering " * (n % 5), "tags": f"t{n % 3},x", "price": n}
        for n in range(60)
    ]
    whole = make(EVERYTHING, *documents)
    parts = make(EVERYTHING, *documents[:20])
    parts.add([*documents[20:40], {"path": "gone", "heading": "zebra", "tags": "zebra", "content": "zebra"}], processes=2)
    parts.add(documents[40:])
    parts.remove("gone")
    parts.merge()
    assert sections(whole) == sections(parts)


def test_what_is_damaged_is_told_and_the_rest_is_kept(make, tmp_path):
    index = make(EVERYTHING, {"path": "a", "heading": "kept"})
    index.add([{"path": "b", "heading": "lost"}])
    index.copy(tmp_path / "copy")
    newest = max((tmp_path / "copy").glob("*.seg"))
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 0xFF
    newest.write_bytes(data)
    done = idlibsearch.repair(tmp_path / "copy")
    assert (done.kept, done.saved, done.lost_keys) == (1, 0, ("b",))
    assert "add the lost ones again" in done.notes[0]
    with idlibsearch.open(tmp_path / "copy", verify=True) as copy:
        assert keys(copy, "heading:kept") == ["a"]
        assert copy.check() == []
    with pytest.raises(SchemaError, match="keeps too little of documents of its own schema"):
        index.rebuild()


def test_the_command_line_asks_and_shows(make):
    index = make(EVERYTHING, ENGINE)
    run = CliRunner().invoke(cli, ["query", "--index", str(index.path), "--format", "json", "rendering"], standalone_mode=False)
    assert json.loads(run.output)["hits"][0]["fields"]["path"] == "a"
    shown = CliRunner().invoke(cli, ["show", "--index", str(index.path), "a"], standalone_mode=False).output
    assert "heading: The foo of engines" in shown
    assert "when: 2020-01-12 10:30:00" in shown
    stats = CliRunner().invoke(cli, ["stats", "--index", str(index.path)], standalone_mode=False).output
    assert "reports: 1" in stats


def test_objects_of_whoosh_are_for_indexes_of_reports_and_others_say_so(tmp_path):
    with idlibsearch.create(tmp_path / "index", Schema(body=TEXT)) as index:
        with pytest.raises(idlibsearch.SchemaError, match="for indexes of reports only"):
            index.search(Term("body", "a"))
        with pytest.raises(idlibsearch.SchemaError, match="for indexes of reports only"):
            index.whoosh_reader()
        with pytest.raises(idlibsearch.QueryError, match="not known in an index with a schema of its own"):
            index.search('b NEAR/5 t"a"')
