import SwiftUI
import VisionKit

/// Reads the enrolment QR code that the office shows.
struct CodeScanner: UIViewControllerRepresentable {
    let onCode: (String) -> Void

    /// Without it the technician types the code.
    static var isAvailable: Bool { DataScannerViewController.isSupported && DataScannerViewController.isAvailable }

    func makeCoordinator() -> Coordinator { Coordinator(onCode) }

    func makeUIViewController(context: Context) -> DataScannerViewController {
        let scanner = DataScannerViewController(
            recognizedDataTypes: [.barcode(symbologies: [.qr])], isHighlightingEnabled: true)
        scanner.delegate = context.coordinator
        return scanner
    }

    func updateUIViewController(_ scanner: DataScannerViewController, context: Context) {
        // Fails only where `isAvailable` is false, and then the scanner isn't shown.
        try? scanner.startScanning()
    }

    static func dismantleUIViewController(_ scanner: DataScannerViewController, coordinator: Coordinator) {
        scanner.stopScanning()
    }

    final class Coordinator: NSObject, DataScannerViewControllerDelegate {
        private let onCode: (String) -> Void
        private var isDone = false

        init(_ onCode: @escaping (String) -> Void) { self.onCode = onCode }

        func dataScanner(
            _ scanner: DataScannerViewController, didAdd items: [RecognizedItem], allItems: [RecognizedItem]
        ) {
            guard !isDone else { return }
            for case .barcode(let barcode) in items {
                guard let text = barcode.payloadStringValue else { continue }
                isDone = true
                onCode(text)
                return
            }
        }
    }
}
