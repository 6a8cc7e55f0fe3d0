"""What a reader makes of a file: its text, and what the file says of itself beside it. Plain values.

No reading here, and no judging of what a file says; ``about`` does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

LONGEST = 500  # characters of a title, a byline or an address


class About(NamedTuple):
    """What a file says of itself, as it says it; empty where it does not. ``dates``: the first is believed most."""

    title: str = ""
    byline: str = ""
    url: str = ""
    source: str = ""
    section: str = ""
    language: str = ""
    dates: tuple[str, ...] = ()

    def clipped(self) -> About:
        """This without what is too long to be what it is said to be."""
        texts = {name: part[:LONGEST] for name, part in self._asdict().items() if name != "dates"}
        return self._replace(dates=tuple(date for date in self.dates if len(date) <= LONGEST), **texts)

    def over(self, other: About) -> About:
        """This, and where it says nothing what ``other`` says."""
        return other._replace(**{name: mine for name, mine in self._asdict().items() if mine})


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file, and what else is known of it.

    ``title_at``: where in the text the title stands that the file names, in characters; -1: it does not. ``is_one``: it is one
    report, whatever its lines look like. ``is_own``: the text is the file's own, character for character, else it was extracted.
    ``page_starts``: where its pages begin, in characters; empty where it has none.
    """

    text: str
    about: About = field(default_factory=About)
    encoding: str = "utf-8"
    is_one: bool = False
    is_own: bool = False
    page_starts: tuple[int, ...] = ()
    title_at: int = -1


def headed(title: str, text: str, about: About, *, encoding: str = "utf-8", is_one: bool = False) -> Extract:
    """An extracted text with the title at its head, once."""
    if not title:
        return Extract(text, about, encoding, is_one)
    first, _, rest = text.partition("\n")
    body = rest.lstrip("\n") if letters_of(first) == letters_of(title) else text
    return Extract(f"{title}\n\n{body}", about, encoding, is_one, title_at=0)


def letters_of(text: str) -> str:
    """A text by its letters and digits alone, to compare titles."""
    return "".join(filter(str.isalnum, text.casefold()))
