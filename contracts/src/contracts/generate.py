"""Write what others read of the events, AsyncAPI and JSON Schemas, from the dataclasses.

`python -m contracts.generate` writes contracts/generated/; with `--check` it writes nothing and exits 1 when stale.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter

from contracts.events import REGISTRY, SOURCES, TOPICS, Event, example_of
from contracts.letters import LETTERS, sealed_limit
from contracts.places import all_places
from contracts.schema import schema_class, to_json
from contracts.words import all_words

GENERATED = Path(__file__).resolve().parents[2] / "generated"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def main(arguments: list[str] | None = None) -> int:
    """Write, or check; 1 when something is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when something is stale")
    wanted = files()
    if parser.parse_args(arguments).check:
        return _report(stale(wanted, GENERATED))
    write(wanted, GENERATED)
    return 0


def files() -> dict[str, str]:
    """Give every generated file by its path under contracts/generated/."""
    schemas = {
        f"schemas/{type_}.json": json.dumps(event_schema(event), indent=2, ensure_ascii=False) + "\n"
        for type_, event in REGISTRY.items()
    }
    table = json.dumps(letter_table(), indent=2) + "\n"
    words = json.dumps(all_words(), indent=2, ensure_ascii=False) + "\n"
    places = json.dumps(all_places(), indent=2, ensure_ascii=False) + "\n"
    tables = {"letter-table.json": table, "words.json": words, "places.json": places}
    return {"asyncapi.yaml": _yaml(asyncapi()), **tables, **schemas}


def stale(wanted: Mapping[str, str], folder: Path) -> list[str]:
    """Name the files that are missing, differ, or belong to no event any more."""
    present = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    return sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))


def write(wanted: Mapping[str, str], folder: Path) -> None:
    for name in stale(wanted, folder):
        if name not in wanted:
            (folder / name).unlink()
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(wanted[name])


def letter_table() -> dict[str, Any]:
    """Give the letter table for the TypeScript half, which reads it as it stands: there is one table only."""
    return {
        purpose.value: {
            "limit": terms.limit,
            "writers": {route.value: sorted(writers) for route, writers in terms.writers.items()},
            "layers": {
                route.value: [
                    {"to": sorted(layer), "sealed_limit": sealed_limit(purpose, route, number)}
                    for number, layer in enumerate(address)
                ]
                for route, address in terms.to.items()
            },
        }
        for purpose, terms in LETTERS.items()
    }


def event_schema(event: type[Event]) -> dict[str, Any]:
    """Give the JSON Schema of an event's data, with its example."""
    return {
        "$schema": DIALECT,
        "$id": f"https://wbs.batangharikab.go.id/schemas/{event.type}.json",
        "title": event.type,
        "description": _described(event),
        **_members(event),
        "examples": [to_json(example_of(event))],
    }


def asyncapi() -> dict[str, Any]:
    """Give the AsyncAPI 3.0 document: a channel a topic, a message an event, what each service sends."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "WBS Batanghari: integration events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in Kafka's binary mode. Times are whole hours. Generated: don't edit.",
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic) for topic in TOPICS},
        "operations": {f"{SOURCES[topic]}.publishes": _operation(topic) for topic in TOPICS},
        "components": {"messages": {type_: _message(event) for type_, event in REGISTRY.items()}},
    }


def _events(topic: str) -> list[str]:
    return [type_ for type_, event in REGISTRY.items() if event.topic == topic]


def _channel(topic: str) -> dict[str, Any]:
    return {
        "address": topic,
        "description": f"Written by {SOURCES[topic]} only.",
        "messages": {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in _events(topic)},
    }


def _operation(topic: str) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}


def _message(event: type[Event]) -> dict[str, Any]:
    example = to_json(example_of(event))
    return {
        "name": event.type,
        "summary": _described(event),
        "headers": _HEADERS,
        "payload": {"schemaFormat": f"application/schema+json;version={DIALECT}", "schema": _members(event)},
        "examples": [{"headers": {**_HEADER_EXAMPLE, "ce_type": event.type}, "payload": example}],
    }


_HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_specversion"],
    "properties": {
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_type": {"type": "string"},
        "ce_source": {"type": "string", "enum": [SOURCES[topic] for topic in TOPICS]},
        "ce_subject": {"type": "string", "description": "The report's id, or `system`; also the record's key."},
        "ce_time": {"type": "string", "format": "date-time", "description": "A whole hour."},
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_causationid": {"type": "string", "format": "uuid", "description": "The event that led to this one."},
    },
}
_HEADER_EXAMPLE = {"ce_specversion": "1.0", "ce_time": "2026-07-01T09:00:00Z"}


def _described(event: type[Event]) -> str:
    return " ".join((event.__doc__ or "").split())


def _members(event: type[Event]) -> dict[str, Any]:
    schema: dict[str, Any] = _converter().schema2jsonschema(schema_class(event))  # type: ignore[no-untyped-call]
    members: dict[str, Any] = {name: schema[name] for name in ("type", "properties", "required") if name in schema}
    for member in members["properties"].values():
        if "pattern" in member:  # Python's end of text; in ECMA-262, which JSON Schema speaks, that is `$`
            member["pattern"] = member["pattern"].replace(r"\Z", "$")
    return members


def _converter() -> OpenAPIConverter:
    """Give apispec's converter for OpenAPI 3.1, whose schemas are JSON Schema 2020-12."""
    plugin = MarshmallowPlugin()
    APISpec("", "", "3.1.0", plugins=[plugin])
    if plugin.converter is None:
        raise RuntimeError("apispec made no converter")
    return plugin.converter


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(document: dict[str, Any]) -> str:
    return yaml.dump(document, Dumper=_NoAliases, sort_keys=False, allow_unicode=True, width=120)


def _report(names: list[str]) -> int:
    for name in names:
        sys.stderr.write(f"stale: contracts/generated/{name} (run python -m contracts.generate)\n")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
