"""Everybody of the letter table, with keys made for the test; RSA where OpenBao transit holds it in a real system."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from contracts.encoding import b64u
from contracts.key_pairs import CannotUnwrap, EncryptionKey, PublicKey, RemoteOpener, SigningKey
from contracts.letters import About, Expected, Message, Purpose, ReporterKeys, Story, seal_letter
from contracts.receipts import ReporterSecrets
from contracts.vocabulary import Route
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


@dataclass(frozen=True)
class TransitLike:
    """An RSA-3072 key used as OpenBao's transit is: through one call that decrypts."""

    kid: str
    private: rsa.RSAPrivateKey = field(repr=False)

    @property
    def public(self) -> PublicKey:
        numbers = self.private.public_key().public_numbers()
        n = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8)
        return PublicKey(self.kid, {"kty": "RSA", "n": b64u(n), "e": "AQAB"})

    @property
    def opener(self) -> RemoteOpener:
        return RemoteOpener(self.kid, self._decrypt)

    def _decrypt(self, encrypted: bytes) -> bytes:
        try:
            return self.private.decrypt(encrypted, OAEP)
        except ValueError:
            raise CannotUnwrap from None


@dataclass(frozen=True)
class People:
    transit: dict[str, TransitLike]
    kpk: EncryptionKey
    reporter: ReporterSecrets
    signers: dict[str, SigningKey]

    def known(self) -> dict[str, Sequence[PublicKey]]:
        keys: dict[str, Sequence[PublicKey]] = {name: (key.public,) for name, key in self.transit.items()}
        return {**keys, "kpk": (self.kpk.public,), "reporter": (self.reporter.encryption.public,)}

    def writers(self, kid: str) -> PublicKey | None:
        found = {key.kid: key.public for key in (*self.signers.values(), self.reporter.signing)}
        return found.get(kid)

    def story(self, text: str = "Jalan desa dibayar dua kali.") -> Story:
        return Story(text=text, answers={"who": "Kepala desa"}, evidence=(), reporter_keys=self.reporter_keys())

    def reporter_keys(self) -> ReporterKeys:
        return ReporterKeys(encryption=self.reporter.encryption.public.jwk, signing=self.reporter.signing.public.jwk)


def make_people() -> People:
    names = ("casework", "super-admin", "overseer", "identity-check")
    transit = {name: TransitLike(f"{name}:v1", rsa.generate_private_key(65537, 3072)) for name in names}
    signing = ("investigator", "inspektur", "super-admin", "identity-vault", "evidence", "intake")
    signers = {name: SigningKey.generate(f"{name}:v1") for name in signing}
    signers["kpk"] = SigningKey.generate("kpk:2026-sig")
    return People(transit, EncryptionKey.generate("kpk:2026"), ReporterSecrets.generate(), signers)


def about(purpose: Purpose, route: Route = Route.INSPEKTORAT, report_id: UUID | None = None) -> About:
    return About(report_id or uuid4(), route, purpose, uuid4())


def expected(about: About, layer: int = 0) -> Expected:
    return Expected(about.report_id, about.route, about.purpose, about.letter_id, layer)


MESSAGE = Message(text="Bukti kedua menyusul.")


def message_from_reporter(people: People) -> tuple[bytes, About]:
    header = about(Purpose.MESSAGE_FROM_REPORTER)
    return seal_letter(MESSAGE, header, people.known(), people.reporter.signing), header
