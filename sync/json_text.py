"""JSON in the forms that are kept, hashed or sent. Encoders are made once: `json.dumps` makes one for each value.

Not here: the canonical form of a save (save.py), which this is for simple values alone.
"""

import json

compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# The members of every object in the order of their names, so that equal values have equal texts.
ordered = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
