"""The typed questions and commands of phones and desks. Rules about records live in `schema` and `sync`."""
