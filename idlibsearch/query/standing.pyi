from idlibsearch.index.reader import PostingReader
from idlibsearch.query.docsets import Docset
from idlibsearch.query.gathered import Chosen
from idlibsearch.query.spans import Occurrences

def occurrences(reader: PostingReader, chosen: Chosen, among: Docset | None = None) -> Occurrences: ...
