"""How questions are read: by hand, against Whoosh's own parser, and whatever anybody types."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from whoosh import query as whoosh_query
from whoosh.qparser import FuzzyTermPlugin, QueryParser, RegexPlugin

from idlibsearch import QueryError
from idlibsearch.query.syntax import Parsed, parse
from idlibsearch.query.tree import (
    And,
    AtLeast,
    Boosted,
    Dated,
    Every,
    Exact,
    First,
    Fuzzy,
    Keyword,
    Maybe,
    Mention,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Ranged,
    Regex,
    Require,
    Same,
    Wildcard,
    Word,
    conjunction,
    maybe,
    require,
)

TUESDAY = date(2020, 1, 14)


def w(text: str, field: str = "") -> Word:
    return Word(text, field)


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("ceasefire", w("ceasefire")),
        ("ceasefire sochi", And((w("ceasefire"), w("sochi")))),
        ("a b OR c d", And((w("a"), Or((w("b"), w("c"))), w("d")))),
        ("a AND b OR c", Or((And((w("a"), w("b"))), w("c")))),
        ("a OR b AND c", Or((w("a"), And((w("b"), w("c")))))),
        ("NOT a OR b", Or((Not(w("a")), w("b")))),
        ("a NOT b", And((w("a"), Not(w("b"))))),
        ("NOT NOT a", Not(Not(w("a")))),
        ("(a OR b) c", And((Or((w("a"), w("b"))), w("c")))),
        ("a AND (b AND c)", And((w("a"), w("b"), w("c")))),
        ('"secret agreements"', Phrase("secret agreements")),
        ('title:"air strikes" x', And((Phrase("air strikes", "title"), w("x")))),
        ("title:(a OR body:b) c", And((Or((w("a", "title"), w("b", "body"))), w("c")))),
        ("title:a b", And((w("a", "title"), w("b")))),
        ("U.S.-led don't 10:30 AT&T", And((w("U.S.-led"), w("don't"), w("10:30"), w("AT&T")))),
        ("al qaeda idlib", And((w("al qaeda"), w("idlib")))),
        ("date:2020-01", Dated(date(2020, 1, 1), date(2020, 2, 1), "2020-01")),
        ("=Ceasefires title:=U.S.", And((Exact("Ceasefires"), Exact("U.S.", "title")))),
        ('="al Qaeda" ="x"', And((Exact("al Qaeda"), Exact("x")))),
        ("cease* c?as*fire 202[0-3]* [!a]x", And((Wildcard("cease*"), Wildcard("c?as*fire"), Wildcard("202[0-3]*"),
                                                  Wildcard("[!a]x")))),
        ("title:cease*", Wildcard("cease*", "title")),
        ("al qaed* idlib", And((Wildcard("al?qaed*"), w("idlib")))),
        ("a~ b~2 c~2/3 d~/3 el nino~", And((Fuzzy("a"), Fuzzy("b", 2), Fuzzy("c", 2, 3), Fuzzy("d", 1, 3), Fuzzy("el nino")))),
        ('r"de.?esc(a|b)*" title:r"x"', And((Regex("de.?esc(a|b)*"), Regex("x", "title")))),
        ('a^2 "b c"^0.5 (d e)^.5', And((Boosted(w("a"), 2.0), Boosted(Phrase("b c"), 0.5), Boosted(And((w("d"), w("e"))), 0.5)))),
        ("title:(a^2)^3", Boosted(Boosted(w("a", "title"), 2.0), 3.0)),
        ('NOT a*^2 ="x"^3', And((Not(Boosted(Wildcard("a*"), 2.0)), Boosted(Exact("x"), 3.0)))),
        ("* ANDNOT *:*", And((Every(), Not(Every())))),
        ("title:(* OR *:*) date:*", And((Or((Every("title"), Every())), Every("date")))),
        ("a ANDNOT b OR c d", And((w("a"), Not(Or((w("b"), w("c")))), w("d")))),
        ("a ANDMAYBE b ANDMAYBE c", Maybe(w("a"), (w("b"), w("c")))),
        ("a REQUIRE b ANDMAYBE c ANDNOT d", Require(w("a"), (Maybe(w("b"), (And((w("c"), Not(w("d")))),)),))),
        ('date:"2020" NOT date:2020-02-29', And((Dated(date(2020, 1, 1), date(2021, 1, 1), "2020"),
                                                Not(Dated(date(2020, 2, 29), date(2020, 3, 1), "2020-02-29"))))),
        ("date:[2020-01 TO 2020-03]", Dated(date(2020, 1, 1), date(2020, 4, 1), "[2020-01 TO 2020-03]")),
        ("date:{2020-01 to 2020-03}", Dated(date(2020, 2, 1), date(2020, 3, 1), "{2020-01 to 2020-03}")),
        ("date:[2020 TO]", Dated(date(2020, 1, 1), date.max, "[2020 TO]")),
        ("date:>2019", Dated(date(2020, 1, 1), date.max, ">2019")),
        ("date:>=2019", Dated(date(2019, 1, 1), date.max, ">=2019")),
        ("date:<2019", Dated(date.min, date(2019, 1, 1), "<2019")),
        ("date:<=2019", Dated(date.min, date(2020, 1, 1), "<=2019")),
        ("date:([2019 TO 2020] OR 2022)", Or((Dated(date(2019, 1, 1), date(2021, 1, 1), "[2019 TO 2020]"),
                                             Dated(date(2022, 1, 1), date(2023, 1, 1), "2022")))),
        ("date:yesterday", Dated(date(2020, 1, 13), date(2020, 1, 14), "yesterday")),
        ("date:now-7d", Dated(date(2020, 1, 7), date(2020, 1, 8), "now-7d")),
        ("date:2020-01..2020-03 x", And((Dated(date(2020, 1, 1), date(2020, 4, 1), "2020-01..2020-03"), w("x")))),
        ('date:"since March 2019"', Dated(date(2019, 3, 1), date.max, "since March 2019")),
        ('date:("last week" OR 2010s)', Or((Dated(date(2020, 1, 6), date(2020, 1, 13), "last week"),
                                            Dated(date(2010, 1, 1), date(2020, 1, 1), "2010s")))),
        ("date:[last week TO today]", Dated(date(2020, 1, 6), date(2020, 1, 15), "[last week TO today]")),
        ("date:{last month TO Q3 2020}", Dated(date(2020, 1, 1), date(2020, 7, 1), "{last month TO Q3 2020}")),
        ('date:>"March 2019"', Dated(date(2019, 4, 1), date.max, '>"March 2019"')),
        ("date:<=yesterday", Dated(date.min, date(2020, 1, 14), "<=yesterday")),
        ("source:reuters", Keyword("reuters", "source")),
        ('Source:"Al Masdar News"', Keyword("Al Masdar News", "source")),
        ("place:(idlib OR al aleppo) x", And((Or((Keyword("idlib", "place"), Keyword("al", "place"))),
                                              Keyword("aleppo", "place"), w("x")))),
        ("words:300", Keyword("300", "words")),
        ("words:>300", Ranged("words", "300", None, True)),
        ("words:<=50 truce", And((Ranged("words", None, "50"), w("truce")))),
        ("words:[100 TO 300}", Ranged("words", "100", "300", False, True)),
        ("words:[ TO ]", Ranged("words", None, None)),
        ("source:[a TO m]", Ranged("source", "a", "m")),
        ("source:[al masdar TO 'x y']", Ranged("source", "al masdar", "x y")),
        ('source:{"to TO (b" TO tomato]', Ranged("source", "to TO (b", "tomato", True)),
        ('source:>="Al M"', Ranged("source", "Al M", None)),
        ("source:http://example.org", Keyword("http://example.org", "source")),
        ("bank W/8 crisis", Near((w("bank"), w("crisis")), 8)),
        ("bank NEAR/8 crisis", Near((w("bank"), w("crisis")), 8)),
        ("bank PRE/8 crisis", Near((w("bank"), w("crisis")), 8, True)),
        ("a NEAR/2 b PRE/3 c", Near((Near((w("a"), w("b")), 2), w("c")), 3, True)),
        ("a NEAR/2 (b PRE/3 c)", Near((w("a"), Near((w("b"), w("c")), 3, True)), 2)),
        ("NEAR/5(a, b, c)", Near((w("a"), w("b"), w("c")), 5)),
        ("x OR NEAR/5 (a, b)", Or((w("x"), Near((w("a"), w("b")), 5)))),
        ('NEAR/5("a, b",c*,(d OR e))', Near((Phrase("a, b"), Wildcard("c*"), Or((w("d"), w("e")))), 5)),
        ("NEAR/5(300,000, dead)^2 x", And((Boosted(Near((w("300,000"), w("dead")), 5), 2.0), w("x")))),
        ("a NEAR/5(b, c)", And((w("a"), Near((w("b"), w("c")), 5)))),
        ("a NEAR/5(b OR c)", Near((w("a"), Or((w("b"), w("c")))), 5)),
        ("NEAR/2(a, NEAR/3(b, c, d))", Near((w("a"), Near((w("b"), w("c"), w("d")), 3)), 2)),
        ("a SAME/S b SAME/P c", Same((Same((w("a"), w("b")), "S"), w("c")), "P")),
        ("a NOTNEAR/5 b", NotNear(w("a"), w("b"), 5)),
        ("ATLEAST/3 a FIRST/50 b NEAR/2 c", And((AtLeast(3, w("a")), First(50, Near((w("b"), w("c")), 2))))),
        ("a NEAR/2 FIRST/50 b NEAR/3 c", Near((Near((w("a"), First(50, w("b"))), 2), w("c")), 3)),
        ("NOT ATLEAST/2 a OR b", Or((Not(AtLeast(2, w("a"))), w("b")))),
        ("central AND bank W/5 crisis", And((w("central"), Near((w("bank"), w("crisis")), 5)))),
        ("title:(a NEAR/5 b)", Near((w("a", "title"), w("b", "title")), 5)),
        ("(bank OR loan)^2 NEAR/8 =Crisis", Near((Boosted(Or((w("bank"), w("loan"))), 2.0), Exact("Crisis")), 8)),
        ('"central bank"~3 NEAR/8 cris~1', Near((Phrase("central bank", "", 3), Fuzzy("cris")), 8)),
        ('"bank* crisis"~8', Phrase("bank* crisis", "", 8)),
        ('title:"a b"~8^2 c', And((Boosted(Phrase("a b", "title", 8), 2.0), w("c")))),
        ('"a b"~1', Phrase("a b")),
        ("{PERSON}", Mention("PERSON")),
        ('crime NEAR/5 {group:"Hayat  Tahrir al-Sham"}', Near((w("crime"), Mention("GROUP", "Hayat Tahrir al-Sham")), 5)),
        ("title:{place:Idlib}", Mention("PLACE", "Idlib", "title")),
        ("+a -b c", And((w("a"), Not(w("b")), w("c")))),
        ('-"a b" -title:c -(d e) +f*', And((Not(Phrase("a b")), Not(w("c", "title")), Not(And((w("d"), w("e")))),
                                           Wildcard("f*")))),
        ("a-b x+y", And((w("a-b"), w("x+y")))),
        ("headline:a text:b published:2020", And((w("a", "title"), w("b", "body"),
                                                  Dated(date(2020, 1, 1), date(2021, 1, 1), "2020")))),
    ],
)  # fmt: skip
def test_a_query_means(typed: str, tree: Node):
    assert parse(typed, today=TUESDAY).tree == tree


def test_a_column_that_only_this_index_has_is_a_field():
    assert parse("Price:>3 foo:bar", is_column="price".__eq__).tree == And((Ranged("price", "3", None, True), w("foo:bar")))


def test_any_mode_joins_by_or_and_not_still_excludes():
    assert parse("a b NOT c", "any").tree == And((Or((w("a"), w("b"))), Not(w("c"))))
    assert parse("NOT a NOT b", "any").tree == And((Not(w("a")), Not(w("b"))))


def test_any_mode_requires_what_has_a_plus():
    assert parse("+a b -c", "any").tree == And((Maybe(w("a"), (w("b"),)), Not(w("c"))))
    assert parse("+a +b", "any").tree == And((w("a"), w("b")))
    assert parse("-a b", "any").tree == And((w("b"), Not(w("a"))))


def test_fields_may_have_other_names():
    assert parse("kop:a HL:b", aliases={"kop": "title", "HL": "title"}).tree == And((w("a", "title"), w("b", "title")))
    assert parse("text:a", is_column="text".__eq__).tree == Keyword("a", "text")


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("bank w/8 crisis", Near((w("bank"), w("crisis")), 8)),
        ("bank NEAR8 crisis", Near((w("bank"), w("crisis")), 8)),
        ("bank near8 crisis", Near((w("bank"), w("crisis")), 8)),
        ("bank pre/8 crisis", Near((w("bank"), w("crisis")), 8, True)),
        ("bank w/s crisis", Same((w("bank"), w("crisis")), "S")),
        ("bank same/p crisis", Same((w("bank"), w("crisis")), "P")),
        ("bank NOT w/8 crisis", NotNear(w("bank"), w("crisis"), 8)),
        ("bank not w/8 crisis", NotNear(w("bank"), w("crisis"), 8)),
        ("atleast2 crisis", AtLeast(2, w("crisis"))),
        ("ATLEAST5(crisis)", AtLeast(5, w("crisis"))),
        ("first50 crisis", First(50, w("crisis"))),
    ],
)
def test_operators_that_could_be_words_are_taken_as_professionals_mean_them_and_said_so(typed, tree):
    parsed = parse(typed)
    assert parsed.tree == tree
    assert [note.code for note in parsed.diagnostics] == ["operator"]


def test_every_node_knows_where_it_was_typed():
    tree = parse('  title:(truce OR "air strikes") idlib').tree
    assert isinstance(tree, And)
    assert [child.span for child in tree.children] == [(9, 31), (33, 38)]


@pytest.mark.parametrize(
    ("typed", "span", "message"),
    [
        ('say "no', (4, 5), "a quotation is opened and never closed"),
        ("(a OR b", (0, 1), "a bracket is opened and never closed"),
        ("a) b", (1, 2), "a bracket is closed that was never opened"),
        ("", (0, 0), "there is nothing to search for"),
        (" ... ", (0, 5), "there is nothing to search for: ... has no word in it"),
        ("near8", (0, 5), "there is nothing to search for: near8 has nothing on its left"),
        ('"a b" ~5', (6, 8), "a ~ that stands apart cannot be read in ~5"),
        ("{WEAPON}", (0, 8), "there are no mentions of the kind WEAPON"),
        ("place:{PERSON}", (6, 14), "the field place has no mentions"),
        ("{PERSON", (0, 7), "entity operands cannot be read in {PERSON"),
        ("a NEAR/0 b", (2, 8), "a distance of 0 cannot be asked for"),
        ("a w/1001 b", (2, 8), "a distance of 1,001 cannot be asked for"),
        ("a NEAR/5 NOT b", (9, 12), "NOT has no place in a text"),
        ("NEAR/5(a, b", (6, 7), "a bracket is opened and never closed"),
        ("NEAR/5(a, b, c, d, e, f, g, h, i)", (0, 33), "NEAR/5 of 9 operands"),
        ('"a b"~0', (5, 7), "~0 is no distance between the words of a phrase"),
        ('"a b"~x', (5, 7), "~x is no distance between the words of a phrase"),
        ('="a b"~3', (6, 8), "exact spellings stand side by side"),
        ("a~12", (0, 4), "fuzzy words of so many edits cannot be read in a~12"),
        ("entities:pre*", (9, 13), "the field entities keeps no spellings"),
        ("entities:=Idlib", (9, 15), "the field entities keeps no spellings"),
        ("ceas*~1", (0, 7), "ceas. is no word to be near to"),
        ("^2 a", (0, 2), "^2 has nothing to boost"),
        ("a^2^3", (0, 5), "a^2^3 has more than one boost"),
        ("(a)^x", (3, 5), "^x is no boost"),
        ("a^9999999", (0, 9), "the boost 9999999 is out of bounds"),
        ("[2019 TO 2020]", (0, 14), "a range of words cannot be answered"),
        ("title:[a TO m]", (6, 14), "a range of words cannot be answered"),
        ("words:[1 2]", (6, 8), "ranges cannot be read in [1"),
        ("foo:[1 TO 2]", (0, 4), "there is no field foo"),
        ("words:> 5", (6, 7), "> has nothing to compare with"),
        ("date:[soon TO 2020]", (5, 19), "the date 'soon' cannot be read"),
        ("date:[2020 TO 12/01/2020]", (5, 25), "the date '12/01/2020' can be read in two ways; write 2020-01-12 or 2020-12-01"),
        ("date:>=2020-13", (5, 14), "the date .2020-13. does not exist"),
        ("source:reu*", (7, 11), "patterns and spellings of values cannot be answered yet"),
        ("place:=Idlib", (6, 12), "patterns and spellings of values cannot be answered yet"),
        ('source:r"a.*"', (7, 13), "the field source keeps no spellings"),
        ("url:example", (0, 4), "the field url is stored, and cannot be searched yet"),
        ("date:soon", (5, 9), "the date 'soon' cannot be read"),
        ('date:"2020 soon"', (5, 16), "the date '2020 soon' cannot be read"),
        (
            "date:last week",
            (5, 9),
            "the date 'last' cannot be read; put quotation marks around a date of several words: date:.last week",
        ),
        ("date:12 to 15 January", (5, 7), "the date '12' cannot be read; put quotation marks around .* date:.12 to 15 January"),
        ("date:2020-02-31", (5, 15), "the date .2020-02-31. does not exist"),
        ('entities:"al Qaeda"', (9, 19), "the field entities keeps no order of words"),
        ("(" * 60 + "a" + ")" * 60, (50, 51), "more than 50 groups inside each other"),
        ("a" * 10_001, (10_000, 10_001), "the query is 10,001 characters long"),
    ],
)
def test_what_cannot_be_answered_is_refused_where_it_stands(typed: str, span: tuple[int, int], message: str):
    with pytest.raises(QueryError, match="^" + re.escape(message).replace(r"\.\*", ".*").replace(r"\.", ".")) as caught:
        parse(typed)
    assert caught.value.span == span
    assert caught.value.query == typed


@pytest.mark.parametrize(
    ("typed", "code", "span", "read_as"),
    [
        ("truce AND", "dangling-operator", (6, 9), w("truce")),
        ("AND truce", "dangling-operator", (0, 3), w("truce")),
        ("a AND OR b", "dangling-operator", (2, 5), Or((w("a"), w("b")))),
        ("a NOT", "dangling-operator", (2, 5), w("a")),
        ("truce or war", "small-operator", (6, 8), And((w("truce"), w("or"), w("war")))),
        ("a & b", "nothing-in-it", (2, 3), And((w("a"), w("b")))),
        ('a ""', "nothing-in-it", (2, 4), w("a")),
        ("a ()", "empty-group", (2, 4), w("a")),
        ("foo:bar a", "unknown-field", (0, 7), And((w("foo:bar"), w("a")))),
        ("http://example.org/x", "unknown-field", (0, 20), w("http://example.org/x")),
        ('foo:"a b"', "unknown-field", (0, 4), Phrase("a b")),
        ("el nino", "article", (0, 7), w("el nino")),
        ("who is there?", "question-mark", (7, 13), And((w("who"), w("is"), Wildcard("there?")))),
        ("= a", "nothing-in-it", (0, 1), w("a")),
        ("ANDMAYBE a", "dangling-operator", (0, 8), w("a")),
        ("date:{2020 TO 2021}", "empty-range", (5, 19), Dated(date(2021, 1, 1), date(2021, 1, 1), "{2020 TO 2021}")),
        ('source:"" a', "nothing-in-it", (7, 9), w("a")),
        ("central bank W/5 crisis", "nearness", (8, 23), And((w("central"), Near((w("bank"), w("crisis")), 5)))),
        ("bank W/5 crisis looms", "nearness", (0, 15), And((Near((w("bank"), w("crisis")), 5), w("looms")))),
        ("W/5 crisis", "dangling-operator", (0, 3), w("crisis")),
        ("bank W/5", "dangling-operator", (5, 8), w("bank")),
        ("bank W/5 AND crisis", "dangling-operator", (5, 8), And((w("bank"), w("crisis")))),
        ("a ATLEAST/2", "dangling-operator", (2, 11), w("a")),
        ("NEAR/5(a,)", "dangling-operator", (0, 10), w("a")),
        ("bank W/5 crisis OR recession", "nearness", (0, 15), Or((Near((w("bank"), w("crisis")), 5), w("recession")))),
        ("truce And war", "small-operator", (6, 9), And((w("truce"), w("And"), w("war")))),
        ("bank NEAR crisis", "unknown-operator", (5, 9), And((w("bank"), w("NEAR"), w("crisis")))),
        ("NEAR(bank, 5)", "unknown-operator", (0, 4), And((w("NEAR"), w("bank,"), w("5")))),
        ("bank adj5 crisis", "unknown-operator", (5, 9), And((w("bank"), w("adj5"), w("crisis")))),
        ("bank /5 crisis", "unknown-operator", (5, 7), And((w("bank"), w("/5"), w("crisis")))),
        ("bank W/x crisis", "unknown-operator", (5, 8), And((w("bank"), w("W/x"), w("crisis")))),
        ("!war truce", "unknown-operator", (0, 4), And((w("!war"), w("truce")))),
        ("“a b” c", "quotation-marks", (0, 5), And((w("“a"), w("b”"), w("c")))),
        ("title:FIRST/3 a", "unknown-operator", (6, 13), And((w("FIRST/3", "title"), w("a")))),
        ("source:'tass' a", "quotation-marks", (7, 13), And((Keyword("'tass'", "source"), w("a")))),
        ("c 'a b'", "quotation-marks", (2, 7), And((w("c"), w("'a"), w("b'")))),
        ("title: a", "spaced-field", (0, 6), And((w("title:"), w("a")))),
        ("a AND +b", "idle-sign", (6, 7), And((w("a"), w("b")))),
        ("cold -5", "minus", (5, 7), And((w("cold"), Not(w("5"))))),
        ("cold - wet", "nothing-in-it", (5, 6), And((w("cold"), w("wet")))),
        ("date:March 2019", "unquoted-date", (5, 10), And((Dated(date(2019, 3, 1), date(2019, 4, 1), "March"), w("2019")))),
        (
            "date:2019 to 2020",
            "unquoted-date",
            (5, 9),
            And((Dated(date(2019, 1, 1), date(2020, 1, 1), "2019"), w("to"), w("2020"))),
        ),
    ],
)
def test_what_is_odd_is_run_and_reported(typed: str, code: str, span: tuple[int, int], read_as: Node):
    parsed = parse(typed, today=TUESDAY)
    assert parsed.tree == read_as
    assert [(d.code, d.span) for d in parsed.diagnostics][:1] == [(code, span)]


def test_a_boost_is_the_groups_alone_also_before_an_operator():
    assert parse("(a)^2 AND b").tree == And((Boosted(Word("a"), 2.0), Word("b")))


@pytest.mark.parametrize(
    "typed",
    [
        'ceasefire "al Qaeda" OR title:turkey NOT date:2020',
        "(bank OR loan) NEAR/5 crisis",
        "(bank W/5 crisis) OR recession",
        "bank W/5 crisis OR loan W/5 debt",
        "rebels' truce 'tis “Idlib” and/or don't",
        "NEAR",
        "NEAR MISS",
    ],
)
def test_a_plain_query_has_nothing_to_report(typed: str):
    assert parse(typed).diagnostics == ()


@pytest.mark.parametrize("tree", [Or((w("a"), Near((w("b"), w("c")), 5))), And((w("a"), Near((w("b"), w("c")), 5)))])
def test_a_printed_tree_leaves_nothing_to_report(tree: Node):
    assert parse(str(tree)) == Parsed(str(tree), tree, ())


# ---- Whoosh is the oracle for its own grammar

names = st.sampled_from(["a", "b", "cd", "e1"])
patterns = st.sampled_from(["c*", "c?d", "*c", "c[ab]?", "title:c*", "d~", "d~2", "d~2/3", "title:d~/3", 'r"c.(a|b)*"', "*:*"])
plain = st.one_of(
    names,
    names,
    names.map("title:{}".format),
    st.lists(names, min_size=2, max_size=3).map(lambda ws: f'"{" ".join(ws)}"'),
    patterns,
)
operands = st.deferred(
    lambda: st.one_of(plain, plain, plain.filter(lambda typed: typed != "*:*" and "~" not in typed).map("{}^2.5".format))
)  # deferred: its repr stays short
OPERATORS = [" ", " ", " AND ", " OR ", " ANDNOT ", " ANDMAYBE ", " REQUIRE "]


def grown(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.tuples(st.lists(children, min_size=2, max_size=4), st.sampled_from(OPERATORS))
    mixed = st.lists(st.tuples(children, st.sampled_from(OPERATORS)), min_size=2, max_size=4)
    return st.one_of(
        joined.map(lambda parts: parts[1].join(parts[0])),
        mixed.map(lambda parts: "".join(child + operator for child, operator in parts[:-1]) + parts[-1][0]),
        children.map(lambda child: f"({child})"),
        children.map(lambda child: f"title:({child})"),
        children.map(lambda child: f"({child})^2"),
        operands.map(lambda child: f"NOT {child}"),
    )


def from_whoosh(node) -> Node:
    plain = leaf_from_whoosh(node) or unboosted_from_whoosh(node)
    return Boosted(plain, node.boost) if node.boost != 1 else plain


def unboosted_from_whoosh(node) -> Node:
    if isinstance(node, whoosh_query.Not):
        return Not(from_whoosh(node.query))
    if isinstance(node, whoosh_query.AndNot):
        return conjunction([from_whoosh(node.a), Not(from_whoosh(node.b))])
    if isinstance(node, whoosh_query.AndMaybe):
        return maybe(from_whoosh(node.a), from_whoosh(node.b))
    if isinstance(node, whoosh_query.Require):
        return require(from_whoosh(node.a), from_whoosh(node.b))
    kind = {whoosh_query.And: And, whoosh_query.Or: Or}[type(node)]
    children: list[Node] = []
    for child in map(from_whoosh, node):
        children.extend(child.children if isinstance(child, kind) else (child,))
    return children[0] if len(children) == 1 else kind(tuple(children))


def leaf_from_whoosh(node) -> Node | None:  # noqa: PLR0911  # one line a kind
    field = getattr(node, "fieldname", "") or ""
    match node:
        case whoosh_query.Every():
            return Every()
        case whoosh_query.Phrase():
            return Phrase(" ".join(node.words), field)
        case whoosh_query.Regex():
            return Regex(node.text, field)
        case whoosh_query.Prefix():
            return Wildcard(node.text + "*", field)
        case whoosh_query.Wildcard():
            return Wildcard(node.text, field)
        case whoosh_query.FuzzyTerm():
            return Fuzzy(node.text, node.maxdist, node.prefixlength, field)
        case whoosh_query.Term():
            return Word(node.text, field)
    return None


WHOOSH = QueryParser("", None)
WHOOSH.add_plugins([FuzzyTermPlugin(), RegexPlugin()])


@given(st.recursive(operands, grown, max_leaves=8))
def test_whoosh_reads_its_own_grammar_the_same_way(typed: str):
    assume(not re.search(r"\)\^2 [A-Z]", typed))  # Whoosh gives the boost of a group to all that an operator joins to it
    assert parse(typed).tree == from_whoosh(WHOOSH.parse(typed, normalize=False))


placed_pieces = st.sampled_from(
    ["a", "title:b", '"a b"~3', "=Cd", '="a b"', "c*", "d~2", "{PERSON}", '{GROUP:"a b"}', "body:{PLACE:x}", 'r"x.*"', "a^2"]
)


def nearer(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joints = st.sampled_from([" NEAR/5 ", " w/3 ", " PRE/2 ", " SAME/S ", " same/p ", " NOTNEAR/4 ", " OR ", " AND ", " "])
    flat = st.lists(children, min_size=2, max_size=4).map(lambda parts: f"NEAR/7({', '.join(parts)})")
    return st.one_of(
        st.tuples(children, joints, children).map("".join),
        flat,
        children.map("({})".format),
        children.map("({})^3".format),
        children.map("title:({})".format),
        st.tuples(st.sampled_from(["FIRST/50 ", "ATLEAST/3 ", "NOT ", "-"]), children).map("".join),
    )


@given(st.one_of(st.recursive(operands, grown, max_leaves=8), st.recursive(placed_pieces, nearer, max_leaves=6)))
def test_a_printed_tree_reads_as_itself(typed: str):
    assume(not re.search(r"(/\w|\() *(NOT |-)", typed))  # what stands near nothing is refused
    tree = parse(typed).tree
    assert parse(str(tree)).tree == tree
    assert parse(str(tree), "any").tree == tree


pieces = st.lists(
    st.sampled_from(
        [
            '"',
            "(",
            ")",
            "AND",
            "OR",
            "NOT",
            "title:",
            "date:",
            "source:",
            "words:",
            " TO ",
            "to",
            "]",
            "{",
            ">",
            "<=",
            "[2019 TO 2020]",
            "a",
            "al",
            "b-c",
            "*",
            "[",
            "~2",
            "^2",
            "=",
            "?",
            "ANDMAYBE",
            "REQUIRE",
            "ANDNOT",
            "]",
            " ",
            "2020",
            "last week",
            "yesterday",
            "..",
            "'",
            ":",
            "r",
            "é",
            "\ud800",
        ]
    ),
    max_size=25,
).map("".join)


dates = st.sampled_from(
    [
        "2020",
        "yesterday",
        "2019-Q3",
        "now-7d",
        "-1w",
        "2019...",
        "..2019",
        "2010s",
        "2020-01-12T10:30Z",
        "{2019 TO today]",
        ">2019",
    ]
)
phrased = st.sampled_from(["last week", "12-15 January 2020", "since March 2019", "winter 2019/20", " 2020 ", "Jan. 12, 2020"])


@given(
    st.lists(st.one_of(dates, phrased.map('"{}"'.format), phrased.map('>="{}"'.format)), min_size=1, max_size=3),
    st.sampled_from([" ", " OR ", " ANDNOT "]),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
)
def test_a_printed_date_reads_as_itself_on_the_same_day(typed: list[str], operator: str, today: date):
    tree = parse(operator.join(f"date:{each}" for each in typed), today=today).tree
    assert parse(str(tree), today=today).tree == tree


bounds = st.sampled_from(["", "a", "al masdar", "'x y'", '"to TO"', "to", "2020", "-1.5", "O'Neil"])
openings, closings, tos = st.sampled_from("[{"), st.sampled_from("]}"), st.sampled_from(["TO", "to"])


@given(st.builds("source:{}{} {} {}{}".format, openings, bounds, tos, bounds, closings), st.sampled_from(["", " x", " OR b:y"]))
def test_a_printed_range_reads_as_itself(typed: str, rest: str):
    tree = parse(typed + rest).tree
    assert parse(str(tree)).tree == tree


plain_bounds = st.sampled_from(["a", "al masdar", "2020", "O'Neil", "'x y'", ""])


@given(openings, plain_bounds, tos, plain_bounds.filter(bool), closings)
def test_whoosh_reads_ranges_the_same_way(opening: str, low: str, to: str, high: str, closing: str):
    typed = f"source:{opening}{low} {to} {high}{closing}"
    (theirs,) = QueryParser("", None).parse(typed, normalize=False)
    ours = parse(typed).tree
    assert isinstance(ours, Ranged)
    bounds = (theirs.start or None, theirs.end or None, theirs.startexcl, theirs.endexcl)
    assert (ours.low, ours.high, ours.low_open, ours.high_open) == bounds


@given(st.one_of(st.text(max_size=80), pieces))
def test_whatever_is_typed_is_read_or_refused(typed: str):
    reading = read_or_refused(typed)
    if isinstance(reading, QueryError):
        spans = [reading.span]
    else:
        spans = [diagnostic.span for diagnostic in reading.diagnostics]
        assert parse(str(reading.tree)).tree == reading.tree
    assert all(0 <= start <= end <= len(typed) for start, end in spans)


def read_or_refused(typed: str) -> Parsed | QueryError:
    try:
        return parse(typed)
    except QueryError as error:
        return error


@pytest.mark.parametrize(
    "typed",
    [
        "(" * 9999,
        "NOT " * 2500,
        "title:" * 1600 + "a",
        "a OR " * 1999 + "a",
        '"' * 9999,
        "foo:" * 2400 + "a",
        "al " * 1900,
        "a ANDMAYBE " * 800 + "a",
        "a ANDNOT " * 700 + "a",
        "a REQUIRE " * 900 + "a",
        "a*^2 " * 900,
        "(" * 50 + "a" + ")^2" * 50,
        "date:[a to " * 900,
        '["' * 5000,
        "[ TO " * 2000,
        "source:['" * 1100 + "TO]",
    ],
)
def test_long_odd_queries_are_answered_or_refused(typed: str):
    reading = read_or_refused(typed)
    assert isinstance(reading, QueryError) or parse(str(reading.tree)).tree == reading.tree
