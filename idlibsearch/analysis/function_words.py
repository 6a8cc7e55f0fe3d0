"""Words of English that tie others together and name nothing: articles, pronouns, prepositions, conjunctions, auxiliaries.

They stay in indexes and questions. Where words are chosen that tell reports from others they are passed over: *had* or *which*
tells how a report is written, not what it is about. Words that also name something (may, will, like, can) are none of them.
"""

from __future__ import annotations

from functools import cache

from idlibsearch.analysis.analyzer import analyze_folded

_WORDS = """
a an the
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
it its itself they them their theirs themselves one's who whom whose which what that this these those
anybody anyone anything everybody everyone everything nobody none nothing somebody someone something
all any both each either every few many more most much neither no other another others several some such same own
be am is are was were been being have has had having do does did doing done would should could shall must ought cannot
about above across after against along alongside amid among amongst around as at before behind below beneath beside besides
between beyond by despite down during except for from in inside into near of off on onto out outside over per since than
through throughout till to toward towards under until up upon via with within without
and but or nor so yet if then else because although though unless whereas whether while when where why how
not only just also too very quite rather even ever never still again already always almost often perhaps
here there now thus therefore hence however moreover meanwhile otherwise instead
"""


@cache
def _terms() -> frozenset[str]:
    return frozenset(term for word in _WORDS.split() for term, _, _ in analyze_folded(word).terms)


def is_function_word(term: str) -> bool:
    """Is this what such a word is in the index?

    >>> is_function_word("which"), is_function_word("ceasefir")
    (True, False)
    """
    return term in _terms()
