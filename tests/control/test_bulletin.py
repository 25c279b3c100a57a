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


def test_whoever_moved_the_transport_is_named_whichever_news_comes_first(room):
    first, second = room.join(), room.join()
    answer_first = applied(room, first, '{"type":"play","id":1}', 120)
    answer_second = applied(room, second, '{"type":"pause","id":1}', 240)
    room.take(first)
    answer_first()
    moved(room, 120)
    moved(room, 240)  # before its ack
    answer_second()
    assert [message["member"] for message in room.take(first) if message["type"] == "transport"] == ["m1", "m2"]


def test_a_change_of_the_engines_own_has_no_member(room):
    member = room.join()
    room.take(member)
    moved(room, 480)
    assert room.take(member)[0]["member"] == ""


def test_a_scene_that_the_engine_knows_and_the_desk_does_not_is_taken_as_it_is_now(room):
    room.deliver(room.desk.news(commands.ScenesChanged(names=("Other",))))
    assert room.desk.snapshot().scenes == {"Other": room.desk.state.values}


def test_the_log_has_each_set_with_the_frame_it_took(room):
    member = room.join()
    applied(room, member, '{"type":"set","id":1,"address":"strip/1/pan","value":1,"at_beat":4}', 9_600)()
    (entry,) = room.desk.log
    assert (entry.frame, entry.command.at_frame, entry.command.at_beat) == (9_600, 9_600, None)
