import SwiftUI
import TechnicianKit

/// A watched screen: its content, or that it is on its way, or that it is gone.
struct Shown<Content: Sendable, Screen: View>: View {
    private let watched: Watched<Content>
    private let screen: (Content) -> Screen

    init(_ watched: Watched<Content>, @ViewBuilder screen: @escaping (Content) -> Screen) {
        self.watched = watched
        self.screen = screen
    }

    var body: some View {
        if let content = watched.content {
            screen(content)
        } else if watched.failure != nil {
            Gone()
        } else {
            ProgressView()
        }
    }
}

/// Nothing is here any more.
struct Gone: View {
    var body: some View {
        EmptyState(
            phrase("This isn't here any more"), message: phrase("Go back. What you did is kept."),
            symbol: "exclamationmark.triangle.fill")
    }
}

/// A screen with what went wrong on its last tap above it.
struct Tapped<Screen: View>: View {
    private let taps: Taps
    private let screen: Screen

    init(_ taps: Taps, @ViewBuilder screen: () -> Screen) {
        self.taps = taps
        self.screen = screen()
    }

    var body: some View {
        screen.safeAreaInset(edge: .top) {
            if let problem = taps.problem {
                ErrorNotice(
                    happened: problem.happened, safe: problem.whatNow, actionTitle: phrase("Got it")
                ) { taps.dismiss() }
                .padding(Space.margin)
                .background(.role(.paper))
            }
        }
    }
}
