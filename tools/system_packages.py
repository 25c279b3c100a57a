"""Check that the programs which the browser, JACK and demo tests drive are there; install them where we may.

Run by ``./dev test`` and ``./dev bench``. As root on Debian or Ubuntu the missing ones are installed with
apt-get; anywhere else it says exactly what to install and ends with status 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# program -> Debian package; a tuple of programs is satisfied by any one of them
PROGRAMS: dict[tuple[str, ...], str] = {
    ("jackd",): "jackd2",
    ("csound",): "csound",
    ("fluidsynth",): "fluidsynth",
    ("scsynth",): "supercollider-server",
    ("pd",): "puredata-core",
    ("mpv",): "mpv",
    ("chromium", "chromium-browser", "google-chrome"): "chromium",
    ("firefox-esr", "firefox"): "firefox-esr",
    ("pulseaudio",): "pulseaudio",
    ("pactl",): "pulseaudio-utils",
    ("ffmpeg",): "ffmpeg",
    ("node", "nodejs"): "nodejs",
    ("npm",): "npm",
    ("turnserver",): "coturn",
    ("oscsend",): "liblo-tools",
    ("pipewire",): "pipewire",
    ("pw-jack",): "pipewire-jack",
    ("ip",): "iproute2",
    ("iptables",): "iptables",
}

# what is no program: a file below /usr/lib -> Debian package. An independent WHEP player is made of most
FILES: dict[str, str] = {
    "*/gstreamer-1.0/libgstwebrtc.so": "gstreamer1.0-plugins-bad",
    "*/gstreamer-1.0/libgstnice.so": "gstreamer1.0-nice",
    "*/gstreamer-1.0/libgstopus.so": "gstreamer1.0-plugins-base",
    "*/gstreamer-1.0/libgstrtpmanager.so": "gstreamer1.0-plugins-good",
    "*/girepository-1.0/GstWebRTC-1.0.typelib": "gir1.2-gst-plugins-bad-1.0",
    "python3/dist-packages/gi/__init__.py": "python3-gi",
    "../share/sounds/sf2/TimGM6mb.sf2": "timgm6mb-soundfont",  # what FluidSynth plays with
}


def missing_packages(libraries: Path = Path("/usr/lib")) -> list[str]:
    """Debian packages whose program is not on the path or whose file is not there, in the order of the tables."""
    programs = [package for names, package in PROGRAMS.items() if not any(map(shutil.which, names))]
    return programs + [package for file, package in FILES.items() if not any(libraries.glob(file))]


def has_apt(os_release: str, apt: str | None) -> bool:
    """Whether this is a Debian or a relative of it, with apt-get at hand."""
    names = {
        word
        for line in os_release.splitlines()
        if line.startswith(("ID=", "ID_LIKE="))
        for word in line.partition("=")[2].strip('"').split()
    }
    return apt is not None and bool(names & {"debian", "ubuntu"})


def install(packages: list[str]) -> int:
    """Install with apt-get without asking anything; apt-get's own exit status."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        status = subprocess.run(["apt-get", *command], env=environment, check=False).returncode
        if status != 0:
            return status
    return 0


def main() -> int:
    """Check, install where possible, and say what is left to do."""
    missing = missing_packages()
    if not missing:
        return 0
    command = "apt-get install " + " ".join(missing)
    release = Path("/etc/os-release")
    debian = has_apt(release.read_text() if release.exists() else "", shutil.which("apt-get"))
    if debian and os.geteuid() == 0:
        print(f"installing {', '.join(missing)}", file=sys.stderr)
        if install(missing) == 0 and not (missing := missing_packages()):
            return 0
        command = "apt-get install " + " ".join(missing)
    print(f"these tests also need: {', '.join(missing)}", file=sys.stderr)
    print(
        f"install them with: {'sudo ' * debian}{command}" if debian else "install them with your package manager",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
