"""Counts what was read, left alone and skipped, by format: what ``idlibsearch index`` ends with."""

from __future__ import annotations

from collections import Counter, defaultdict

from idlibsearch.errors import InputError
from idlibsearch.faces.edit import KindCount
from idlibsearch.ingest.files import Skipped
from idlibsearch.ingest.formats.kinds import kind_by_name
from idlibsearch.ingest.pages import Page
from idlibsearch.model import Report


class Tally:
    """Told of everything that is met, in its order; members of archives count as files of their own format."""

    def __init__(self) -> None:
        self._files, self._unchanged, self._reports = Counter[str](), Counter[str](), Counter[str]()
        self._reasons = defaultdict[str, Counter[str]](Counter)
        self._member = ("", "")  # the one whose reports are being counted

    def page(self, page: Page) -> None:
        """A file was opened, or is as it was."""
        (self._unchanged if page.unchanged else self._files)[page.kind] += 1

    def report(self, report: Report, page: Page) -> None:
        """A report came out of a file."""
        place = report.provenance
        member = (page.path, place.member if place else "")
        kind = place.reader.partition(" ")[0] if place else page.kind
        if member[1] and member != self._member:
            self._files[kind] += 1
        self._member = member
        self._reports[kind] += 1

    def error(self, error: InputError, page: Page | None = None) -> None:
        """A file, a member or a line could not be read."""
        kind = error.kind or (page.kind if page else kind_by_name(error.path).name)
        self._reasons[kind][_plain(error.reason)] += 1

    def passed(self, skipped: Skipped) -> None:
        """A file or a member was passed over on purpose; what is hidden, or was met before, is not worth a line."""
        suffix = skipped.reason.removeprefix("the format .").partition(" ")[0]
        if suffix and skipped.reason.startswith("the format ."):
            self._reasons[suffix]["the format is not read"] += 1

    @property
    def kinds(self) -> tuple[KindCount, ...]:
        """The counts of every format that was met, most files first."""
        met = {*self._files, *self._unchanged, *self._reports, *self._reasons}
        counts = [
            KindCount(
                kind, self._files[kind], self._unchanged[kind], self._reports[kind], self._reasons[kind].total(),
                tuple(self._reasons[kind].most_common()),
            )
            for kind in met
        ]  # fmt: skip
        return tuple(sorted(counts, key=lambda count: (-count.files - count.unchanged, -count.skipped, count.kind)))


def _plain(reason: str) -> str:
    """A reason without its details, so that equal ones are counted together."""
    return reason.partition(" (")[0]
