"""What the Makefile's targets do: set-up, checks, demo. Standard library only, since nothing is installed yet.

Not here: rules about records, the server, the app.
"""
