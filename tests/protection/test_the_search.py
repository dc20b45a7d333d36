"""The search for canaries finds what is planted: in each encoding, and in each place in its packed form."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import pytest
from canaries import Canary, Hit, Search, encodings, words
from kafka import KafkaProducer
from PIL import Image
from places import Process, search_files, search_memory, search_objects, search_tables, search_topics
from population import FACTS_IN_CLEAR, SHARED_IDENTITY, WORDS, Reporter
from wbs_local.parts import kafka, postgres, seaweedfs
from wbs_local.system import System

CANARIES = (*WORDS, *SHARED_IDENTITY, *FACTS_IN_CLEAR, *Reporter(1).identity_canaries())
PLANTED = words("planted", "Kenari yang ditanam élok 4711")
PLANTS = [(canary, encoding) for canary in CANARIES for encoding in encodings(canary)]


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(CANARIES)


@pytest.fixture(scope="module")
def planted() -> Search:
    return Search([PLANTED])


def test_each_canary_is_found_in_each_encoding_and_no_other(search: Search, tmp_path: Path) -> None:
    path = tmp_path / "planted"
    for canary, encoding in PLANTS:
        pattern = encodings(canary)[encoding]
        path.write_bytes(os.urandom(1000) + pattern + os.urandom(1000))

        found = search.in_file(path)

        assert {hit.name for hit in found} == {canary.name}, encoding


def test_one_card_is_not_taken_for_another() -> None:
    search = Search(canary for seed in range(20) for canary in Reporter(seed).identity_canaries())

    for seed in range(20, 40):
        photo = Reporter(seed).ktp_photo
        assert search.in_bytes(photo) == set()
        assert search.in_bytes(Image.open(io.BytesIO(photo)).convert("RGB").tobytes()) == set()


@pytest.mark.parametrize("before", range(3))
def test_base64_is_found_wherever_it_begins(before: int) -> None:
    import base64

    canary = Canary("a", b"kenari 4711 rekaan")
    whole = base64.b64encode(b"x" * before + canary.content + b"y" * 5)

    assert Search([canary]).in_bytes(whole) == {Hit("a", f"base64 at {before}")}


def test_what_lies_across_two_windows_of_a_file_is_found(planted: Search, tmp_path: Path) -> None:
    from canaries import WINDOW

    path = tmp_path / "long"
    path.write_bytes(b"\0" * (WINDOW - 5) + PLANTED.content + b"\0" * 100)

    assert {hit.name for hit in planted.in_file(path)} == {"planted"}


def test_a_file_of_the_system_is_searched(system: System, planted: Search) -> None:
    path = system.log / "planted.log"
    path.write_bytes(b"{" + PLANTED.content.hex().encode() + b"}")

    found = search_files(system, planted)

    path.unlink()
    assert {each.place for each in found} == {str(path)}


@pytest.mark.parametrize("place", ["/dev/shm", "/var/tmp", tempfile.gettempdir()])
def test_what_programs_leave_in_temporary_folders_is_searched(system: System, planted: Search, place: str) -> None:
    with tempfile.TemporaryDirectory(prefix="planted", dir=place) as folder:
        path = Path(folder, "left", "open")
        path.parent.mkdir()
        path.write_bytes(PLANTED.content)
        os.utime(path, (0, 0))

        found = search_files(system, planted)

    assert {each.place for each in found} == {str(path)}


def test_a_compressed_row_is_searched(system: System, planted: Search) -> None:
    with postgres.connect_as_superuser(system, "intake") as connection:
        connection.execute("CREATE TABLE public.planted (content text)")
        connection.execute("INSERT INTO public.planted VALUES (%s)", (PLANTED.content.decode() + " abc" * 5000,))
        row = connection.execute("SELECT pg_column_size(content) FROM public.planted").fetchone()
        found = search_tables(system, planted)
        connection.execute("DROP TABLE public.planted")

    assert row is not None
    assert row[0] < 2000
    assert {each.place for each in found} == {"intake: public.planted"}


def test_a_compressed_batch_is_searched(system: System, planted: Search) -> None:
    made = kafka.connect_as_admin(system)
    kafka.make_topics(made, ["planted"])
    admin = kafka.login(system, kafka.ADMIN, system.keep_secret("kafka", "admin_password"))
    producer = KafkaProducer(**admin, compression_type="gzip")
    producer.send("planted", value=PLANTED.content * 20).get(timeout=30)
    producer.close()

    found = search_topics(system, planted)

    made.delete_topics(["planted"])
    made.close()
    assert {each.place for each in found} == {"planted"}


def test_an_object_its_name_and_its_metadata_are_searched(system: System, planted: Search) -> None:
    client = seaweedfs.connect(system, seaweedfs.OPS)
    client.make_bucket("planted")
    client.put_object("planted", "a", io.BytesIO(PLANTED.content), len(PLANTED.content))
    client.put_object("planted", PLANTED.content.hex(), io.BytesIO(b""), 0)
    client.put_object("planted", "b", io.BytesIO(b""), 0, metadata={"x": PLANTED.content.hex()})

    places = {each.place for each in search_objects(system, planted)}

    for name in ("a", "b", PLANTED.content.hex()):
        client.remove_object("planted", name)
    client.remove_bucket("planted")
    assert {"s3 planted: object", "s3 planted: name", "s3 planted: headers"} <= places


def test_memory_is_searched(planted: Search) -> None:
    held = bytearray(PLANTED.content)

    assert {hit.name for hit in search_memory(Process(os.getpid(), ""), planted)} == {"planted"}
    assert held
