#!/usr/bin/env python3
"""The chapter on one moto server, made by hopper and by boto3 call after call, in turn.

    cargo build --example hopper && benches/boto3.py [target/debug/examples/hopper]

Prints calls, wall time and CPU time of both (medians of 5 turns), and how many times as fast hopper
is. moto makes everything at once, so nothing is waited for: what is compared is calls, not AWS. It
installs moto and boto3 under target/, once; everything listens on loopback only.
"""

import os
import pathlib
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOTO = "5.2.1"
TURNS = 5
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def python():
    """The folder of a Python with moto, the one that the tests use too."""
    folder = ROOT / "target" / "tmp" / f"moto-{MOTO}"
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = ["-m", "pip", "install", "--quiet", f"moto[server]=={MOTO}"]
        subprocess.run([folder / "bin" / "python", *install], check=True)
        (folder / "complete").write_text(MOTO)
    return folder / "bin"


class Moto:
    """A server on a free port; its log tells how often it was asked."""

    def __init__(self, bin):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.log = tempfile.NamedTemporaryFile()
        command = [bin / "moto_server", "-H", "127.0.0.1", "-p", str(port)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        sys.exit("moto does not answer")

    def calls(self):
        return pathlib.Path(self.log.name).read_text().count("POST / HTTP")


def run(moto, command, **more):
    """Calls, seconds of wall time and of CPU time, and what it printed."""
    calls, began = moto.calls(), time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.monotonic() - began
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (moto.calls() - calls, wall, cpu), done.stdout


def by_hopper(moto, program):
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | CREDENTIALS
        up = f"up --backend aws --endpoint-url {moto.url} --region eu-west-1".split()
        cost, _ = run(moto, [program, *up], cwd=folder, env=environment)
        run(moto, [program, "down"], cwd=folder, env=environment)
    return cost


def by_boto3(moto, bin):
    script = ROOT / "examples" / "tests" / "it" / "chapter_by_hand" / "chapter.py"
    policies = ROOT / "hopper-aws" / "src" / "recipes" / "policies"
    cost, printed = run(moto, [bin / "python", script, "up", moto.url, policies])
    state = printed.splitlines()[0]
    run(moto, [bin / "python", script, "down", moto.url, state])
    return cost


def main():
    program = pathlib.Path(sys.argv[1] if 1 < len(sys.argv) else "target/debug/examples/hopper")
    program = program.resolve()
    bin = python()
    moto = Moto(bin)
    try:
        turns = [(by_hopper(moto, program), by_boto3(moto, bin)) for _ in range(1 + TURNS)][1:]
    finally:
        moto.process.terminate()
        moto.process.wait()
    medians = [
        [statistics.median(turn[who][what] for turn in turns) for what in range(3)]
        for who in range(2)
    ]
    print("| up of the chapter on moto | calls | wall s | CPU s |\n|---|--:|--:|--:|")
    for name, (calls, wall, cpu) in zip(["hopper", "boto3, sequential"], medians):
        print(f"| {name} | {calls:.0f} | {wall:.2f} | {cpu:.2f} |")
    ratio = medians[1][1] / medians[0][1]
    met = "met" if 1.5 <= ratio else "missed"
    print(f"\nhopper is {ratio:.2f} times as fast (aim: at least 1.5, {met})")


main()
