"""The GraphQL schema of one set of declarations, with its limits. Its content stands in queries.py and mutations.py."""

from __future__ import annotations

from functools import cache

from strawberry.extensions import AddValidationRules
from strawberry.schema.config import StrawberryConfig

from schema.model import Schema
from server.graphql.mutations import Mutation
from server.graphql.operation import QuietSchema, rules_for
from server.graphql.poke import Subscription
from server.graphql.queries import query_type
from server.graphql.rights import guard
from server.graphql.scalars import SCALARS


@cache
def graphql_schema(schema: Schema, demo: bool) -> QuietSchema:
    """What can be asked of a server with these declarations; only the demo answers questions about it."""
    rules = rules_for(demo)
    made = QuietSchema(
        query=query_type(schema),
        mutation=Mutation,
        subscription=Subscription,
        # Strawberry itself runs the subscription alone (server/sockets.py).
        extensions=[lambda: AddValidationRules(list(rules))],
        config=StrawberryConfig(auto_camel_case=False, disable_field_suggestions=True, scalar_map=SCALARS),
    )
    made.rules = rules
    guard(made._schema, schema)
    return made
