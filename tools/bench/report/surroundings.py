# SPDX-License-Identifier: GPL-2.0
"""What was measured: on which machine and kernels, which commit, when."""

import datetime
import os
import platform
import re
import subprocess


def field(path, pattern):
    """What a pattern finds in a file, or "unknown"."""
    try:
        with open(path, encoding="utf-8") as file:
            found = re.search(pattern, file.read(), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else "unknown"


def git(*words):
    ran = subprocess.run(["git", *words], capture_output=True, text=True,
                         check=False)
    return ran.stdout.strip()


def commit():
    name = git("rev-parse", "HEAD") or "unknown"
    return name + " with changes" * bool(git("status", "--porcelain"))


def surroundings(kernels):
    """KERNELS are lines: a part, and the version of its kernel."""
    return {
        "date": datetime.datetime.now().astimezone().isoformat(
            timespec="seconds"),
        "commit": commit(),
        "machine": {
            "processor": field("/proc/cpuinfo", "^model name.*: (.*)$"),
            "processors": os.cpu_count(),
            "memory": field("/proc/meminfo", "^MemTotal:(.*)$"),
            "system": field("/etc/os-release", '^PRETTY_NAME="?([^"\n]*)'),
            "kernel": platform.release(),
        },
        "kernels": dict(line.split() for line in kernels),
    }
