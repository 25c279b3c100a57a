"""The figures of JACK and of the programs for Prometheus, by the place of the session: its id is a secret."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily

from telharmonic.node.node import Node
from telharmonic.protocol.jack import JackStatus

_JACK = {
    "running": "1 while the session is in a JACK server.",
    "xruns": "Xruns that the server reported since it was joined.",
    "drift_ppm": "How much faster than nominal JACK's frames come, parts in a million, as learnt over some seconds.",
    "lost_frames": "Frames that JACK brought and nobody took.",
    "starved_frames": "Frames for which there was nothing to play to JACK.",
    "reconnects": "Times that the server went away.",
    "connections": "Connections of the session's ports.",
}


def _figure(status: JackStatus, name: str) -> float:
    return float(status.state == "running") if name == "running" else float(getattr(status, name))


def jack_families(node: Node) -> Iterator[GaugeMetricFamily]:
    """Families named ``telharmonic_jack_...`` and ``telharmonic_program_...``."""
    slots = {name: str(host.slot) for name, host in node.hosts.items()}
    statuses = {slot: node.patchbay.jack_status(name) for name, slot in slots.items()}
    for name, text in _JACK.items():
        family = GaugeMetricFamily(f"telharmonic_jack_{name}", text, labels=["slot"])
        for slot, status in statuses.items():
            if status is not None:
                family.add_metric([slot], _figure(status, name))
        yield family
    ready = GaugeMetricFamily("telharmonic_program_ready", "1 while the program is ready.", labels=["slot", "program"])
    restarts = GaugeMetricFamily(
        "telharmonic_program_restarts", "Times that it was started again.", labels=["slot", "program"]
    )
    share = GaugeMetricFamily(
        "telharmonic_program_cpu_share",
        "Cores that it used over 10 s, with all it started.",
        labels=["slot", "program"],
    )
    for session, slot in slots.items():
        for program in node.patchbay.program_statuses(session):
            ready.add_metric([slot, program.id], float(program.state == "ready"))
            restarts.add_metric([slot, program.id], float(program.restarts))
            share.add_metric([slot, program.id], program.cpu_share)
    yield from (ready, restarts, share)
