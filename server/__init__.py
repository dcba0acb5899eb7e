"""The outside of Doorstep: commands, HTTP, sessions, GraphQL and the built app. No rules about records live here."""
