// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// ICU's data as an empty package, which leaves 34 MB of locales, calendars and transliterations out of a static link.
///
/// ICU knows such a package as its "stub data": what asks for an entry is told that there is none. The properties of
/// characters, all that regular expressions need, are in its code. Nothing of ours uses a locale: our rooms import
/// FoundationEssentials (HouseTests), and the packages that import Foundation whole read YAML and SQLite with it.
/// The number in the name is ICU's version; the linker takes the whole data where it is another one.

#if defined(__linux__)

#include <stdint.h>

/// The header of a common data file (ICU's ucmndata.h and udata.h), and a table of contents with no entries.
struct package {
    uint16_t header_size;
    uint8_t magic[2];
    uint16_t info_size;
    uint16_t reserved_word;
    uint8_t is_big_endian;
    uint8_t charset_family;
    uint8_t character_size;
    uint8_t reserved_byte;
    uint8_t format[4];
    uint8_t format_version[4];
    uint8_t data_version[4];
    uint8_t padding[8];
    uint32_t count;
    uint32_t reserved;
    int32_t names[4];
};

__attribute__((visibility("hidden"), aligned(16))) const struct package icudt76_dat = {
    .header_size = 32,
    .magic = {0xDA, 0x27},
    .info_size = 20,
    .is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
    .character_size = 2,
    .format = {'T', 'o', 'C', 'P'},
    .format_version = {1, 0, 0, 0},
};

#endif
