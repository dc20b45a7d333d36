"""`wbs`: files a report, follows it and answers, from a terminal. Nothing is kept on the disk."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

import click
import stamina
from contracts.facts import Facts
from contracts.keys import KeySetError
from contracts.leaves import PromiseBroken
from contracts.letters import Person
from contracts.receipts import BadReceiptCode, CannotUnlock, Receipt
from contracts.schema import NotUnderstood, from_json
from contracts.vocabulary import EvidenceKind, Route
from contracts.words import words

from wbs_client.filing import ChallengeTooHard, Filing, PromiseNotAboutThis, StoryDraft
from wbs_client.mailbox import Mailbox, Status
from wbs_client.proofs import InLog, KpkDelivery
from wbs_client.public_api import DEFAULT_PATIENCE_S, Problem, PublicApi, Unreachable
from wbs_client.trust import TrustedKeys, fetch_keys


@dataclass(frozen=True)
class _Service:
    api: PublicApi
    fingerprint: str

    def keys(self) -> TrustedKeys:
        return fetch_keys(self.api, self.fingerprint)


@click.group()
@click.option("--url", envvar="WBS_URL", required=True, help="Alamat layanan, mis. https://wbs.example.go.id")
@click.option("--fingerprint", envvar="WBS_FINGERPRINT", required=True, help="Sidik jari kunci, dari poster resmi")
@click.option("--language", default="id", type=click.Choice(["id", "en"]))
@click.option("--patience", default=DEFAULT_PATIENCE_S, show_default=True, help="Berapa detik menunggu layanan")
@click.pass_context
def main(context: click.Context, url: str, fingerprint: str, language: str, patience: float) -> None:
    """Kirim dan ikuti laporan WBS Batanghari."""
    stamina.instrumentation.set_on_retry_hooks(())
    context.obj = _Service(PublicApi(url, language, patience), fingerprint)


@main.command("file")
@click.argument("report", type=click.File("rb"))
@click.pass_obj
def file_report(service: _Service, report: BinaryIO) -> None:
    """Kirim laporan dari berkas JSON REPORT: identitas, bukti, uraian, fakta.

    Letak foto KTP dan bukti di dalamnya dihitung dari folder berkas itu. Contoh yang lengkap ditulis oleh `make demo`,
    yang menyebut letaknya.
    """
    folder = Path(report.name).parent
    with _told():
        content = json.load(report)
        filing = Filing(service.api, service.keys(), Route(content["route"]))
        click.echo("Membuka konsep laporan ...")
        filing.open()
        _offer_identity(filing, content["identity"], folder)
        for piece in content["evidence"]:
            click.echo(f"Mengirim bukti: {piece['name']} ...")
            with (folder / piece["path"]).open("rb") as file:
                filing.add_evidence(file, EvidenceKind(piece["kind"]), piece["name"], piece.get("description", ""))
        facts = from_json(Facts, content["facts"]) if content.get("facts") else None
        draft = StoryDraft(content["story"], content.get("answers", {}))
        click.echo("Kode tanda terima ini berlaku begitu laporan diterima; tidak ada yang dapat menggantinya:")
        _show_code(filing)
        click.echo("Menunggu pemeriksaan, lalu mengirim ...")
        _submit(filing, draft, facts)
    click.echo("Laporan diterima. Simpan kode tanda terimanya:")
    _show_code(filing)


def _submit(filing: Filing, draft: StoryDraft, facts: Facts | None) -> None:
    """Whoever gets no answer must not file again without looking: the report may have arrived."""
    try:
        filing.submit(draft, facts)
    except (Unreachable, Problem) as error:
        if isinstance(error, Problem) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        raise click.ClickException(
            "Layanan tidak menjawab. Laporan mungkin sudah diterima: lihat `wbs status` dengan kode ini sebelum"
            f" mengirim lagi:\n\n    {filing.receipt}\n"
        ) from None


def _show_code(filing: Filing) -> None:
    click.secho(f"\n    {filing.receipt}\n", bold=True)


def _offer_identity(filing: Filing, content: dict[str, Any], folder: Path) -> None:
    click.echo("Mengirim identitas, tersegel untuk pemeriksaan ...")
    person = from_json(Person, content)
    filing.offer_identity(person, (folder / content["ktp_photo"]).read_bytes(), bool(content.get("review")))


@main.command()
@click.pass_obj
def status(service: _Service) -> None:
    """Lihat status dan pesan. Kode tanda terima diminta, bukan diberikan di baris perintah."""
    with _told():
        _show(_mailbox(service).read())


@main.command()
@click.argument("text")
@click.pass_obj
def answer(service: _Service, text: str) -> None:
    """Kirim pesan TEXT kepada pemeriksa (`-` untuk masukan standar)."""
    with _told():
        mailbox, text = _mailbox(service), sys.stdin.read() if text == "-" else text
        try:
            mailbox.write(text)
        except Unreachable:
            raise click.ClickException(
                "Layanan tidak menjawab. Pesan mungkin sudah terkirim: lihat `wbs status` sebelum mengirim lagi."
            ) from None
    click.echo("Pesan terkirim.")


def _mailbox(service: _Service) -> Mailbox:
    return Mailbox(service.api, service.keys(), Receipt.parse(click.prompt("Kode tanda terima", hide_input=True)))


def _show(status: Status) -> None:
    click.secho(words(status.status).id, bold=True)
    for event in status.timeline:
        told = f" · {words(event.status).id}" if event.status else ""
        click.echo(f"  {event.hour:%Y-%m-%d %H:%M} UTC  {event.what}{told}")
    click.echo(_IN_LOG[status.in_log])
    if status.is_erased:
        click.echo("Laporan ini sudah dihapus: pesannya tidak dapat dibaca lagi.")
    if status.kpk:
        _show_kpk(status.kpk)
    for message in status.messages:
        click.echo(
            f"\n{'Anda' if message.is_mine else message.writer}, {message.hour:%Y-%m-%d %H:%M} UTC:\n{message.text}"
        )
    if status.distrusted:
        click.secho(f"\n{status.distrusted} pesan tidak ditampilkan: tanda tangannya tidak sah.", fg="red")


_IN_LOG = {
    InLog.NOT_YET: "Log publik: janji layanan belum tercatat (log bertambah setiap jam).",
    InLog.PROVED: "Log publik: janji layanan terbukti tercatat.",
    InLog.BROKEN: "PERINGATAN: layanan tidak dapat membuktikan janjinya. Simpan janji itu dan hubungi KPK.",
}


def _show_kpk(kpk: KpkDelivery) -> None:
    story = "uraian yang Anda kirim" if kpk.has_story else "BUKAN uraian yang Anda kirim"
    click.echo(f"KPK: nomor {kpk.reference}; {story} dan {kpk.files} berkas bertanda terima sah dari KPK.")
    if kpk.status:
        click.echo(f"  {words(kpk.status).id}")
    if kpk.distrusted:
        click.secho(f"  {kpk.distrusted} tanda terima tidak sah.", fg="red")


@contextmanager
def _told() -> Iterator[None]:
    """Turns what can go wrong into one clear line and exit code 1."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(_explained(problem)) from None
    except OSError as error:
        unread = f"Berkas tidak dapat dibaca: {error.filename}"
        raise click.ClickException(unread if error.filename else f"Kesalahan: {type(error).__name__}") from None
    except ChallengeTooHard:
        raise click.ClickException("Bukti kerja terlalu lama dihitung di perangkat ini. Coba lagi.") from None
    except (PromiseBroken, PromiseNotAboutThis):
        raise click.ClickException(
            "Janji layanan tidak sah. Simpan kode tanda terima, lihat `wbs status`, dan hubungi KPK."
        ) from None
    except KeyError as error:
        raise click.ClickException(f"Berkas laporan tidak lengkap: {error}") from None
    except Unreachable:
        raise click.ClickException("Layanan tidak dapat dihubungi. Coba lagi nanti.") from None
    except KeySetError:
        raise click.ClickException("Kunci layanan tidak cocok dengan sidik jari. Jangan lanjutkan.") from None
    except BadReceiptCode:
        raise click.ClickException("Kode tanda terima salah ketik.") from None
    except CannotUnlock:
        raise click.ClickException("Kunci laporan tidak terbuka dengan kode ini.") from None
    except NotUnderstood as error:
        raise click.ClickException(f"Berkas laporan tidak lengkap: {error}") from None
    except ValueError:
        raise click.ClickException("Berkas laporan tidak sah: bukan JSON, atau ada jalur atau jenis lain.") from None


def _explained(problem: Problem) -> str:
    """The problem's own words, and a line for each thing that is missing."""
    lines = [str(problem.details.get("detail") or problem.title or problem)]
    for error in problem.details.get("errors") or ():
        if isinstance(error, dict) and "text" in error:
            lines.append(f"- {error['text']}")
            lines += [f"    {reason['text']}" for reason in error.get("reasons", ())]
    return "\n".join(lines)
