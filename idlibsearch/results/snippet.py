"""The passage of a report that shows best why it was found, marked only where the query really matched.

Character offsets are not stored: a shown text is tokenised again, and its tokens counted off against the positions the
matcher gave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize

Place = tuple[int, int, int]
Widths = Callable[[str], int]  # folded word -> the positions it takes
LEAD_TOKENS = 8  # context before the first mark


class Passage(NamedTuple):
    """A stretch [start, end) of a text and the (start, end) in it to be marked, all in characters of the whole text."""

    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]

    def written(self, before: str, after: str) -> str:
        """On one line, each mark between ``before`` and ``after``, with … where the text goes on."""
        parts, at = ["… " if self.start else ""], self.start
        for start, end in self.marks:
            parts += [self.text[at:start], before, self.text[start:end], after]
            at = end
        parts += [self.text[at : self.end], " …" if self.end < len(self.text) else ""]
        return " ".join("".join(parts).split())


def whole(text: str, spans: Iterable[tuple[int, int]], widths: Widths) -> Passage:
    """All of a text, marked at ``spans`` (in positions)."""
    return Passage(text, 0, len(text), tuple(_marked(tokenize(text), text, spans, widths).values()))


def best(text: str, spans: Iterable[tuple[int, int]], widths: Widths, size_tokens: int) -> Passage:
    """The stretch of ``size_tokens`` tokens with the most different marked words, then the most marks, then the earliest."""
    return several(text, spans, widths, size_tokens, 1)[0]


def several(text: str, spans: Iterable[tuple[int, int]], widths: Widths, size_tokens: int, count: int) -> list[Passage]:
    """The best stretch, then the best of what is left, and so on; none overlap, and they stand in the order of the text.

    Fewer where there are no more marks; always one.
    """
    tokens = tokenize(text)
    return _cuts(text, tokens, _marked(tokens, text, spans, widths), size_tokens, count)


def several_of_places(
    text: str, places: Iterable[tuple[int, int, int]], spans: Iterable[tuple[int, int]], size_tokens: int, count: int
) -> list[Passage]:
    """The same of a text whose words another analyzer found: (start, end) in characters and position of each."""
    positions = {position for start, end in spans for position in range(start, end)}
    marks: dict[tuple[int, int], bool] = {}
    for start, end, position in sorted(places):
        marks[start, end] = marks.get((start, end), False) or position in positions
    words = _apart(marks)
    return _cuts(text, words, {number: word for number, word in enumerate(words) if marks[word]}, size_tokens, count)


def _apart(words: Mapping[tuple[int, int], bool]) -> list[tuple[int, int]]:
    """Words that do not overlap; of those that do the marked one, or the first."""
    found: list[tuple[int, int]] = []
    for word in words:
        if found and word[0] < found[-1][1]:
            if words[word] and not words[found[-1]]:
                found[-1] = word
        else:
            found.append(word)
    return found


def _cuts(
    text: str, tokens: list[tuple[int, int]], marked: dict[int, tuple[int, int]], size_tokens: int, count: int
) -> list[Passage]:
    left, taken = dict(marked), list[tuple[int, int]]()
    while len(taken) < count and (left or not taken):
        window = _best_window(text, left, len(tokens), size_tokens, taken)
        taken.append(window)
        left = {number: mark for number, mark in left.items() if not window[0] <= number < window[1]}
    return [_passage(text, tokens, marked, *window) for window in sorted(taken)]


def _passage(text: str, tokens: list[tuple[int, int]], marked: dict[int, tuple[int, int]], first: int, last: int) -> Passage:
    start = tokens[first][0] if first else 0
    end = tokens[last - 1][1] if last < len(tokens) else len(text)
    return Passage(text, start, end, tuple(mark for number, mark in marked.items() if first <= number < last))


def _best_window(
    text: str, marked: dict[int, tuple[int, int]], count: int, size_tokens: int, taken: list[tuple[int, int]]
) -> tuple[int, int]:
    """Which tokens [first, last) show most of what is marked, beside the windows that are taken."""

    def window(number: int) -> tuple[int, int]:
        first = max([max(number - LEAD_TOKENS, 0), *(end for _, end in taken if end <= number)])
        return first, min([first + size_tokens, count, *(start for start, _ in taken if start > number)])

    def worth(place: tuple[int, int]) -> tuple[int, int, int]:
        inside = [fold(text[slice(*mark)]) for number, mark in marked.items() if place[0] <= number < place[1]]
        return len(set(inside)), len(inside), -place[0]

    return max(map(window, marked), key=worth, default=(0, min(size_tokens, count)))


def _marked(
    tokens: list[tuple[int, int]], text: str, spans: Iterable[tuple[int, int]], widths: Widths
) -> dict[int, tuple[int, int]]:
    """Token number -> its characters, for the tokens that any span touches."""
    positions = {position for start, end in spans for position in range(start, end)}
    found, position = {}, 0
    for number, (start, end) in enumerate(tokens):
        following = position + widths(fold(text[start:end]))
        if not positions.isdisjoint(range(position, following)):
            found[number] = (start, end)
        position = following
    return found
