"""What the OSC relay lets through: everything that a rule allows, all of a queue or nothing. No I/O, no clock.

A stranger chooses from names that the file has. No text of a queue becomes a network address, and an address that is
a pattern is refused: it would mean more at its target than the rule that it was held against.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn, get_args

from telharmonic.control.rate_limit import TokenBucket
from telharmonic.errors import RefusedError
from telharmonic.protocol.decoding import short
from telharmonic.protocol.osc import Argument, OscMessage
from telharmonic.protocol.osc_pattern import ADDRESS_LIMIT, compiled, is_plain
from telharmonic.protocol.relay import ANYONE, AllowRule, ArgumentRule, Cell, Reason, RelayFile, RelayRefused, Speaking

SPEAKERS = 4096  # whose rate is remembered
REASONS: tuple[Reason, ...] = get_args(Reason)
_FLOAT_LIMIT = 3.4028235e38  # of 32 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who wants something sent: a name for the log and the rate, and a role."""

    name: str
    role: Speaking = "anyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was not sent: by whom, where to, why (`reason` is one word of few, `text` a sentence), how often."""

    speaker: Speaker
    reason: Reason
    text: str
    host: str = ""
    address: str = ""
    times: int = 1


class Relay:
    """Holds queues against the rules.

    Parameters
    ----------
    rules : RelayFile
        Checked.
    on_refused : callable
        Told about each queue that is refused.
    """

    def __init__(self, rules: RelayFile, on_refused: Callable[[Refusal], None]) -> None:
        self.passed = 0
        self.refused: Counter[str] = Counter()
        self._rules = rules
        self._on_refused = on_refused
        self._speakers: OrderedDict[str, TokenBucket] = OrderedDict()
        self._hosts = {host.name: TokenBucket(host.messages_per_s, 2 * host.messages_per_s + 1) for host in rules.hosts}

    def judge(self, queue: Sequence[Sequence[Cell]], speaker: Speaker, now_s: float) -> dict[str, list[OscMessage]]:
        """The messages of a queue by the name of their host, in order.

        Raises
        ------
        RefusedError
            With the reason, if there is anything in it that is not allowed.
        """
        if not self._bucket(speaker).take(now_s, max(1, len(queue))):
            rate = self._rules.messages_per_s
            self._refuse(speaker, "rate", f"too many messages; allowed: {rate:g} a second, {2 * rate:g} at once")
        found: dict[str, list[OscMessage]] = {}
        for item in queue:
            host, message = self._judge_item(item, speaker)
            found.setdefault(host, []).append(message)
        for host, messages in found.items():
            if not self._hosts[host].take(now_s, len(messages)):
                self._refuse(speaker, "rate", f"too many messages for {host}; try again in a moment", host)
        return found

    def refuse(self, speaker: Speaker, reason: Reason, text: str, host: str = "", address: str = "") -> None:
        """Note a queue that was refused elsewhere."""
        self.refused[reason] += 1
        self._on_refused(
            Refusal(speaker=speaker, reason=reason, text=text[:200], host=_plain(host), address=_plain(address))
        )

    def note(self, refused: RelayRefused) -> None:
        """Note queues that never came here: the front door refused them."""
        self.refused[refused.reason] += refused.times
        speaker = Speaker(name=refused.who)
        self._on_refused(Refusal(speaker=speaker, reason=refused.reason, text="", times=refused.times))

    def _refuse(self, speaker: Speaker, reason: Reason, text: str, host: str = "", address: str = "") -> NoReturn:
        self.refuse(speaker, reason, text, host, address)
        raise RefusedError(text)

    def _bucket(self, speaker: Speaker) -> TokenBucket:
        bucket = self._speakers.pop(speaker.name, None)
        if bucket is None:
            rate = self._rules.messages_per_s
            bucket = TokenBucket(rate, max(2 * rate, 1.0))
        self._speakers[speaker.name] = bucket
        if len(self._speakers) > SPEAKERS:
            self._speakers.popitem(last=False)
        return bucket

    def _judge_item(self, item: Sequence[Cell], speaker: Speaker) -> tuple[str, OscMessage]:
        host, address = item[0], item[1]
        if not isinstance(host, str) or not isinstance(address, str):
            self._refuse(speaker, "form", "a message is [host, address, type, value, ...]; host and address are text")
        if host not in self._hosts:
            self._refuse(speaker, "host", f"no host is called {short(host)!r}", host, address)
        if not is_plain(address):
            text = (
                f"{short(address)!r} is no plain OSC address; allowed: up to {ADDRESS_LIMIT} printable characters of"
                " ASCII from '/' on, without spaces and ? * [ ] { } # ,"
            )
            self._refuse(speaker, "address", text, host, address)
        rules = [rule for rule in self._rules.allow if _names(rule, host) and compiled(rule.address).matches(address)]
        if not rules:
            self._refuse(speaker, "address", f"{short(address)!r} is not allowed for {host}", host, address)
        rules = [rule for rule in rules if speaker.role in rule.roles or ANYONE in rule.roles]
        if not rules:
            text = f"{short(address)!r} is not allowed for {host} in the role {speaker.role!r}"
            self._refuse(speaker, "role", text, host, address)
        made = [_made(address, item[2:], rule) for rule in rules]
        message = next((each for each in made if isinstance(each, OscMessage)), None)
        if message is None:
            self._refuse(speaker, "arguments", f"{short(address)!r} for {host}: {made[-1]}", host, address)
        return host, message


def _made(address: str, cells: Sequence[Cell], rule: AllowRule) -> OscMessage | str:
    """The message, or why there is none."""
    try:
        return message_of(address, cells, rule)
    except ValueError as problem:
        return str(problem)


def message_of(address: str, cells: Sequence[Cell], rule: AllowRule) -> OscMessage:
    """A message whose arguments are as the rule says.

    Raises
    ------
    ValueError
        In words, if they are not.
    """
    least, most = sum(not each.optional for each in rule.arguments), len(rule.arguments)
    if len(cells) % 2:
        raise ValueError(f"type {short(cells[-1])!r} without a value; allowed: a type and a value for each argument")
    if not least <= len(cells) // 2 <= most:
        allowed_count = f"{most}" if least == most else f"{least} to {most}"
        raise ValueError(f"{len(cells) // 2} arguments; allowed: {allowed_count}, each a type and a value")
    arguments: list[Argument] = []
    types = ""
    for kind, value, allowed in zip(cells[::2], cells[1::2], rule.arguments, strict=False):
        if not isinstance(kind, str) or len(kind) != 1 or kind not in allowed.types:
            raise ValueError(f"type {short(kind)!r}; allowed: {' or '.join(allowed.types)}")
        arguments.append(_value(kind, value, allowed))
        types += kind
    return OscMessage(address, tuple(arguments), types)


def _value(kind: str, value: Cell, allowed: ArgumentRule) -> Argument:
    if kind in "TF":
        return kind == "T"
    if kind == "s":
        is_chosen = allowed.choices is None or value in allowed.choices
        if not isinstance(value, str) or "\0" in value or not is_chosen:
            raise ValueError(f"{short(value)!r}; allowed: {', '.join(allowed.choices or ()) or 'a text'}")
        return value
    number = _number(value)
    low = -math.inf if allowed.minimum is None else allowed.minimum
    high = math.inf if allowed.maximum is None else allowed.maximum
    if number is None or not low <= number <= high:
        raise ValueError(f"{short(value)!r}; allowed: a number, {low:g} to {high:g}")
    if kind in "fd":
        if kind == "f" and abs(number) > _FLOAT_LIMIT:
            raise ValueError(f"{short(value)!r}; allowed: a number of 32 bits")
        return float(number)
    bits = 31 if kind == "i" else 63
    if number != int(number) or not -(2**bits) <= number < 2**bits:
        raise ValueError(f"{short(value)!r}; allowed: a whole number of {bits + 1} bits")
    return int(number)


def _number(value: Cell) -> float | int | None:
    """A finite number, also from a text, as sliders of a page send it."""
    if isinstance(value, bool) or value is None or (isinstance(value, str) and len(value) > 32):
        return None
    if isinstance(value, int):
        return value
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _names(rule: AllowRule, host: str) -> bool:
    return any(compiled(f"/{pattern}").matches(f"/{host}") for pattern in rule.hosts)


def _plain(text: str) -> str:
    """As a log may hold it: short, and nothing that is not printed."""
    return "".join(each if each.isprintable() else "?" for each in text[:64])
