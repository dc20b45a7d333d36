"""What is generated from the events: current, valid, and true of the examples."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from contracts.events import REGISTRY, example_of
from contracts.schema import to_json
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from contracts import generate


def test_the_committed_files_are_current() -> None:
    assert generate.main(["--check"]) == 0


def test_a_missing_a_changed_and_a_left_over_file_are_stale(tmp_path: Path) -> None:
    generate.write({"a.json": "1", "schemas/b.json": "2"}, tmp_path)
    (tmp_path / "a.json").write_text("changed")
    (tmp_path / "left-over.json").write_text("3")

    stale = generate.stale({"a.json": "1", "schemas/b.json": "2", "c.json": "4"}, tmp_path)
    generate.write({"a.json": "1"}, tmp_path)

    assert stale == ["a.json", "c.json", "left-over.json"]
    assert [path.name for path in tmp_path.rglob("*.json")] == ["a.json"]


@pytest.mark.parametrize("type_", list(REGISTRY))
def test_an_event_s_schema_is_valid_and_takes_its_example(type_: str) -> None:
    schema = json.loads((generate.GENERATED / "schemas" / f"{type_}.json").read_text())
    example = to_json(example_of(REGISTRY[type_]))

    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    validator.validate(example)

    for name in schema.get("required", []):
        with pytest.raises(ValidationError):
            validator.validate({key: value for key, value in example.items() if key != name})


def test_the_schemas_name_the_closed_sets() -> None:
    schema: dict[str, Any] = generate.event_schema(REGISTRY["wbs.identity.IdentityChecked.v1"])

    assert schema["properties"]["outcome"]["enum"] == ["consistent", "inconsistent", "unsure"]


def test_asyncapi_has_a_message_for_each_event_on_its_topic() -> None:
    document = yaml.safe_load((generate.GENERATED / "asyncapi.yaml").read_text())

    for type_, event in REGISTRY.items():
        assert document["channels"][event.topic]["messages"][type_] == {"$ref": f"#/components/messages/{type_}"}
        assert type_ in document["components"]["messages"]
