#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Drives ServerBenchmark with wrk from a second process and prints a table.

usage: server.py [--seconds N] [--binary PATH]     (wrk installed; builds ServerBenchmark unless a binary is given)

For each shape the server is measured on both of its routes, beside Hummingbird's core and a raw NIO pipeline that read
the same body and answer as many constant bytes. One thread serves, one thread drives. CPU is the server's, per request.
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PORT = 7566
FEATURES = [[f"view{v}:f{f}{v}" for f in range(10)] for v in range(5)]
SHAPES = {"1 x 10": (1, sum(FEATURES[:1], [])), "100 x 50": (100, sum(FEATURES, []))}
ROUTES = ["/v1/vectors", "/get-online-features"]


def body(entities, features, generator):
    keys = [generator.randrange(20_000) for _ in range(entities)]
    return json.dumps({"features": features, "entities": {"user_id": keys}}, separators=(",", ":"))


def script(shape):
    generator = random.Random(7)
    bodies = [body(*SHAPES[shape], generator) for _ in range(64)]
    path = os.path.join(tempfile.gettempdir(), f"wrk-{os.getpid()}-{shape.replace(' ', '')}.lua")
    with open(path, "w") as file:
        file.write("local bodies = {\n" + "".join(f"[=[{text}]=],\n" for text in bodies) + "}\nlocal i = 0\n")
        file.write('local headers = {["Content-Type"] = "application/json"}\n')
        file.write("request = function() i = i % #bodies + 1\n"
                   "return wrk.format(\"POST\", nil, headers, bodies[i]) end\n"
                   "done = function(s, l, r) io.write(string.format(\"RESULT %d %d %d %d %d %d\\n\", s.requests, "
                   "s.duration, s.errors.status + s.errors.read + s.errors.write + s.errors.timeout, "
                   "l:percentile(50), l:percentile(99), l:percentile(99.9))) end\n")
    return path, bodies[0]


def cpu(process):
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve(binary, mode, size=0):
    process = subprocess.Popen([binary, mode, str(PORT), "1", str(size)], stdout=subprocess.DEVNULL)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/livez", timeout=1)
            return process
        except urllib.error.HTTPError:
            return process
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{mode} does not listen")


def drive(process, lua, path, connections, seconds):
    wrk = ["wrk", "-t1", f"-c{connections}", "-s", lua, f"http://127.0.0.1:{PORT}{path}"]
    subprocess.run(wrk[:3] + ["-d1s"] + wrk[3:], capture_output=True, check=True)
    before = cpu(process)
    output = subprocess.run(wrk[:3] + [f"-d{seconds}s"] + wrk[3:], capture_output=True, text=True, check=True).stdout
    used = cpu(process) - before
    requests, duration, errors, *latencies = map(int, re.search(r"RESULT (.*)", output).group(1).split())
    return requests / duration * 1e6, [latency / 1000 for latency in latencies], used / requests * 1e6, errors


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--binary")
    parser.add_argument("--connections", default="1,16,64")
    options = parser.parse_args()
    binary = options.binary
    if not binary:
        rooms = {**os.environ, "TALLY_ROOMS": "TallyServer,TallyLMDB,TallyTesting"}
        subprocess.run(["swift", "build", "-c", "release", "--package-path", os.path.join(ROOT, "Benchmarks")],
                       env=rooms, check=True)
        binary = os.path.join(ROOT, "Benchmarks/.build/release/ServerBenchmark")
    print("| shape | server | connections | requests/s | p50 ms | p99 ms | p99.9 ms | CPU us/request | answer bytes |")
    print("|---|---|---|---|---|---|---|---|---|")
    for shape in SHAPES:
        lua, example = script(shape)
        sizes = {}
        for mode in ["tally", "hummingbird", "nio"]:
            for route in ROUTES:
                process = serve(binary, mode, sizes.get(route, 0))
                try:
                    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{route}", data=example.encode(),
                                                     headers={"Content-Type": "application/json"})
                    sizes[route] = len(urllib.request.urlopen(request).read())
                    for connections in map(int, options.connections.split(",")):
                        rate, (p50, p99, p999), used, errors = drive(process, lua, route, connections, options.seconds)
                        name = f"{mode} {route}" if mode == "tally" else f"{mode}, as many bytes as {route}"
                        failed = f" ({errors} errors)" if errors else ""
                        print(f"| {shape} | {name} | {connections} | {rate:,.0f}{failed} | {p50:.2f} | {p99:.2f} | "
                              f"{p999:.2f} | {used:.1f} | {sizes[route]:,} |", flush=True)
                finally:
                    process.kill()
                    process.wait()


main()
