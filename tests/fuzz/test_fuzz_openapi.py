"""Whatever is sent to the public API, by itself and in sequences: no server error, and no answer but the documented."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from callers import Calls, dress, dress_rightly
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from there import KIND, Maker, There, address_of
from wbs_local.launch import Running

SERVICES = ("intake", "evidence")
LONG = settings().max_examples > 100  # by `make fuzz`
AT_LEAST = 5000 if LONG else 150  # calls of a service
RIGHT = 10  # calls of each operation come first that are right in all that they name: no limit is reached yet
FAIR = 0.3  # of these succeed: it isn't its refusals alone that are tried
ELSEWHERE = (
    "POST /api/v1/reports/{report_id}/submission",  # the drafts lack what a report needs
    "PATCH /api/v1/uploads/{upload_id}",  # must go on where the upload is: rightly in test_fuzz_tus
)
CHANCE = settings(phases=(Phase.generate, Phase.shrink))
SEQUENCES = settings(max_examples=settings().max_examples // 3, stateful_step_count=6)


@pytest.fixture(scope="module")
def there(running: Running) -> There:
    return Maker(running).make()


@pytest.fixture(scope="module", params=SERVICES)
def calls(running: Running, request: pytest.FixtureRequest) -> Calls:
    return Calls(address_of(running, request.param))


def schema_of(address: str) -> Any:
    document = requests.get(f"{address}/api/v1/openapi.json", timeout=10).json()
    for path, operation in _links(document):
        document["paths"][path]["post"]["responses"]["201"]["links"] = operation
    return schemathesis.openapi.from_dict(document)


def _links(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What follows from a draft, and from an upload, as its answer says."""
    follows = (
        ("/api/v1/reports", "report_id", "$request.body#/report_id"),
        ("/api/v1/uploads", "upload_id", "$response.header.Location#regex:/uploads/(.+)$"),
    )
    return [
        (path, {name: _link(target, parameter, value) for name, target in _below(document, path, parameter).items()})
        for path, parameter, value in follows
        if path in document["paths"]
    ]


def _below(document: dict[str, Any], path: str, parameter: str) -> dict[str, str]:
    return {
        f"{method}_{each}": f"#/paths/{each.replace('/', '~1')}/{method}"
        for each, operations in document["paths"].items()
        if each.startswith(f"{path}/{{{parameter}}}")
        for method in operations
        if method in ("get", "head", "put", "post", "patch", "delete")
    }


def _link(target: str, parameter: str, value: str) -> dict[str, Any]:
    return {"operationRef": target, "parameters": {f"path.{parameter}": value}}


def operations_of(schema: Any) -> list[Any]:
    return [found.ok() for found in schema.get_all_operations()]


def test_each_operation_answers_as_documented(calls: Calls, there: There) -> None:
    operations = operations_of(schema_of(calls.address))
    for operation in operations:
        _call_rightly(operation, calls, there)
    shares = {each.label: calls.share_of_successes(each.label) for each in operations if each.label not in ELSEWHERE}
    assert {label: share for label, share in shares.items() if share < FAIR} == {}

    examples = max(settings().max_examples, AT_LEAST // len(operations))
    for operation in operations:
        _fuzz(operation, calls, there, examples)
    assert len(calls) >= AT_LEAST, calls.counted
    print(*(f"\n{count:6} {status} {label}" for (label, status), count in sorted(calls.counted.items())))


def _call_rightly(operation: Any, calls: Calls, there: There) -> None:
    as_documented = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)

    @settings(CHANCE, max_examples=RIGHT)
    @given(st.data())
    def answers(data: st.DataObject) -> None:
        case = data.draw(as_documented)
        dress_rightly(data.draw, case, there)
        if "upload_id" in (case.path_parameters or {}):
            case.path_parameters["upload_id"] = calls.announce(case.headers)
        _send(case, calls, there)

    answers()


def _fuzz(operation: Any, calls: Calls, there: There, examples: int) -> None:
    as_documented = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    otherwise = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(CHANCE, max_examples=examples)
    @given(st.data())
    def answers(data: st.DataObject) -> None:
        case = data.draw(as_documented if data.draw(st.booleans()) else otherwise)
        dress(data.draw, case, there)
        _send(case, calls, there)

    answers()


def _send(case: Any, calls: Calls, there: There) -> None:
    answer = calls.send(case)
    if answer.status_code == 201 and "location" in answer.headers:
        there.uploads.append(answer.headers["location"][0].rpartition("/")[2])


def test_sequences_of_calls_are_answered_as_documented(calls: Calls, there: There) -> None:
    schema, drafts = schema_of(calls.address), there.drafts

    class Sequence(schema.as_state_machine()):  # type: ignore[misc]
        """A draft is opened again with the very request that opened it: its challenge is spent once."""

        def setup(self) -> None:
            if "/api/v1/uploads" in schema.raw_schema["paths"]:
                for each in drafts:
                    each.make_room(calls.address)

        def before_call(self, case: Any) -> None:
            draft = drafts[len(calls) % len(drafts)]
            if case.operation.label == "POST /api/v1/reports":
                case.body = dict(draft.opening)
                case.headers["Idempotency-Key"] = draft.key
            tokens = {str(each.report_id): each.token for each in drafts}
            token = tokens.get(str((case.path_parameters or {}).get("report_id")), draft.token)
            case.headers.update({"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"})
            if case.operation.label == "POST /api/v1/uploads":
                case.headers.update({"Upload-Length": "2048", "Upload-Metadata": KIND})

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"base_url": calls.address, "allow_redirects": False}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            calls.checked(case, response)

    before = len(calls)
    Sequence.run(settings=SEQUENCES)

    assert len(calls) > before
    print(*(f"\n{count:6} {status} {label}" for (label, status), count in sorted(calls.counted.items())))
