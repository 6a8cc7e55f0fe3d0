"""How pieces are joined: a precedence climb over Whoosh's operators, with nearness on top of them.

query    := side+                             joined by AND (``any`` mode: by OR, with +word required)
side     := maybe (REQUIRE maybe)*
maybe    := less (ANDMAYBE less)*
less     := or (ANDNOT or)*
or       := and (OR and)*
and      := not (AND not)*
not      := (NOT | "-" | "+") not | (ATLEAST/n | FIRST/n) not | near
near     := place ((W | NEAR | PRE | NOTNEAR)/n place | SAME/(S|P) place)*      from the left
place    := FIRST/n place | NEAR/n "(" query ("," query)+ ")" | operand [^boost]
operand  := [field:] ( "(" query ")" | one of ``operands``' )
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from idlibsearch.query import operands
from idlibsearch.query.limits import MAX_DISTANCE, MAX_FLAT
from idlibsearch.query.pieces import BINARY, Operator, Reading, Token, is_canonical, operator
from idlibsearch.query.tree import (
    AtLeast,
    First,
    Near,
    Node,
    Not,
    NotNear,
    Same,
    Span,
    Word,
    conjunction,
    disjunction,
    maybe,
    require,
)

if TYPE_CHECKING:
    from idlibsearch.query.diagnostics import Diagnostic


def read(reading: Reading) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The tree of a whole question, None where there is nothing in it, and what is to be said about it. Raises QueryError."""
    grammar = _Grammar(reading)
    tree = grammar.query(field="", depth=0)
    if reading.peek().kind != "end":
        raise reading.error(reading.next(), "a bracket is closed that was never opened", "remove it, or put ( before")
    return tree, tuple(reading.diagnostics)


class _Grammar:
    """Joins the operands of a reading."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._bare: set[Span] = set()  # nearness that stands in no brackets

    def query(self, field: str, depth: int) -> Node | None:
        """Everything up to a closing bracket, a comma or the end; None where nothing stands there."""
        reading = self.reading
        if depth > reading.limits.depth:
            message = f"more than {reading.limits.depth} groups inside each other"
            raise reading.error(reading.tokens[reading.at - 1], message, "use fewer brackets")
        children, required = list[Node](), list[Node]()
        while not reading.is_over():
            if reading.peek().kind == "binary":
                self._drop_operator(reading.next(), "left")
                continue
            is_required = self._pass_sign("+")
            if (child := self._chain(0, field, depth)) is not None:
                (required if is_required and reading.mode == "any" else children).append(child)
        self._warn_of_neighbours(children)
        return self._side_by_side(children, required)

    def _side_by_side(self, children: list[Node], required: list[Node]) -> Node | None:
        """Joined as the mode says; in ``any`` mode NOT still excludes, or it would match nearly everything."""
        if len(children) + len(required) < 2:
            return next(iter([*children, *required]), None)
        span = _hull(sorted((*children, *required), key=lambda node: node.span))
        wanted = [child for child in children if not isinstance(child, Not)]
        unwanted = [child for child in children if isinstance(child, Not)]
        if self.reading.mode == "all" or not (wanted or required):
            return conjunction(children, span)
        if not required:
            return conjunction([disjunction(wanted, _hull(wanted)), *unwanted], span)
        node = conjunction(required, _hull(required))
        for option in wanted:
            node = maybe(node, option, span)
        return conjunction([node, *unwanted], span)

    def _chain(self, loosest: int, field: str, depth: int) -> Node | None:
        """Operands joined by operators as loose as ``BINARY[loosest]`` or tighter ones, the tightest first."""
        reading = self.reading
        found = self._not(field, depth)
        if reading.peek().kind != "binary":
            return found
        for level in range(len(BINARY) - 1, loosest - 1, -1):
            if reading.peek().kind != "binary":
                break
            found = self._level(level, found, field, depth)
        return found

    def _level(self, level: int, found: Node | None, field: str, depth: int) -> Node | None:
        """What was found and all that ``BINARY[level]`` joins to it."""
        reading, children = self.reading, [found]
        while reading.peek().text == BINARY[level] and reading.peek().kind == "binary":
            binary = reading.next()
            if reading.lacks_operand():
                self._drop_operator(binary, "right")
            else:
                children.append(self._chain(level + 1, field, depth))
        present = [child for child in children if child is not None]
        if len(present) < 2:
            return present[0] if present else None
        if BINARY[level] == "OR":
            self._warn_of_alternatives(present)
        return _joined(BINARY[level], present)

    def _not(self, field: str, depth: int) -> Node | None:
        """NOT, signs, ATLEAST and FIRST before nearness, the last of them read first."""
        reading, prefixes = self.reading, list[Token]()
        while (token := reading.peek()).kind in ("not", "prefix", "sign"):
            if token.kind != "sign":
                prefixes.append(reading.next())
            elif self._pass_sign("-"):
                prefixes.append(Token("not", "NOT", token.start, token.start + 1))
            else:
                reading.note(reading.next(), "idle-sign", "the + says nothing here that the operators do not", "leave it out")
        if len(prefixes) > reading.limits.depth:
            raise reading.error(prefixes[-1], f"more than {reading.limits.depth} operators in a row", "use one")
        if prefixes and reading.lacks_operand():
            self._drop_operator(prefixes[-1], "right")
            return None
        node = self._near(field, depth)
        for prefix in reversed(prefixes):
            node = node and self._prefixed(prefix, node)
        return node

    def _pass_sign(self, sign: str) -> bool:
        """Pass a + or - that stands directly before something."""
        token = self.reading.peek()
        if token.kind != "sign" or token.text != sign:
            return False
        self.reading.next()
        following = self.reading.peek()
        if sign == "-" and following.text[0].isdigit():
            message = f"-{following.text} excludes reports with {following.text}"
            whole = Token("", "", token.start, following.end)
            self.reading.note(whole, "minus", message, "signs of numbers are not indexed: for the number leave it out")
        return True

    def _prefixed(self, token: Token, child: Node) -> Node:
        """NOT, ATLEAST or FIRST of a node."""
        span = (token.start, child.span[1])
        if token.kind != "prefix":
            return Not(child, span)
        prefix = self._said(token)
        return (AtLeast if prefix.name == "ATLEAST" else First)(prefix.number, child, span)

    # ---- nearness

    def _near(self, field: str, depth: int) -> Node | None:
        """Operands joined by nearness, from the left."""
        reading, joints = self.reading, 0
        found = self._place(field, depth)
        while (token := self._nearness()) is not None:
            joints += 1
            if joints > reading.limits.depth:
                message = f"more than {reading.limits.depth} operators of nearness in a row"
                raise reading.error(token, message, f"NEAR/5(a, b, c) takes up to {MAX_FLAT} words")
            if reading.lacks_operand():
                self._drop_operator(token, "right")
                break
            if reading.peek().kind == "not":
                advice = f"for a where no b is near write a NOT{token.text.upper().replace('W/', 'NEAR/')} b"
                raise reading.error(reading.next(), "NOT has no place in a text that something could be near to", advice)
            right = self._place(field, depth)
            if found is None or right is None:
                self._drop_operator(token, "left" if found is None else "right")
                found = found or right
            else:
                found = self._beside(token, found, right)
                self._bare.add(found.span)
        return found

    def _nearness(self) -> Token | None:
        """The operator that joins what was read to what follows; it is passed. ``NOT W/5`` and ``not w/5`` are ``NOTNEAR/5``."""
        reading, token = self.reading, self.reading.peek()
        if token.kind not in ("not", "word", "nearness"):
            return None
        following = reading.ahead(1)
        if token.text in ("NOT", "Not", "not") and operator(following.text).name in ("W", "NEAR"):
            reading.at += 2
            whole = Token("nearness", f"NOTNEAR/{operator(following.text).number}", token.start, following.end)
            reading.note(whole, "operator", f"{reading.text[token.start : following.end]} was read as {whole.text}")
            return whole
        if token.kind != "nearness" or self._is_flat(glued=True):
            return None
        return reading.next()

    def _is_flat(self, *, glued: bool) -> bool:
        """Does NEAR/5(a, b) follow? Where it need not be ``glued``, NEAR/5 (a, b) is one as well."""
        token, following = self.reading.peek(), self.reading.ahead(1)
        if following.kind != "open" or (glued and following.start != token.end):
            return False
        if token.kind != "nearness" or operator(token.text).name != "NEAR":
            return False
        self.reading.at += 2
        has_commas = self.reading.split_at_commas()
        self.reading.at -= 2
        return has_commas

    def _beside(self, token: Token, left: Node, right: Node) -> Node:
        said = self._said(token)
        span = (left.span[0], right.span[1])
        if said.unit:
            return Same((left, right), said.unit, span)
        self._check_distance(token, said.number)
        if said.name == "NOTNEAR":
            return NotNear(left, right, said.number, span)
        return Near((left, right), said.number, said.name == "PRE", span)

    def _said(self, token: Token) -> Operator:
        """What an operator says, noted where it could have been meant as a word."""
        said = operator(token.text)
        if not is_canonical(token.text):
            form = f"{said.name}/{said.unit or said.number}"
            self.reading.note(
                token, "operator", f"{token.text} was read as the operator {form}", 'for the word use quotation marks: "…"'
            )
        return said

    def _check_distance(self, token: Token, distance: int) -> None:
        if not 1 <= distance <= MAX_DISTANCE:
            advice = f"use 1 (side by side) to {MAX_DISTANCE:,}, SAME/P or AND"
            raise self.reading.error(token, f"a distance of {distance:,} cannot be asked for", advice)

    def _place(self, field: str, depth: int) -> Node | None:
        """One operand of nearness, with its boost."""
        reading = self.reading
        token = reading.peek()
        if token.kind == "prefix":
            prefixes = [reading.next()]
            while reading.peek().kind == "prefix" and len(prefixes) < reading.limits.depth:
                prefixes.append(reading.next())
            node = None if reading.is_over() else self._place(field, depth)
            if node is None:
                self._drop_operator(prefixes[-1], "right")
            return functools.reduce(lambda child, prefix: child and self._prefixed(prefix, child), reversed(prefixes), node)
        if token.kind == "nearness":
            if self._is_flat(glued=False):
                return operands.boosted(reading, self._flat(field, depth))
            self._drop_operator(reading.next(), "left")
            return None if reading.lacks_operand() else self._place(field, depth)
        return operands.boosted(reading, operands.operand(reading, field, functools.partial(self._group, depth=depth)))

    def _flat(self, field: str, depth: int) -> Node | None:
        """NEAR/5(a, b, c)."""
        reading = self.reading
        token, opening = reading.next(), reading.next()
        children = list[Node]()
        while True:
            child = self.query(field, depth + 1)
            if child is not None:
                children.append(child)
            end = reading.next()
            if end.kind == "end":
                raise reading.error(opening, "a bracket is opened and never closed", "put ) where the group ends")
            if end.kind == "close":
                break
        said, span = self._said(token), (token.start, end.end)
        self._check_distance(token, said.number)
        whole = Token("", "", *span)
        if len(children) > MAX_FLAT:
            raise reading.error(whole, f"{token.text} of {len(children)} operands", f"use at most {MAX_FLAT}")
        if len(children) < 2:
            reading.note(whole, "dangling-operator", f"{token.text} has fewer than two operands and was left out")
            return children[0] if children else None
        return Near(tuple(children), said.number, span=span)

    def _warn_of_neighbours(self, children: list[Node]) -> None:
        """Say of ``central bank W/5 crisis`` that only bank and crisis have to be near."""
        for left, right in itertools.pairwise(children):
            for word, near in ((left, right), (right, left)):
                if isinstance(word, Word) and near.span in self._bare and not self._is_set_apart(left, right):
                    message = f"{self.reading.text[slice(*near.span)]} holds by itself; {word} may stand anywhere"
                    advice = "put words that belong together in quotation marks"
                    self.reading.note(Token("", "", *near.span), "nearness", message, advice)

    def _warn_of_alternatives(self, children: list[Node]) -> None:
        """Say of ``bank OR loan W/5 crisis`` that only loan and crisis have to be near: others read OR first."""
        for near in children:
            if near.span in self._bare and any(isinstance(child, Word) for child in children):
                message = f"{self.reading.text[slice(*near.span)]} holds by itself, and is one side of the OR"
                advice = "put brackets around words that may stand for each other: (a OR b) NEAR/5 c"
                self.reading.note(Token("", "", *near.span), "nearness", message, advice)

    def _is_set_apart(self, left: Node, right: Node) -> bool:
        """Is there more between two nodes than blanks?"""
        return self.reading.text[left.span[1] : right.span[0]].strip() != ""

    def _drop_operator(self, token: Token, side: str) -> None:
        message = f"{token.text} has nothing on its {side} and was left out"
        self.reading.note(token, "dangling-operator", message, f'to search for the word, write "{token.text.lower()}"')

    def _group(self, opening: Token, field: str, *, depth: int) -> Node | None:
        reading = self.reading
        node = self.query(field, depth + 1)
        closing = reading.next()
        if closing.kind == "end":
            raise reading.error(opening, "a bracket is opened and never closed", "put ) where the group ends")
        if node is None:
            reading.note(Token("", "", opening.start, closing.end), "empty-group", "an empty group was left out")
            return None
        self._bare.discard(node.span)
        return node


def _joined(name: str, nodes: list[Node]) -> Node:
    """The nodes joined by one operator, from the left. ``a ANDNOT b`` is ``a AND NOT b``, bound loosely."""
    span = _hull(nodes)
    if name == "OR":
        return disjunction(nodes, span)
    if name == "AND":
        return conjunction(nodes, span)
    if name == "ANDNOT":
        return conjunction([nodes[0], *(Not(node, node.span) for node in nodes[1:])], span)
    return functools.reduce(functools.partial(maybe if name == "ANDMAYBE" else require, span=span), nodes)


def _hull(nodes: Sequence[Node]) -> Span:
    return (nodes[0].span[0], nodes[-1].span[1]) if nodes else (0, 0)
