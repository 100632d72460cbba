import Foundation
import Technician

/// What became of asking for a position.
public enum Position: Sendable {
    case found(Fix)
    /// The technician or the system doesn't let the app use it.
    case refused
    /// Nothing in time: a basement.
    case none
}

/// What a position is for: how exact it has to be, and whether the technician may be asked.
public enum Look: Sendable {
    /// For a check-in: as exact as it gets in time. Asks for permission first, if it can.
    case exact
    /// On the way: a block is exact enough. Nobody who drives is asked anything: without permission there is none.
    case rough
}

/// Where the phone is.
@MainActor public protocol LocationPort: AnyObject {
    /// Samples until the position is good enough or the time is up. A cancelled task ends it.
    func locate(_ look: Look) async -> Position
}

/// What became of asking for a picture.
public enum Shot: Sendable {
    /// JPEG or PNG.
    case taken(Data)
    /// The technician went back without one.
    case cancelled
    case refused
    case failed
}

/// Takes a picture.
@MainActor public protocol CameraPort: AnyObject {
    func takePhoto() async -> Shot
}

/// Reads the office's code from its screen.
@MainActor public protocol ScannerPort: AnyObject {
    var isAvailable: Bool { get }
    /// The link in the code; nil when the technician goes back.
    func scan() async -> String?
}

/// Opens what belongs to the phone, not to the app.
@MainActor public protocol OpenerPort: AnyObject {
    /// This app's page in the phone's settings.
    func openPhoneSettings()
}

/// The hardware and system that the models use.
public struct Ports {
    public let location: any LocationPort
    public let camera: any CameraPort
    public let scanner: any ScannerPort
    public let opener: any OpenerPort

    public init(
        location: any LocationPort, camera: any CameraPort, scanner: any ScannerPort, opener: any OpenerPort
    ) {
        self.location = location
        self.camera = camera
        self.scanner = scanner
        self.opener = opener
    }
}
