"""The text of a page's article, by rules of our own: the part of the page that is densest in sentences, without what frames it.

What says of itself that it is no article (navigation, footers, comments, by tag, role or class) is left out first. Of the rest
every element is weighed: the characters in its blocks that read like sentences and are no links, less half of its other ones. The
heaviest element has the article; what in it is mere links or labels around the sentences is left, and so is a little that stands
behind the part that has nearly all. What is told of a block are its length, its links and its end (Kohlschütter and others,
Boilerplate Detection using Shallow Text Features, 2010), without training: few rules, for any language written in sentences.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from idlibsearch.ingest.formats.html_tree import Node
from idlibsearch.ingest.publication import date_line

SENTENCE, SHORT_SENTENCE = 80, 25  # characters of a block that is one without a full stop, and with one
MOST_LINKED = 0.33  # of its characters, for a sentence
BALLAST = 0.5  # what a character that is of no sentence takes from those that are
CORE = 0.85  # of the sentences: who has as much from the beginning on has the article, and the rest is a footer
CARD = 4  # blocks of a teaser at most
LISTED = 0.5  # the same, for a block to be shown at all

_FRAME_TAGS = frozenset((  # no form: some systems put whole pages into one
    "script", "style", "noscript", "template", "nav", "aside", "footer", "button", "select", "textarea", "svg", "math",
    "canvas", "iframe", "object", "audio", "video", "menu", "dialog", "head", "figcaption",
))  # fmt: skip
_FRAME_ROLES = frozenset(("navigation", "complementary", "contentinfo", "banner", "search", "dialog", "menu"))
_FRAME = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|disqus|sidebar|related|recommend(?:ed|ations)?|share|sharing|social|promo|newsletter|"
    r"subscribe|subscription|cookies?|consent|nav|navbar|navigation|menu|footer|breadcrumbs?|ads?|advert(?:isement)?|sponsor(?:ed)?|"
    r"teasers?|popular|trending|most-?read|outbrain|taboola|login|tags|tag-?list|pagination|pager|copyright|widget|print-?only|"
    r"skip-?link|author-?bio|read-?more|readmore|also-?read)(?:$|[\s_-])"
)
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul", "br",
))  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ENDS = re.compile(r"[.!?…。؟:;][\"'”’»)\]]*$")
_BYLINE = re.compile(r"(?:by|from|von|par|por)\s+\S", re.IGNORECASE)


class Block(NamedTuple):
    """A stretch of text between two edges of block elements: its text, how much of it is links, the element it stands in."""

    text: str
    linked: int
    place: Node
    tag: str

    @property
    def is_sentence(self) -> bool:
        """Does it read like a sentence, and not like a label or a list of links?"""
        long = len(self.text) >= SENTENCE or (len(self.text) >= SHORT_SENTENCE and _ENDS.search(self.text) is not None)
        return long and self.linked <= MOST_LINKED * len(self.text)


def paragraphs_of(root: Node) -> list[str]:
    """The paragraphs of the article, empty where the page has none."""
    blocks = list(_blocks(root))
    place = _heaviest(blocks)
    if place is None:
        return []
    inside = [block for block in blocks if _is_in(block.place, place)]
    shown = [block for block in inside if block.linked <= LISTED * len(block.text)]
    sentences = [number for number, block in enumerate(shown) if block.is_sentence]
    first, last = sentences[0], sentences[-1]
    head = [block.text for block in shown[:first] if block.tag == "h1" or _is_mark(block.text)]
    return [*head, *(block.text for block in shown[first : last + 1])]


def _is_mark(text: str) -> bool:
    """Whether a short block over an article tells of it: by whom, of when."""
    return len(text) < SENTENCE and (_BYLINE.match(text) is not None or date_line(text, 0, len(text)) is not None)


def _is_in(node: Node | None, place: Node) -> bool:
    while node is not None and node is not place:
        node = node.parent
    return node is place


def is_frame(node: Node) -> bool:
    """Whether an element says of itself that it is not of the article."""
    if node.tag in _FRAME_TAGS or node.get("role").lower() in _FRAME_ROLES or "hidden" in node.attributes:
        return True
    if node.tag in ("body", "html", "main", "article") or node.get("itemprop") == "articleBody":
        return False
    named = f"{node.get('class')} {node.get('id')}".lower()
    if "display:none" in node.get("style").replace(" ", "") or _FRAME.search(named):
        return not _has_article(node)
    return False


def _has_article(node: Node) -> bool:
    """Whether an element has the article in it whatever its name: ``class="content with-sidebar"``."""
    return any(each.tag in ("h1", "main") or each.get("itemprop") == "articleBody" for each in node.walk())


def _blocks(root: Node) -> Iterator[Block]:
    """All text that is not framing, block by block, in the order of the page."""
    parts: list[str] = []
    linked = 0
    place, links = root, 0
    stack: list[tuple[Node | str, bool]] = [(root, False)]
    while stack:
        each, leaving = stack.pop()
        if isinstance(each, str):
            parts.append(each)
            linked += len(" ".join(each.split())) if links else 0
            continue
        if not leaving and is_frame(each):
            continue
        if each.tag in _BLOCKS:
            text = " ".join("".join(parts).split())
            if text:
                yield Block(text, linked, place, place.tag)
            parts, linked = [], 0
            place = _block_above(each) if leaving or each.tag == "br" else each
        links += 0 if each.tag != "a" else -1 if leaving else 1
        if not leaving:
            stack.append((each, True))
            stack += ((inner, False) for inner in reversed(each.inside))
    text = " ".join("".join(parts).split())
    if text:
        yield Block(text, linked, root, "")


def _block_above(node: Node) -> Node:
    above = node.parent or node
    while above.parent is not None and above.tag not in _BLOCKS:
        above = above.parent
    return above


def _heaviest(blocks: list[Block]) -> Node | None:
    """The element with the article; the innermost of equal ones; None where nothing reads like a sentence."""
    good, weight = defaultdict[Node, int](int), defaultdict[Node, float](float)
    depth, first = dict[Node, int](), dict[Node, int]()
    teasing = _teasers(blocks)
    for number, block in enumerate(blocks):
        told = len(block.text) - block.linked if block.is_sentence and number not in teasing else 0
        for height, node in enumerate(reversed(_line(block.place))):
            depth[node] = height
            good[node] += told
            weight[node] += told - BALLAST * (len(block.text) - told)
            if told:
                first.setdefault(node, number)
    place = max(first, key=lambda node: (weight[node], depth[node]), default=None)
    while place is not None and (inner := _core(place, good, first)) is not None:
        place = inner
    return place


def _core(place: Node, good: Mapping[Node, int], first: Mapping[Node, int]) -> Node | None:
    """The element inside that has the article from its beginning, and all but a little that stands behind it."""
    inside = (node for node in place.inside if isinstance(node, Node) and first.get(node) == first[place])
    return next((node for node in inside if good[node] >= CORE * good[place]), None)


def _teasers(blocks: list[Block]) -> set[int]:
    """The numbers of sentences that stand under a link to what they are of, with nothing else beside them."""
    sizes = Counter(block.place.parent for block in blocks)
    return {
        number + 1
        for number, (link, block) in enumerate(itertools.pairwise(blocks))
        if link.linked > 0.8 * len(link.text) and block.place.parent in _line(link.place) and sizes[block.place.parent] <= CARD
    }


def _line(node: Node | None) -> list[Node]:
    """An element and all that it stands in."""
    line = []
    while node is not None:
        line.append(node)
        node = node.parent
    return line
