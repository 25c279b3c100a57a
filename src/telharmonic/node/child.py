"""A process of ours: how it is started, asked and ended, and how it dies with its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from socket import SHUT_RDWR, socketpair
from typing import Any

from telharmonic.errors import NodeError, TelharmonicError

_PR_SET_PDEATHSIG = 1
_PARENT = "TELHARMONIC_PARENT"  # tells a child its parent's process id
END_S = 3.0  # a child that has not gone so long after its pipe was closed is killed


class ChildEndedError(NodeError):
    """The child took its end of the pipe with it: it has died, or is about to."""


class Child:
    """One child process with a pipe; requests are answered one at a time.

    Parameters
    ----------
    module : str
        Run as ``python -m module DESCRIPTOR ARGUMENTS...``; it calls `serve`.
    arguments : tuple of str
        What follows the pipe's descriptor.
    descriptors : tuple of int
        Passed on, under the same numbers.

    Raises
    ------
    NodeError
        If it cannot be started.
    """

    def __init__(self, module: str, arguments: tuple[str, ...] = (), descriptors: tuple[int, ...] = ()) -> None:
        ours, theirs = socketpair()
        with theirs:
            command = [sys.executable, "-m", module, str(theirs.fileno()), *arguments]
            try:
                self._process = subprocess.Popen(
                    command,
                    pass_fds=(theirs.fileno(), *descriptors),
                    stdin=subprocess.DEVNULL,
                    env=os.environ | {_PARENT: str(os.getpid())},
                )
            except OSError as problem:
                ours.close()
                raise NodeError(f"cannot start {module}: {problem}") from None
        self._socket = ours
        self._pipe: Connection[Any, Any] = Connection(os.dup(ours.fileno()))
        self._turn = threading.Lock()
        self.name = module.rpartition(".")[2]
        self.pid = self._process.pid
        self.exit_descriptor = os.pidfd_open(self.pid)  # readable once the process has ended

    def request(self, question: object) -> Any:
        """Ask and wait for the answer; call it from a thread that may wait.

        Raises
        ------
        TelharmonicError
            What the child answered with.
        ChildEndedError
            If the child has ended.
        """
        with self._turn:
            try:
                self._pipe.send(question)
                answer = self._pipe.recv()
            except (EOFError, OSError):
                raise ChildEndedError(f"the {self.name} has ended") from None
        if isinstance(answer, _Raised):
            raise answer.error()
        return answer

    def close(self) -> int:
        """Close the pipe, which ends the child and any request, and wait for it; its exit status."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(SHUT_RDWR)
        try:
            status = self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._socket.close()
        self._pipe.close()
        if self.exit_descriptor >= 0:
            os.close(self.exit_descriptor)
            self.exit_descriptor = -1
        return status

    @property
    def status(self) -> int | None:
        """The exit status once it has ended."""
        return self._process.poll()


def serve(descriptor: int, answer: Callable[[Any], object]) -> None:
    """In the child: answer what the parent asks until it closes the pipe or dies.

    An error of ours is sent back as it is, any other as a NodeError that names it.
    """
    pipe: Connection[Any, Any] = Connection(descriptor)
    while True:
        try:
            question = pipe.recv()
        except (EOFError, OSError):
            return
        reply: object
        try:
            reply = answer(question)
        except TelharmonicError as problem:
            reply = _Raised.of(problem)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the parent must hear of it
            reply = _Raised.of(NodeError(f"{type(problem).__name__}: {problem}"))
        try:
            pipe.send(reply)
        except OSError:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raised:
    """An error of ours with its fields, as it goes through a pipe: exceptions themselves pickle badly."""

    kind: type[TelharmonicError]
    message: str
    fields: dict[str, object]

    @classmethod
    def of(cls, problem: TelharmonicError) -> _Raised:
        return cls(kind=type(problem), message=str(problem), fields=dict(vars(problem)))

    def error(self) -> TelharmonicError:
        problem = self.kind.__new__(self.kind)
        Exception.__init__(problem, self.message)
        vars(problem).update(self.fields)
        return problem


def end_with_parent() -> None:
    """Be told to end (SIGTERM) by the kernel when the thread that started this process ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def die_with_parent() -> None:
    """In the child: be killed by the kernel when the thread that started us ends, and take signals from it alone."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(os.environ.get(_PARENT) or os.getppid()):
        os._exit(1)  # it died before the kernel knew, while we were importing
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us in order
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
