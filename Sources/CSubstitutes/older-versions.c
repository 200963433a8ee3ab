// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Functions by their first versions, so that what was linked here is loaded by older systems too.
///
/// Foundation, the overlay of the C library and ICU refer to three functions that newer systems have twice. A linker takes the
/// newest version, and an older system then refuses the whole library. The first version is there on every system.
/// The two of hypot give the same numbers; the first lets a program that asks for it handle an overflow itself.

#if defined(__linux__)
#include <features.h>
#endif

#if defined(__GLIBC__)

#if defined(__x86_64__)
#define FIRST "GLIBC_2.2.5"
#else
#define FIRST "GLIBC_2.17"
#endif

#define HIDDEN __attribute__((visibility("hidden")))

// Second version: glibc 2.35.
double first_hypot(double, double);
__asm__(".symver first_hypot, hypot@" FIRST);
HIDDEN double hypot(double x, double y) { return first_hypot(x, y); }

float first_hypotf(float, float);
__asm__(".symver first_hypotf, hypotf@" FIRST);
HIDDEN float hypotf(float x, float y) { return first_hypotf(x, y); }

// std::condition_variable::wait(std::unique_lock<std::mutex> &). Second version: GCC 12, where it became noexcept.
void first_wait(void *, void *);
__asm__(".symver first_wait, _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11");
HIDDEN void _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE(void *variable, void *lock) {
    first_wait(variable, lock);
}

#endif
