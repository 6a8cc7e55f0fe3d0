"""Takes in reports, gives out arrays on disk that readers map into memory: segments, generations, the lock, the check.

It knows nothing of where reports come from nor of how questions are asked.
"""
