from idlibsearch.index.reader import PostingReader
from idlibsearch.query.gathered import Chosen
from idlibsearch.query.spans import Occurrences

def occurrences(reader: PostingReader, chosen: Chosen) -> Occurrences: ...
