import SwiftUI
import UIKit

/// The system's camera. Hands over a JPEG file that belongs to the caller, or nothing when the technician backs out.
struct CameraPicker: UIViewControllerRepresentable {
    /// What the engine's photo store takes in: visually the original, about a fifth of its size.
    private static let quality = 0.85

    let onPhoto: (URL) -> Void
    let onFailure: (any Error) -> Void
    @Environment(\.dismiss) private var dismiss

    /// False on a simulator, and where a profile forbids the camera.
    static var isAvailable: Bool { UIImagePickerController.isSourceTypeAvailable(.camera) }

    func makeCoordinator() -> Coordinator { Coordinator(self) }

    func makeUIViewController(context: Context) -> UIImagePickerController {
        let picker = UIImagePickerController()
        picker.sourceType = .camera
        picker.delegate = context.coordinator
        return picker
    }

    func updateUIViewController(_ picker: UIImagePickerController, context: Context) {}

    final class Coordinator: NSObject, UIImagePickerControllerDelegate, UINavigationControllerDelegate {
        private let parent: CameraPicker

        init(_ parent: CameraPicker) { self.parent = parent }

        func imagePickerController(
            _ picker: UIImagePickerController,
            didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
        ) {
            if let image = info[.originalImage] as? UIImage {
                do { parent.onPhoto(try Self.write(image)) } catch { parent.onFailure(error) }
            }
            parent.dismiss()
        }

        func imagePickerControllerDidCancel(_ picker: UIImagePickerController) { parent.dismiss() }

        private static func write(_ image: UIImage) throws -> URL {
            guard let data = image.jpegData(compressionQuality: CameraPicker.quality) else {
                throw CocoaError(.fileWriteUnknown)
            }
            let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).jpg")
            // Readable while the phone is locked: the upload may run then.
            try data.write(to: file, options: [.atomic, .completeFileProtectionUntilFirstUserAuthentication])
            return file
        }
    }
}
