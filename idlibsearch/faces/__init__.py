"""Takes in what people and programs want, gives out what they see: the Python API, the command line, the door to whoosh.

It knows how to ask the other rooms, and nothing of how they work.
"""
