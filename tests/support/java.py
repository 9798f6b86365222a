"""Find a Java for Spark, or get one: JAVA_HOME, the PATH, else apt as root.

Run as a module it says which one is there; without any it says loudly that Spark will be skipped, and ends well:
ClickHouse needs no Java.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 17
"""What Spark 4 runs on."""

PACKAGES = ("openjdk-21-jre-headless", "openjdk-17-jre-headless", "default-jre-headless")


def find_java() -> str | None:
    """Path of a Java that is new enough, or None."""
    home = os.environ.get("JAVA_HOME")
    candidates = [str(Path(home) / "bin" / "java")] if home else []
    candidates += [path] if (path := shutil.which("java")) else []
    return next((path for path in candidates if (version(path) or 0) >= OLDEST), None)


def version(path: str) -> int | None:
    """Major version of a Java, None where it does not start."""
    try:
        said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else None


def obtain_java() -> str | None:
    """Find a Java or install one; None where neither is possible."""
    if found := find_java():
        return found
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        return None
    subprocess.run(["apt-get", "update", "-q"], check=False)
    for package in PACKAGES:
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", package], check=False)
        if found := find_java():
            return found
    return None


if __name__ == "__main__":
    missing = f"NO JAVA {OLDEST} OR NEWER: the queries are NOT tested on Spark. Install one, or set JAVA_HOME."
    print(obtain_java() or missing, file=sys.stderr)
