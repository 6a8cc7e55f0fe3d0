"""Measures: what this library costs beside its rivals, on the same reports and the same questions.

Takes in a corpus, queries and a list of engines; gives out a dated run with its command, machine, versions, times and the
number of matches beside every time. Knows the library only through its public names. docs/performance.md says how to run it.
"""
