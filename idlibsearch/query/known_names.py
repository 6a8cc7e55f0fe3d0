"""Which entities of a snapshot a name means, in whatever spelling, and by which rule each: what ``{GROUP:"HTS"}`` stands for.

The names of a kind are those of its keyword column. They are folded once a snapshot and kind, when the first question names an
entity of that kind; a question that names none pays nothing. An abbreviation that the gazetteer does not have is looked for among
the names that it could stand for, in reports that introduce it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from weakref import WeakKeyDictionary

from idlibsearch.analysis.abbreviations import abbreviates
from idlibsearch.analysis.gazetteer import Known, builtin
from idlibsearch.analysis.names_fold import fold_name
from idlibsearch.analysis.same_name import ALIKE, FOLDED, KNOWN, rule_between
from idlibsearch.analysis.skeleton import are_alike, bones
from idlibsearch.index.columns import Bounds, folded_value
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Entity, Report
from idlibsearch.query.tree import Mention

LEARNT = "abbreviation learnt in {}"
SHORT = "short for {}"
REPORTS_READ = 64  # of those that mention a name, to see whether they abbreviate it


class Names:
    """The names of one kind of entity (PERSON, PLACE, ORG, GROUP) that the reports of a snapshot mention."""

    def __init__(self, snapshot: Snapshot, kind: str) -> None:
        self._snapshot = snapshot
        self._kind = kind
        self._meant: dict[str, dict[str, str]] = {}

    def meant_by(self, name: str) -> dict[str, str]:
        """The entities that a name means: folded value of each in the column to the rule, said in words."""
        if name not in self._meant:
            self._meant[name] = {} if not self._snapshot.has_keywords(self._kind.lower()) else dict(self._found(name))
        return self._meant[name]

    def _found(self, name: str) -> Iterator[tuple[str, str]]:
        folded, known, met = fold_name(name), self._known(name), set[str]()
        for key in dict.fromkeys([folded, *(map(fold_name, builtin().keys_for(known)) if known else ())]):
            for value in self._like(key):
                if value not in met and fold_name(value) == key:
                    met.add(value)
                    yield value, FOLDED if key == folded else KNOWN.format(known.name if known else value)
        for value in self._like(folded):
            is_alike = value not in met and are_alike(folded, fold_name(value), is_place=self._kind == "PLACE")
            if is_alike and not (known and self._known(value)):
                met.add(value)
                yield value, ALIKE
        if name.isupper() and not known:
            yield from self._abbreviated(name, met)

    def _abbreviated(self, letters: str, met: set[str]) -> Iterator[tuple[str, str]]:
        """The names that reports introduce an abbreviation for."""
        for value in self._values:
            if value not in met and value[0] == letters[0].lower() and abbreviates(letters, value):
                key = self._introduced(letters, value)
                if key:
                    yield value, LEARNT.format(key)

    def _introduced(self, letters: str, value: str) -> str:
        """The key of a report that mentions a name by an abbreviation, "" where none is found."""
        left = REPORTS_READ
        for segment in self._snapshot.segments:
            for doc in segment.columns.docs_of_keywords(self._kind.lower(), Bounds(value, value))[:left]:
                left -= 1
                report = segment.documents.read(doc)
                if isinstance(report, Report) and any(
                    fold_name(one.spelling) == fold_name(letters) and folded_value(one.name) == value for one in report.entities
                ):
                    return report.key
        return ""

    def _known(self, name: str) -> Known | None:
        """What the gazetteer says of a name, or of a folded value, which has lost its capitals."""
        gazetteer = builtin()
        known = gazetteer.find(name) or (gazetteer.of_key(name.upper()) if name.isalnum() else None)
        return known if known and known.type == self._kind else None

    def _like(self, folded: str) -> list[str]:
        """The values that may be like a folded name, those that fold to it among them."""
        return self._by_bones.get(bones([folded])[0], [])

    @cached_property
    def _values(self) -> list[str]:
        column = self._kind.lower()
        return sorted({value for segment in self._snapshot.segments for value in segment.columns.all_folded(column)})

    @cached_property
    def _by_bones(self) -> dict[bytes, list[str]]:
        found = defaultdict[bytes, list[str]](list)
        for key, value in zip(bones(list(map(_folded, self._values))), self._values, strict=True):
            found[key].append(value)
        return found


def _folded(value: str) -> str:
    """The folded name of a folded value; most are letters and spaces, and are it themselves."""
    is_plain = value.isascii() and value.replace(" ", "").isalnum() and "l " not in value  # no lone article among the words
    return value if is_plain else fold_name(value)


_tables: WeakKeyDictionary[Snapshot, dict[str, Names]] = WeakKeyDictionary()


def names_of(snapshot: Snapshot, kind: str) -> Names:
    """The names of a kind; made once a snapshot."""
    tables = _tables.setdefault(snapshot, {})
    if kind not in tables:
        tables[kind] = Names(snapshot, kind)
    return tables[kind]


def meant_by(node: Mention, snapshot: Snapshot) -> list[Mention]:
    """The entities that a mention may be of, each by the name that the index has for it; the mention itself where it has none."""
    return [node._replace(name=value) for value in names_of(snapshot, node.kind).meant_by(node.name)] or [node]


def spelled(entities: Iterable[Entity], snapshot: Snapshot, kind: str, name: str, key: str) -> dict[str, str]:
    """The spellings in a report (of this ``key``) of what a name means, each with the rule by which it does."""
    meant = names_of(snapshot, kind).meant_by(name)
    found: dict[str, str] = {}
    for one in entities:
        value = folded_value(one.name)
        if one.type == kind and value in meant and one.spelling not in found:
            rule = rule_between(name, one.spelling, kind, builtin())
            if rule is None and rule_between(one.name, one.spelling, kind, builtin()):
                rule = meant[value]
            is_letters = rule is None and abbreviates(one.spelling, one.name)
            found[one.spelling] = rule or (LEARNT.format(key) if is_letters else SHORT.format(one.name))
    return found
