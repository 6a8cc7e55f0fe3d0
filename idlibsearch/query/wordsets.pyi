from typing_extensions import Buffer

from idlibsearch.index.reader import PostingReader
from idlibsearch.query.docsets import Docset

def words(reader: PostingReader, terms: Buffer, fields: Buffer, every: bool) -> Docset: ...
