"""`python -m wbs_local.probe PORT | s3 PORT`: exit code 0 when the process there is ready."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

TIMEOUT_S = 2


def is_ready(url: str, ready_codes: tuple[int, ...] = (200,)) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310  # our own http address
            return answer.status in ready_codes
    except urllib.error.HTTPError as error:
        return error.code in ready_codes
    except OSError:
        return False


def main(arguments: list[str]) -> int:
    port = int(arguments[-1])
    if arguments[0] == "s3":
        # An unsigned request is refused by a store that is up; while it starts it answers nothing.
        return 0 if is_ready(f"http://127.0.0.1:{port}/", (403,)) else 1
    return 0 if is_ready(f"http://127.0.0.1:{port}/readyz") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
