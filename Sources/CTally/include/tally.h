// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// libtally: a Tallystick feature store inside any process that can call C.
///
/// A call is a verb of the command line and a request as JSON; its answer is JSON. Requests are written below, answers are
/// what `tally VERB --format json` prints.
///
/// Ownership. Everything that outlives a function is behind a handle, a number that is never used twice and never 0. Who
/// receives a handle gives it back with tally_free(). A handle that was freed, that is of another kind or that never was is
/// TALLY_BAD_HANDLE, never a crash. A text belongs to its handle and lies still until that is freed; so the one mistake that
/// no number guards against is to read a text on one thread while another frees its handle.
///
/// Texts. What goes in is UTF-8 with a length in bytes and needs no zero byte at its end; NULL is the empty text if its
/// length is 0. What comes out has a length and, for the comfort of C, a zero byte behind it.
///
/// Threads. Every function may be called on any thread, and one store from many threads at once. tally_call() returns when
/// the verb is done, on the thread that called. "get" is answered on the calling thread out of mapped memory; the other verbs
/// run on threads of the library while the caller sleeps. Never call it from a thread of Swift's concurrency: it blocks.
///
/// Forks. In the child of a process that had used the library "get" works on the stores that were open at the fork: with the
/// releases of that moment, and the rows that are stored now. It has a thread of its own there, and is TALLY_FORKED where none
/// comes back. All else that takes or gives a handle is TALLY_FORKED at once, since the threads of the library did not come
/// along: tally_open(), other verbs, "get" of an instant that only the sources know. Open the store after the fork for these.
/// While it forks, the parent looks what serves, which takes milliseconds once a second. Children are those of fork(): it
/// is by pthread_atfork() that the library knows of them.
///
/// Errors. A function that failed says so in its status. With TALLY_FAILED an error was made, unless the caller passed NULL
/// for it: a handle whose text is an object of "code" (docs/errors.md), "subject" or null, "message", "details", a list of
/// texts, and "help" or null. Out parameters are 0 where there is nothing to give.
///
/// Versions. Functions are added and never changed while TALLY_ABI_VERSION stays; compare it with tally_abi_version().

#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version of the interface that this file describes.
#define TALLY_ABI_VERSION 1

/// The longest text that is taken, in bytes: 256 MiB.
#define TALLY_MOST_BYTES 268435456

/// What a function did.
typedef int32_t tally_status;

/// It did what was asked.
#define TALLY_OK 0
/// The operation failed; the error says why.
#define TALLY_FAILED 1
/// A handle was freed, is of another kind, or never was.
#define TALLY_BAD_HANDLE 2
/// A pointer is NULL where one is needed, or a text is longer than TALLY_MOST_BYTES.
#define TALLY_BAD_ARGUMENT 3
/// The process is the child of one that had used the library, and cannot do this.
#define TALLY_FORKED 4

/// A store, an answer, an error or a cancellation; 0 is none.
typedef uint64_t tally_handle;

/// The version of the interface that the library has.
uint32_t tally_abi_version(void);

/// The version of the product, such as "0.9.0"; the text stays for as long as the process.
tally_status tally_version(const char **text, size_t *length);

/// Opens the repository in a folder; nothing is read yet but whether there is a `tally.yaml`.
///
/// `folder` is the repository, or a folder in it. `options` is an object, or empty:
///   "memory"   bytes for each call, from 256000000; 4 GiB when left out
///   "threads"  threads of the engine, 1 to 1024; one a core when left out
///   "help"     "commands" or "python": what the help of errors names as the next step; commands when left out
///   "repository"  "needed" or "none": with none, `folder` is an absolute path of a folder to work in, and there are only
///                 tally_put(), tally_rows() and the verbs that need no repository; needed when left out
tally_status tally_open(
    const char *folder, size_t folder_length, const char *options, size_t options_length, tally_handle *store,
    tally_handle *error);

/// Runs a verb to its end, or until it is cancelled, which is the error E-interrupted.
///
/// `cancellation` is from tally_cancellation(), or 0. An empty request is {}. Members may be left out but for those marked *;
/// times are RFC 3339 with an offset, paths are absolute:
///   "check"        {}
///   "plan"         {"shadow": bool, "locked": bool}
///   "apply"        {}
///   "materialize"  {"views": [text], "until": time, "full": bool, "acceptFuture": bool, "acceptClock": bool}
///   "get"          {"service"*: text, "entities": {join key: [value]}, "request": {input: [value]}, "at": time}
///   "verify"       {"names": [text], "now": time, "samples": 0 to 1000, "showValues": bool}
///   "compare"      {"service"*: text, "sample": 1 to 10000000, "at": time, "seed": number}
///   "train"        {"service"*: text, "spine"*: path, "output"*: path, "asOf": time, "known": "respect" or "ignore",
///                   "timeColumn": text, "fullFeatureNames": bool, "force": bool, "acceptRewritten": bool,
///                   "acceptClock": bool}
///   "status"       {}
///   "list"         {"kind": "all" or a kind, as the answer names it}
///   "join"         {"spine"*: path, "output"*: path, "sources"*: [{"name"*: text, "path"*: path,
///                   "keys"*: [{"spine"*: text, "source": text}], "eventTime": text, "timeless": bool, "knownTime": text,
///                   "knownAfter": length, "timeToLive": length, "timeZone": text, "columns": [text]}], "time": text,
///                   "known": "respect" or "ignore"}, needs no repository and makes one in the folder of the store;
///                  answers {"manifest", "definitions": text, "features": [{"source", "column", "feature", "type"}],
///                  "leftOut": [{"source", "column", "reason"}]}; a length is such as 20m
///   "leaks"        {the members of "join" but "output", "spine" being the training set, "label": text, "except": [text],
///                   "columns": [{"column"*: text, "source"*: text, "origin"*: text}], "samples": 0 to 1000,
///                   "output": path}, as "join"; answers what `tally leaks --format json` prints
/// "get" has one shape for one entity and for many, that of POST /v1/vectors: a list for each key and input, and for each
/// column of the answer a list of values and one of statuses. Integers beyond 2^53, times, dates, bytes, NaN and infinities
/// are texts in both directions. Two releases or fills are never mixed in one answer; what another process filled or released
/// is seen within a second.
tally_status tally_call(
    tally_handle store, const char *verb, size_t verb_length, const char *request, size_t request_length,
    tally_handle cancellation, tally_handle *answer, tally_handle *error);

/// The JSON of an answer or of an error; lies still until the handle is freed.
tally_status tally_text(tally_handle handle, const char **text, size_t *length);

/// Gives the rows of a Parquet file, such as one that "train" wrote, as an Arrow C stream.
///
/// `path` is absolute. `stream` points to a `struct ArrowArrayStream` of the Arrow C stream interface, which the caller owns
/// and releases with the stream's own function; with any other status than TALLY_OK it is untouched. The file is opened
/// here and read as rows are pulled, on the thread that pulls; arrays belong to the consumer, who may keep them. The
/// store may be freed before.
tally_status tally_rows(
    tally_handle store, const char *path, size_t path_length, void *stream, tally_handle *error);

/// Takes in the rows of an Arrow C stream and writes them to a new Parquet file, which other calls may then read.
///
/// `path` is absolute, and there is nothing yet. `stream` points to a `struct ArrowArrayStream`: with TALLY_OK and
/// TALLY_FAILED it was read and released, with any other status it is untouched. It is pulled on the calling thread, batch
/// by batch, and the file appears whole or not at all. `cancellation` is looked at before each batch. The answer is
/// {"rows": number, "columns": [text]}.
///
/// Types stay as they are: dictionaries become their values, instants keep their nanoseconds, extension types are what they
/// are stored as. Not taken are durations, unions, half floats, decimals that are not kept in 128 bits, columns without a
/// name and names that stand twice. A stream that is released, fails or whose parts do not fit together is TALLY_FAILED; that a
/// buffer is shorter than its array says is the one thing that the interface of Arrow does not let anyone see.
tally_status tally_put(
    tally_handle store, const char *path, size_t path_length, void *stream, tally_handle cancellation,
    tally_handle *answer, tally_handle *error);

/// Takes the answer of a function in Python, whose bytes are copied before it returns.
typedef void (*tally_reply)(void *place, const char *text, size_t length);

/// Runs functions in Python for the library: definitions of kind PythonTransform.
///
/// `request` is {"root": path, "source": path in it, "sha256": text, "function": text, "mode": "row" or "pandas",
/// "requirements": [text], "count": number of rows, "inputs": [{"name", "type", "values"}], "outputs": [{"name", "type"}]};
/// values have the forms of "get". The answer is {"columns": [[value]]}, a list for each output, or
/// {"error": {"message": text, "help": text, "row": number from 0}}, which becomes E-transform. It is given with
/// reply(place, ...), at most once and before the function returns. Calls come on any thread, several at once, while
/// tally_call() runs.
typedef void (*tally_python_function)(const char *request, size_t length, void *place, tally_reply reply);

/// Says what runs functions in Python for the stores that are opened from now on; it has to stay for as long as the process.
///
/// `language` is a text such as "python 3.11.9", which manifests record. Without it, services that compute something in
/// Python are E-needs-python.
tally_status tally_python(tally_python_function function, const char *language, size_t language_length);

/// Makes a cancellation, by which another thread may stop a call.
tally_status tally_cancellation(tally_handle *cancellation);

/// Stops every call that was given this cancellation, and every later one before it begins. Does not wait for them.
tally_status tally_cancel(tally_handle cancellation);

/// Gives a handle back. Calls that run with it go on to their end; 0 is TALLY_BAD_HANDLE.
tally_status tally_free(tally_handle handle);

/// The number of handles that were given and not freed, to find leaks; 0 in a forked child.
size_t tally_open_handles(void);

/// Runs the command line `tally` with the arguments of this process, and returns the status to end the process with: 0
/// kept, 1 broken, 2 misuse, 3 unproven, 4 failed (also in a forked child), 130 interrupted.
///
/// For a program whose `main` does nothing else. It reads the arguments from the system, prints to standard output and
/// standard error, and takes SIGINT and SIGTERM; a second signal ends the process.
int32_t tally_command_line(void);

#ifdef __cplusplus
}
#endif

#endif
