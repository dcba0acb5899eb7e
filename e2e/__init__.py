"""Promises to people, in a real browser against the real server. It talks to Doorstep from the outside only."""
