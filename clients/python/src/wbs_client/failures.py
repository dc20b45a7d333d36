"""What can go wrong on the way, each told in a clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from contracts.keys import KeySetError
from contracts.leaves import PromiseBroken
from contracts.letters import WrongRecipients
from contracts.receipts import BadReceiptCode, CannotUnlock
from contracts.schema import NotUnderstood

from wbs_client.filing import ChallengeTooHard, PromiseNotAboutThis
from wbs_client.language import _, _l
from wbs_client.public_api import Problem, Unreachable
from wbs_client.terminal import Failure

_BROKEN = _l("Janji layanan tidak sah. Simpan kode tanda terima, lihat `wbs status`, dan hubungi KPK.")
_TOLD: tuple[tuple[type[Exception], str], ...] = (
    (ChallengeTooHard, _l("Bukti kerja terlalu lama dihitung di perangkat ini. Coba lagi.")),
    (PromiseBroken, _BROKEN),
    (PromiseNotAboutThis, _BROKEN),
    (Unreachable, _l("Layanan tidak dapat dihubungi. Coba lagi nanti.")),
    # To whom it must be sealed has no key at present: new check keys are on their way.
    (WrongRecipients, _l("Layanan sedang disiapkan. Coba lagi sebentar.")),
    (KeySetError, _l("Kunci layanan tidak cocok dengan sidik jari. Jangan lanjutkan.")),
    (BadReceiptCode, _l("Kode tanda terima salah ketik.")),
    (CannotUnlock, _l("Kunci laporan tidak terbuka dengan kode ini.")),
    (ValueError, _l("Berkas laporan tidak sah: bukan JSON, atau ada jalur atau jenis lain.")),
)


@contextmanager
def told() -> Iterator[None]:
    """Turns what can go wrong into a Failure."""
    try:
        yield
    except (click.Abort, KeyboardInterrupt):
        raise Failure(_("dibatalkan.")) from None
    except Problem as problem:
        raise Failure(explained(problem)) from None
    except OSError as error:
        raise Failure(_of_files(error)) from None
    except (KeyError, NotUnderstood) as error:
        raise Failure(_("Berkas laporan tidak lengkap: %(what)s", what=error)) from None
    except tuple(kind for kind, _text in _TOLD) as error:
        raise Failure(_(next(text for kind, text in _TOLD if isinstance(error, kind)))) from None


def _of_files(error: OSError) -> str:
    if error.filename:
        return _("Berkas tidak dapat dibaca: %(file)s", file=error.filename)
    return _("Kesalahan perangkat: %(kind)s", kind=type(error).__name__)


def explained(problem: Problem) -> str:
    """The service's own words, in the language it was asked in, and a line for each thing that is missing."""
    told = problem.details.get("detail") or problem.title
    lines = [str(told or _("Layanan menjawab dengan galat %(status)s.", status=problem.status))]
    for error in problem.details.get("errors") or ():
        if isinstance(error, dict) and "text" in error:
            lines.append(f"- {error['text']}")
            lines += [f"    {reason['text']}" for reason in error.get("reasons", ())]
    return "\n".join(lines)
