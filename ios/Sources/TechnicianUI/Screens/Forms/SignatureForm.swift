import SwiftUI
import Technician
import TechnicianKit

/// The customer reads what was done, and signs it with a finger.
public struct SignatureForm: View {
    private let document: [String]
    private let isWorking: Bool
    private let save: @MainActor (_ signer: String, _ signature: Signature) -> Void
    @State private var signer = ""
    @State private var signature = Signature()

    public init(
        _ document: [String], isWorking: Bool,
        save: @escaping @MainActor (_ signer: String, _ signature: Signature) -> Void
    ) {
        self.document = document
        self.isWorking = isWorking
        self.save = save
    }

    public var body: some View {
        FormPage(phrase("Signature"), actionTitle: phrase("Save"), reason: whatIsMissing, isWorking: isWorking) {
            save(signer.trimmed, signature)
        } fields: {
            Card { ForEach(document, id: \.self) { Text($0).font(TypeScale.body) } }
            FormField(label: phrase("Name of who signs"), text: $signer)
            SignaturePad(signature: $signature)
            Button(phrase("Start over"), systemImage: "arrow.counterclockwise") { signature = Signature() }
                .buttonStyle(QuietButtonStyle())
        }
    }

    private var whatIsMissing: String? {
        if signer.trimmed.isEmpty { return phrase("Enter the name first.") }
        return signature.isEmpty ? phrase("Nobody signed yet.") : nil
    }
}

/// A box to write in with a finger.
private struct SignaturePad: View {
    /// Points; wide enough for a name on the narrowest phone.
    private static let height: CGFloat = 160

    @Binding var signature: Signature
    @State private var isDown = false

    var body: some View {
        GeometryReader { box in
            ink(in: box.size)
                .frame(maxWidth: .infinity, minHeight: Self.height)
                .background(.role(.card))
                .overlay { RoundedRectangle(cornerRadius: Corner.chip).stroke(.role(.line)) }
                .contentShape(Rectangle())
                .gesture(
                    DragGesture(minimumDistance: 0)
                        .onChanged { write($0.location, in: box.size) }
                        .onEnded { _ in isDown = false })
        }
        .frame(minHeight: Self.height)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(phrase("Box for the signature"))
        .accessibilityValue(signature.isEmpty ? phrase("Empty") : phrase("Signed"))
    }

    private func ink(in size: CGSize) -> some View {
        Path { path in
            for stroke in signature.strokes {
                guard let first = stroke.first else { continue }
                path.move(to: CGPoint(x: first.x * size.width, y: first.y * size.height))
                for point in stroke.dropFirst() {
                    path.addLine(to: CGPoint(x: point.x * size.width, y: point.y * size.height))
                }
            }
        }
        .stroke(.role(.ink), lineWidth: 2)
    }

    private func write(_ point: CGPoint, in size: CGSize) {
        guard size.width > 0, size.height > 0 else { return }
        let share = Signature.Point(x: point.x / size.width, y: point.y / size.height)
        if isDown { signature.extend(to: share) } else { signature.begin(at: share) }
        isDown = true
    }
}
