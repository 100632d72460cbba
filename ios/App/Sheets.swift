import AVFoundation
import Observation
import TechnicianKit

/// The camera and the scanner, which cover the screen until they have an answer.
@MainActor @Observable final class Sheets: CameraPort, ScannerPort {
    enum Sheet: String, Identifiable {
        case camera, scanner
        var id: String { rawValue }
    }

    /// What covers the screen; the view sets it to nil when the technician swipes it away.
    var shown: Sheet? {
        didSet { if shown == nil { endEmpty() } }
    }

    @ObservationIgnored private var shot: CheckedContinuation<Shot, Never>?
    @ObservationIgnored private var code: CheckedContinuation<String?, Never>?

    var isAvailable: Bool { CodeScanner.isAvailable }

    func takePhoto() async -> Shot {
        guard CameraPicker.isAvailable else { return .failed }
        guard await AVCaptureDevice.requestAccess(for: .video) else { return .refused }
        endEmpty()
        return await withCheckedContinuation { waiting in
            shot = waiting
            shown = .camera
        }
    }

    func scan() async -> String? {
        endEmpty()
        return await withCheckedContinuation { waiting in
            code = waiting
            shown = .scanner
        }
    }

    /// The camera's file belongs to us: the engine keeps a sealed copy of its own.
    func took(_ file: URL) {
        let bytes = try? Data(contentsOf: file)
        try? FileManager.default.removeItem(at: file)
        end(bytes.map(Shot.taken) ?? .failed)
    }

    func cameraFailed() { end(.failed) }

    func read(_ text: String) {
        code?.resume(returning: text)
        code = nil
        shown = nil
    }

    private func end(_ result: Shot) {
        shot?.resume(returning: result)
        shot = nil
        shown = nil
    }

    /// Whoever still waits gets nothing.
    private func endEmpty() {
        shot?.resume(returning: .cancelled)
        code?.resume(returning: nil)
        (shot, code) = (nil, nil)
    }
}
