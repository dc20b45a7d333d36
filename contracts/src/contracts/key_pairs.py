"""Keys that seal, open, sign and verify: P-256 pairs held here, and keys held elsewhere that are used through calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from contracts.encoding import b64u, from_b64u

RSA_OAEP = "RSA-OAEP-256"
ECDH = "ECDH-ES+A256KW"
SMALLEST_RSA = 3072
P256_BYTES = 32
_PUBLIC_MEMBERS = {"EC": ("kty", "crv", "x", "y"), "RSA": ("kty", "n", "e")}


class BadKey(ValueError):
    """A JWK that isn't a P-256 or RSA key (3072 bits or more) of the needed kind."""


class CannotUnwrap(Exception):
    """The content key does not come out: it was sealed to another key, or changed."""


def public_members(jwk: Any) -> dict[str, str]:
    """Keep what RFC 7638 calls the required members: WebCrypto adds `key_ops` and `ext`, which joserfc refuses.

    BadKey for whatever else stands where a stranger's letter has a key, be it a list or a number.
    """
    names = _PUBLIC_MEMBERS.get(str(jwk.get("kty"))) if isinstance(jwk, Mapping) else None
    if names is None or not all(isinstance(jwk.get(name), str) for name in names):
        raise BadKey("neither an EC nor an RSA public key")
    return {name: jwk[name] for name in names}


def ec_public_key(jwk: Any) -> ec.EllipticCurvePublicKey:
    members = public_members(jwk)
    if members.get("crv") != "P-256":
        raise BadKey("not a P-256 key")
    try:
        x, y = (from_b64u(members[name]) for name in ("x", "y"))
        if (len(x), len(y)) != (P256_BYTES, P256_BYTES):  # RFC 7518, section 6.2.1.2: leading zeros, no more, no less
            raise ValueError("a coordinate of another length")
        return ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1()).public_key()
    except ValueError as error:
        raise BadKey("not a point of P-256") from error


def p256_members(jwk: Any) -> dict[str, str]:
    """Keep the public members of a P-256 key, about 130 bytes, or raise BadKey: what may go on of a stranger's key."""
    ec_public_key(jwk)
    return public_members(jwk)


def _rsa_bits(jwk: Mapping[str, Any]) -> int:
    try:
        numbers = (int.from_bytes(from_b64u(jwk[name])) for name in ("e", "n"))
        return rsa.RSAPublicNumbers(*numbers).public_key().key_size
    except ValueError as error:
        raise BadKey("not an RSA key") from error


@dataclass(frozen=True)
class PublicKey:
    """A public key by its kid; `jwk` has the required members only. BadKey if it is too weak or no key."""

    kid: str
    jwk: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "jwk", public_members(self.jwk))
        if self.jwk["kty"] == "EC":
            ec_public_key(self.jwk)
        elif _rsa_bits(self.jwk) < SMALLEST_RSA:
            raise BadKey(f"an RSA key below {SMALLEST_RSA} bits")

    @property
    def alg(self) -> str:
        """The one way to wrap a content key for it: it follows from the key, never from a letter."""
        return RSA_OAEP if self.jwk["kty"] == "RSA" else ECDH

    def jose(self) -> ECKey | RSAKey:
        try:
            members: dict[str, str | list[str]] = dict(self.jwk)
            return RSAKey.import_key(members) if self.alg == RSA_OAEP else ECKey.import_key(members)
        except (JoseError, ValueError) as error:
            raise BadKey("joserfc cannot read it") from error


@dataclass(frozen=True)
class WrappedKey:
    """A content key as it stands in a letter for one recipient; `epk` only with ECDH."""

    alg: str
    encrypted_key: bytes
    epk: Mapping[str, Any] | None = None


class Opener(Protocol):
    """Who can open what is sealed to `kid`: `unwrap` gives the content key or raises CannotUnwrap."""

    @property
    def kid(self) -> str: ...
    @property
    def alg(self) -> str: ...
    def unwrap(self, wrapped: WrappedKey) -> bytes: ...


class Signer(Protocol):
    """Who signs as `kid`: `sign` gives the 64 bytes r||s of ES256 (RFC 7518, section 3.4)."""

    @property
    def kid(self) -> str: ...
    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class RemoteOpener:
    """An RSA key held in OpenBao transit: `decrypt` is one call with somebody's token; it raises CannotUnwrap."""

    kid: str
    decrypt: Callable[[bytes], bytes] = field(repr=False)
    alg: str = RSA_OAEP

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        return self.decrypt(wrapped.encrypted_key)


@dataclass(frozen=True)
class RemoteSigner:
    """A P-256 key held in OpenBao transit: `signature` is one call (`marshaling_algorithm` jws) that gives r||s."""

    kid: str
    signature: Callable[[bytes], bytes] = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        return self.signature(message)


@dataclass(frozen=True)
class _PrivateKey:
    kid: str
    private: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def public(self) -> PublicKey:
        numbers = self.private.public_key().public_numbers()
        x, y = (b64u(number.to_bytes(32)) for number in (numbers.x, numbers.y))
        return PublicKey(self.kid, {"kty": "EC", "crv": "P-256", "x": x, "y": y})

    def private_jwk(self) -> dict[str, str]:
        """Export with the secret member `d`: only to be locked under a receipt key, or written to its owner's file."""
        secret = self.private.private_numbers().private_value
        return {**self.public.jwk, "d": b64u(secret.to_bytes(32))}


def _private_key(jwk: Mapping[str, Any]) -> ec.EllipticCurvePrivateKey:
    public = ec_public_key(jwk).public_numbers()
    try:
        return ec.EllipticCurvePrivateNumbers(int.from_bytes(from_b64u(jwk["d"])), public).private_key()
    except (KeyError, TypeError, ValueError) as error:
        raise BadKey("not a private P-256 key") from error


@dataclass(frozen=True)
class EncryptionKey(_PrivateKey):
    """A P-256 key pair of our own that opens what is sealed to it by ECDH-ES+A256KW (RFC 7518, section 4.6)."""

    alg: str = ECDH

    @classmethod
    def generate(cls, kid: str) -> "EncryptionKey":
        return cls(kid, ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_jwk(cls, kid: str, jwk: Mapping[str, Any]) -> "EncryptionKey":
        return cls(kid, _private_key(jwk))

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        try:
            shared = self.private.exchange(ec.ECDH(), ec_public_key(wrapped.epk or {}))
            return aes_key_unwrap(_key_wrapping_key(shared), wrapped.encrypted_key)
        except (BadKey, InvalidUnwrap, ValueError) as error:
            raise CannotUnwrap from error


def _key_wrapping_key(shared: bytes) -> bytes:
    """Derive by Concat KDF (RFC 7518, section 4.6.2): apu and apv are empty here, as jose and joserfc write them."""
    algorithm = ECDH.encode()
    info = len(algorithm).to_bytes(4) + algorithm + bytes(4) + bytes(4) + (256).to_bytes(4)
    return ConcatKDFHash(algorithm=SHA256(), length=32, otherinfo=info).derive(shared)


@dataclass(frozen=True)
class SigningKey(_PrivateKey):
    """A P-256 key pair of our own that signs by ES256."""

    @classmethod
    def generate(cls, kid: str) -> "SigningKey":
        return cls(kid, ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_jwk(cls, kid: str, jwk: Mapping[str, Any]) -> "SigningKey":
        return cls(kid, _private_key(jwk))

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


def signature_holds(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` (r||s) by `key` stands for `message`."""
    if len(signature) != 64 or key.jwk["kty"] != "EC":
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        ec_public_key(key.jwk).verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
