// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors
//
// DuckDB's C interface. The header is not in version control: scripts/bootstrap puts it, pinned, into .deps/.
// DuckDB only declares the Arrow structs; they are defined here as the Arrow C data and C stream interfaces fix them.

#ifndef TALLYSTICK_CDUCKDB_SHIM_H
#define TALLYSTICK_CDUCKDB_SHIM_H

#include <stdint.h>

#if !__has_include("../../../.deps/duckdb/include/duckdb.h")
#error "libduckdb is missing: run scripts/bootstrap (make test and make demo run it by themselves)"
#endif
#include "../../../.deps/duckdb/include/duckdb.h"

// The guard names and the layout are those of the Arrow specification, so that two headers may define them side by side.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/// The type of an array; `release` is null once it was released.
struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

/// The buffers of an array; a `null_count` of -1 means that nobody has counted.
struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif  // ARROW_C_DATA_INTERFACE

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

/// Batches of one schema, pulled one by one; the callbacks return 0 or an errno, and an ended stream gives a released array.
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif  // ARROW_C_STREAM_INTERFACE

#endif  // TALLYSTICK_CDUCKDB_SHIM_H
