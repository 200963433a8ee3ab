// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors
//
// usage: library-memory REPOSITORY CALLS
//
// Calls every function of libtally so many times together, the ways that fail among them, and holds the memory of the process
// against what it was after the first tenth. Built and run by scripts/check-library-memory, which also makes the repository.

#define _GNU_SOURCE
#include "tally.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The Arrow C stream interface, as its specification has it.
struct ArrowSchema;
struct ArrowArray;
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

static const char *folder;
static long done;

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

// Runs a verb, holds its status against what is wanted, and reads and frees what it gave.
static void call(tally_handle store, const char *verb, const char *request, tally_handle stop, tally_status wanted) {
    tally_handle answer = 0, error = 0;
    const char *text = NULL;
    size_t length = 0;
    tally_status status =
        tally_call(store, verb, strlen(verb), request, strlen(request), stop, &answer, wanted == TALLY_FAILED ? &error : NULL);
    done++;
    if (status != wanted && status == TALLY_FAILED && !error)
        (void)tally_call(store, verb, strlen(verb), request, strlen(request), stop, &answer, &error);
    if (status != wanted && error && tally_text(error, &text, &length) == TALLY_OK)
        fprintf(stderr, "%s %s: %s\n", verb, request, text);
    EXPECT(status == wanted);
    if (status == TALLY_OK || status == TALLY_FAILED) {
        tally_handle given = answer ? answer : error;
        EXPECT(tally_text(given, &text, &length) == TALLY_OK && length > 0 && text[length] == 0);
        EXPECT(tally_free(given) == TALLY_OK);
        EXPECT(tally_text(given, &text, &length) == TALLY_BAD_HANDLE && text == NULL);
    }
}

static tally_handle opened(const char *options) {
    tally_handle store = 0;
    EXPECT(tally_open(folder, strlen(folder), options, strlen(options), &store, NULL) == TALLY_OK);
    done++;
    return store;
}

// Opens and closes, with errors on the way.
static void open_and_close(void) {
    tally_handle store = opened("{\"threads\": 1}"), error = 0, none = 0;
    call(store, "list", "{}", 0, TALLY_OK);
    EXPECT(tally_free(store) == TALLY_OK && tally_free(store) == TALLY_BAD_HANDLE);
    call(store, "list", "{}", 0, TALLY_BAD_HANDLE);
    EXPECT(tally_open("/proc", 5, "", 0, &none, &error) == TALLY_FAILED && tally_free(error) == TALLY_OK);
    EXPECT(tally_open("/proc", 5, "{", 1, &none, NULL) == TALLY_FAILED && none == 0);
    EXPECT(tally_open(NULL, 3, "", 0, &none, NULL) == TALLY_BAD_ARGUMENT);
    done += 3;
}

static void get(tally_handle store) {
    call(store, "get", "{\"service\": \"model\", \"entities\": {\"user_id\": [1]}, \"request\": {\"factor\": [0.5]}}", 0, TALLY_OK);
    call(store, "get",
         "{\"service\": \"model\", \"entities\": {\"user_id\": [1, 2, null, 4, 5, \"6\"]},"
         " \"request\": {\"factor\": [1, 2.5, null, \"nan\", \"inf\", 6]}}",
         0, TALLY_OK);
}

static void fail(tally_handle store) {
    const char *wrong[] = {
        "{\"service\": \"nobody\", \"entities\": {\"user_id\": [1]}}", "{\"service\": \"model\", \"entities\": {\"user_id\": [1.5]}}",
        "{\"service\": \"model\", \"entities\": {\"user\": [1]}}", "{", "{}", "[1]", "\xff",
    };
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++) call(store, "get", wrong[at], 0, TALLY_FAILED);
    call(store, "got", "{}", 0, TALLY_FAILED);
    EXPECT(tally_call(store, "get", 3, NULL, 7, 0, NULL, NULL) == TALLY_BAD_ARGUMENT);
}

// A stop before, while and after a verb runs.
static void *stopped_later(void *stop) {
    usleep(500);
    tally_cancel(*(tally_handle *)stop);
    return NULL;
}

static void cancel(tally_handle store) {
    tally_handle stop = 0, answer = 0, error = 0;
    EXPECT(tally_cancellation(&stop) == TALLY_OK && tally_cancel(stop) == TALLY_OK);
    call(store, "get", "{\"service\": \"model\", \"entities\": {\"user_id\": [1]}}", stop, TALLY_FAILED);
    call(store, "check", "{}", stop, TALLY_FAILED);
    EXPECT(tally_free(stop) == TALLY_OK && tally_cancel(stop) == TALLY_BAD_HANDLE);
    EXPECT(tally_cancellation(&stop) == TALLY_OK);
    pthread_t other;
    EXPECT(pthread_create(&other, NULL, stopped_later, &stop) == 0);
    // It may come to its end before the stop comes.
    tally_status status = tally_call(store, "verify", 6, "{}", 2, stop, &answer, &error);
    EXPECT(status == TALLY_OK || status == TALLY_FAILED);
    EXPECT(tally_free(answer ? answer : error) == TALLY_OK);
    EXPECT(pthread_join(other, NULL) == 0 && tally_free(stop) == TALLY_OK);
    done += 6;
}

// Rows out of a file as an Arrow stream, and into another one; streams that are let go unread, and one that fails.
static int refuse_schema(struct ArrowArrayStream *stream, struct ArrowSchema *schema) { return (void)stream, (void)schema, 5; }
static int refuse_next(struct ArrowArrayStream *stream, struct ArrowArray *array) { return (void)stream, (void)array, 5; }
static const char *told(struct ArrowArrayStream *stream) { return (void)stream, "on purpose"; }
static void released(struct ArrowArrayStream *stream) { stream->release = NULL; }

static void stream(tally_handle store) {
    char from[4096], to[4096];
    struct ArrowArrayStream rows = {0};
    tally_handle answer = 0, error = 0, stop = 0;
    snprintf(from, sizeof from, "%s/train.parquet", folder);
    snprintf(to, sizeof to, "%s/put.parquet", folder);
    EXPECT(tally_rows(store, from, strlen(from), &rows, NULL) == TALLY_OK);
    EXPECT(tally_put(store, to, strlen(to), &rows, 0, &answer, NULL) == TALLY_OK && tally_free(answer) == TALLY_OK);
    EXPECT(rows.release == NULL);
    // There is a file now, and nothing is written over it.
    EXPECT(tally_rows(store, to, strlen(to), &rows, NULL) == TALLY_OK);
    EXPECT(tally_put(store, to, strlen(to), &rows, 0, &answer, &error) == TALLY_FAILED && tally_free(error) == TALLY_OK);
    EXPECT(unlink(to) == 0);
    EXPECT(tally_rows(store, from, strlen(from), &rows, NULL) == TALLY_OK);
    rows.release(&rows);
    EXPECT(tally_cancellation(&stop) == TALLY_OK && tally_cancel(stop) == TALLY_OK);
    EXPECT(tally_rows(store, from, strlen(from), &rows, NULL) == TALLY_OK);
    EXPECT(tally_put(store, to, strlen(to), &rows, stop, &answer, NULL) == TALLY_FAILED && rows.release == NULL);
    EXPECT(tally_free(stop) == TALLY_OK);
    struct ArrowArrayStream broken = {refuse_schema, refuse_next, told, released, NULL};
    EXPECT(tally_put(store, to, strlen(to), &broken, 0, &answer, NULL) == TALLY_FAILED && broken.release == NULL);
    EXPECT(tally_rows(store, to, strlen(to), &rows, &error) == TALLY_FAILED && tally_free(error) == TALLY_OK);
    done += 12;
}

// One round of everything.
static void round_of_calls(tally_handle store, long round) {
    for (int at = 0; at < 20; at++) get(store);
    fail(store);
    if (round % 4 == 0) open_and_close();
    if (round % 8 == 1) cancel(store);
    if (round % 16 == 2) stream(store);
    if (round % 64 == 3) {
        const char *verbs[] = {"check", "plan", "apply", "materialize", "verify", "status", "list"};
        for (size_t at = 0; at < sizeof verbs / sizeof *verbs; at++) call(store, verbs[at], "{}", 0, TALLY_OK);
    }
}

// The bytes that the process has of memory that is no file's.
static long resident(void) {
    char line[256];
    long kilobytes = -1;
    FILE *status = fopen("/proc/self/status", "r");
    EXPECT(status);
    while (fgets(line, sizeof line, status)) sscanf(line, "RssAnon: %ld", &kilobytes);
    fclose(status);
    EXPECT(kilobytes > 0);
    return kilobytes << 10;
}

int main(int count, char **arguments) {
    EXPECT(count == 3);
    folder = arguments[1];
    long wanted = atol(arguments[2]);
    char train[8192];
    snprintf(train, sizeof train, "{\"service\": \"model\", \"spine\": \"%s/spine.csv\", \"output\": \"%s/train.parquet\"}", folder, folder);
    tally_handle store = opened("{\"threads\": 2, \"memory\": 512000000}");
    call(store, "apply", "{}", 0, TALLY_OK);
    call(store, "materialize", "{}", 0, TALLY_OK);
    call(store, "train", train, 0, TALLY_OK);
    long begun = 0, used = 0, held = 0;
    for (long round = 0; done < wanted; round++) {
        round_of_calls(store, round);
        if (!begun && done >= wanted / 10) begun = done, used = resident(), held = (long)mallinfo2().uordblks;
    }
    long grown = resident() - used, kept = (long)mallinfo2().uordblks - held;
    EXPECT(tally_free(store) == TALLY_OK);
    EXPECT(tally_open_handles() == 0);
    printf("%ld calls: after the first %ld memory grew by %ld KiB, of it %ld KiB in use\n", done, begun, grown >> 10, kept >> 10);
    // Room for what caches and the allocator keep, and not for some tens of bytes a call. Under a sanitizer, which keeps what
    // is freed for a while, nothing is said by numbers.
    if (getenv("TALLY_MEMORY_IS_WATCHED")) return 0;
    return grown > (8 << 20) + 20 * (done - begun) || kept > (2 << 20) + 20 * (done - begun);
}
