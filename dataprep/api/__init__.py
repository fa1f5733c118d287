"""The calls of Python: what each command does, as a function with a typed result.

The command line calls the same functions, and prints. `dataprep` itself offers the public ones.
"""
