"""The node's figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from telharmonic.control.relay import REASONS
from telharmonic.node.jack_metrics import jack_families
from telharmonic.node.node import Node
from telharmonic.node.relay_door import RelayDoor

Family = CounterMetricFamily | GaugeMetricFamily
_COUNTERS = {
    "blocks": "Blocks rendered, of all sessions.",
    "late_blocks": "Blocks that were ready later than the next one was due.",
    "skipped_blocks": "Blocks that were never rendered: after a long stall, or into a full ring.",
    "ticks": "Ticks of the render clock.",
    "failed": "Sessions silenced because their engine raised an error.",
    "news_lost": "Meter snapshots and news for which the message ring had no room.",
}
_QUANTILES = (0.5, 0.99)
_RTC_PACKETS = {
    "sent": "that the system took",
    "late": "that left more than 5 ms, or their own length, after their sound was rendered",
    "failed": "that the system did not take, or that had no path",
}

_FEEDS = {
    "feed_dry": ("dry", "Times that a live strip found nothing to play"),
    "feed_missed_frames": ("missed_frames", "Frames for which it faded to silence"),
    "feed_jumps": ("jumps", "Times that it threw surplus away"),
    "feed_shut": ("shut_count", "Times that a feed was shut for a second, because of NaN or far too loud a sound"),
}


class NodeCollector(Collector):
    """Reads the figures when someone asks."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def collect(self) -> Iterator[Family]:
        """Every family, named ``telharmonic_...``."""
        gauges = self._node.link.shared.gauges
        for name, help_text in _COUNTERS.items():
            yield CounterMetricFamily(f"telharmonic_{name}", help_text, value=gauges.count(name))
        hosts = list(self._node.hosts.values())
        guests = [guest for host in hosts for guest in host.guests]
        underruns = sum(guest.stats.underruns for guest in guests if guest.stats is not None)
        delays = np.array([guest.stats.delay_ms for guest in guests if guest.stats is not None])
        yield _gauge("realtime", "1 if SCHED_FIFO was granted to the render clock.", gauges.count("realtime"))
        yield _gauge("sessions", "Sessions on this node.", len(hosts))
        yield _gauge("sessions_awake", "Sessions that are rendered now.", gauges.count("awake"))
        yield _gauge("members", "Members connected by WebSocket.", len(guests))
        yield _gauge("listeners", "Connections that are sent sound.", sum(len(host.audience) for host in hosts))
        lines = [host.audience.opus for host in hosts]
        encodings = sum(len(line.encodings) for line in lines)
        yield _gauge("rtc_listeners", "Connections that are sent Opus by WebRTC.", sum(map(len, lines)))
        yield _gauge("rtc_encodings", "Opus encodings that are made for them.", encodings)
        for name, help_text in _RTC_PACKETS.items():
            total = sum(getattr(line, f"{name}_packets") for line in lines)
            yield _gauge(f"rtc_{name}_packets", f"Opus packets {help_text}, of the sessions that run.", total)
        yield _gauge(
            "ring_fill_frames",
            "Frames rendered and not yet sent.",
            max((host.audience.fill_frames for host in hosts), default=0),
        )
        yield CounterMetricFamily(
            "telharmonic_dropped_messages", "Audio messages that slow listeners lost.", value=self._node.lost_messages
        )
        yield _gauge("listener_underruns", "Underruns that the connected players report.", underruns)
        feeds = [ring for host in hosts for ring in host.inputs.feeds.rings.values()]
        yield _gauge("feeds", "Live strips that someone feeds.", sum(ring.is_open for ring in feeds))
        fill = max((ring.in_hand_frames for ring in feeds if ring.is_open), default=0)
        yield _gauge("feed_fill_frames", "Frames that the fullest of them has in hand.", fill)
        for name, (figure, help_text) in _FEEDS.items():
            total = sum(getattr(ring, figure) for ring in feeds)
            yield _gauge(name, f"{help_text}, of the sessions that run.", total)
        yield from jack_families(self._node)
        yield from _relay_families(self._node.relay)
        slots = [host.slot for host in hosts]
        yield _quantiles("block_seconds", "Compute time of one block of one session.", gauges.session_times_us(slots))
        yield _quantiles("tick_seconds", "Compute time of one tick, all sessions.", gauges.tick_us[gauges.tick_us > 0])
        yield _quantiles("wake_late_seconds", "How late the clock woke.", gauges.wake_us[gauges.wake_us > 0])
        yield _quantiles("listener_delay_seconds", "Delay that the connected players report.", delays * 1e3)


def _relay_families(door: RelayDoor | None) -> Iterator[Family]:
    """What the OSC relay did; all zero where there is none."""
    refused = CounterMetricFamily(
        "telharmonic_relay_refused", "Queues that the OSC relay refused, by the reason.", labels=["reason"]
    )
    for reason in REASONS:
        refused.add_metric([reason], door.relay.refused[reason] if door is not None else 0)
    passed = door.relay.passed if door is not None else 0
    yield CounterMetricFamily("telharmonic_relay_passed_messages", "Messages that the OSC relay sent on.", value=passed)
    yield refused


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"telharmonic_{name}", help_text, value=value)


def _quantiles(name: str, help_text: str, times_us: NDArray[np.floating]) -> GaugeMetricFamily:
    """Quantiles of the last seconds, as a gauge with a label: a summary's would have to cover all time."""
    family = GaugeMetricFamily(f"telharmonic_{name}", f"{help_text} Last seconds.", labels=["quantile"])
    values = np.quantile(times_us, _QUANTILES) if len(times_us) else np.zeros(len(_QUANTILES))
    for quantile, value in zip(_QUANTILES, values, strict=True):
        family.add_metric([f"{quantile:g}"], float(value) * 1e-6)
    return family


def metrics_text(node: Node) -> bytes:
    """The page that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(NodeCollector(node))
    return generate_latest(registry)
