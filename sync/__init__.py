"""How edits become the agreed record: saves in, receipts out, whole record states down.

Not here: HTTP, and what a record of a kind may hold (schema/). The protocol on one page: sync/README.md.
"""
