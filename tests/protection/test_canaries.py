"""After many reports, in both routes, no word and no picture of theirs lies anywhere in clear."""

from __future__ import annotations

import pytest
from canaries import Search
from places import search_files, search_objects, search_tables, search_topics
from population import FACTS_IN_CLEAR, SHARED_IDENTITY, WORDS, Filed
from wbs_local import walls
from wbs_local.parts import postgres

pytestmark = pytest.mark.timeout(900)

SEARCHES = {"files": search_files, "tables": search_tables, "topics": search_topics, "objects": search_objects}


@pytest.fixture(scope="module")
def secrets(filed: Filed) -> Search:
    identities = [canary for each in filed.mailboxes for canary in each.identity_canaries()]
    return Search((*WORDS, *SHARED_IDENTITY, *identities))


@pytest.mark.parametrize("where", SEARCHES)
def test_no_identity_story_message_or_file_name_lies_in_clear(filed: Filed, secrets: Search, where: str) -> None:
    assert SEARCHES[where](filed.running.system, secrets) == set()


@pytest.mark.parametrize("where", ["topics", "objects"])
def test_no_fact_leaves_a_service_in_clear(filed: Filed, where: str) -> None:
    assert SEARCHES[where](filed.running.system, Search(FACTS_IN_CLEAR)) == set()


def test_facts_are_in_read_models_only(filed: Filed) -> None:
    found = search_tables(filed.running.system, Search(FACTS_IN_CLEAR))

    assert {each.hit.name for each in found} == {"village", "office"}
    assert {each.place.split(": ")[1].split(".")[0] for each in found} == {"read"}


def test_facts_are_in_no_file_but_those_of_read_models(filed: Filed) -> None:
    """The write-ahead log among them."""
    system = filed.running.system
    found = {each.place for each in search_files(system, Search(FACTS_IN_CLEAR))}

    at_kpk = str(system.data_of("kpk-sandbox"))  # KPK's end, which is sent them
    assert {place for place in found if not place.startswith(at_kpk)} <= {
        str(system.data_of("postgres") / path) for path in _files_of_read_models(filed)
    }


def _files_of_read_models(filed: Filed) -> list[str]:
    files: list[str] = []
    for database in walls.databases():
        with postgres.connect_as_superuser(filed.running.system, database.name) as connection:
            query = (
                "SELECT pg_relation_filepath(c.oid) FROM pg_class c LEFT JOIN pg_class t ON t.reltoastrelid = c.oid"
                " JOIN pg_namespace n ON n.oid = coalesce(t.relnamespace, c.relnamespace) WHERE n.nspname = 'read'"
            )
            files += [path for (path,) in connection.execute(query) if path]
    return files


def test_no_column_is_kept_compressed(filed: Filed) -> None:
    """So that the search of PostgreSQL's files sees all that they hold, rows that were deleted too."""
    for database in walls.databases():
        with postgres.connect_as_superuser(filed.running.system, database.name) as connection:
            (compressed,) = connection.execute("SHOW wal_compression").fetchone() or ("",)
            columns = connection.execute(
                "SELECT attrelid::regclass::text, attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
                " JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped"
                " AND nspname IN ('public', 'held', 'read') AND attstorage IN ('x', 'm')"
            ).fetchall()

        assert compressed == "off"
        assert columns == []
