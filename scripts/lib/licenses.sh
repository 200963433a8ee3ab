# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
#
# The licences of what is linked in or travels beside it, which ask to travel too.
# Sourced, never run; expects the repository's root as the working folder.

# licenses FOLDER CHECKOUTS: fills a folder with the texts, one file for each.
licenses() {
    local folder="$1" checkout notice name shared
    mkdir -p "$folder"
    install -m 644 .deps/duckdb/LICENSE "$folder/duckdb.txt"
    for checkout in "$2"/*/; do
        # The documentation's tools may be checked out as well, but nothing of them is linked in.
        if [[ "$checkout" == */swift-docc-* ]]; then continue; fi
        # Some hold libraries of others in a folder of their own.
        for notice in "$checkout"LICENSE* "$checkout"NOTICE* "$checkout"Sources/*/LICENSE*; do
            [[ -f "$notice" ]] || continue
            name="$(basename "$checkout")"
            if [[ "$notice" == */Sources/* ]]; then name+="-$(basename "$(dirname "$notice")")"; fi
            install -m 644 "$notice" "$folder/$name-$(basename "$notice" .txt | tr '[:upper:]' '[:lower:]').txt"
        done
    done
    # Swift's runtime, Dispatch and Foundation, and in that ICU.
    shared="$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")/share/swift"
    [[ ! -f "$shared/LICENSE.txt" ]] || install -m 644 "$shared/LICENSE.txt" "$folder/swift.txt"
    install -m 644 scripts/lib/icu-license.txt "$folder/icu.txt"
    for name in liblmdb0:lmdb zlib1g:zlib libzstd1:zstd libsqlite3-0:sqlite; do
        notice="/usr/share/doc/${name%:*}/copyright"
        [[ ! -f "$notice" ]] || install -m 644 "$notice" "$folder/${name#*:}.txt"
    done
}
