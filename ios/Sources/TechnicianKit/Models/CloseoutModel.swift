import Foundation
import Observation
import Technician

/// Closing a visit: what is missing before the technician leaves, what came of the work, and the signature.
@MainActor @Observable public final class CloseoutModel {
    public let visit: VisitId
    public let watched: Watched<CloseoutView>
    public let taps = Taps()

    private let session: Session

    init(_ visit: VisitId, _ session: Session) {
        self.visit = visit
        self.session = session
        watched = Watched(session.engine, .closeout(visit: visit)) {
            if case .closeout(let view) = $0 { view } else { nil }
        }
    }

    public var view: CloseoutView? { watched.content }

    /// Takes the step, with what is missing declared: the screen has shown it.
    public func step(_ action: ActionView, outcome: String?, gaps: [String]) {
        if action.needsReason { return session.navigator.open(.reason(visit, action: action.key)) }
        guard let to = action.to else { return }
        taps.run(action.key) {
            let intent = Intent.setStatus(
                visit: self.visit, to: to, reason: "", statedAtMs: nil,
                outcome: outcome.flatMap(WorkOutcome.init(key:)),
                gaps: gaps)
            _ = try await self.session.engine.act(intent: intent)
            self.session.navigator.goHome()
            return nil
        }
    }

    /// Goes to where an item of the closeout is put right: `photo_plate`, `checklist:pressure`, `signature` …
    public func repair(_ item: String) {
        let parts = item.split(separator: ":", maxSplits: 1).map(String.init)
        let route: Route =
            switch parts[0] {
            case "photos", "photo_before", "photo_after", "photo_plate", "photo_document": .photo(visit)
            case "checklist" where parts.count == 2: .answer(visit, item: parts[1])
            case "signature": .signature(visit)
            case "parts": .part(visit)
            default: .note(visit)
            }
        session.navigator.open(route)
    }

    public func openSignature() { session.navigator.open(.signature(visit)) }

    /// The customer signs what the screen shows; refused when that has changed since.
    public func sign(_ signer: String, _ signature: Signature) {
        guard let view else { return taps.show(.gone) }
        taps.run("sign") {
            let intent = Intent.sign(
                visit: self.visit, signer: signer, picture: signature.png(), documentSha256: view.documentSha256)
            _ = try await self.session.engine.act(intent: intent)
            self.session.navigator.back()
            return nil
        }
    }
}
