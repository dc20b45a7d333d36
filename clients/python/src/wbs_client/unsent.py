"""A letter that nobody has confirmed yet: who sends the same again sends the same letter, so never two for one."""

from __future__ import annotations

from collections.abc import Callable


class Unsent:
    """One at a time; other content makes another letter."""

    def __init__(self) -> None:
        self._content: object = None
        self._letter: bytes | None = None

    def letter(self, content: object, seal: Callable[[], bytes]) -> bytes:
        """The letter of this content: sealed now, unless it was before and no answer came. `content` is compared."""
        if self._letter is None or self._content != content:
            self._content, self._letter = content, seal()
        return self._letter

    def was_sent(self) -> None:
        """The service has it: from now on the same content is meant anew."""
        self._content = self._letter = None
