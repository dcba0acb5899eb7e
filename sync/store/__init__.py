"""The store that keeps everything a centre knows. Nothing outside this folder opens a database.

Not here: what the tables mean; each table has one owner module in sync/.
"""
