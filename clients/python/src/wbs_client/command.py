"""`wbs`: files a report, follows it and answers, from a terminal. Nothing is kept on the disk."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click
import stamina
from contracts.facts import Facts
from contracts.letters import Person
from contracts.receipts import Receipt
from contracts.schema import from_json
from contracts.vocabulary import EvidenceKind, Route

from wbs_client import language, status_text
from wbs_client.failures import told
from wbs_client.filing import Filing, StoryDraft
from wbs_client.language import _, _l
from wbs_client.mailbox import Mailbox, Status
from wbs_client.public_api import DEFAULT_PATIENCE_S, Problem, PublicApi, Unreachable
from wbs_client.terminal import Failure, Group, Misused, Option, ask_for_secret, say
from wbs_client.trust import TrustedKeys, fetch_keys

INTRODUCTION = _l("Kirim dan ikuti laporan WBS Batanghari.")
URL = _l("Alamat layanan, mis. https://wbs.example.go.id (wajib; atau WBS_URL)")
FINGERPRINT = _l("Sidik jari kunci dari poster resmi, dengan atau tanpa spasi (wajib; atau WBS_FINGERPRINT)")
LANGUAGE = _l("Bahasa: Indonesia atau Inggris")
PATIENCE = _l("Berapa detik menunggu layanan")
FILE = _l(
    "Kirim laporan dari berkas JSON REPORT: identitas, bukti, cerita, fakta.\n\nLetak foto KTP dan bukti di dalamnya"
    " dihitung dari folder berkas itu. Contoh yang lengkap ditulis oleh `make demo`, yang menyebut letaknya."
)
STATUS = _l("Lihat status dan pesan. Kode tanda terima diminta, bukan diberikan di baris perintah.")
ANSWER = _l("Kirim pesan TEXT kepada pemeriksa (`-` untuk masukan standar).")


@dataclass(frozen=True)
class _Service:
    api: PublicApi
    fingerprint: str

    def keys(self) -> TrustedKeys:
        return fetch_keys(self.api, self.fingerprint)


@dataclass(frozen=True)
class _Wanted:
    """What was said before the command's name."""

    url: str | None
    fingerprint: str | None
    language: str
    patience: float

    def service(self) -> _Service:
        if self.url is None or self.fingerprint is None:
            missing = {"--url": self.url, "--fingerprint": self.fingerprint}
            what = ", ".join(name for name, given in missing.items() if given is None)
            raise Misused(_("%(what)s wajib diberikan. `%(help)s` menjelaskannya.", what=what, help="wbs --help"))
        return _Service(PublicApi(self.url, self.language, self.patience), self.fingerprint)


def _with_service(command: Callable[..., None]) -> Callable[..., None]:
    """Which service is asked for only once a command begins: its help needs none."""

    @click.pass_obj
    @wraps(command)
    def begin(wanted: _Wanted, /, **given: Any) -> None:
        command(wanted.service(), **given)

    return begin


def _speak(context: click.Context, option: click.Parameter, chosen: str) -> str:
    language.speak(chosen)
    return chosen


def _without_colours(context: click.Context, option: click.Parameter, asked: str | None) -> None:
    if asked:
        context.color = False


@click.group(cls=Group, help=INTRODUCTION)
# Eager: the help that may be asked for next is in this language.
@click.option(
    "--language", "chosen", cls=Option, help=LANGUAGE, default="id", show_default=True, envvar="WBS_LANGUAGE",
    type=click.Choice(language.LANGUAGES), is_eager=True, callback=_speak,
)  # fmt: skip
@click.option("--url", cls=Option, envvar="WBS_URL", help=URL)
@click.option("--fingerprint", cls=Option, envvar="WBS_FINGERPRINT", help=FINGERPRINT)
@click.option("--patience", cls=Option, default=DEFAULT_PATIENCE_S, show_default=True, help=PATIENCE)
# https://no-color.org: whatever it says, as long as it says something.
@click.option("--no-color", envvar="NO_COLOR", hidden=True, expose_value=False, callback=_without_colours)
@click.pass_context
def main(context: click.Context, url: str | None, fingerprint: str | None, chosen: str, patience: float) -> None:
    stamina.instrumentation.set_on_retry_hooks(())
    context.obj = _Wanted(url, fingerprint, chosen, patience)


@main.command("file", help=FILE)
@click.argument("report", type=click.Path(path_type=Path))
@_with_service
def file_report(service: _Service, report: Path) -> None:
    folder = report.parent
    with told():
        content = json.loads(report.read_bytes())
        filing = Filing(service.api, service.keys(), Route(content["route"]))
        say(_("Membuka konsep laporan ..."))
        filing.open()
        _offer_identity(filing, content["identity"], folder)
        for piece in content["evidence"]:
            say(_("Mengirim bukti: %(name)s ...", name=piece["name"]))
            with (folder / piece["path"]).open("rb") as file:
                filing.add_evidence(file, EvidenceKind(piece["kind"]), piece["name"], piece.get("description", ""))
        facts = from_json(Facts, content["facts"]) if content.get("facts") else None
        draft = StoryDraft(content["story"], content.get("answers", {}))
        say(_("Kode tanda terima ini berlaku begitu laporan diterima; tidak ada yang dapat menggantinya:"))
        _show_code(filing)
        say(_("Menunggu pemeriksaan, lalu mengirim ..."))
        _submit(filing, draft, facts)
    say(_("Laporan diterima. Simpan kode tanda terimanya:"))
    _show_code(filing)


def _submit(filing: Filing, draft: StoryDraft, facts: Facts | None) -> None:
    """Whoever gets no answer must not file again without looking: the report may have arrived."""
    try:
        filing.submit(draft, facts)
    except (Unreachable, Problem) as error:
        if isinstance(error, Problem) and error.is_refusal:
            raise
        look_first = _(
            "Layanan tidak menjawab. Laporan mungkin sudah diterima: lihat `wbs status` dengan kode ini sebelum"
            " mengirim lagi:"
        )
        raise Failure(f"{look_first}\n\n    {filing.receipt}\n") from None


def _show_code(filing: Filing) -> None:
    say(f"\n    {filing.receipt}\n", bold=True)


def _offer_identity(filing: Filing, content: dict[str, Any], folder: Path) -> None:
    say(_("Mengirim identitas, tersegel untuk pemeriksaan ..."))
    person = from_json(Person, content)
    filing.offer_identity(person, (folder / content["ktp_photo"]).read_bytes(), bool(content.get("review")))


def _no_code(_context: click.Context, _argument: click.Parameter, typed: tuple[str, ...]) -> None:
    if typed:
        raise Misused(
            _(
                "Kode tanda terima jangan ditulis di baris perintah: ia dapat tersimpan di perangkat ini. Hapus dari"
                " riwayat perintah, lalu jalankan `wbs status` saja; kodenya akan diminta."
            )
        )


@main.command(help=STATUS)
@click.argument("typed", nargs=-1, metavar="", expose_value=False, callback=_no_code)
@_with_service
def status(service: _Service) -> None:
    with told():
        _show(_mailbox(service).read())


@main.command(help=ANSWER)
@click.argument("text")
@_with_service
def answer(service: _Service, text: str) -> None:
    with told():
        mailbox, text = _mailbox(service), sys.stdin.read() if text == "-" else text
        if _was_said_last(mailbox.read(), text):
            say(_("Pesan ini sudah terkirim, jadi tidak dikirim lagi."))
            return
        _write(mailbox, text)
    say(_("Pesan terkirim."))


def _was_said_last(status: Status, text: str) -> bool:
    """So that a command typed again, since no answer came, makes no second message."""
    last = status.messages[-1] if status.messages else None
    return last is not None and last.is_mine and last.text == text


def _write(mailbox: Mailbox, text: str) -> None:
    try:
        mailbox.write(text)
    except (Unreachable, Problem) as error:
        if isinstance(error, Problem) and error.is_refusal:
            raise
        raise Failure(
            _(
                "Layanan tidak menjawab. Pesan mungkin sudah terkirim. Ulangi perintah yang sama: pesan yang sudah"
                " terkirim tidak dikirim lagi."
            )
        ) from None


def _mailbox(service: _Service) -> Mailbox:
    receipt = Receipt.parse(ask_for_secret(_("Kode tanda terima")))
    return Mailbox(service.api, service.keys(), receipt)


def _show(status: Status) -> None:
    say(status_text.standing(status), bold=True)
    for line in status_text.lines(status):
        say(line)
    for line in status_text.warnings(status):
        say(line, alarming=True)
