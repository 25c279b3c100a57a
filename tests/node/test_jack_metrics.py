"""The figures as Prometheus reads them, of a node that is only a table of sessions."""

from types import SimpleNamespace

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from telharmonic.node.jack_metrics import jack_families
from telharmonic.protocol.jack import JackStatus
from telharmonic.protocol.program import ProgramStatus


class Families(Collector):
    """As Prometheus's client wants them."""

    def __init__(self, node) -> None:
        self._node = node

    def collect(self):
        return jack_families(self._node)


def test_every_session_in_jack_and_every_program_has_its_figures():
    jack = {"a": JackStatus(state="running", xruns=3, drift_ppm=-12.5), "b": None}
    programs = {"a": (ProgramStatus(id="csound", state="ready", restarts=2, cpu_share=0.25),), "b": ()}
    node = SimpleNamespace(
        hosts={name: SimpleNamespace(slot=slot) for slot, name in enumerate("ab")},
        patchbay=SimpleNamespace(jack_status=jack.get, program_statuses=programs.get),
    )
    registry = CollectorRegistry()
    registry.register(Families(node))
    families = text_string_to_metric_families(generate_latest(registry).decode())
    samples = {(each.name, *sorted(each.labels.values())): each.value for family in families for each in family.samples}
    assert samples["telharmonic_jack_running", "0"] == 1
    assert samples["telharmonic_jack_xruns", "0"] == 3
    assert samples["telharmonic_jack_drift_ppm", "0"] == -12.5
    assert samples["telharmonic_program_ready", "0", "csound"] == 1
    assert samples["telharmonic_program_restarts", "0", "csound"] == 2
    assert samples["telharmonic_program_cpu_share", "0", "csound"] == 0.25
    assert not any("1" in key[1:] for key in samples)
