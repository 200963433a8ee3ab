// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Logging
internal import TallyModel

/// The checks of access and encryption, as long as the files behind them are unchanged.
struct Locks: Sendable {
    let door: Door
    let certificates: Certificates?
    let clock: @Sendable () -> Timestamp

    /// Takes over tokens and certificates that changed; a failure is logged, and what was known before stays.
    func refresh(_ logger: Logger) {
        do throws(TallyError) {
            try door.refresh(at: clock())
        } catch {
            logger.error("the tokens could not be read anew", metadata: ["error": "\(error)"])
        }
        guard let certificates else { return }
        do throws(TallyError) {
            if try certificates.refresh(at: clock()) { logger.notice("a new certificate is used from now on") }
        } catch {
            logger.error("the certificate could not be read anew", metadata: ["error": "\(error)"])
        }
    }
}
