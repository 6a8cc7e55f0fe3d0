"""Text in, terms with positions out: tokenise, number, fold, analyse; sentence starts and spellings beside them.

Takes in plain text; gives out tokens (spans and numbered surfaces), folded words, entries (terms with offset and width) and the
starts of sentences and paragraphs. Knows nothing of reports, files, indexes or queries.
"""
