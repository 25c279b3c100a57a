"""Blocks <-> Opus packets (RFC 6716), by libopus.

No binding that is kept up covers what is needed (frames of 2.5 ms, concealment, no copy more than one): PyAV's adds
100 us to the 30 us that a frame costs and cannot conceal; opuslib has been left alone since 2018. So libopus is
called through ctypes (`wire.libopus`), which lets go of the interpreter's lock during each call.

Sound is float32 (frames, channels) at 48 kHz here, C-contiguous: the shape of a ring's view.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import MessageError, ParameterError
from telharmonic.wire import libopus

SAMPLE_RATE_HZ = 48_000
FRAME_COUNTS = (120, 240, 480, 960, 1920, 2880)  # 2.5, 5, 10, 20, 40 and 60 ms
MIN_BITRATE_BPS, MAX_BITRATE_BPS = 6_000, 510_000
MAX_PACKET_BYTES = 1275  # of one Opus frame; packets of 40 and 60 ms hold two or three, but fit one datagram
MAX_PACKET_FRAMES = 5760  # 120 ms, the longest packet that a stranger may send
HISTORY_FRAMES = 1142  # a decoder's pitch filter looks back 1022, and blocks overlap by 120 (RFC 6716, 4.3.7)
LOOKAHEAD_FRAMES = {"lowdelay": 120, "audio": 312, "voip": 312}

# requests of opus_defines.h
_SET_BITRATE, _SET_VBR, _SET_COMPLEXITY, _SET_DTX, _RESET = 4002, 4006, 4010, 4016, 4028
_SET_PREDICTION_DISABLED = 4042


class Application(StrEnum):
    """What an encoder is tuned for."""

    AUDIO = "audio"
    LOWDELAY = "lowdelay"  # 2.5 ms of look-ahead instead of 6.5; no in-band error correction
    VOIP = "voip"


_APPLICATIONS = {Application.VOIP: 2048, Application.AUDIO: 2049, Application.LOWDELAY: 2051}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpusSettings:
    """How sound is encoded; equal settings share one encoder. Discontinuous transmission is always off.

    Parameters
    ----------
    frames : int
        In one packet: 120, 240, 480, 960, 1920 or 2880 (2.5, 5, 10, 20, 40 or 60 ms).
    channels : int
        1 or 2.
    bitrate_bps : int
        6000 to 510 000; with 120 frames from 9600 on, below which libopus sends silence; with 1920 and 2880 to 255 000
        and 170 000, so that a packet has at most 1275 bytes.
    vbr : bool
        The bitrate is a mean (constrained variable rate) instead of the size of every packet.
    complexity : int
        0 (least CPU) to 10.
    application : Application
        Or its name: ``audio``, ``lowdelay``, ``voip``.

    Raises
    ------
    ParameterError
        Naming the value and its range.
    """

    frames: int = 240
    channels: int = 2
    bitrate_bps: int = 128_000
    vbr: bool = True
    complexity: int = 5
    application: Application = Application.LOWDELAY

    def __post_init__(self) -> None:
        if not _is_int(self.frames) or self.frames not in FRAME_COUNTS:
            raise ParameterError("frames", self.frames, ", ".join(map(str, FRAME_COUNTS)))
        _check("channels", self.channels, 1, 2)
        _check("bitrate_bps", self.bitrate_bps, min_bitrate_bps(self.frames), max_bitrate_bps(self.frames))
        _check("complexity", self.complexity, 0, 10)
        if not isinstance(self.vbr, bool):
            raise ParameterError("vbr", self.vbr, "true or false")
        try:
            object.__setattr__(self, "application", Application(self.application))
        except ValueError:
            raise ParameterError("application", self.application, ", ".join(Application)) from None

    def at_bitrate(self, bitrate_bps: int) -> OpusSettings:
        """The same at another bitrate, which is brought into its range."""
        return replace(
            self, bitrate_bps=max(min_bitrate_bps(self.frames), min(bitrate_bps, max_bitrate_bps(self.frames)))
        )


def min_bitrate_bps(frames: int) -> int:
    """The least bitrate at which packets of so many frames hold sound: three bytes each, and 6000."""
    return max(MIN_BITRATE_BPS, 3 * 8 * SAMPLE_RATE_HZ // frames)


def max_bitrate_bps(frames: int) -> int:
    """The most at which packets of so many frames have `MAX_PACKET_BYTES`, and 510 000."""
    return min(MAX_BITRATE_BPS, MAX_PACKET_BYTES * 8 * SAMPLE_RATE_HZ // frames)


class OpusEncoder:
    """Sound in, packets out; each packet depends on those before it.

    Parameters
    ----------
    settings : OpusSettings
        Cannot be changed later: another setting is another encoder.

    Raises
    ------
    NodeError
        If there is no libopus on this machine.
    """

    def __init__(self, settings: OpusSettings) -> None:
        self.settings = settings
        self._library = libopus.library()
        error = ctypes.c_int()
        create = self._library.opus_encoder_create
        state = create(SAMPLE_RATE_HZ, settings.channels, _APPLICATIONS[settings.application], ctypes.byref(error))
        libopus.check("opus_encoder_create", error.value)
        self._state = ctypes.c_void_p(state)
        self._packet = ctypes.create_string_buffer(MAX_PACKET_BYTES)
        self._encode = self._library.opus_encode_float
        self._control(_SET_BITRATE, settings.bitrate_bps)
        self._control(_SET_VBR, int(settings.vbr))
        self._control(_SET_COMPLEXITY, settings.complexity)
        self._control(_SET_DTX, 0)

    def encode(self, samples: NDArray[np.float32], *, independent: bool = False) -> bytes:
        """One packet.

        Parameters
        ----------
        samples : NDArray[np.float32]
            (frames, channels) of the settings, C-contiguous, nominal [-1, 1]. libopus
            takes a frame for silence that holds what is not finite.
        independent : bool
            Predict nothing from the packets before. After `HISTORY_FRAMES` of such packets a decoder that began
            there, or came from another encoder of the same sound, has found its way; otherwise it is up to 6 dB too
            loud or too soft for a tenth of a second.

        Raises
        ------
        ParameterError
            If the shape, type or layout is another.
        """
        settings = self.settings
        wanted = (settings.frames, settings.channels)
        if samples.shape != wanted or samples.dtype != np.float32 or not samples.flags.c_contiguous:
            raise ParameterError(
                "samples", f"{samples.dtype} {samples.shape}", f"float32 {wanted}, the samples of a frame side by side"
            )
        if independent:
            self._control(_SET_PREDICTION_DISABLED, 1)
        size = self._encode(self._state, samples.ctypes.data, settings.frames, self._packet, MAX_PACKET_BYTES)
        if independent:
            self._control(_SET_PREDICTION_DISABLED, 0)
        libopus.check("opus_encode_float", size)
        return ctypes.string_at(self._packet, size)

    def reset(self) -> None:
        """Forget what was encoded before."""
        self._control(_RESET)

    def _control(self, request: int, *values: int) -> None:
        # the value is a variadic argument: it is passed as C's int
        status = self._library.opus_encoder_ctl(self._state, ctypes.c_int(request), *map(ctypes.c_int, values))
        libopus.check(f"opus_encoder_ctl({request})", status)

    def __del__(self) -> None:
        if (state := getattr(self, "_state", None)) is not None:
            self._library.opus_encoder_destroy(state)


class OpusDecoder:
    """Packets in, sound out; conceals those that were lost.

    Parameters
    ----------
    channels : int
        1 or 2, whatever the packets hold: the decoder mixes down or doubles.

    Raises
    ------
    ParameterError
        For other channels.
    NodeError
        If there is no libopus on this machine.
    """

    def __init__(self, channels: int = 2) -> None:
        _check("channels", channels, 1, 2)
        self.channels = channels
        self._library = libopus.library()
        error = ctypes.c_int()
        state = self._library.opus_decoder_create(SAMPLE_RATE_HZ, channels, ctypes.byref(error))
        libopus.check("opus_decoder_create", error.value)
        self._state = ctypes.c_void_p(state)
        self._samples = np.zeros((MAX_PACKET_FRAMES, channels), np.float32)

    def decode(self, packet: bytes) -> NDArray[np.float32]:
        """The sound of one packet, (frames, channels), at most 5760 frames.

        Raises
        ------
        MessageError
            If the bytes are no Opus packet; the decoder can go on with the next.
        """
        if not packet:
            raise MessageError("an Opus packet has 0 bytes; allowed: 1 and more")
        return self._run(packet, len(packet), MAX_PACKET_FRAMES)

    def conceal(self, frames: int) -> NDArray[np.float32]:
        """What stands in for a packet that was lost: the sound before it drawn out and faded, (frames, channels).

        Raises
        ------
        ParameterError
            If `frames` is no multiple of 120 from 120 to 5760.
        """
        if not _is_int(frames) or frames % 120 or not 120 <= frames <= MAX_PACKET_FRAMES:
            raise ParameterError("frames", frames, f"a multiple of 120, 120 to {MAX_PACKET_FRAMES}")
        return self._run(None, 0, frames)

    def recover(self, packet: bytes, frames: int) -> tuple[NDArray[np.float32], bool]:
        """What stands in for the packet before `packet`, whose own length `frames` is.

        Returns
        -------
        tuple
            The sound (frames, channels), and whether `packet` repeats it (in-band error correction, which encoders for
            voice may add); otherwise it is concealed as `conceal` does.

        Raises
        ------
        MessageError
            If the bytes are no Opus packet.
        """
        return self._run(packet, len(packet), frames, correct=True), repeats_before(packet)

    def reset(self) -> None:
        """Forget what was decoded before."""
        libopus.check("opus_decoder_ctl", self._library.opus_decoder_ctl(self._state, ctypes.c_int(_RESET)))

    def _run(self, packet: bytes | None, size: int, frames: int, *, correct: bool = False) -> NDArray[np.float32]:
        out = self._samples
        count = self._library.opus_decode_float(self._state, packet, size, out.ctypes.data, frames, int(correct))
        if count < 0:
            raise MessageError(f"{size} bytes are no Opus packet: {libopus.reason(count)}")
        return out[:count].copy()

    def __del__(self) -> None:
        if (state := getattr(self, "_state", None)) is not None:
            self._library.opus_decoder_destroy(state)


def packet_frames(packet: bytes) -> int:
    """How many frames at 48 kHz a packet holds, by its first bytes.

    Raises
    ------
    MessageError
        If they say nothing.
    """
    count: int = libopus.library().opus_packet_get_nb_samples(packet, len(packet), SAMPLE_RATE_HZ)
    if count < 1:
        raise MessageError(f"{len(packet)} bytes are no Opus packet: {libopus.reason(count)}")
    return count


def repeats_before(packet: bytes) -> bool:
    """Whether a packet of one frame, or of two alike, repeats the one before at a lower rate (RFC 6716, 4.2.4)."""
    if len(packet) < 2 or packet[0] & 0x80 or packet[0] & 0x03 > 1:
        return False  # CELT alone repeats nothing
    config = packet[0] >> 3
    frames = max(1, config & 3) if config < 12 else 1  # of 20 ms in one of the SILK layer: 10, 20, 40 or 60 ms
    mono = packet[1] >> (7 - frames) & 1
    stereo = packet[0] & 0x04 and packet[1] >> (6 - 2 * frames) & 1
    return bool(mono or stereo)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check(name: str, value: int, low: int, high: int) -> None:
    if not _is_int(value) or not low <= value <= high:
        raise ParameterError(name, value, f"{low} to {high}")
