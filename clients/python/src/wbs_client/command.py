"""`wbs`: files a report, follows it and answers, from a terminal. Nothing is kept on the disk."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import click
import stamina
from contracts.facts import Facts
from contracts.keys import KeySetError
from contracts.letters import Person
from contracts.receipts import BadReceiptCode, Receipt
from contracts.schema import NotUnderstood, from_json
from contracts.vocabulary import EvidenceKind, Route
from contracts.words import words

from wbs_client.filing import Filing, StoryDraft
from wbs_client.mailbox import Mailbox, Status
from wbs_client.proofs import InLog, KpkDelivery
from wbs_client.public_api import Problem, PublicApi, Unreachable
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
@click.pass_context
def main(context: click.Context, url: str, fingerprint: str, language: str) -> None:
    """Kirim dan ikuti laporan WBS Batanghari."""
    stamina.instrumentation.set_on_retry_hooks(())
    context.obj = _Service(PublicApi(url, language), fingerprint)


@main.command("file")
@click.argument("report", type=click.File("rb"))
@click.pass_obj
def file_report(service: _Service, report: BinaryIO) -> None:
    """Kirim laporan dari berkas JSON REPORT (lihat docs/example-report): identitas, bukti, uraian, fakta.

    Letak foto KTP dan bukti di dalamnya dihitung dari folder berkas itu.
    """
    content = json.load(report)
    folder = Path(report.name).parent
    with _told():
        filing = Filing(service.api, service.keys(), Route(content["route"]))
        click.echo("Membuka konsep laporan ...")
        filing.open()
        _offer_identity(filing, content["identity"], folder)
        for piece in content["evidence"]:
            click.echo(f"Mengirim bukti: {piece['name']} ...")
            with (folder / piece["path"]).open("rb") as file:
                filing.add_evidence(file, EvidenceKind(piece["kind"]), piece["name"], piece.get("description", ""))
        click.echo("Menunggu pemeriksaan ...")
        facts = from_json(Facts, content["facts"]) if content.get("facts") else None
        filing.submit(StoryDraft(content["story"], content.get("answers", {})), facts)
    click.echo("Laporan diterima. Simpan kode tanda terima ini; tidak ada yang dapat menggantinya:")
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
        _mailbox(service).write(sys.stdin.read() if text == "-" else text)
    click.echo("Pesan terkirim.")


def _mailbox(service: _Service) -> Mailbox:
    return Mailbox(service.api, service.keys(), Receipt.parse(click.prompt("Kode tanda terima", hide_input=True)))


def _show(status: Status) -> None:
    click.secho(words(status.status).id, bold=True)
    for event in status.timeline:
        told = f" · {words(event.status).id}" if event.status else ""
        click.echo(f"  {event.hour:%Y-%m-%d %H:%M} UTC  {event.what}{told}")
    click.echo(_IN_LOG[status.in_log])
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
        raise click.ClickException(f"Berkas tidak dapat dibaca: {error.filename}") from None
    except KeyError as error:
        raise click.ClickException(f"Berkas laporan tidak lengkap: {error}") from None
    except Unreachable:
        raise click.ClickException(
            "Layanan tidak dapat dihubungi. Coba lagi; tidak ada yang terkirim dua kali."
        ) from None
    except KeySetError:
        raise click.ClickException("Kunci layanan tidak cocok dengan sidik jari. Jangan lanjutkan.") from None
    except BadReceiptCode:
        raise click.ClickException("Kode tanda terima salah ketik.") from None
    except NotUnderstood as error:
        raise click.ClickException(f"Berkas laporan tidak lengkap: {error}") from None


def _explained(problem: Problem) -> str:
    """The problem's own words, and a line for each thing that is missing."""
    lines = [str(problem.details.get("detail") or problem.title or problem)]
    for error in problem.details.get("errors") or ():
        if isinstance(error, dict) and "text" in error:
            lines.append(f"- {error['text']}")
            lines += [f"    {reason['text']}" for reason in error.get("reasons", ())]
    return "\n".join(lines)
