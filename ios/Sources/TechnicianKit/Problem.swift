import Technician

/// What went wrong, as far as the technician can do something about it. The screens have the words.
public enum Problem: Equatable, Sendable {
    case storageFull
    /// The office locked the phone, or it was away for too long.
    case locked
    case notEnrolled
    case alreadyEnrolled
    /// The rules don't allow it now; the button, drawn anew, says why.
    case notPossible
    /// The visit or item isn't there any more.
    case gone
    /// A value that can't be.
    case wrongValue
    /// More than a photo or text may hold.
    case tooLarge
    /// Something is unsent: signing out now would lose it.
    case unsent
    /// The app may not use the position. What was tapped is saved without one.
    case locationRefused
    /// "The door is here", and the phone doesn't know where here is.
    case noPosition
    case cameraRefused
    case cameraFailed
    /// Something that only support can act on.
    case failed(String)

    /// What a refusal of the engine means here; nil for a call that was withdrawn.
    init?(_ error: any Error) {
        guard let error = error as? ActError else {
            self = .failed("\(error)")
            return
        }
        switch error {
        case .Cancelled: return nil
        case .StorageFull: self = .storageFull
        case .Locked: self = .locked
        case .NotEnrolled: self = .notEnrolled
        case .AlreadyEnrolled: self = .alreadyEnrolled
        case .NotPossible, .NeedsReason, .Gaps: self = .notPossible
        case .NoSuchVisit, .NoSuchItem: self = .gone
        case .WrongValue: self = .wrongValue
        case .TooLarge: self = .tooLarge
        case .Suspended, .Failed: self = .failed("\(error)")
        }
    }
}
