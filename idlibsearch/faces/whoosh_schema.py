"""Whoosh schemas as this library's own data, and back: what stands of a schema in a manifest, and the analyzers that it names.

An analyzer is run as it was given. One that is made of Whoosh's own parts with plain parameters is recorded by these, so that
opening the index is enough to search it; of any other stands only its class, and who opens the index hands the schema in again.
Beside either stands a fingerprint of what it makes of a text, so that words of two analyses never meet. Nothing is pickled. What
the words of an analyzer become in the index is ``own_words``' business.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import whoosh
import whoosh.analysis
from whoosh import fields as kinds
from whoosh.analysis import IntraWordFilter, StemFilter, entoken, unstopped
from whoosh.analysis.analyzers import CompositeAnalyzer
from whoosh.fields import FieldType, Schema, SpellField
from whoosh.lang.porter import stem

from idlibsearch.errors import SchemaError
from idlibsearch.faces.whoosh_compat import ReportAnalyzer, ranking_of, schema_of
from idlibsearch.index import schema as own
from idlibsearch.index.fields import B, Ranking, TextField
from idlibsearch.index.own_words import group, plain

MAX_TEXT_FIELDS = 8  # what the kernels have columns for
REPORT_ANALYSIS = {"class": "ReportAnalyzer"}
_KINDS: dict[type, own.Kind] = {
    **dict.fromkeys((kinds.TEXT, kinds.NGRAM, kinds.NGRAMWORDS), "text"),
    **dict.fromkeys((kinds.ID, kinds.IDLIST, kinds.KEYWORD), "keyword"),
    kinds.NUMERIC: "number",
    kinds.DATETIME: "datetime",
    kinds.BOOLEAN: "boolean",
    kinds.STORED: "stored",
}
_PARTS = (  # of analyzers: what they do is said by their parameters alone
    *("IDTokenizer", "RegexTokenizer", "PathTokenizer", "NgramTokenizer", "NgramFilter", "PassFilter", "ReverseTextFilter"),
    *("LowercaseFilter", "StripFilter", "StopFilter", "StemFilter", "IntraWordFilter", "BiWordFilter", "ShingleFilter"),
    *("CJKFilter", "CharsetFilter"),
)
_PROBE = (  # as different as texts for analyzers are; a fingerprint is what becomes of it
    "The quick-brown Foxes' iPhone7 was running, RUNNING to Zürich and Łódź! a/b/c.txt x_y 3.14 1,000 e-mail@example.org "
    "Don't U.S. #tag C++ Wi-Fi İstanbul Straße ﬁne 東京 naïve café 2020-01-12"
)


def declared(schema: Schema) -> tuple[own.Schema | None, Ranking]:
    """What a Whoosh schema declares: a schema as data, None where it is that of reports, and how its texts are ranked.

    Raises SchemaError for what cannot be indexed.
    """
    if not isinstance(schema, Schema):
        raise SchemaError(f"a schema must be a whoosh.fields.Schema, not {type(schema).__name__}")
    return (None, ranking_of(schema)) if _is_of_reports(schema) else described(schema)


def _is_of_reports(schema: Schema) -> bool:
    texts = [schema[name] for name in ("title", "body") if name in schema]
    analysed = len(texts) == 2 and all(type(field.analyzer) is ReportAnalyzer for field in texts)
    return analysed and set(schema.names()) <= set(schema_of(Ranking()).names())


def described(schema: Schema) -> tuple[own.Schema, Ranking]:
    """A Whoosh schema as data: its fields, and how its texts are ranked (by their boosts).

    Raises SchemaError for what cannot be indexed.
    """
    items = [(name, field) for name, field in schema.items() if type(field) is not SpellField]
    _refuse(schema, items)
    fields = tuple(_field(name, field) for name, field in items)
    texts = [(field, schema[field.name]) for field in fields if field.kind == "text"]
    groups = dict[str, str]()
    ranked = tuple(_text_field(field, declared, groups) for field, declared in texts)
    return own.Schema(fields), Ranking(fields=ranked, of_reports=False)


def _refuse(schema: Schema, items: list[tuple[str, FieldType]]) -> None:
    for name, field in items:
        if type(field) not in _KINDS:
            known = ", ".join(kind.__name__ for kind in _KINDS)
            raise SchemaError(f"the field {name} is a {type(field).__name__}, which cannot be indexed; there are {known}")
        if not re.fullmatch(r"[A-Za-z_]\w{0,63}", name):
            raise SchemaError(f"the field {name!r} could not be asked for: a name has letters, digits and _, at most 64")
    if schema._dyn_fields:
        pattern = min(schema._dyn_fields)
        raise SchemaError(f"the fields {pattern} are named by a pattern; name each of them, columns are made beforehand")
    folded = sorted(name.lower() for name, _ in items)
    twice = [name for name, other in itertools.pairwise(folded) if name == other]
    if twice:
        raise SchemaError(f"two fields are called {twice[0]} but for capitals, which questions do not tell apart")
    unique = [name for name, field in items if field.unique]
    if len(unique) > 1:
        raise SchemaError(f"the fields {' and '.join(unique)} are both unique; only one can tell documents apart")
    texts = [name for name, field in items if _KINDS[type(field)] == "text"]
    if not 0 < len(texts) <= MAX_TEXT_FIELDS:
        raise SchemaError(f"a schema needs 1 to {MAX_TEXT_FIELDS} TEXT or NGRAM fields, this one has {len(texts)}")


def _field(name: str, field: FieldType) -> own.Field:
    kind = _KINDS[type(field)]
    if field.unique and kind not in ("keyword", "number"):
        raise SchemaError(f"the field {name} is a {type(field).__name__} and unique; an ID or a NUMERIC can be")
    return own.Field(
        name,
        kind,
        stored=bool(field.stored),
        unique=bool(field.unique),
        number=_number_kind(field) if kind == "number" else "",
        several=_several(name, field) if kind == "text" else "and",
        grams=isinstance(field, kinds.NGRAM),
        analysis=_analysis(name, field.analyzer) if kind in ("text", "keyword") else None,
    )


def _number_kind(field: kinds.NUMERIC) -> str:
    return "decimal" if field.decimal_places else str(field.numtype.__name__)


def _several(name: str, field: FieldType) -> str:
    if isinstance(field, kinds.NGRAM):
        return "or" if field.queryor else "and"
    several = str(field.multitoken_query).lower()
    if several not in ("default", "and", "or", "phrase", "first"):
        raise SchemaError(f"the field {name} joins words by {several!r}; there are default, and, or, phrase and first")
    return several


def _text_field(field: own.Field, declared: FieldType, groups: dict[str, str]) -> TextField:
    """How a text is ranked. Fields with the same recorded analysis share a group, and so do those with one analyzer."""
    weight = float(declared.format.field_boost)
    if not weight > 0:
        raise SchemaError(f"the boost of the field {field.name} must be above 0, not {weight}")
    analysis = field.analysis or {}
    shared = repr((analysis.get("parts") or id(declared.analyzer), field.several))
    prefix = "" if analysis == REPORT_ANALYSIS else groups.setdefault(shared, group(len(groups)))
    return TextField(field.name, weight, B, declared.supports("positions"), prefix)


# ---- analyzers as data


def _analysis(name: str, analyzer: Any) -> dict[str, Any]:
    """An analyzer by its parts, or by its class and what it does."""
    if type(analyzer) is ReportAnalyzer:
        return REPORT_ANALYSIS
    items = analyzer.items if type(analyzer) is CompositeAnalyzer else [analyzer]
    parts = [_part(item) for item in items]
    classes = " | ".join(f"{type(item).__module__}.{type(item).__qualname__}" for item in items)
    known = {"class": classes} if None in parts else {"parts": parts}
    return known | {"fingerprint": _fingerprint(name, analyzer)}


def _fingerprint(name: str, analyzer: Any) -> str:
    analysis = Analyzers({name: analyzer})
    try:
        found = [analysis.words(name, _PROBE, purpose) for purpose in ("index", "query")]
    except ValueError as error:
        raise SchemaError(f"the field {name}: {error}") from None
    return blake2b(repr(found).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _part(item: Any) -> dict[str, Any] | None:
    """A tokenizer or filter of Whoosh's by its parameters; None for all others."""
    kind = type(item)
    if kind.__name__ not in _PARTS or getattr(whoosh.analysis, kind.__name__, None) is not kind:
        return None
    try:
        state = _ARGUMENTS.get(kind, vars)(item)
        return {"class": kind.__name__} | {name: _plain(value) for name, value in sorted(state.items())}
    except TypeError:
        return None


def _stem_arguments(item: StemFilter) -> dict[str, Any]:
    if item.stemfn is not stem and not item.lang:
        raise TypeError
    return {"lang": item.lang, "ignore": item.ignore}


def _intraword_arguments(item: IntraWordFilter) -> dict[str, Any]:
    """It keeps expressions of all letters of Unicode, 50 kB of them, in place of what they were made by."""
    delims = re.sub(r"\\(.)", r"\1", item.delims, flags=re.DOTALL)
    for words, numbers in itertools.product((True, False), repeat=2):
        arguments = {"delims": delims, "splitwords": words, "splitnums": numbers}
        arguments |= {"mergewords": item.mergewords, "mergenums": item.mergenums}
        if IntraWordFilter(**arguments) == item:
            return arguments
    raise TypeError


_ARGUMENTS: dict[type, Callable[[Any], dict[str, Any]]] = {  # of parts that are more than their attributes
    StemFilter: _stem_arguments,
    IntraWordFilter: _intraword_arguments,
}


def _plain(value: Any) -> Any:
    """A parameter as JSON. Raises TypeError for what is not plain data."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, re.Pattern):
        return {"pattern": value.pattern, "flags": value.flags}
    if isinstance(value, set | frozenset) and all(isinstance(member, str) for member in value):
        return {"set": sorted(value)}
    if isinstance(value, dict) and all(isinstance(code, int) and isinstance(to, str | int | None) for code, to in value.items()):
        return {"map": sorted(value.items())}
    raise TypeError


def _parameter(value: Any) -> Any:
    """The reverse of ``_plain``."""
    if not isinstance(value, dict):
        return value
    if "pattern" in value:
        return re.compile(value["pattern"], value["flags"])
    return frozenset(value["set"]) if "set" in value else dict(value["map"])


def _made(field: own.Field) -> Any:
    """The analyzer that was recorded by its parts. Raises SchemaError where the Whoosh at hand makes another one of them."""
    analysis = field.analysis or {}
    if analysis == REPORT_ANALYSIS:
        return ReportAnalyzer()
    try:
        made = [_made_part(part) for part in analysis["parts"]]
        analyzer = made[0] if len(made) == 1 else CompositeAnalyzer(*made)
        same = _fingerprint(field.name, analyzer) == analysis["fingerprint"]
    except (AttributeError, KeyError, TypeError, ValueError, SchemaError, re.error):
        same = False
    if not same:
        message = f"the field {field.name}: Whoosh {whoosh.versionstring()} analyses otherwise than the one that made the index"
        raise SchemaError(f"{message}; install that one, or build the index again")
    return analyzer


def _made_part(part: dict[str, Any]) -> Any:
    state = {name: _parameter(value) for name, value in part.items() if name != "class"}
    if part["class"] not in _PARTS:
        raise KeyError(part["class"])
    kind = getattr(whoosh.analysis, part["class"])
    if kind in _ARGUMENTS:
        return kind(**state)
    item = kind.__new__(kind)
    item.__dict__.update(state)
    return item


# ---- analyzers at work


class Analyzers:
    """Runs analyzers by the names of their fields: see ``index.schema.Analysis``.

    Raises ValueError where an analyzer fails, whatever it raises.
    """

    def __init__(self, analyzers: dict[str, Any]) -> None:
        self._analyzers = analyzers

    def words(self, field: str, value: str | Sequence[str], purpose: own.Purpose) -> list[tuple[str, int]]:
        """The words of a value, cut and cleaned as the index can hold them; of a list each member is a word."""
        try:
            return _placed(self._tokens(self._analyzers[field], value, purpose))
        except Exception as error:  # an analyzer is anybody's code
            raise ValueError(f"its analyzer failed: {type(error).__name__}: {error}") from error

    def places(self, field: str, text: str) -> list[tuple[int, int, int]]:
        """Where the words of a text stand in it, and their positions from that of the first; nothing if nobody knows."""
        try:
            tokens = self._analyzers[field](text, positions=True, chars=True, mode="index")
            found = [(token.startchar, token.endchar, token.pos) for token in unstopped(tokens)]
        except Exception:  # without marks a text can be shown as well
            return []
        first = min((position for _, _, position in found), default=0)
        return [(start, end, position - first) for start, end, position in found]

    @staticmethod
    def _tokens(analyzer: Callable[..., Iterable[Any]], value: str | Sequence[str], purpose: own.Purpose) -> Iterable[Any]:
        if not isinstance(value, str):
            return entoken(value, positions=True)  # type: ignore[no-any-return]
        if purpose == "pattern":
            return analyzer(value, positions=True, mode="query", tokenize=False, removestops=False)
        return analyzer(value, positions=True, mode=purpose)


def _placed(tokens: Iterable[Any]) -> list[tuple[str, int]]:
    words = ((plain(token.text), getattr(token, "pos", number)) for number, token in enumerate(unstopped(tokens)))
    return [(word, position) for word, position in words if word]


def analyzers_of(schema: own.Schema, given: Schema | None) -> own.Analysis:
    """What runs the analyzers of an index: those of the schema handed in, which is that of the index, or those recorded.

    Raises SchemaError where they cannot be made as they were.
    """
    fields = [field for field in schema.fields if field.analysis is not None]
    if given is not None:
        return Analyzers({field.name: given[field.name].analyzer for field in fields})
    return Analyzers({field.name: _made(field) for field in fields})


def check_same(schema: own.Schema | None, ranking: Ranking, given: Schema) -> None:
    """Raises SchemaError, naming the first difference, where a schema is not the one that an index was made with."""
    fields, ranked = declared(given)
    if schema is None or fields is None:
        if schema is not None or fields is not None or _told(ranking) != _told(ranked):
            raise SchemaError("this is not the schema that the index was made with: only one of them is that of reports")
        return
    here, there = {field.name: field for field in schema.fields}, {field.name: field for field in fields.fields}
    for name in sorted({*here, *there}):
        if here.get(name) != there.get(name):
            what = "is new" if name not in here else "is missing" if name not in there else _difference(here[name], there[name])
            raise SchemaError(f"this is not the schema that the index was made with: the field {name} {what}")
    for mine, its in zip(_told(ranking), _told(ranked), strict=True):
        if mine != its:
            raise SchemaError(f"this is not the schema that the index was made with: the field {mine.name} is ranked otherwise")
    groups = dict[str, str]()
    for mine, its in zip(ranking.fields, ranked.fields, strict=True):  # an older version gave each of these a group of its own
        if groups.setdefault(mine.group, its.group) != its.group:
            raise SchemaError(f"the field {mine.name} shared one analyzer with another, which it does not in this schema")


def _told(ranking: Ranking) -> list[TextField]:
    """The fields as far as a schema tells how they are ranked: k1 and b are the index's, and so is which fields share a list."""
    return [field._replace(b=0.0, group="") for field in ranking.fields]


def _difference(here: own.Field, there: own.Field) -> str:
    part = next(name for name, mine, its in zip(here._fields, here, there, strict=True) if mine != its)
    return "has another analyzer" if part == "analysis" else f"has another {part}: {getattr(there, part)!r}"
