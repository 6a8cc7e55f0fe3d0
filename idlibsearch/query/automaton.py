"""Patterns as finite automata: time linear in the words read, whatever the pattern. Not a place for any pattern's grammar.

A pattern becomes a program by Thompson's construction ("Regular Expression Search Algorithm", 1968); its steps are made
deterministic while words are read, one table cell at its first use, as RE2 does (Cox, "Regular Expression Matching in
the Wild", 2010). The loop over words is in ``patterns_kernel``.
"""

from __future__ import annotations

import functools
from array import array
from typing import NamedTuple

from idlibsearch.query.limits import Limits, PatternError

CLASSES = 256  # columns of the table: letters that no part of the pattern tells apart share one; 0 means not sorted yet
CODE_POINTS = 0x110000
PAGE = 256  # code points; those of a page are given room when one of them is met, so that a pattern need not take a megabyte
DEAD, START, UNKNOWN = 0, 1, -1
_TOO_BIG = "write a shorter pattern, with smaller repeats"


class Letters(NamedTuple):
    """One letter: in any of the (first, last) code-point ranges or of the ``kinds`` (d, w, s as in ``re``), or in none."""

    ranges: tuple[tuple[int, int], ...]
    kinds: str = ""
    negated: bool = False

    def has(self, letter: str) -> bool:
        """Is it one of these?"""
        point = ord(letter)
        inside = any(low <= point <= high for low, high in self.ranges) or any(_is_kind(letter, kind) for kind in self.kinds)
        return inside != self.negated


class Sequence(NamedTuple):
    """One part after the other; none: the empty word."""

    parts: tuple[Part, ...]


class Choice(NamedTuple):
    """Any of the parts."""

    parts: tuple[Part, ...]


class Repeat(NamedTuple):
    """A part ``low`` to ``high`` times; None: without end."""

    part: Part
    low: int
    high: int | None


Part = Letters | Sequence | Choice | Repeat
ANY = Letters(((0, CODE_POINTS - 1),))
ANYTHING = Repeat(ANY, 0, None)


def literal(text: str) -> Sequence:
    """Just this text."""
    return Sequence(tuple(Letters(((ord(letter), ord(letter)),)) for letter in text))


def _is_kind(letter: str, kind: str) -> bool:
    match kind.lower():
        case "d":
            found = letter.isdecimal()
        case "w":
            found = letter.isalnum() or letter == "_"
        case _:
            found = letter.isspace()
    return found == kind.islower()


class _Fork(NamedTuple):
    """Goes on at every one of these steps."""

    targets: list[int]


class Automaton:
    """A compiled pattern. ``pages``, ``classes``, ``table`` and ``accepting`` are the arrays that ``patterns_kernel`` reads.

    ``effort`` counts what working out its steps has cost. Raises PatternError where that or the program grows past ``limits``.
    """

    def __init__(self, part: Part, limits: Limits, spent: int = 0) -> None:
        self.effort = spent
        self._limits = limits
        self._program: list[Letters | _Fork] = []  # a step goes on to the next one; the end of the program is the match
        self._size = 0
        self._emit(part)
        self._sets: dict[Letters, int] = {}  # numbered
        self._set_of = [self._number(step) for step in self._program]
        self._members: list[frozenset[int]] = [frozenset()]  # class -> the sets that its letters are in
        self._class_of: dict[frozenset[int], int] = {}
        self._following = functools.cache(self._reached)
        self.pages = array("H", bytes(2 * CODE_POINTS // PAGE))
        self.classes = bytearray(PAGE)  # the first page is that of all code points not met yet
        self.table, self.accepting = array("i"), bytearray()
        self._states: dict[frozenset[int], int] = {}
        self._steps: list[frozenset[int]] = []
        self._state(frozenset())
        self._state(self._following(0))

    def _number(self, step: Letters | _Fork) -> int:
        return self._sets.setdefault(step, len(self._sets)) if isinstance(step, Letters) else -1

    def _emit(self, part: Part) -> None:
        self._size += 1
        if max(self._size, len(self._program)) > self._limits.program_size:
            raise PatternError(f"the pattern is larger than {self._limits.program_size:,} steps", _TOO_BIG)
        match part:
            case Letters():
                self._program.append(part)
            case Sequence():
                for child in part.parts:
                    self._emit(child)
            case Choice():
                self._emit_choice(part)
            case Repeat():
                for _ in range(part.low):
                    self._emit(part.part)
                self._emit_rest(part)

    def _fork(self, *targets: int) -> list[int]:
        self._program.append(_Fork(list(targets)))
        return self._program[-1].targets  # type: ignore[union-attr]

    def _emit_choice(self, choice: Choice) -> None:
        starts, exits = self._fork(), []
        for child in choice.parts:
            starts.append(len(self._program))
            self._emit(child)
            exits.append(self._fork())
        for targets in exits:
            targets.append(len(self._program))

    def _emit_rest(self, repeat: Repeat) -> None:
        """What may follow the repeats that must be: a loop, or each of the others or nothing more."""
        if repeat.high is None:
            fork = len(self._program)
            targets = self._fork(fork + 1)
            self._emit(repeat.part)
            self._fork(fork)
            targets.append(len(self._program))
            return
        exits = []
        for _ in range(repeat.high - repeat.low):
            exits.append(self._fork(len(self._program) + 1))
            self._emit(repeat.part)
        for targets in exits:
            targets.append(len(self._program))

    def _reached(self, step: int) -> frozenset[int]:
        """The steps that read a letter (or the end) which one gets to from here without reading any."""
        seen, waiting = set(), [step]
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            here = self._program[at] if at < len(self._program) else None
            if isinstance(here, _Fork):
                waiting += here.targets
        self._spend(len(seen))
        return frozenset(at for at in seen if at == len(self._program) or isinstance(self._program[at], Letters))

    def _spend(self, effort: int) -> None:
        self.effort += effort
        if self.effort > self._limits.effort:
            raise PatternError("the patterns take too much work", "use fewer, and fewer repeats inside repeats")

    def _state(self, steps: frozenset[int]) -> int:
        if steps not in self._states:
            self._states[steps] = len(self._steps)
            self._steps.append(steps)
            self.table.extend(array("i", [UNKNOWN]) * CLASSES)
            self.accepting.append(len(self._program) in steps)
        return self._states[steps]

    def fill(self, state: int, point: int) -> None:
        """Work out the step from a state by a code point."""
        kind = self._sort(point)
        if self.table[state * CLASSES + kind] != UNKNOWN:  # a letter met for the first time, of a class that is known
            return
        reached: set[int] = set()
        for step in self._steps[state]:
            if step < len(self._program) and self._set_of[step] in self._members[kind]:
                following = self._following(step + 1)
                reached |= following
                self._spend(len(following))
        self._spend(len(self._steps[state]) + CLASSES // 8)  # a new row costs about as much as so many steps
        self.table[state * CLASSES + kind] = self._state(frozenset(reached))

    def _sort(self, point: int) -> int:
        """The class of a code point, which it keeps."""
        if not self.pages[point // PAGE]:
            self.pages[point // PAGE] = len(self.classes) // PAGE
            self.classes.extend([self._new_class(point) if self._is_even(point // PAGE) else 0] * PAGE)
        entry = self.pages[point // PAGE] * PAGE + point % PAGE
        if not self.classes[entry]:
            self.classes[entry] = self._new_class(point)
        return self.classes[entry]

    def _is_even(self, page: int) -> bool:
        """Does no set of the pattern tell code points of a page apart? So it is with letters of scripts that it does not name."""
        first, last = page * PAGE, page * PAGE + PAGE - 1
        ranges = (bounds for letters in self._sets for bounds in letters.ranges)
        return not any(letters.kinds for letters in self._sets) and all(
            high < first or last < low or (low <= first and last <= high) for low, high in ranges
        )

    def _new_class(self, point: int) -> int:
        members = frozenset(number for letters, number in self._sets.items() if letters.has(chr(point)))
        self._spend(len(self._sets))
        if members not in self._class_of:
            if len(self._members) == CLASSES:
                raise PatternError(f"the pattern tells more than {CLASSES - 1} kinds of letters apart", _TOO_BIG)
            self._class_of[members] = len(self._members)
            self._members.append(members)
        return self._class_of[members]
