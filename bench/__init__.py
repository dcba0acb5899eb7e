"""How fast Doorstep is for a person, measured in a real browser. Nothing here is a test: machines differ."""
