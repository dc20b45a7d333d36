"""The one way to the terminal: what others wrote can neither steer it nor hide in it; help in the spoken language."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from click.exceptions import NoArgsIsHelpError
from contracts.foreign_text import visible

from wbs_client.language import _, _l

HEADINGS = {"Options": _l("Pilihan"), "Commands": _l("Perintah")}  # click's own


def say(text: str, *, bold: bool = False, alarming: bool = False) -> None:
    click.secho(visible(text), bold=bold or None, fg="red" if alarming else None)


def ask_for_secret(question: str) -> str:
    """Nobody sees what is typed. What doesn't come from a terminal is read as it comes: there is no echo to hide."""
    answer: str = click.prompt(question, hide_input=_has_terminal())
    return answer


def _has_terminal() -> bool:
    """As getpass looks for one; without any it warns, in English, that it can't hide what is typed."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return sys.stdin.isatty()
    return True


class Failure(click.ClickException):
    """What went wrong, in a line or more."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(_("Tidak berhasil: %(why)s", why=visible(self.message)), file=file, err=file is None)


class Misused(Failure):
    exit_code = 2


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, _("Pemakaian: "))

    def write_heading(self, heading: str) -> None:
        super().write_heading(_(HEADINGS[heading]))


class _Context(click.Context):
    formatter_class = _Formatter


class _Helpful:
    """A command or an option whose help is said in the language that is spoken when somebody asks for it."""

    _source: str | None = None

    @property
    def help(self) -> str | None:
        return _(self._source) if self._source else self._source

    @help.setter
    def help(self, text: str | None) -> None:
        self._source = text


class Option(_Helpful, click.Option):
    pass


class Command(_Helpful, click.Command):
    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option:
            option.help = _("Tampilkan bantuan ini, lalu selesai.")
        return option

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        with _misuse_told():
            return super().make_context(*arguments, **more)


class Group(Command, click.Group):
    command_class = Command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        with _misuse_told():
            return super().resolve_command(ctx, args)


@contextmanager
def _misuse_told() -> Iterator[None]:
    """Click's own words are English."""
    try:
        yield
    except NoArgsIsHelpError:  # no fault: the help is shown
        raise
    except click.BadParameter as error:
        named = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.param_hint
        raise Misused(_reason(error, str(named or ""))) from None
    except click.UsageError as error:
        raise Misused(_("Perintah ini tidak dipahami. `%(help)s` menjelaskannya.", help=_help_for(error))) from None


def _reason(error: click.BadParameter, what: str) -> str:
    if isinstance(error, click.MissingParameter):
        return _("%(what)s wajib diberikan. `%(help)s` menjelaskannya.", what=what, help=_help_for(error))
    return _("Isi %(what)s tidak sah. `%(help)s` menjelaskannya.", what=what, help=_help_for(error))


def _help_for(error: click.UsageError) -> str:
    """Of the command that was misused: its own path, whatever the program is called."""
    path = error.ctx.command_path.split()[1:] if error.ctx else []
    return " ".join(["wbs", *path, "--help"])
