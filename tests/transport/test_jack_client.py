"""A client on a real jackd."""

import signal

import pytest
from tests.transport.jack_server import jackd
from tests.waiting import wait_until

from telharmonic.errors import NodeError

jack_client = pytest.importorskip("telharmonic.transport.jack_client", exc_type=ImportError)
pytestmark = pytest.mark.realtime


@pytest.fixture(scope="module")
def server():
    with jackd() as server:
        jack_client.quieten()
        yield server


@pytest.fixture
def client(server):
    client = jack_client.JackClient("tel", server.name, inputs=["a_1", "a_2"], outputs=["out_1", "out_2"], midi=True)
    client._client.activate()
    yield client
    client.close()


def test_without_a_server_it_says_so():
    with pytest.raises(NodeError, match="no JACK server 'nobody' runs"):
        jack_client.JackClient("tel", "nobody", inputs=[], outputs=[], midi=False)


def test_knows_the_servers_figures_and_has_its_ports(client):
    assert (client.sample_rate_hz, client.period) == (48_000, 256)
    assert {"tel:a_1", "tel:a_2", "tel:midi_in"} <= set(client.port_names(sending=False))
    assert {"tel:out_1", "tel:out_2", "tel:midi_out"} <= set(client.port_names(sending=True))
    addresses = [*client.input_addresses, *client.output_addresses, *client.midi_addresses]
    assert len(set(addresses)) == 6
    assert 0 not in addresses


def test_a_second_one_of_the_name_is_called_otherwise(server, client):
    other = jack_client.JackClient("tel", server.name, inputs=[], outputs=[], midi=False)
    assert other.name != client.name
    other.close()


def test_rules_connect_once_and_a_hand_that_parts_has_the_last_word(client):
    rules = [("out_*", "a_*")]
    client.connect(rules)
    assert client.connections == 4  # two, seen from both ends
    client._client.disconnect("tel:out_1", "tel:a_1")
    client.connect(rules)
    assert client.connections == 2


def test_where_ports_come_one_by_one_each_goes_where_it_would_with_all_there(server, client):
    """As PipeWire shows them: the first alone goes to both, and to its own when the second is there."""
    other = jack_client.JackClient("other", server.name, inputs=[], outputs=["out_1"], midi=False)
    other._client.activate()
    rules = [("other:*", "a_*")]
    client.connect(rules)
    assert client.connections == 2
    other._client.outports.register("out_2")
    client.connect(rules)
    takers = {port.name: [to.name for to in other._client.get_all_connections(port)] for port in other._client.outports}
    assert takers == {"other:out_1": ["tel:a_1"], "other:out_2": ["tel:a_2"]}
    other.close()


def test_a_program_that_was_started_again_between_two_looks_is_connected_again(server, client):
    rules = [("again:*", "a_1")]
    for _ in range(2):
        client.changed.clear()
        other = jack_client.JackClient("again", server.name, inputs=[], outputs=["out_1"], midi=False)
        other._client.activate()
        wait_until(client.changed.is_set, "news of its port")
        client.connect(rules)
        assert client.connections == 1
        other.close()  # and nobody looks


def test_moves_the_transport_and_sees_it_move(client):
    client.move_transport(rolling=False, position_s=12.5)
    wait_until(lambda: client.transport == (False, 12.5))
    client.move_transport(rolling=True, position_s=None)
    wait_until(lambda: client.transport[0])
    client.move_transport(rolling=False, position_s=0.0)


def test_notices_that_the_server_was_killed():
    with jackd() as server:
        client = jack_client.JackClient("tel", server.name, inputs=["a"], outputs=[], midi=False)
        client._client.activate()
        server.stop(signal.SIGKILL)
        assert client.lost.wait(20)
        client.close()
        server.start()
        again = jack_client.JackClient("tel", server.name, inputs=["a"], outputs=[], midi=False)
        again.close()
