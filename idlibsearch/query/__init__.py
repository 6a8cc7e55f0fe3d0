"""Takes in a question and a snapshot, gives out scored docs: syntax -> tree -> plan -> match -> rank.

It knows nothing of how results are shown or how reports were read.
"""
