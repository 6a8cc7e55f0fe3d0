"""Formats: takes in a file of whatever format, gives out the reports it holds, or what is wrong with it.

A module a family of formats: each makes bytes into a text and what the file says of itself, or into the parts an archive has.
They know nothing of how a text is cut into reports; that is the rest of this room's work, and ``members`` goes there.
"""
