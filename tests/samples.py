"""What the tests of every source share: TAP lines, adapt on a folder of raw files, and the walk over sources."""

import os
import subprocess
import sys

failures = 0


def result(good, what, problems=""):
    """One TAP line; `problems`, a text or lines, are shown when it is not good."""
    global failures
    print(("ok - " if good else "not ok - ") + what)
    if not good:
        failures += 1
        for line in (problems.splitlines() if isinstance(problems, str) else list(problems))[:12]:
            print("#   " + line[:300])


def adapt(folder, sample):
    """The instance stream of a source whose raw files are `sample`, standard error, and the exit status."""
    os.makedirs("raw", exist_ok=True)
    link = os.path.join("raw", os.path.basename(folder))
    if os.path.lexists(link):
        os.remove(link)
    os.symlink(os.path.abspath(sample), link)
    done = subprocess.run(["spectrum-adapt", folder, "--raw", "raw"], capture_output=True)
    return done.stdout, done.stderr.decode(errors="replace"), done.returncode


def each_source(check):
    """check(root, source) of the sources named on the command line behind ROOT, else of all; leaves with status 1 after a failure."""
    root = sys.argv[1]
    for source in sys.argv[2:] or sorted(os.listdir(os.path.join(root, "sources"))):
        if os.path.exists(os.path.join(root, "sources", source, "source.json")):
            check(root, source)
        elif source in sys.argv[2:]:
            result(False, source, "there is no such source in sources/; a path works too")
    sys.exit(1 if failures else 0)
