"""What a centre records: the declarations, and the rules that follow from them.

Not here: storage, HTTP, merging of edits. Only the standard library is imported.
"""

from schema.words import problem_words

__all__ = ["problem_words"]
