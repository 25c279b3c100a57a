"""One message, encoded once for every kind of line."""

from telharmonic.protocol.messages import Bye, encode
from telharmonic.transport.encoded import EncodedMessage
from telharmonic.wire.framing import websocket_text


def test_is_the_same_words_on_a_websocket_and_on_a_data_channel():
    message = EncodedMessage(Bye(reason="süß"))
    assert message.frame == websocket_text(encode(Bye(reason="süß")))
    assert message.text == '{"type":"bye","reason":"süß"}'
    assert message.frame is message.frame
