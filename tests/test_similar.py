"""Reports like another, by the words that tell it from the rest."""

from __future__ import annotations

import pytest

import idlibsearch
from idlibsearch import Report, ReportError


@pytest.fixture
def news(tmp_path):
    with idlibsearch.create(tmp_path / "index", merge="never") as index:
        index.add([Report("truce", "Ceasefire in Idlib", "Turkey and Russia agreed on a ceasefire in Idlib. The truce holds.")])
        index.add(
            [
                Report("again", "Idlib ceasefire broken", "The ceasefire that Russia and Turkey agreed on is broken."),
                Report("football", "Cup final", "The cup final was played in Ankara, Turkey."),
                *[Report(f"r{n}", "Market report", "The market rose on the day of the report.") for n in range(8)],
            ]
        )
        yield index


def test_the_most_alike_come_first_and_the_report_itself_is_left_out(news):
    assert [hit.key for hit in news.similar("truce").hits][:2] == ["again", "football"]
    assert "truce" not in {hit.key for hit in news.similar("truce", limit=99).hits}
    assert len(news.similar("truce", limit=1).hits) == 1


def test_the_words_are_told_the_most_telling_first(news):
    words = news.similar("truce").words
    assert (words[0].weight, words[0].reports) == (1.0, 2)
    assert {"ceasefire", "idlib", "russia"} <= {each.word for each in words}
    assert "the" not in {each.word for each in words}  # nearly every report has it
    assert "truce" not in {each.word for each in words}  # no other has it


def test_a_text_of_the_callers_will_do(news):
    assert news.similar(text="A ceasefire for Idlib?").hits[0].key in ("truce", "again")
    assert news.similar(title="Cup final", text="").words == ()  # of one report each: they say nothing of others
    assert news.similar(text="").hits == ()


def test_a_key_that_is_not_there_is_an_error(news):
    with pytest.raises(ReportError, match="no report with this key"):
        news.similar("nowhere")


def test_the_two_versions_of_an_article_find_each_other(tmp_path, seeds):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add_path(seeds)
        (article,) = index.search("source:reuters", limit=1)
        assert "003_" in article.key
        assert "001_" in index.similar(article.key).hits[0].key
