import SwiftUI
import Technician

/// What a photo shows, then the camera.
public struct PhotoForm: View {
    private let kinds: [ChoiceView]
    private let isWorking: Bool
    private let take: @MainActor (_ kind: String, _ caption: String) -> Void
    @State private var kind: String?
    @State private var caption = ""

    public init(
        _ kinds: [ChoiceView], isWorking: Bool, take: @escaping @MainActor (_ kind: String, _ caption: String) -> Void
    ) {
        self.kinds = kinds
        self.isWorking = isWorking
        self.take = take
    }

    public var body: some View {
        FormPage(
            phrase("Add a photo"), actionTitle: phrase("Open the camera"),
            reason: kind == nil ? phrase("Choose what it shows first.") : nil, isWorking: isWorking
        ) {
            if let kind { take(kind, caption.trimmed) }
        } fields: {
            Choices(choices: kinds, chosen: $kind)
            FormField(label: phrase("In words, if you like"), text: $caption)
        }
    }
}
