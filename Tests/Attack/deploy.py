# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Runs what Containerfile and deploy/kubernetes.yaml say, in folders of its own. Run by scripts/check-deploy."""

import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import yaml

import program as programs

ROOT = pathlib.Path(__file__).parent.parent.parent


def expect(condition, message):
    """Ends the check where something is not as it should be."""
    if not condition:
        sys.exit(f"error: {message}")


def instructions(path):
    """The last stage of a Containerfile, as pairs of a word and its text."""
    text = re.sub(r"\\\n", " ", "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")))
    pairs = [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]
    last = max(index for index, (word, _) in enumerate(pairs) if word == "FROM")
    return pairs[last:]


def flags(words):
    """The options among words."""
    return {word.split("=")[0] for word in words if word.startswith("-")}


class Stage:
    """The image's files in a folder, and one place for each path in it."""

    def __init__(self, work, program):
        self.work = work
        shutil.copytree(program.folder, work / "data")
        (work / "opt/tally/bin").mkdir(parents=True)
        (work / "opt/tally/lib").mkdir()
        shutil.copy(program.program, work / "opt/tally/bin/tally")
        for library in (ROOT / ".deps/duckdb/lib").glob("*.so"):
            shutil.copy(library, work / "opt/tally/lib")

    def place(self, word):
        """A word of a command with the paths in the image as those in the folder."""
        return re.sub(r"^/(data|opt/tally|etc/tally)(?=/|$)", lambda found: f"{self.work}/{found.group(1)}", word)

    def start(self, words, user, port):
        """Starts a command as a user without rights, on another port of loopback."""
        words = [self.place(word) for word in words]
        words[words.index("--port") + 1] = str(port)
        words[words.index("--host") + 1] = "127.0.0.1"
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", user, str(self.work)], check=True)
            number = user.split(":")[0]
            words = ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups", "--no-new-privs", *words]
        process = subprocess.Popen(words, cwd=self.work / "data", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,  # pylint: disable=consider-using-with
                                   env={"PATH": "/usr/bin:/bin"})
        line = process.stdout.readline()
        if "listening on" not in line:
            process.kill()
            expect(False, f"{' '.join(words)} does not start: {process.communicate()[1]}")
        return process


def free_port():
    """A port that nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def status(url, context=None):
    """The status of an answer."""
    try:
        return urllib.request.urlopen(url, timeout=5, context=context).status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def check_container(stage, image, served):
    """Starts what the image starts, and asks how it is."""
    command = json.loads(image["ENTRYPOINT"]) + json.loads(image["CMD"])
    expect(flags(command[2:]) <= served, f"Containerfile: unknown options {flags(command[2:]) - served}")
    expect(image["EXPOSE"] == command[command.index("--port") + 1], "Containerfile: EXPOSE and --port differ")
    expect(re.fullmatch(r"[1-9]\d*:[1-9]\d*", image["USER"]), "Containerfile: the user is no plain number")
    words = [stage.place(word) for word in command]
    refused = subprocess.run(words[:words.index("--port") + 1] + ["0"], capture_output=True, text=True, timeout=30, check=False)
    expect(refused.returncode == 2 and "E-misuse" in refused.stderr, f"it starts without a token: {refused}")
    made = subprocess.run([words[0], "token", "create", "shop", "--scope", "read", "-C", stage.place("/data")], check=True,
                          capture_output=True, text=True)
    expect(made.stdout.startswith("tly_"), f"tally token create says {made.stdout!r}")
    port = free_port()
    process = stage.start(command, image["USER"], port)
    try:
        health = image["HEALTHCHECK"].split("CMD", 1)[1].replace(":" + image["EXPOSE"], f":{port}")
        done = subprocess.run(["bash", "-c", health], capture_output=True, text=True, timeout=20, check=False)
        expect(done.returncode == 0, f"Containerfile: HEALTHCHECK fails: {done.stderr}")
    finally:
        process.terminate()
    expect(process.wait(30) == 0, f"the container ends with {process.returncode}")


def check_kubernetes(stage, image, documents, served):
    """Starts what the pod starts, and asks its probes."""
    deployment = next(one for one in documents if one["kind"] == "Deployment")["spec"]["template"]["spec"]
    container = deployment["containers"][0]
    command = json.loads(image["ENTRYPOINT"]) + container["args"]
    expect(flags(command[2:]) <= served, f"kubernetes.yaml: unknown options {flags(command[2:]) - served}")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    expect(list(ports.values()) == [int(image["EXPOSE"])], "kubernetes.yaml: another port than the image's")
    service = next(one for one in documents if one["kind"] == "Service")["spec"]
    expect(service["ports"][0]["targetPort"] in ports, "kubernetes.yaml: the service leads nowhere")
    expect(str(deployment["securityContext"]["runAsUser"]) == image["USER"].split(":")[0], "kubernetes.yaml: another user than the image's")
    expect(container["securityContext"]["readOnlyRootFilesystem"] is True, "kubernetes.yaml: the root can be written")
    mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
    for word in command[2:]:
        expect(not word.startswith("/") or any(word == mount or word.startswith(mount + "/") for mount in mounts),
               f"kubernetes.yaml: nothing is mounted at {word}")
    volumes = {volume["name"] for volume in deployment["volumes"]}
    expect(volumes == {mount["name"] for mount in container["volumeMounts"]}, "kubernetes.yaml: volumes and mounts differ")
    drain = int(re.fullmatch(r"(\d+)s", command[command.index("--drain") + 1]).group(1))
    expect(deployment["terminationGracePeriodSeconds"] > drain + 15, "kubernetes.yaml: the pod is killed while it drains")
    for folder, names in (("tokens", {"tokens.json": ".tally/tokens.json"}),
                          ("tls", {"tls.crt": ".tally/tls/certificate.pem", "tls.key": ".tally/tls/key.pem"})):
        (stage.work / "etc/tally" / folder).mkdir(parents=True)
        for name, path in names.items():
            shutil.move(stage.work / "data" / path, stage.work / "etc/tally" / folder / name)
    port = free_port()
    process = stage.start(command, image["USER"], port)
    context = ssl._create_unverified_context()  # pylint: disable=protected-access
    try:
        for name in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = container[name]["httpGet"]
            expect(probe["port"] in ports, f"kubernetes.yaml: {name} has no port")
            found = status(f"{probe['scheme'].lower()}://127.0.0.1:{port}{probe['path']}", context)
            expect(found == 200, f"kubernetes.yaml: {name} gets {found}")
        expect(status(f"https://127.0.0.1:{port}/v1/services", context) == 401, "the pod asks for no token")
    finally:
        start = time.monotonic()
        process.terminate()
    expect(process.wait(deployment["terminationGracePeriodSeconds"]) == 0, f"the pod ends with {process.returncode}")
    expect(time.monotonic() - start >= drain, "the pod does not drain")


def main():
    """Checks both files."""
    image = dict(instructions(ROOT / "Containerfile"))
    documents = list(yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text(encoding="utf-8")))
    # A folder that others may enter: the server runs as nobody in particular.
    work = pathlib.Path(tempfile.mkdtemp(prefix="tally-deploy-", dir="/tmp"))
    work.chmod(0o755)
    try:
        program = programs.Program(programs.environment(), work / "first")
        program.make()
        help_text = program.run("serve", "--help").stdout
        served = set(re.findall(r"(?<![\w-])(--?[A-Za-z][a-z-]*)", help_text))
        stage = Stage(work / "stage", program)
        # A certificate for the pod.
        with programs.Server(programs.Program(program.program, stage.work / "data"), "--tls-self-signed"):
            pass
        check_container(stage, image, served)
        check_kubernetes(stage, image, documents, served)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("Containerfile and deploy/kubernetes.yaml start, answer their probes, and stop")


if __name__ == "__main__":
    main()
