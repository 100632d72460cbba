import SwiftUI

/// The store couldn't be opened: the phone is full, or was not unlocked since it started.
public struct StartFailedScreen: View {
    private let again: @MainActor () -> Void

    public init(again: @escaping @MainActor () -> Void) { self.again = again }

    public var body: some View {
        EmptyState(
            phrase("Your work couldn't be opened"),
            message: phrase("It is kept on this phone. Make room if the phone is full, then try again."),
            symbol: "exclamationmark.triangle.fill", actionTitle: phrase("Try again"), action: again)
    }
}
