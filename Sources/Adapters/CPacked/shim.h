// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#include <zlib.h>
#include <zstd.h>

// inflateInit2 is a macro, which Swift does not see.
static inline int tally_inflate_init(z_stream *stream) { return inflateInit2(stream, 15 + 32); }
