"""The session that the command makes, read back as a session file."""

import pytest

from telharmonic.commands.soundcard import CardWish, card_strips, card_text, write_card
from telharmonic.errors import ParameterError, SessionFileError
from telharmonic.gateway.catalogue import read_offer
from telharmonic.protocol.session_file import parse_toml


@pytest.mark.parametrize(
    ("ports", "names", "ids", "stereo"),
    [
        ("stereo", (), ["in"], True),
        ("mono", (), ["in"], False),
        ("3", ("bass", "drums"), ["bass", "drums", "in3"], False),
    ],
)
def test_ports_are_strips(ports, names, ids, stereo):
    strips = card_strips(ports, names)
    assert [strip.id for strip in strips] == ids
    assert {(strip.source, strip.stereo) for strip in strips} == {("jack", stereo)}


def test_there_may_be_sixty_four_and_no_more():
    assert len(card_strips("64", ())) == 64
    for ports in ("65", "0", "-1", "many", "²"):
        with pytest.raises(ParameterError, match="mono, stereo or 1 to 64"):
            card_strips(ports, ())


def test_more_names_than_ports_are_refused():
    with pytest.raises(ParameterError, match="--name is 'b'"):
        card_strips("1", ("a", "b"))


def test_every_wish_is_in_the_file(tmp_path):
    wish = CardWish(
        server="studio",
        client="tel",
        rate_hz=44_100,
        period=64,
        rules=("csound:*=in_*",),
        midi=("strip/in/fader=7", "strip/in/pan=16:10"),
        outputs=True,
        play_midi=True,
        transport="lead",
        join_only=True,
    )
    offer = read_offer(write_card(wish, tmp_path))
    jack = offer.description.jack
    assert offer.name == "sound-card"
    assert offer.description.sample_rate_hz == 44_100
    assert (jack.server, jack.client, jack.start, jack.period) == ("studio", "tel", False, 64)
    assert (jack.outputs, jack.play_midi, jack.transport) == (True, True, "lead")
    assert [(rule.source, rule.to) for rule in jack.rules] == [("csound:*", "in_*")]

    assert [(rule.address, rule.channel, rule.controller) for rule in jack.midi_rules] == [
        ("strip/in/fader", 1, 7),
        ("strip/in/pan", 16, 10),
    ]


@pytest.mark.parametrize("rule", ["7", "=7", "strip/in/fader", "a=120", "a=17:7", "a=0:7", "a=x", "a=1:"])
def test_a_midi_rule_that_is_none_is_refused_with_what_may_be(rule):
    with pytest.raises(ParameterError, match=r"--midi is .* controllers 0 to 119"):
        card_text(CardWish(midi=(rule,)))


def test_midi_for_a_parameter_that_there_is_not_is_refused():
    with pytest.raises(SessionFileError, match=r"jack\.midi"):
        card_text(CardWish(midi=("strip/out/fader=7",)))


def test_names_whose_ports_would_be_called_alike_are_refused():
    with pytest.raises(SessionFileError, match=r"strip 'out_1' has a JACK port 'out_1', as jack\.outputs has"):
        card_text(CardWish(ports="1", names=("out_1",), outputs=True))
    card_text(CardWish(ports="1", names=("out_1",)))
    with pytest.raises(SessionFileError, match=r"'midi_in', as jack\.midi has"):
        card_text(CardWish(ports="1", names=("midi_in",), midi=("strip/midi_in/fader=7",)))


def test_the_plainest_wish_is_a_stereo_strip_on_the_usual_server():
    session = parse_toml(card_text(CardWish()))
    assert session.jack.server == "default"
    assert len(session.strips) == 1


def test_a_rule_without_two_ends_and_a_name_that_is_none_are_refused():
    with pytest.raises(ParameterError, match="FROM=TO"):
        card_text(CardWish(rules=("csound:*",)))
    with pytest.raises(SessionFileError, match="server"):
        card_text(CardWish(server="a b"))
