"""An HTML page as a tree of elements, however broken it is; the parser is Python's own.

Elements that are left open are closed where HTML closes them; what is nested deeper than a page can mean is taken as if it stood
higher up. Every walk keeps a stack of its own, since pages may be nested deeper than calls may. No judging of what a page says.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

DEEPEST = 200  # elements inside elements; pages of the worst systems have 60
MOST_NODES = 400_000

_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_CLOSES = {  # an opening tag, and which open ones it ends
    **dict.fromkeys(("p", "div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "section", "article"), ("p",)),
    **dict.fromkeys(("li", "option"), ("p", "li", "option")),
    **dict.fromkeys(("td", "th"), ("p", "td", "th")),
    "tr": ("p", "td", "th", "tr"),
    **dict.fromkeys(("dt", "dd"), ("p", "dt", "dd")),
}
_BARRIERS = frozenset(("table", "ul", "ol", "dl", "body", "html"))  # beyond which an opening tag closes nothing


class Node:
    """An element: its tag, its attributes, and what is in it, texts and elements in their order."""

    __slots__ = ("attributes", "inside", "parent", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], parent: Node | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.inside: list[Node | str] = []

    def get(self, name: str) -> str:
        """An attribute, empty where it is missing."""
        return self.attributes.get(name, "")

    def walk(self) -> Iterator[Node]:
        """This and all elements below, in the order of the page."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack += [each for each in reversed(node.inside) if isinstance(each, Node)]

    def text(self) -> str:
        """All text in it, with single spaces."""
        parts: list[str] = []
        stack: list[Node | str] = [self]
        while stack:
            each = stack.pop()
            if isinstance(each, str):
                parts.append(each)
            elif each.tag not in ("script", "style"):
                stack += reversed(each.inside)
        return " ".join("".join(parts).split())


def parse(page: str) -> Node:
    """The tree of a page, under a root without a tag."""
    builder = _Builder()
    builder.feed(page.replace("\0", ""))
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._at = Node("", {}, None)
        self._depth = self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._close_before(tag)
        self._count += 1
        if self._count > MOST_NODES:
            return
        node = Node(tag, {name: value or "" for name, value in reversed(attrs)}, self._at)  # of doubled ones the first counts
        self._at.inside.append(node)
        if tag not in _VOID and self._depth < DEEPEST:
            self._at, self._depth = node, self._depth + 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and self._at.tag == tag:
            self._up()

    def _close_before(self, tag: str) -> None:
        ended = _CLOSES.get(tag, ())
        while self._at.tag in ended and self._at.tag not in _BARRIERS:
            self._up()

    def _up(self) -> None:
        if self._at.parent is not None:
            self._at, self._depth = self._at.parent, self._depth - 1

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self._at
        while node is not None and node.tag != tag:
            if node.tag == "table" and tag not in ("body", "html"):
                return  # a stray end tag inside a table ends nothing outside it
            node = node.parent
        if node is not None:
            while self._at is not node:
                self._up()
            self._up()

    def handle_data(self, data: str) -> None:
        self._at.inside.append(data)
