// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import Glibc
internal import TallyModel

/// An Arrow C stream that came from outside, as DuckDB may read it: its schema is a copy, its batches were looked at.
///
/// DuckDB pulls on the thread that runs the statement. What fails is kept here, since DuckDB only passes texts on.
@safe final class ArrowIntake {
    private let producer: UnsafeMutablePointer<ArrowArrayStream>
    private let isStopped: () -> Bool
    /// The columns, at least one.
    let columns: [ArrowField]
    /// The number of rows that were pulled.
    private(set) var rows: Int64 = 0
    /// Why pulling ended before the end.
    private(set) var failure: TallyError?
    private var reason: UnsafeMutablePointer<CChar>?
    private var texts: [UnsafeMutablePointer<CChar>?] = unsafe []
    private var fields: [UnsafeMutablePointer<ArrowSchema>] = unsafe []
    private var lists: [UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>] = unsafe []

    /// Reads the schema of a stream that is not released; the stream lives longer than this.
    ///
    /// Throws `E-misuse` for a stream or a type that is not taken.
    init(_ producer: UnsafeMutablePointer<ArrowArrayStream>, isStopped: @escaping () -> Bool) throws(TallyError) {
        unsafe self.producer = unsafe producer
        self.isStopped = isStopped
        var schema = unsafe ArrowSchema()
        let status = unsafe producer.pointee.get_schema?(producer, &schema) ?? EINVAL
        guard status == 0 else { throw unsafe Self.failed(producer, status) }
        defer { if let release = unsafe schema.release { unsafe release(&schema) } }
        do throws(ArrowField.Refusal) {
            let table = try unsafe ArrowField(&schema)
            guard table.format == "+s", table.dictionary.isEmpty else {
                throw ArrowField.Refusal(reason: "its rows are no structs of columns", help: "give a table")
            }
            guard !table.children.isEmpty else { throw ArrowField.Refusal(reason: "it has no columns") }
            columns = table.children
        } catch {
            throw TallyError(.misuse, "the Arrow stream is not taken: \(error.reason)", help: error.help)
        }
        for column in columns {
            do throws(ArrowField.Refusal) {
                try column.expectTaken()
            } catch {
                throw TallyError(.misuse, "column '\(column.name)' \(error.reason)", help: error.help)
            }
        }
        try expectNames()
    }

    deinit {
        unsafe free(reason)
        for index in unsafe texts.indices { unsafe free(texts[index]) }
        for index in unsafe fields.indices { unsafe fields[index].deallocate() }
        for index in unsafe lists.indices { unsafe lists[index].deallocate() }
    }

    private func expectNames() throws(TallyError) {
        var seen = Set<ExactName>()
        for column in columns {
            guard !column.name.isEmpty, !column.name.utf8.contains(0) else {
                throw TallyError(.misuse, "a column has no name", help: "name all columns, an index too")
            }
            guard seen.insert(ExactName(column.name)).inserted else {
                throw TallyError(
                    .misuse, "column '\(column.name)' is there twice", help: "rename or leave out one of the two")
            }
        }
    }

    /// The name of a column as DuckDB is told it; any name may stand in the file.
    static func name(_ index: Int) -> SQL { "c\(index)" }

    /// The stream for DuckDB; this object must live for as long as that is used.
    var stream: ArrowArrayStream {
        unsafe ArrowArrayStream(
            get_schema: { stream, schema in
                guard let intake = unsafe ArrowIntake.behind(stream), let schema = unsafe schema else { return EINVAL }
                unsafe schema.initialize(to: intake.copiedSchema())
                return 0
            },
            get_next: { stream, array in
                guard let intake = unsafe ArrowIntake.behind(stream), let array = unsafe array else { return EINVAL }
                unsafe array.initialize(to: ArrowArray())
                return unsafe intake.pull(into: array)
            },
            get_last_error: { stream in unsafe ArrowIntake.behind(stream).flatMap { unsafe UnsafePointer($0.reason) } },
            release: { stream in unsafe stream?.pointee.release = nil },
            private_data: Unmanaged.passUnretained(self).toOpaque())
    }

    private static func behind(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ArrowIntake? {
        unsafe stream?.pointee.private_data.map { unsafe Unmanaged<ArrowIntake>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Pulls a batch and looks at it; 0, or an errno with its failure kept.
    private func pull(into array: UnsafeMutablePointer<ArrowArray>) -> Int32 {
        guard !isStopped() else { return keep(.stopped) }
        guard failure == nil else { return EIO }
        let status = unsafe producer.pointee.get_next?(producer, array) ?? EINVAL
        guard status == 0 else { return unsafe keep(Self.failed(producer, status)) }
        guard let release = unsafe array.pointee.release else { return 0 }
        let found = unsafe array.pointee
        var problem: String?
        if unsafe !(0...ArrowArray.mostRows).contains(found.length) || !(0...ArrowArray.mostRows).contains(found.offset)
        {
            problem = "has a length that cannot be"
        } else if unsafe found.null_count > 0 {
            problem = "has rows that are null"
        } else if unsafe found.n_buffers != 1 || found.n_children != Int64(columns.count) || found.dictionary != nil {
            problem = "is no batch of \(columns.count) columns"
        } else {
            for (index, column) in columns.enumerated() where problem == nil {
                guard let child = unsafe found.children?[index] else {
                    problem = "lacks column '\(column.name)'"
                    break
                }
                problem = unsafe child.pointee.problem(as: column, rows: found.length + found.offset)
                    .map { "is broken: column '\(column.name)' \($0)" }
            }
        }
        if let problem {
            unsafe release(array)
            return keep(TallyError(.misuse, "a batch of the Arrow stream \(problem)"))
        }
        for (index, column) in columns.enumerated() {
            guard let child = unsafe found.children[index] else { continue }
            let count = unsafe child.pointee.farTimes(column, from: found.offset, count: found.length)
            guard count > 0 else { continue }
            unsafe release(array)
            return keep(
                TallyError(
                    .invalidData,
                    "column '\(column.name)' has \(count) time\(count == 1 ? "" : "s") beyond what microseconds reach, as those "
                        + "without end are",
                    help: "give open ends as null, or as a time that somebody may live to see"))
        }
        unsafe Self.cut(array)
        rows += unsafe found.length
        return 0
    }

    /// Cuts the columns of a batch to its rows: they may be longer, and begin earlier, which DuckDB does not expect.
    private static func cut(_ array: UnsafeMutablePointer<ArrowArray>) {
        let (start, length) = unsafe (array.pointee.offset, array.pointee.length)
        for index in unsafe 0..<Int(array.pointee.n_children) {
            guard let child = unsafe array.pointee.children[index] else { continue }
            unsafe child.pointee.offset += start
            unsafe child.pointee.length = length
        }
        unsafe array.pointee.offset = 0
    }

    private func keep(_ error: TallyError) -> Int32 {
        failure = error
        unsafe free(reason)
        unsafe reason = unsafe strdup("the stream ended before its end")
        return EIO
    }

    /// What a producer says of its failure, which is an exception of the caller's own program.
    private static func failed(_ producer: UnsafeMutablePointer<ArrowArrayStream>, _ status: Int32) -> TallyError {
        let words = unsafe producer.pointee.get_last_error?(producer)
        let text = unsafe words.map { unsafe String(cString: $0) } ?? ""
        let line = text.prefix { $0 != "\n" }.prefix(300)
        return TallyError(
            .invalidData, "whoever makes the rows failed" + (line.isEmpty ? " (errno \(status))" : ": \(line)"),
            help: "the failure is the producer's: read the same table without Tallystick to see it whole")
    }

    /// A new copy of the schema, since DuckDB marks those it has seen; all are freed with this object.
    private func copiedSchema() -> ArrowSchema {
        let children = unsafe columns.enumerated().map { unsafe copied($1, name: "c\($0)") }
        return unsafe schema(format: "+s", name: "", flags: 0, children: children, dictionary: nil)
    }

    private func copied(_ field: ArrowField, name: String) -> UnsafeMutablePointer<ArrowSchema> {
        let children = unsafe field.children.map { unsafe copied($0, name: $0.name) }
        let dictionary = unsafe field.dictionary.first.map { unsafe copied($0, name: "") }
        let place = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
        unsafe place.initialize(
            to: schema(
                format: field.formatForEngine, name: name, flags: field.flags, children: children,
                dictionary: dictionary))
        unsafe fields.append(place)
        return unsafe place
    }

    private func schema(
        format: String, name: String, flags: Int64, children: [UnsafeMutablePointer<ArrowSchema>],
        dictionary: UnsafeMutablePointer<ArrowSchema>?
    ) -> ArrowSchema {
        let list = unsafe UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>.allocate(
            capacity: max(1, children.count))
        for index in unsafe children.indices { unsafe (list + index).initialize(to: children[index]) }
        unsafe lists.append(list)
        let (format, name) = unsafe (strdup(format), strdup(name))
        unsafe texts += [format, name]
        // Metadata would name types of others' making: what they are stored as is what is taken.
        return unsafe ArrowSchema(
            format: UnsafePointer(format), name: UnsafePointer(name), metadata: nil, flags: flags,
            n_children: Int64(children.count), children: list, dictionary: dictionary,
            release: { schema in unsafe schema?.pointee.release = nil }, private_data: nil)
    }
}
