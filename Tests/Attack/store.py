# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Mishaps of the stored files: moved, cut short, with flipped bits. Nothing may be answered wrongly or end by a signal."""

import json
import random
import resource
import shutil
import subprocess
import time

from network import expect
from program import Server, vectors

TRIES = 40
PAGE = 4096


def online(program):
    """The folder of the online store."""
    return program.folder / ".tally" / "online"


def data(program):
    """The file with the cells."""
    return online(program) / "data.mdb"


def ended_well(done, *statuses):
    """Whether a command ended with one of some statuses, and not by a signal."""
    expect(done.returncode in statuses, f"{done.args[1:]} ended with {done.returncode}: {done.stderr[:300]}")
    return done


def value(server, key=1):
    """What the server says of a key: status, and the value of its first feature."""
    status, _, text, _ = server.ask("POST", "/get-online-features", json.dumps(
        {"features": ["gauge:f0"], "entities": {"id": [key]}}).encode())
    return status, json.loads(text)["results"][-1]["values"][0] if status == 200 else None


def change_source(program, number):
    """Gives key 1 another value."""
    with open(program.folder / "data" / f"b{number}.csv", "w", encoding="utf-8") as file:
        file.write("id,ts," + ",".join(f"f{feature}" for feature in range(20)) + "\n")
        file.write(f"1,2024-02-0{number}T10:00:00Z," + ",".join(["%d.5" % number] * 20) + "\n")


def until(condition, seconds, message):
    """Waits for a condition."""
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, message)
        time.sleep(0.1)


def moved_away_and_filled_again(program):
    """The store's folder is moved away while a server runs, and filled again."""
    with Server(program) as server:
        expect(value(server)[1] == 7.25, f"{value(server)}")
        change_source(program, 1)
        online(program).rename(program.folder / ".tally" / "aside")
        until(lambda: server.ask("GET", "/readyz")[0] == 503, 5, "/readyz does not tell that the store is gone")
        ended_well(program.run("materialize"), 0)
        until(lambda: value(server) == (200, 1.5), 5, f"the server answers with old rows: {value(server)}")
        until(lambda: server.ask("GET", "/readyz")[0] == 200, 5, "/readyz does not recover")
    return "noticed, 503, then the new rows"


def locks_removed_before_a_fill(program):
    """`lock.mdb` is removed while a server runs; then the store is filled twice."""
    with Server(program) as server:
        (online(program) / "lock.mdb").unlink()
        time.sleep(1.5)
        for number in (1, 2, 3):
            change_source(program, number)
            ended_well(program.run("materialize", "--full"), 0)
            until(lambda number=number: value(server) == (200, number + 0.5), 5, f"after fill {number}: {value(server)}")
            found = [value(server, key)[1] for key in (2, 5_000, 9_999)]
            expect(found == [14.25, 35_000.25, 69_993.25], f"keys are gone: {found}")
    return "every key is found after each fill"


def cut_short(program):
    """The data file is cut at many places; every command tells so."""
    whole = data(program).read_bytes()
    told = 0
    for size in (0, 1, 100, 4_096, 8_192, 12_288, len(whole) // 2, len(whole) - PAGE, len(whole) - 1):
        data(program).write_bytes(whole[:size])
        for command in (["get", "weather", "id=1"], ["status"], ["materialize"], ["gc"], ["doctor"]):
            done = ended_well(program.run(*command), 0, 1, 3, 4)
            told += done.returncode != 0
        expect(program.run("doctor").returncode == 1, f"the doctor says nothing of {size} bytes of {len(whole)}")
        done = subprocess.run([program.program, "serve", "--port", "0"], cwd=program.folder, capture_output=True, text=True,
                              timeout=20, check=False)
        expect(done.returncode == 4 and "E-corrupt" in done.stderr, f"serve: {done.returncode} {done.stderr[:200]}")
    return f"{told} commands told so, none ended by a signal"


def cut_short_while_served(program):
    """The data file is cut while a server runs: it ends with a message, or goes on answering rightly."""
    with Server(program) as server:
        expect(value(server)[0] == 200, "no answer")
        with open(data(program), "r+b") as file:
            file.truncate(PAGE * 3)
        for _ in range(20):
            try:
                server.ask("POST", "/v1/vectors", vectors(range(1_000)))
            except OSError:
                break
        if not server.is_alive:
            expect(server.process.returncode >= 0, f"ended by signal {-server.process.returncode}")
    log = (program.folder / "server.log").read_text(encoding="utf-8")
    expect(server.process.returncode == 0 or "E-corrupt" in log, f"no message: {log[-300:]}")
    return f"ended with {server.process.returncode} and a message"


def locks_cut_short_while_served(program):
    """The file of locks is cut while a server runs: it ends with a message, or goes on answering rightly."""
    with Server(program) as server:
        expect(value(server)[0] == 200, "no answer")
        with open(online(program) / "lock.mdb", "r+b") as file:
            file.truncate(0)
        for _ in range(20):
            try:
                expect(value(server) in ((200, 7.25), (0, None)), f"{value(server)}")
            except OSError:
                break
        if not server.is_alive:
            expect(server.process.returncode >= 0, f"ended by signal {-server.process.returncode}")
    expect(server.process.returncode in (0, 4), f"ended with {server.process.returncode}")
    ended_well(program.run("materialize", "--full"), 0)
    return f"ended with {server.process.returncode}"


def flipped_bits(program):
    """Bits are flipped anywhere and in the heads of pages: told by the doctor, never by a signal, never a wrong value."""
    whole = data(program).read_bytes()
    chance = random.Random(7)
    noticed = 0
    harmless = 0
    for number in range(TRIES):
        place = chance.randrange(len(whole)) if number % 2 else chance.randrange(2, len(whole) // PAGE) * PAGE + chance.randrange(64)
        bytes_ = bytearray(whole)
        bytes_[place] ^= 1 << chance.randrange(8)
        data(program).write_bytes(bytes_)
        doctor = ended_well(program.run("doctor"), 0, 1)
        got = ended_well(program.run("get", "weather", "id=1", "--format", "json"), 0, 4)
        if doctor.returncode == 0:
            # Free pages and the rests of pages hold nothing: then everything must be there.
            expect(got.returncode == 0, f"byte {place}: the doctor is content, and get says {got.stderr[:200]}")
            harmless += 1
        else:
            noticed += 1
        if got.returncode == 0:
            expect("7.25" in got.stdout, f"byte {place}: {got.stdout[:200]}")
    expect(noticed > TRIES // 4, f"{noticed} of {TRIES} were noticed")
    return f"{noticed} noticed, {harmless} harmless, of {TRIES}"


def full_fill_over_damage(program):
    """`materialize --full` over damaged stores makes new ones, and keeps the damaged files."""
    whole = data(program).read_bytes()
    chance = random.Random(11)
    for number in range(8):
        for name in online(program).glob("data.mdb.damaged-*"):
            name.unlink()
        bytes_ = bytearray(whole)
        if number % 2:
            bytes_ = bytes_[:chance.randrange(1, len(whole) // PAGE - 1) * PAGE]
        else:
            for page in range(2, len(whole) // PAGE):
                bytes_[page * PAGE + chance.choice([0, 10, 12, 14])] ^= 1 << chance.randrange(8)
        data(program).write_bytes(bytes_)
        expect(program.run("materialize").returncode == 4, "a fill went into a damaged store")
        done = ended_well(program.run("materialize", "--full"), 0)
        kept = list(online(program).glob("data.mdb.damaged-*"))
        expect(len(kept) == 1 and kept[0].read_bytes() == bytes(bytes_), f"the damaged file is not kept: {done.stderr[:200]}")
        ended_well(program.run("doctor"), 0)
        expect("7.25" in program.run("get", "weather", "id=1", "--format", "json").stdout, "the value is not there")
    return "8 new stores"


def full_fill_over_damage_while_served(program):
    """A server follows the new store that takes the place of a damaged one."""
    with Server(program) as server:
        copy = program.folder / "copy"
        shutil.copy(data(program), copy)
        with open(copy, "r+b") as file:
            for page in range(2, copy.stat().st_size // PAGE):
                file.seek(page * PAGE)
                file.write(b"\xff")
        copy.rename(data(program))
        until(lambda: server.ask("GET", "/readyz")[0] == 503, 5, "/readyz does not tell of the damage")
        expect(value(server) == (200, 7.25), "what was open before does not answer")
        change_source(program, 1)
        ended_well(program.run("materialize", "--full"), 0)
        until(lambda: value(server) == (200, 1.5), 5, f"the server answers with old rows: {value(server)}")
        until(lambda: server.ask("GET", "/readyz")[0] == 200, 5, "/readyz does not recover")
    return "503, then the new rows"


def killed_fills(program):
    """Fills are killed; the next commands find a whole store."""
    for number in range(10):
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            [program.program, "materialize", "--full"], cwd=program.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.05 * number)
        process.kill()
        process.wait()
        expect("7.25" in ended_well(program.run("get", "weather", "id=1", "--format", "json"), 0).stdout, "the value is gone")
    ended_well(program.run("doctor"), 0)
    ended_well(program.run("materialize", "--full"), 0)
    ended_well(program.run("doctor"), 0)
    return "10 kills, no damage"


def empty_registry(program):
    """A registry of no bytes is no new one where something was applied before."""
    (program.folder / ".tally" / "registry.db").write_bytes(b"")
    for name in ("registry.db-wal", "registry.db-shm"):
        (program.folder / ".tally" / name).unlink(missing_ok=True)
    for command in (["status"], ["apply"], ["plan"], ["get", "weather", "id=1"], ["materialize"]):
        done = ended_well(program.run(*command), 4)
        expect("E-corrupt" in done.stderr, f"{command}: {done.stderr[:200]}")
    ended_well(program.run("doctor"), 1)
    return "told by every command"


def full_disk(program):
    """A disk without room: reads and a server answer, writes fail with their reason; with room again all goes on."""
    # A file that may not grow is as good as a disk that is full, and needs nobody who may mount one.
    full = ["bash", "-c", "trap '' XFSZ; ulimit -Sf 0; exec \"$@\"", "_"]
    for command in (["status"], ["plan"], ["get", "weather", "id=1"], ["check"], ["doctor"]):
        ended_well(program.run(*command, before=full), 0)
    change_source(program, 1)
    for command in (["materialize"], ["materialize", "--full"]):
        done = ended_well(program.run(*command, before=full), 4)
        expect("E-unwritable" in done.stderr, f"{command}: {done.stderr[:200]}")
    with Server(program, before=full) as server:
        expect(value(server) == (200, 7.25), f"{value(server)}")
        status, _, text, _ = server.ask("POST", "/materialize", b"{}", timeout=60)
        expect(status == 500, f"a fill without room: {status} {text[:200]}")
        expect(value(server) == (200, 7.25), f"{value(server)} behind a fill without room")
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        status, _, text, _ = server.ask("POST", "/materialize", b"{}", timeout=60)
        expect(status == 200, f"a fill with room again: {status} {text[:200]}")
        expect(value(server) == (200, 1.5), f"{value(server)} with room again")
    ended_well(program.run("doctor"), 0)
    return "reads go on, and a fill once there is room"


ATTACKS = [moved_away_and_filled_again, locks_removed_before_a_fill, cut_short, cut_short_while_served,
           locks_cut_short_while_served, flipped_bits,
           full_fill_over_damage, full_fill_over_damage_while_served, killed_fills, empty_registry,
           full_disk]
