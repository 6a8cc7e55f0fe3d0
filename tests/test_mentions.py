"""Entities in questions: a mention is a stretch of text like a word, known by what its report says of it."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

import naive
import naive_mentions
import naive_nearness
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import made

import idlibsearch
from idlibsearch import Entity, QueryError, Report, ReportError
from idlibsearch.index.columns import folded_value
from idlibsearch.index.directory import read_manifest
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.search import Request, search
from idlibsearch.query.tree import And, AtLeast, First, Mention, Near, Not, NotNear, Or, Same, Word

KINDS = {"Rami Abdel Rahman": "PERSON", "Putin": "PERSON", "Hayat Tahrir al-Sham": "GROUP", "HTS": "GROUP", "Idlib": "PLACE"}
NAMES = {"HTS": "Hayat Tahrir al-Sham"}


def report(key: str, body: str, title: str = "") -> Report:
    """A report whose entities are all names of ``KINDS`` in its text."""
    found = [
        Entity(kind, NAMES.get(name, name), name, field, match.start(), match.end())
        for field, text in (("title", title), ("body", body))
        for name, kind in KINDS.items()
        for match in re.finditer(name, text)
    ]
    return Report(key, title, body, entities=tuple(found))


REPORTS = [
    report("near", "The war crime was told by Rami Abdel Rahman to all."),
    report("far", "The crime was long ago told in three words or four by Putin to all."),
    report("elsewhere", "A crime was told.", title="Putin speaks"),
    report("title", "Nobody.", title="Crime of Putin"),
    report("spelt", "Idlib, held by HTS, was quiet. Hayat Tahrir al-Sham left rebel-held Idlib."),
    report("twice", "Putin met Putin."),
    report("word", "A crime and a person."),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with idlibsearch.create(tmp_path_factory.mktemp("mentions") / "index") as index:
        index.add(REPORTS)
        yield index


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("{PERSON}", ["far", "elsewhere", "title", "near", "twice"]),
        ("crime NEAR/5 {PERSON}", ["title", "near"]),
        ("crime NEAR/4 {PERSON}", ["title", "near"]),
        ("crime NEAR/3 {PERSON}", ["title"]),
        ("{PERSON} PRE/2 crime", []),
        ("title:{PERSON}", ["elsewhere", "title"]),
        ("body:{PERSON} AND NOT title:{PERSON}", ["far", "near", "twice"]),
        ('{PERSON:"putin"} crime', ["far", "elsewhere", "title"]),
        ("title:{PERSON} PRE/1 speaks", ["elsewhere"]),
        ("title:{PERSON} NEAR/1 crime", []),
        ("told SAME/S {PERSON}", ["near", "far"]),
        ('{PERSON:"Rami Abdel Rahman"}', ["near"]),
        ('told NEAR/9 {PERSON:"Rami Abdel Rahman"}', ["near"]),
        ("told NEAR/20 {PERSON:putin}", ["far"]),
        ('{GROUP:"Hayat Tahrir al-Sham"} NEAR/2 held', ["spelt"]),
        ("{GROUP} PRE/4 {PLACE}", ["spelt"]),
        ("{GROUP} NEAR/1 {PLACE}", []),
        ("({GROUP} OR quiet) PRE/1 left", ["spelt"]),
        ("{PERSON} NEAR/2 {PERSON}", ["twice"]),
        ("ATLEAST/2 {PERSON}", ["twice"]),
        ("FIRST/1 {PERSON}", ["elsewhere", "twice"]),
        ("crime NOTNEAR/5 {PERSON}", ["elsewhere", "far", "word"]),
    ],
)
def test_a_mention_stands_where_its_report_says(index, question, keys):
    found = index.search(question)
    assert sorted(hit.key for hit in found) == sorted(keys)
    assert found.diagnostics == ()


def test_a_mention_is_marked_from_its_first_word_to_its_last(index):
    (hit,) = index.search('told NEAR/9 {PERSON:"Rami Abdel Rahman"}')
    assert hit.snippet(before="[", after="]") == "The war crime was [told] by [Rami] [Abdel] [Rahman] to all."
    (hit,) = index.search('{GROUP:"hayat tahrir al-sham"} NEAR/3 held')
    assert (
        hit.snippet(before="[", after="]")
        == "Idlib, [held] by [HTS], was quiet. [Hayat] [Tahrir] [al-Sham] left [rebel-held] Idlib."
    )


@pytest.mark.parametrize("question", ["{PERSON}", "{PERSON} AND met", "met SAME/S {PERSON}", "source:x OR {PERSON:putin}"])
def test_mentions_are_marked_in_nearness_or_by_themselves(index, question):
    (hit,) = index.search(question, filter="title:nothing OR met")
    assert [span for span in hit.spans["body"] if span != (1, 2)] == [(0, 1), (2, 3)]


@pytest.mark.parametrize(
    "question", ["{ORG}", "crime NEAR/5 {ORG}", '{PERSON:"Nobody Here"}', 'crime NEAR/5 {PERSON:"Nobody Here"}']
)
def test_what_nobody_mentions_is_told(index, question):
    found = index.search(question)
    assert found.total == 0
    assert [note.code for note in found.diagnostics] == ["unknown-value"]


@pytest.mark.parametrize(
    "question", ["crime NEAR/5 place:idlib", "ATLEAST/2 date:2020", "FIRST/5 (crime AND told)", "crime NEAR/5 *"]
)
def test_what_is_true_of_a_whole_report_has_no_place_in_its_text(index, question):
    with pytest.raises(QueryError, match="is true of a report as a whole, and has no place in its text"):
        index.search(question)


# ---- against the definition, on random reports

NAMES_OF = {"PERSON": ["Ann", "ANN", " "], "PLACE": ["a", "Ḥoms"], "EVENT": ["b"], "Group": ["HTS", "a  b", "A b"]}
texts = st.lists(
    st.sampled_from(["a", "b", "c", "air strikes", "airstrikes", "rebel-held", "Ḥoms", ". The", "\n\n"]), max_size=9
).map(" ".join)
names = st.sampled_from(sorted(NAMES_OF)).flatmap(lambda kind: st.tuples(st.just(kind), st.sampled_from(NAMES_OF[kind])))
places = st.integers(-2, 45)
entities = st.builds(
    lambda named, field, start, size: Entity(*named, "x", field, start, start + size),
    names, st.sampled_from(["title", "body", "body", "date"]), places, st.integers(-1, 12),
)  # fmt: skip
keywords = st.sampled_from([{}, {}, {"person": ("Ann", "Zoe")}, {"place": ("0", " ")}])
reports_of = st.builds(
    lambda title, body, found, more: Report("r", title.replace("\n", ""), body, entities=tuple(found), keywords=more),
    texts, texts, st.lists(entities, max_size=5), keywords,
)  # fmt: skip
collections = st.lists(reports_of, min_size=1, max_size=6).map(
    lambda found: [Report(f"r{n}", r.title, r.body, entities=r.entities, keywords=r.keywords) for n, r in enumerate(found)]
)
mentioned = made(
    Mention, st.sampled_from(["PERSON", "PLACE", "GROUP", "ORG"]), st.sampled_from(["", "", "ann", "A", "homs", "hts", "a b"])
)
words = made(Word, st.sampled_from(["a", "b", "airstrikes", "held"]))
leaves = st.one_of(mentioned, mentioned, words)
distances = st.integers(1, 4)


def branches(children):
    pairs = st.tuples(children, children)
    return st.one_of(
        made(Near, pairs, distances, st.booleans()),
        made(Near, st.tuples(children, children, children), distances),
        made(Same, pairs, st.sampled_from("SP")),
        made(NotNear, children, children, distances),
        made(First, st.integers(1, 6), children),
        made(Or, pairs),
    )


placed = st.recursive(leaves, branches, max_leaves=4).filter(naive_nearness.is_placed)
questions = st.one_of(
    mentioned, placed, placed, made(AtLeast, st.integers(1, 3), st.one_of(mentioned, placed)),
    made(Mention, st.just("PLACE"), st.just(""), st.sampled_from(["title", "body"])),
    made(And, st.tuples(words, mentioned)), made(Or, st.tuples(mentioned, placed)),
    made(And, st.tuples(words, made(Not, mentioned))),
)  # fmt: skip


def filled(folder, found, cut, gone):
    """An index of two segments, some of whose reports were removed."""
    index = idlibsearch.create(Path(folder) / "index", merge="never")
    index.add(found[:cut])
    index.add(found[cut:])
    index.remove(*gone)
    return index


def answered(index, tree):
    found = search(Snapshot.open(index.path), Request(str(tree), 100, tree=tree))
    return found, [(found.snapshot.segments[hit.segment].keys[hit.doc], hit.score) for hit in found.hits]


@settings(max_examples=60)
@given(collections, st.integers(0, 6), st.sets(st.sampled_from(["r0", "r3"])), st.lists(questions, min_size=1, max_size=6))
def test_questions_with_mentions_find_what_the_definition_says(found, cut, gone, trees):
    with tempfile.TemporaryDirectory() as folder, filled(folder, found, cut, gone) as index:
        assert index.check() == []
        survivors = [segment for segment in (found[:cut], found[cut:]) if any(report.key not in gone for report in segment)]
        counted = [report for segment in survivors for report in segment]  # a segment without live reports goes at once
        oracle = naive.NaiveIndex(counted, frozenset(n for n, report in enumerate(counted) if report.key in gone))
        for tree in trees:
            expected, (results, actual) = oracle.search(tree), answered(index, tree)
            assert [key for key, _ in actual] == [key for key, _ in expected]
            assert [score for _, score in actual] == pytest.approx([score for _, score in expected], rel=1e-9)
            assert results.total == len(expected)
            for hit, (key, _) in zip(results.hits, actual, strict=True):
                if naive_nearness.is_placed(tree) or isinstance(tree, Mention):
                    doc = next(n for n, report in enumerate(counted) if report.key == key)
                    marked = {oracle.ranking.fields[column].name: spans for column, spans in results.marks(hit).items()}
                    assert marked == naive_nearness.marks(oracle, tree, doc)


@settings(max_examples=25)
@given(collections, st.integers(0, 6), st.sets(st.sampled_from(["r0", "r3"])))
def test_the_same_reports_give_the_same_bytes_however_they_came(found, cut, gone):
    with tempfile.TemporaryDirectory() as folder:
        with filled(folder, found, cut, gone) as index:
            index.merge()
            parts = segments(index)
        kept = [report for report in found if report.key not in gone]
        with idlibsearch.create(Path(folder) / "other") as index:
            index.add(kept)
            assert segments(index) == parts if kept else len(index) == 0


def segments(index):
    """The bytes of its mentions, where there are any."""
    files = [segment.file for segment in Snapshot.open(index.path).segments]
    return [[bytes(file.array(name)) for name in ("mentions.starts", "mentions") if name in file.sections] for file in files]


@settings(max_examples=15)
@given(collections)
def test_facets_of_entities_count_reports(found):
    with tempfile.TemporaryDirectory() as folder, filled(folder, found, 2, ()) as index:
        facets = index.search("*", facets=["person", "place", "group", "org"]).facets
        for kind, counts in facets.items():
            said = Counter()
            for report in found:
                values = [entity.name for entity in report.entities if entity.type.lower() == kind]
                values += report.keywords.get(kind, ())
                said.update({folded_value(value) for value in values if value.strip()})
            assert {folded_value(value): count for value, count in counts} == said
            for name, count in said.items():
                asked = Mention(kind.upper(), name)
                assert index.search(asked).total == count == sum(naive_mentions.is_mentioned(r, kind, name) for r in found)


@pytest.mark.parametrize(
    "entity", [("PERSON", "A"), Entity("PERSON", "A", "A", "body", "0", 1), Entity(1, "A", "A", "body", 0, 1), 7]
)
def test_an_entity_that_is_none_is_refused(entity):
    with pytest.raises(ReportError, match="four texts and two whole numbers"):
        Report("a", entities=(entity,))


def test_an_index_without_mentions_keeps_nothing_for_them(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add([Report("a", "Truce", "Putin")])
        assert index.stats()["sizes"]["mentions"] == 0
        assert index.search("{PERSON} NEAR/5 putin").total == 0
        index.add([Report("b", "", "Putin", entities=(Entity("PERSON", "Putin", "Putin", "body", 0, 5),))])
        assert index.stats()["sizes"]["mentions"] > 0
        assert read_manifest(index.path).generation == index.generation
        assert [hit.key for hit in index.search("{PERSON} NOTNEAR/5 the")] == ["b"]
