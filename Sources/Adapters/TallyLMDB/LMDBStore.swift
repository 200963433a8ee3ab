// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The online store in one memory-mapped file (LMDB).
enum LMDBStore {}
