"""What a question leaves behind: nothing that waits for the collector of cycles, so that memory is used again at once."""

from __future__ import annotations

import gc

import pytest

import idlibsearch
from idlibsearch import Report

QUESTIONS = (
    "truce",
    "truce holds",
    "truce OR army",
    '"truce holds"',
    "truce -army",
    "truce NEAR/5 north",
    "(truce OR army) NEAR/3 north",
    "truce SAME/S north",
    "tru*",
    "truse~1",
    "=Truce",
    "truce date:2020",
    "truce^2 ANDMAYBE army",
    "{PLACE}",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with idlibsearch.create(tmp_path_factory.mktemp("garbage") / "index") as index:
        index.add(Report(key=str(i), title="Truce holds", body=f"The army of Idlib left the north {i}.") for i in range(30))
        yield index


@pytest.mark.parametrize(
    "options", [{}, {"sort": "date"}, {"mode": "any", "limit": 3}, {"facets": ["place"]}, {"collapse": "story"}]
)
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_gone_when_it_is_let_go(index, question, options):
    def ask():
        results = index.search(question, **options)
        return results.total, [(hit.key, hit.score, hit.title) for hit in results]

    ask()  # what is looked up once stays
    gc.collect()
    gc.disable()
    try:
        ask()
        assert gc.collect() == 0
    finally:
        gc.enable()
