import Foundation
import Observation
import Technician

/// One visit: its screen and every form of it. Which step is possible, and why another isn't, the engine's record says.
@MainActor @Observable public final class VisitModel {
    public let visit: VisitId
    public let watched: Watched<VisitView>
    public let taps = Taps()
    /// The gate code, while it is on the screen; never kept.
    public private(set) var gateCode: String?

    private let session: Session
    private let engine: Technician
    /// The position asked for last: what "the door is here" is about.
    @ObservationIgnored private var lastFix: Fix?

    init(_ visit: VisitId, _ session: Session) {
        self.visit = visit
        self.session = session
        engine = session.engine
        watched = Watched(session.engine, .visit(visit: visit)) {
            if case .visit(let view) = $0 { view } else { nil }
        }
    }

    public var view: VisitView? { watched.content }

    /// What changed up to now was read.
    public func markSeen() { act("seen", .markSeen(visit: visit)) }

    /// Takes a step, by way of what it asks for first.
    public func step(_ action: ActionView) {
        if action.needsCloseout {
            session.navigator.open(.closeout(visit))
        } else if action.needsReason {
            session.navigator.open(.reason(visit, action: action.key))
        } else if action.needsCheckIn {
            arrive(action.key)
        } else if let to = action.to {
            act(action.key, status(to, reason: ""))
        }
    }

    /// Takes a step that asked for a reason.
    public func step(_ key: String, reason: String) {
        guard let to = view?.actions.first(where: { $0.key == key })?.to else { return taps.show(.gone) }
        actAndLeave(key, status(to, reason: reason))
    }

    private func status(_ to: Status, reason: String) -> Intent {
        .setStatus(visit: visit, to: to, reason: reason, statedAtMs: nil, outcome: nil, gaps: [])
    }

    private func arrive(_ key: String) {
        taps.run(key) {
            let (fix, problem) = await self.locate()
            _ = try await self.engine.act(intent: .arrive(visit: self.visit, fix: fix, reason: "", statedAtMs: nil))
            return problem
        }
    }

    /// Takes the position again, without a step: the first one was poor.
    public func checkInAgain() {
        taps.run("check_in") {
            let (fix, problem) = await self.locate()
            _ = try await self.engine.act(intent: .checkIn(visit: self.visit, fix: fix, reason: ""))
            return problem
        }
    }

    private func locate() async -> (Fix?, Problem?) {
        switch await session.ports.location.locate(.exact) {
        case .found(let fix):
            lastFix = fix
            return (fix, nil)
        case .refused: return (nil, .locationRefused)
        case .none: return (nil, nil)
        }
    }

    /// "The door is here": the pin was wrong. The office approves it.
    public func doorIsHere() {
        taps.run("pin") {
            let (found, problem) =
                if let fix = self.lastFix { (Fix?.some(fix), Problem?.none) } else { await self.locate() }
            guard let found else { return problem ?? .noPosition }
            _ = try await self.engine.act(intent: .proposePin(visit: self.visit, fix: found))
            return nil
        }
    }

    public func undo() { act("undo", .undo(visit: visit)) }

    /// Shows the gate code; the office sees that it was looked at.
    public func showGateCode() {
        taps.run("gate") {
            self.gateCode = try await self.engine.act(intent: .viewGateCode(visit: self.visit)).gateCode
            return nil
        }
    }

    public func hideGateCode() { gateCode = nil }

    /// Writes a note, or a new version of the one that it `revises`.
    public func addNote(_ text: String, revises: OpId? = nil) {
        actAndLeave("note", .addNote(visit: visit, text: text, revises: revises))
    }

    /// Takes a photo of the kind that `key` names, and keeps it.
    public func takePhoto(_ key: String, caption: String) {
        guard let kind = PhotoKind(key: key) else { return taps.show(.wrongValue) }
        taps.run("photo") {
            switch await self.session.ports.camera.takePhoto() {
            case .taken(let bytes):
                let photo = Intent.addPhoto(visit: self.visit, bytes: bytes, photoKind: kind, caption: caption)
                _ = try await self.engine.act(intent: photo)
                self.session.navigator.back()
                return nil
            case .cancelled: return nil
            case .refused: return .cameraRefused
            case .failed: return .cameraFailed
            }
        }
    }

    /// Sends a photo's original although it would wait for Wi-Fi.
    public func sendPhotoNow(_ sha256: String) { act("send_photo", .sendPhotoNow(sha256: sha256)) }

    /// Begins a break, wait or parts run, which `key` names.
    public func startTime(_ key: String) {
        guard let kind = TimeKind(key: key) else { return taps.show(.wrongValue) }
        act("time", .startTime(visit: visit, timeKind: kind))
    }

    /// Ends what `start` began.
    public func stopTime(_ start: OpId) { act("time", .stopTime(visit: visit, start: start)) }

    /// The time of a fact was another.
    public func correctTime(of fact: OpId, to moment: Date, reason: String) {
        actAndLeave(
            "time", .adjustTime(visit: visit, target: fact, atMs: moment.millisecondsSince1970, reason: reason))
    }

    /// A part went in, or came back to the truck.
    public func addPart(_ name: String, quantity: Double, serial: String, isReturned: Bool) {
        // The one stock that a technician has at hand.
        let stock = "truck"
        actAndLeave(
            "part",
            isReturned
                ? .returnPart(visit: visit, name: name, quantity: quantity, stock: stock, serial: serial)
                : .usePart(visit: visit, name: name, quantity: quantity, stock: stock, serial: serial))
    }

    public func answer(_ item: String, _ value: String) {
        actAndLeave("answer", .answer(visit: visit, item: item, value: value))
    }

    public func raiseFlag(_ key: String, text: String) {
        guard let kind = FlagKind(key: key) else { return taps.show(.wrongValue) }
        actAndLeave("flag", .raiseFlag(visit: visit, flag: kind, text: text, newEtaMs: nil))
    }

    /// The packet lacked this field, or it was wrong.
    public func mark(_ field: String, isWrong: Bool, text: String) {
        actAndLeave(
            "mark",
            .markHandoff(visit: visit, field: field, miss: isWrong ? .wrong : .missing, text: text, minutesLost: nil))
    }

    public func send(_ text: String, isUrgent: Bool) {
        actAndLeave("message", .sendMessage(visit: visit, lane: isUrgent ? .urgent : .routine, text: text))
    }

    public func proposeEstimate(_ title: String, lines: [EstimateLine]) {
        actAndLeave("estimate", .proposeEstimate(visit: visit, title: title, lines: lines))
    }

    public func proposeFollowUp(_ reason: String, nextStep: String, due: Date?) {
        let due = due?.millisecondsSince1970
        actAndLeave("follow_up", .proposeFollowUp(visit: visit, reason: reason, nextStep: nextStep, dueMs: due))
    }

    public func open(_ route: Route) { session.navigator.open(route) }

    private func act(_ key: String, _ intent: Intent) {
        taps.run(key) {
            _ = try await self.engine.act(intent: intent)
            return nil
        }
    }

    private func actAndLeave(_ key: String, _ intent: Intent) {
        taps.run(key) {
            _ = try await self.engine.act(intent: intent)
            self.session.navigator.back()
            return nil
        }
    }
}

extension Date {
    /// As the engine counts.
    fileprivate var millisecondsSince1970: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}
