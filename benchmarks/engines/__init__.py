"""One module an engine, each with the same names (``benchmarks.engine`` lists them). Takes in documents and queries, gives
out keys, scores and counts; knows nothing of clocks, rounds or tables.
"""
