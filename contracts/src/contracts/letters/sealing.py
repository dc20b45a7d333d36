"""Writing letters: the body signed by its writer, padded, sealed to everybody whom the letter table names."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc.jwe import GeneralJSONEncryption, JWERegistry, encrypt_json

from contracts.encoding import canonical, padded_length, strict_json
from contracts.key_pairs import ECDH, RSA_OAEP, PublicKey, Signer
from contracts.letters.bodies import Enclosed
from contracts.letters.errors import BodyNotUnderstood, LetterTooLarge, WrongRecipients, WrongWriter
from contracts.letters.format import ENC, WRITING_TYPE, About, parse, protected_header
from contracts.letters.purposes import LETTERS, layers, owner_of, recipients, sealed_limit
from contracts.schema import to_json
from contracts.signatures import sign_text

Recipients = Mapping[str, Sequence[PublicKey]]  # recipient -> keys that a letter to them may use, the best first
_REGISTRY = JWERegistry(algorithms=[RSA_OAEP, ECDH, ENC], strict_check_header=False)


def seal_letter(body: Any, about: About, known: Recipients, signer: Signer, layer: int = 0) -> bytes:
    """Write a letter; `known` holds at least a key for everybody whom the letter table names.

    For a letter to be peeled, seal the innermost layer first (`layer=1`), then `enclose` it.
    WrongRecipients: a key is missing. WrongWriter: the signer may not write this. LetterTooLarge, BodyNotUnderstood.
    """
    innermost = len(layers(about.purpose, about.route)) - 1
    expected = LETTERS[about.purpose].body if layer == innermost else Enclosed
    if not isinstance(body, expected):
        raise BodyNotUnderstood
    if owner_of(signer.kid) not in LETTERS[about.purpose].writers[about.route]:
        raise WrongWriter
    writing = sign_text(_writing(body, about), signer, WRITING_TYPE)
    return seal_writing(writing, about, known, layer)


def enclose(inner: bytes, about: About, known: Recipients, signer: Signer) -> bytes:
    """Write the outer letter of a peeled pair around `inner`, a letter of the same purpose to the second person."""
    parse(inner, sealed_limit(about.purpose, about.route, 1))
    return seal_letter(Enclosed(letter=strict_json(inner)), about, known, signer)


def seal_writing(writing: str, about: About, known: Recipients, layer: int = 0) -> bytes:
    """Seal a signed writing (again): the same writing keeps its writer's signature and the header's `h`."""
    keys = addressed(known, about, layer)
    to = tuple(sorted(key.kid for key in keys))
    jwe = GeneralJSONEncryption(protected_header(about, to, writing), writing.encode())
    for key in keys:
        jwe.add_recipient({"alg": key.alg, "kid": key.kid}, key.jose())
    sealed = canonical(encrypt_json(jwe, None, registry=_REGISTRY))
    if len(sealed) > sealed_limit(about.purpose, about.route, layer):
        raise LetterTooLarge
    return sealed


def addressed(known: Recipients, about: About, layer: int = 0) -> list[PublicKey]:
    """Choose the best key of each recipient whom the letter table names; WrongRecipients if one has none."""
    names = sorted(recipients(about.purpose, about.route, layer))
    if not all(known.get(name) for name in names):
        raise WrongRecipients
    return [known[name][0] for name in names]


def _writing(body: Any, about: About) -> bytes:
    content = {
        "report_id": str(about.report_id),
        "route": about.route.value,
        "purpose": about.purpose.value,
        "letter_id": str(about.letter_id),
        "body": to_json(body),
        "pad": "",
    }
    if not isinstance(body, Enclosed) and len(canonical(content["body"])) > LETTERS[about.purpose].limit:
        raise LetterTooLarge
    bare = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    content["pad"] = "0" * (padded_length(len(bare)) - len(bare))
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
