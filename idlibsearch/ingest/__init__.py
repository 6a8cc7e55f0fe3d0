"""Ingest: takes in files and folders of pages, gives out ``Report`` values whose every field is a span of its source.

It walks and decodes files, tells the lines of a page apart, cuts a page into the reports it holds, and finds title,
byline, date, source, section and names in each. It knows nothing of words as terms, of indexes, of queries and of
people: what it gives out is as it stands in the file.
"""
