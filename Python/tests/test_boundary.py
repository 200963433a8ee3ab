# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Everything that a program can pass wrongly ends in a status, never in a crash."""

import ctypes
import random
import unittest

import tallystick as ts
from shop import FilledShop
from tallystick._library import library

OK, FAILED, BAD_HANDLE, BAD_ARGUMENT = range(4)
MOST_BYTES = 1 << 28


class BoundaryTests(FilledShop):
    def call(self, store: int, verb: bytes, request: bytes, cancellation: int = 0) -> int:
        answer, error = ctypes.c_uint64(9), ctypes.c_uint64(9)
        status = int(
            self.c.tally_call(
                store, verb, len(verb), request, len(request), cancellation, ctypes.byref(answer),
                ctypes.byref(error)))
        for handle in (answer.value, error.value):
            if handle:
                self.assertEqual(self.c.tally_free(handle), OK)
        self.assertEqual(bool(answer.value), status == OK)
        self.assertEqual(bool(error.value), status == FAILED)
        return status

    def test_random_numbers_are_no_handles(self) -> None:
        dice = random.Random(1)
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        mine = self.store._handle
        for _ in range(20_000):
            number = dice.choice([0, dice.getrandbits(64), dice.getrandbits(8), mine + dice.randrange(1, 1 << 34)])
            if number == mine:
                continue
            self.assertEqual(self.c.tally_free(number), BAD_HANDLE)
            self.assertEqual(self.c.tally_cancel(number), BAD_HANDLE)
            self.assertEqual(self.c.tally_text(number, ctypes.byref(text), ctypes.byref(length)), BAD_HANDLE)
            self.assertIsNone(text.value)
            self.assertEqual(self.call(number, b"check", b"{}"), BAD_HANDLE)

    def test_freed_handles_stay_freed_while_others_are_made(self) -> None:
        freed = []
        for _ in range(2_000):
            cancellation = ctypes.c_uint64()
            self.assertEqual(self.c.tally_cancellation(ctypes.byref(cancellation)), OK)
            self.assertNotIn(cancellation.value, freed[-50:])
            self.assertEqual(self.c.tally_free(cancellation), OK)
            freed.append(cancellation.value)
        self.assertEqual(len(set(freed)), len(freed))
        for handle in freed:
            self.assertEqual(self.c.tally_free(handle), BAD_HANDLE)

    def test_null_pointers_and_huge_lengths(self) -> None:
        handle = ctypes.c_uint64()
        for length in [1, 7, MOST_BYTES, MOST_BYTES + 1, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]:
            for arguments in [(None, length, None, 0), (b".", 1, None, length)]:
                self.assertEqual(
                    self.c.tally_open(*arguments, ctypes.byref(handle), None), BAD_ARGUMENT, arguments)
            self.assertEqual(
                self.c.tally_call(
                    self.store._handle, b"check", length if length > MOST_BYTES else 5, None, length, 0,
                    ctypes.byref(handle), None), BAD_ARGUMENT)
        self.assertEqual(self.c.tally_open(b".", 1, None, 0, None, None), BAD_ARGUMENT)
        self.assertEqual(self.c.tally_call(self.store._handle, b"check", 5, None, 0, 0, None, None), BAD_ARGUMENT)
        self.assertEqual(self.c.tally_text(self.store._handle, None, None), BAD_ARGUMENT)
        self.assertEqual(self.c.tally_cancellation(None), BAD_ARGUMENT)
        self.assertEqual(self.c.tally_version(None, None), BAD_ARGUMENT)

    def test_broken_requests_are_errors(self) -> None:
        dice = random.Random(2)
        whole = b'{"service": "model", "entities": {"user_id": [1, 2]}, "request": {"factor": [1.0, 2.5]}, "at": null}'
        self.assertEqual(self.call(self.store._handle, b"get", whole), OK)
        statuses = set()
        for _ in range(4_000):
            text = bytearray(whole)
            for _ in range(dice.randrange(1, 4)):
                at = dice.randrange(len(text))
                kind = dice.randrange(4)
                if kind == 0:
                    text[at] = dice.randrange(256)
                elif kind == 1:
                    del text[at:]
                    break
                elif kind == 2:
                    text[at:at] = dice.choice([b"[", b"{", b"\x00", b"\xff", b'"', b"1e999", b"-", b"null", b"\\ud800"])
                else:
                    del text[at : at + dice.randrange(1, 9)]
                if not text:
                    break
            statuses.add(self.call(self.store._handle, b"get", bytes(text)))
        self.assertEqual(statuses, {OK, FAILED})
        for text in [b"[" * 100_000, b'{"a":' * 50_000, b'"' + b"a" * 1_000_000, b"9" * 100_000, b"\xc3\x28"]:
            for verb in [b"get", b"check", b"train", bytes(text[:300])]:
                self.assertEqual(self.call(self.store._handle, verb, text), FAILED)

    def test_a_handle_of_another_kind_is_refused(self) -> None:
        cancellation = ctypes.c_uint64()
        self.assertEqual(self.c.tally_cancellation(ctypes.byref(cancellation)), OK)
        self.assertEqual(self.call(cancellation.value, b"check", b"{}"), BAD_HANDLE)
        self.assertEqual(self.call(self.store._handle, b"check", b"{}", self.store._handle), BAD_HANDLE)
        self.assertEqual(self.c.tally_cancel(self.store._handle), BAD_HANDLE)
        self.assertEqual(self.c.tally_free(cancellation), OK)
        self.assertEqual(self.call(self.store._handle, b"status", b"{}", cancellation.value), BAD_HANDLE)


if __name__ == "__main__":
    unittest.main()
