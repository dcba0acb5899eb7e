"""Reads the plain objects of an answer off at once: the library asks for each value of each by itself, which for the
receipts of a push took a tenth of all.

Not here: whatever is not plain, or goes wrong, which graphql-core completes and tells as it does for everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    Undefined,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution import Executor
from strawberry.schema.schema_converter import GraphQLCoreConverter

# What reading a value can raise; the library comes upon the same, and says where.
FAULTS = (AttributeError, TypeError, ValueError, GraphQLError)


class Value(NamedTuple):
    """One value of an object: its name in the answer, the attribute it is, how it is told, whether it must be there.

    told  None of an object, which is plain only while there is none
    """

    name: str
    attribute: str
    told: Callable[[Any], Any] | None
    is_needed: bool


class PlainExecutor(Executor[None]):
    """Executes one operation."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._plans: dict[tuple[str, int], tuple[Value, ...]] = {}

    def collect_and_execute_subfields(
        self, return_type: GraphQLObjectType, field_details_list: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """What was asked of an object, as the library gives it."""
        # The library keeps each list as long as it executes.
        asked = (return_type.name, id(field_details_list))
        if asked not in self._plans:
            self._plans[asked] = self._planned(return_type, field_details_list)
        found = _read(self._plans[asked], result)
        if found is None:
            return super().collect_and_execute_subfields(
                return_type, field_details_list, path, result, position_context
            )
        return found

    def _planned(self, of: GraphQLObjectType, asked: Any) -> tuple[Value, ...]:
        """How to read an object; nothing where something of it is not plain."""
        values = []
        for name, details in self.collect_subfields(of, asked).grouped_field_set.items():
            field = self.schema.get_field(of, details[0].node.name.value)
            if field is None or not _is_attribute(field):
                return ()
            inner = get_nullable_type(field.type)
            told = inner.coerce_output_value if is_leaf_type(inner) else None
            attribute = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].python_name
            values.append(Value(name, attribute, told, is_non_null_type(field.type)))
        return tuple(values)


def _is_attribute(field: GraphQLField) -> bool:
    """Whether strawberry reads it off the object, and nothing of ours stands before that."""
    return not field.args and getattr(field.resolve, "_is_default", False)


def _read(plan: tuple[Value, ...], source: Any) -> dict[str, Any] | None:
    """The answer; None where the library must give it."""
    found = {}
    try:
        for name, attribute, told, is_needed in plan:
            value = getattr(source, attribute)
            if value is None:
                if is_needed:
                    return None
            elif told is None:
                return None
            else:
                value = told(value)
                if value is None or value is Undefined:
                    return None
            found[name] = value
    except FAULTS:
        return None
    return found or None
