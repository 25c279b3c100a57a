"""The engine's news as members hear it; the rest is tested through the desk."""

from telharmonic.engine import commands


def applied(room, member, text, frame):
    (command,) = room.desk.receive(member, text, 0).commands
    return lambda: room.deliver(room.desk.news(commands.Applied(command_id=command.command_id, frame=frame)))


def moved(room, frame):
    news = commands.TransportChanged(
        frame=frame, playing=True, position_frames=0, loop_on=False, loop_start_frames=0, loop_end_frames=0
    )
    room.deliver(room.desk.news(news))


def test_whoever_moved_the_transport_is_named(room):
    first, second = room.join(), room.join()
    answer_first = applied(room, first, '{"type":"play","id":1}', 120)
    answer_second = applied(room, second, '{"type":"pause","id":1}', 240)
    room.take(first)
    answer_first()
    moved(room, 120)
    answer_second()
    moved(room, 240)
    assert [message["member"] for message in room.take(first) if message["type"] == "transport"] == ["m1", "m2"]


def test_whoever_recalled_a_scene_is_named_though_another_did_at_the_same_frame(room):
    first, second = room.join(), room.join()
    answer_first = applied(room, first, '{"type":"scene_recall","id":1,"name":"A"}', 120)
    answer_second = applied(room, second, '{"type":"scene_recall","id":1,"name":"A"}', 120)
    room.take(first)
    for pan, answer in ((0.5, answer_first), (1.0, answer_second)):
        news = commands.SceneRecalled(name="A", frame=120, fade_s=0.0, values={"strip/1/pan": pan})
        room.deliver(room.desk.news(news))
        answer()
    changes = [message for message in room.take(first) if message["type"] == "change"]
    assert [(change["member"], change["value"]) for change in changes] == [("m1", 0.5), ("m2", 1.0)]


def test_a_change_of_the_engines_own_has_no_member(room):
    member = room.join()
    room.take(member)
    moved(room, 480)
    assert room.take(member)[0]["member"] == ""


def test_a_scene_that_the_engine_knows_and_the_desk_does_not_is_taken_as_it_is_now(room):
    room.deliver(room.desk.news(commands.ScenesChanged(names=("Other",))))
    assert room.desk.snapshot().scenes == {"Other": room.desk.state.values}
