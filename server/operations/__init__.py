"""What keeps a centre running: backups, restoring, checks, measures, the stop. Not here: anything about records."""
