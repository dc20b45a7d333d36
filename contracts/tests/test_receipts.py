"""Receipt codes: what people write down, mistype, and unlock their mailbox with."""

import pytest
from contracts.encoding import b64u
from contracts.receipts import (
    MOST_LOCKED,
    BadReceiptCode,
    CannotUnlock,
    Receipt,
    ReporterSecrets,
    are_locked_keys,
    hash_of_locator,
)


def test_a_code_is_five_groups_of_four_and_a_check_symbol() -> None:
    groups = str(Receipt.generate()).split("-")

    assert [len(group) for group in groups] == [4, 4, 4, 4, 4, 1]


def test_a_code_reads_back_whatever_its_value() -> None:
    for value in (0, 1, 2**100 - 1, *(Receipt.generate().value for _ in range(200))):
        assert Receipt.parse(str(Receipt(value))) == Receipt(value)


def test_a_code_is_read_as_people_type_it() -> None:
    receipt = Receipt(0x0001112223334445556667778)

    typed = str(receipt).lower().replace("0", "o").replace("1", "l").replace("-", " ")

    assert Receipt.parse(f"  {typed} ") == receipt


def test_one_mistyped_symbol_or_two_exchanged_are_noticed() -> None:
    code = str(Receipt(0x123456789ABCDEF0123456789))
    wrong = ("Z" if code[0] != "Z" else "Y") + code[1:]
    exchanged = code[1] + code[0] + code[2:]

    for typed in (wrong, exchanged, code[:-1], code + "0", "", "U" * 21, "Ä" + code[1:]):
        with pytest.raises(BadReceiptCode):
            Receipt.parse(typed)


def test_the_locator_tells_nothing_of_the_code_and_the_server_keeps_its_hash() -> None:
    receipt = Receipt.generate()

    assert len(receipt.locator) == 43
    assert receipt.locator_hash == hash_of_locator(receipt.locator) != receipt.locator


def test_the_keys_open_with_the_code_and_with_no_other() -> None:
    receipt, keys = Receipt.generate(), ReporterSecrets.generate()

    locked = receipt.lock(keys)

    assert receipt.unlock(locked).encryption.private_jwk() == keys.encryption.private_jwk()
    assert receipt.unlock(locked).signing.public == keys.signing.public
    for other, text in ((Receipt.generate(), locked), (receipt, locked[:-4] + "AAAA"), (receipt, "x")):
        with pytest.raises(CannotUnlock):
            other.unlock(text)


def test_a_code_and_locked_keys_do_not_show_themselves() -> None:
    receipt = Receipt.generate()

    assert str(receipt.value) not in repr(receipt)
    assert repr(receipt.lock(ReporterSecrets.generate())) == "<sealed>"


def test_locked_keys_are_known_by_their_form() -> None:
    header, _, iv, content, tag = Receipt.generate().lock(ReporterSecrets.generate()).split(".")
    other = b64u(b'{"alg":"dir","enc":"A128GCM"}')

    assert are_locked_keys(f"{header}..{iv}.{content}.{tag}")
    for text in (
        "",
        "\N{GRINNING FACE}" * 1000,
        f"{other}..{iv}.{content}.{tag}",
        f"AAAA..{iv}.{content}.{tag}",
        f"{header}.{iv}.{iv}.{content}.{tag}",
        f"{header}..{iv}.{'A' * MOST_LOCKED}.{tag}",
        f"{header}..{iv}.\N{GRINNING FACE}.{tag}",
        f"{header}..{iv}.{content}.{tag}\n",
    ):
        assert not are_locked_keys(text)
