from idlibsearch.index.reader import PostingReader
from idlibsearch.query.docsets import Docset

def count_terms(reader: PostingReader, docs: Docset) -> memoryview[int]: ...
