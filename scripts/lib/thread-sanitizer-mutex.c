// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

// Tells the thread sanitizer what `Synchronization.Mutex` does when threads meet.
//
// The sanitizer sees what instrumented code does. A free mutex is taken and released by code inlined into ours; one that
// is held is handed over inside libswiftSynchronization, which ships without instrumentation and without annotations. So
// each meeting looked like two accesses without order, in correct code, whenever two threads happened to meet.
// `scripts/check-threads` links these two functions around the library's own ones (`ld --wrap`): nothing is hidden from
// the sanitizer, it only learns the order. Should a toolchain rename them, the link fails.

#include <stdint.h>

#define SWIFT_METHOD __attribute__((swiftcall))
#define MUTEX_HANDLE __attribute__((swift_context)) void *handle
// `_MutexHandle._lockSlow(UInt32) -> ()` and `_MutexHandle._unlockSlow() -> ()`, borrowing: the handle comes by address.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

SWIFT_METHOD void lockInLibrary(uint32_t thread, MUTEX_HANDLE) __asm__("__real_" LOCK);
SWIFT_METHOD void unlockInLibrary(MUTEX_HANDLE) __asm__("__real_" UNLOCK);
SWIFT_METHOD void lock(uint32_t thread, MUTEX_HANDLE) __asm__("__wrap_" LOCK);
SWIFT_METHOD void unlock(MUTEX_HANDLE) __asm__("__wrap_" UNLOCK);

// The inlined code orders by the same address, so a quick release and a slow acquisition meet too.
SWIFT_METHOD void lock(uint32_t thread, MUTEX_HANDLE) {
    lockInLibrary(thread, handle);
    __tsan_acquire(handle);
}

SWIFT_METHOD void unlock(MUTEX_HANDLE) {
    __tsan_release(handle);
    unlockInLibrary(handle);
}
