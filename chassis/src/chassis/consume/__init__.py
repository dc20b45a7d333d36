"""Consuming other services' events, exactly once in effect: worker classes, the loop, dead letters, timers."""

import warnings

# eventlet advises against itself; nameko stands on it, without monkey patching.
warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated.*")
warnings.filterwarnings("ignore", module="eventlet")

import eventlet.debug  # noqa: E402

# Its hub prints whole tracebacks, with whatever the exceptions quote; the container raises the same errors to us.
eventlet.debug.hub_exceptions(False)

from chassis.consume.broker import KafkaDown, TopicForgets, TopicNotReadable, read_all  # noqa: E402
from chassis.consume.dead_letters import DeadLetter, DeadLetters, TooManyParked  # noqa: E402
from chassis.consume.entrypoints import HandedIn, consume, every  # noqa: E402
from chassis.consume.messages import CauseNotRecorded, Parts  # noqa: E402
from chassis.consume.patience import Patience  # noqa: E402
from chassis.consume.replay import Replayed, replay_dead_letters  # noqa: E402
from chassis.consume.stream import EventStream  # noqa: E402
from chassis.consume.worker import run_worker, worker_parts  # noqa: E402

__all__ = [
    "CauseNotRecorded",
    "DeadLetter",
    "DeadLetters",
    "EventStream",
    "HandedIn",
    "KafkaDown",
    "Parts",
    "Patience",
    "Replayed",
    "TooManyParked",
    "TopicForgets",
    "TopicNotReadable",
    "consume",
    "every",
    "read_all",
    "replay_dead_letters",
    "run_worker",
    "worker_parts",
]
