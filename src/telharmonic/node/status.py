"""What the gateway asks a node for, once every two seconds."""

from __future__ import annotations

import numpy as np

from telharmonic.node.node import Node
from telharmonic.node.session_host import SessionHost
from telharmonic.protocol.node_api import NodeStatus, SessionStatus


def node_status(node: Node) -> NodeStatus:
    """The node and all of its sessions."""
    gauges = node.link.shared.gauges
    return NodeStatus(
        ready=node.link.child.status is None,
        sessions=tuple(_session_status(node, name, host) for name, host in node.hosts.items()),
        public_port=node.port,
        late_blocks=gauges.count("late_blocks"),
        skipped_blocks=gauges.count("skipped_blocks"),
        realtime=bool(gauges.count("realtime")),
    )


def _session_status(node: Node, name: str, host: SessionHost) -> SessionStatus:
    times = node.link.shared.gauges.session_times_us([host.slot])
    return SessionStatus(
        id=name,
        members=len(host.guests),
        seq=host.desk.seq,
        playing=host.desk.state.playing,
        idle_s=host.idle_s,
        cost_us=round(float(np.median(times)), 1) if len(times) else 0.0,
        jack=node.patchbay.jack_status(name),
        shut=host.inputs.feeds.shut_counts,
        programs=node.patchbay.program_statuses(name),
    )
