"""Takes in scored docs, gives out what a person or program reads: hits, snippets, and their writing as text, JSON or CSV.

It knows nothing of how a question is typed or matched.
"""
