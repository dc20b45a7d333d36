"""The one way to the terminal: what others wrote can neither steer it nor hide in it; help in the spoken language."""

from __future__ import annotations

from typing import IO, Any

import click
from contracts.foreign_text import visible

from wbs_client.language import _


def say(text: str, *, bold: bool = False, alarming: bool = False) -> None:
    click.secho(visible(text), bold=bold or None, fg="red" if alarming else None)


class Failure(click.ClickException):
    """What went wrong, in a line or more; exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(_("Tidak berhasil: %(why)s", why=visible(self.message)), file=file, err=file is None)


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
    def get_help_option(self, context: click.Context) -> click.Option | None:
        option = super().get_help_option(context)
        if option:
            option.help = _("Tampilkan bantuan ini, lalu selesai.")
        return option


class Group(Command, click.Group):
    command_class = Command
