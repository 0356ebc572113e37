"""Examples for the description: a value that a schema takes, with words from a library."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_BY_NAME: Mapping[str, object] = {
    "barcode": "39416000000052",
    "card": "29416000000017",
    "pin": "4821",
    "password": "correct horse battery",
    "new_password": "staple battery horse",
    "token": "kq3Zs0cV2hY4mXb8Jr6tPn1wLd9fGu5eAo7iRy0sTzE",
    "title": "Les Misérables",
    "author": "Hugo, Victor",
    "site": "CENTRALE",
    "home_site": "CENTRALE",
    "pickup_site": "CENTRALE",
    "site_name": "Bibliothèque centrale",
    "kiosk": "hall",
    "staff": "camille",
    "shelf_mark": "R HUG",
    "opens": "10:00:00",
    "closes": "19:00:00",
    "family_name": "Exemple",
    "given_name": "Camille",
    "email": "camille@example.org",
    "actor": "librarian:camille",
    "action": "staff_added",
    "subject": "staff:camille",
    "session": "9f86d081884c7d65",
    "isbn": "9782070409228",
    "bin": "1",
    "next": "",
    "cursor": "",
    "detail": {},
}
_BY_FORMAT: Mapping[str, str] = {
    "date-time": "2026-11-23T12:00:00Z",
    "date": "2026-12-21",
    "time": "10:00:00",
    "uuid": "0b8e7c1e-5d0b-4a51-9c4a-3f1c2f0c9a11",
    "password": "correct horse battery",
}


def sample(schema: Schema, definitions: Mapping[str, Schema], name: str = "") -> Any:  # noqa: ANN401
    """Return a value that fits the schema; `name` is that of the field it is for."""
    if "$ref" in schema:
        return sample(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions, name)
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return sample(schema[choice][0], definitions, name)
    return _of_type(schema, definitions, name)


def _of_type(schema: Schema, definitions: Mapping[str, Schema], name: str) -> Any:  # noqa: ANN401
    match schema.get("type"):
        case "object":
            return _object(schema, definitions, name)
        case "array":
            return _array(schema, definitions, name)
        case "string":
            return _text(schema, name)
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
    return None


def _object(schema: Schema, definitions: Mapping[str, Schema], name: str) -> Any:  # noqa: ANN401
    fields: Mapping[str, Schema] = schema.get("properties", {})
    if not fields and isinstance(_BY_NAME.get(name), dict):
        return _BY_NAME[name]
    return {key: sample(field, definitions, key) for key, field in fields.items()}


def _array(schema: Schema, definitions: Mapping[str, Schema], name: str) -> list[Any]:
    if "prefixItems" in schema:
        return [sample(one, definitions, name) for one in schema["prefixItems"]]
    return [sample(schema.get("items", {}), definitions, name)] * schema.get("minItems", 1)


def _text(schema: Schema, name: str) -> str:
    known = _BY_NAME.get(name)
    if isinstance(known, str) and len(known) >= schema.get("minLength", 0):
        return known
    plain = "a" * max(schema.get("minLength", 1), 1)
    return _BY_FORMAT.get(schema.get("format", ""), plain)
