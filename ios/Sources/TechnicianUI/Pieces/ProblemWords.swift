import TechnicianKit

extension Problem {
    /// What happened.
    var happened: String {
        switch self {
        case .storageFull: phrase("This phone's storage is full.")
        case .locked: phrase("The office locked this phone.")
        case .notEnrolled: phrase("This phone is nobody's yet.")
        case .alreadyEnrolled: phrase("This phone is somebody's already.")
        case .notPossible: phrase("That isn't possible now.")
        case .gone: phrase("This isn't here any more.")
        case .wrongValue: phrase("One entry doesn't fit.")
        case .tooLarge: phrase("That is too large.")
        case .unsent: phrase("Some of your work is only on this phone.")
        case .locationRefused: phrase("The app may not use your position.")
        case .noPosition: phrase("The phone doesn't know where it is.")
        case .cameraRefused: phrase("The app may not use the camera.")
        case .cameraFailed: phrase("The camera gave no picture.")
        case .failed(let detail): phrase("That didn't work: %@", detail)
        }
    }

    /// What is safe, and what to do.
    var whatNow: String {
        switch self {
        case .storageFull: phrase("What you saved before is safe. Make room, then do it again.")
        case .locked: phrase("What you saved is kept. Call the office.")
        case .notPossible: phrase("What you saved before is safe. The button says why.")
        case .unsent: phrase("You are still signed in. Find a signal, then sign out again.")
        case .locationRefused: phrase("Your step is saved without it. Allow it in the phone's settings.")
        case .noPosition: phrase("Step outside, then try again.")
        case .cameraRefused: phrase("Allow it in the phone's settings.")
        case .notEnrolled, .alreadyEnrolled, .gone, .failed: phrase("What you saved before is safe.")
        case .wrongValue, .tooLarge, .cameraFailed: phrase("What you saved before is safe. Try again.")
        }
    }
}
