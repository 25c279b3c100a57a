"""``telharmonic compile``: every kernel into its cache, before anyone waits for sound."""

from __future__ import annotations

import importlib
import os
import signal
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from telharmonic.errors import NodeError

_ROOT = Path(__file__).resolve().parent.parent


def kernel_modules(root: Path = _ROOT) -> Iterator[str]:
    """Names of all modules that may hold kernels, lowest package first."""
    from telharmonic.dsp.compile import kernel_sources

    for path in kernel_sources(root):
        if path.stem != "__init__":
            yield f"telharmonic.{path.parent.name}.{path.stem}"


def completion_mark() -> Path:
    """The file that says: this processor has every kernel of these sources in its cache.

    Numba's cache is valid for one exact processor model and for sources in one folder, so the mark is named for both.
    """
    from llvmlite import binding

    from telharmonic.dsp.compile import cache_home, complete_hash

    processor = f"{binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"
    return cache_home() / f"complete-{complete_hash()}-{zlib.crc32(f'{processor} {_ROOT}'.encode()):08x}"


@contextmanager
def ending_at_once(console: Console) -> Iterator[None]:
    """Ctrl-C ends the process there and then: LLVM's callbacks would swallow a KeyboardInterrupt and print it."""

    def end(*_: object) -> None:
        console.show_cursor()  # the progress line has hidden it
        os._exit(130)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def compile_kernels(console: Console) -> None:
    """Import every kernel module, which compiles it or loads it from the cache, with a progress line.

    When the mark of an earlier run is there nothing is imported: a warm start takes a fraction of a second.

    Raises
    ------
    NodeError
        If a kernel does not compile; names the module.
    """
    mark = completion_mark()
    if mark.exists():
        console.print(f"kernels are compiled: {mark.parent}", style="dim", highlight=False, soft_wrap=True)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("compiling kernels"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    modules = list(kernel_modules())
    with ending_at_once(console), Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(modules))
        for name in modules:
            progress.update(task, description=name.removeprefix("telharmonic."))
            try:
                importlib.import_module(name)
            except Exception as error:
                raise NodeError(f"{name} does not compile: {error}") from error
            progress.advance(task)
        progress.update(task, description="done")
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
