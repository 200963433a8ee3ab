// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import TallyLMDB
internal import TallySQLite
public import TallyStore

extension Workspace {
    /// Examines everything that is stored, and returns a finding on each thing.
    ///
    /// Reads the online store's file twice, the registry once, and of what the gate and queries keep so much as
    /// `GateCheck.readBytes` says. Changes nothing but the stamp of a store that is whole; `clock` tells whom the clock stops.
    public func examine(now: Timestamp, clock: ClockGuard) async throws(TallyError) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        let online = onlinePath
        var structure: StoreStructure?
        do throws(TallyError) {
            structure = try LMDBStore.examine(path: online)
            findings.append(Checkup.structure(structure))
        } catch {
            if error.code == .interrupted { throw error }
            findings.append(HealthFinding("online store", error))
        }
        var generations: [OnlineGeneration] = []
        if structure?.state == .whole {
            do throws(TallyError) {
                if let store = try onlineStoreForReading() {
                    generations = try await store.generations()
                    for generation in generations { findings.append(try await ViewProof.prove(generation, in: store)) }
                }
            } catch {
                if error.code == .interrupted { throw error }
                findings.append(HealthFinding("online store", error))
            }
        }
        let (registry, lastRun) = await examineRegistry(isFilled: structure != nil)
        findings.append(registry)
        if registry.state == .kept, let opened = try registryForReading() {
            // The content of a damaged store is not known.
            if structure == nil || structure?.state == .whole {
                findings += try await FillCheck.examine(generations, registry: opened)
            }
            findings += try await AnswerCheck.examine(root: root, registry: opened)
        }
        findings += try GateCheck.examine(root: root)
        findings.append(
            Checkup.disk(
                "disk", free: DiskSpace.free(at: FileName.exists(online) ? online : root),
                needed: structure?.bytes ?? 0))
        findings += Checkup.clock(now, generations: generations, lastRun: lastRun, guarded: clock.finding)
        let left = LeftoverFiles(in: root)
        findings.append(Checkup.leftovers(left.paths, bytes: left.bytes, isCut: left.isCut))
        return findings
    }

    /// Returns the finding about the registry, and the start of its last run.
    private func examineRegistry(isFilled: Bool) async -> (HealthFinding, Timestamp?) {
        do throws(TallyError) {
            let problems = try SQLiteRegistry.problems(path: try registryPath())
            guard problems?.isEmpty == true, let registry = try registryForReading() else {
                return (Checkup.registry(problems, isFilled: isFilled), nil)
            }
            // Also what is stored must be readable, beyond what the database knows of its pages.
            _ = try await registry.state()
            return (Checkup.registry([], isFilled: isFilled), try await registry.runs(limit: 1).first?.startedAt)
        } catch {
            return (HealthFinding("registry", error), nil)
        }
    }
}
