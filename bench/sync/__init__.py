"""The sync engine measured beside its peers and the floors, on the same records and in the same run.

Not here: the phone in a browser (bench/phone_profile.py), and anything asserted.
"""
