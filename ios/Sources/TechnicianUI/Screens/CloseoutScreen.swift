import SwiftUI
import Technician

/// What a tap on the closeout asks for.
public enum CloseoutTap: Equatable, Sendable {
    /// Complete, or another step out of here; declares `gaps` as knowingly missing.
    case step(ActionView, outcome: String?, gaps: [String])
    case add(item: String)
    case sign
}

/// What is missing, before the technician leaves.
public struct CloseoutScreen: View {
    private let closeout: CloseoutView
    private let isWorking: Bool
    private let tap: @MainActor (CloseoutTap) -> Void
    @State private var outcome: String?

    public init(
        _ closeout: CloseoutView, isWorking: Bool = false, tap: @escaping @MainActor (CloseoutTap) -> Void
    ) {
        self.closeout = closeout
        self.isWorking = isWorking
        self.tap = tap
    }

    public var body: some View {
        ScrollView {
            LazyVStack(alignment: .leading, spacing: Space.between) {
                SectionTitle(phrase("Before you leave"))
                ForEach(closeout.notices, id: \.key) { Banner($0) }
                if !closeout.summary.isEmpty { Banner(closeout.gaps.isEmpty ? .good : .warning, closeout.summary) }
                Card {
                    ForEach(closeout.items, id: \.key) { item in CloseoutRow(item: item) { tap(.add(item: item.key)) } }
                }
                SectionTitle(phrase("Outcome"))
                Card { Choices(choices: closeout.outcomes, chosen: $outcome) }
                if !closeout.times.isEmpty {
                    SectionTitle(phrase("Time"))
                    Card {
                        ForEach(closeout.times, id: \.startOp) { time in
                            Text("\(time.label) · \(time.duration)").font(TypeScale.body)
                        }
                    }
                }
                signature
            }
            .padding(Space.margin)
        }
        .background(.role(.paper))
        .navigationTitle(closeout.number)
        .safeAreaInset(edge: .bottom) {
            VStack(alignment: .leading, spacing: Space.small) {
                ForEach(closeout.actions, id: \.key) { action in
                    StepButton(action: action, isWorking: isWorking) {
                        tap(.step($0, outcome: outcome, gaps: closeout.gaps))
                    }
                }
            }
            .padding(Space.margin)
            .background(.role(.paper))
        }
    }

    @ViewBuilder private var signature: some View {
        SectionTitle(phrase("Signature"))
        Card {
            ForEach(closeout.document, id: \.self) { Text($0).font(TypeScale.body) }
            if let signature = closeout.signature {
                Text("\(signature.signer) · \(signature.at.time)").font(TypeScale.strong)
                if signature.stale { Banner(.warning, signature.note) }
            }
            if closeout.signature?.stale ?? true {
                Button(phrase("Let the customer sign"), systemImage: "signature") { tap(.sign) }
                    .buttonStyle(QuietButtonStyle())
            }
        }
    }
}

/// One thing that the closeout asks for: there, or missing with the way to it.
private struct CloseoutRow: View {
    let item: CloseoutItem
    let add: @MainActor () -> Void

    var body: some View {
        HStack(spacing: Space.small) {
            Image(systemName: item.met ? "checkmark.circle.fill" : "xmark.circle")
                .foregroundStyle(.role(item.met ? .done : .wrong))
                .accessibilityHidden(true)
            Text(item.label)
                .font(TypeScale.body)
                .accessibilityLabel(item.met ? phrase("%@: there", item.label) : phrase("%@: missing", item.label))
            Spacer()
            if !item.met {
                Button {
                    add()
                } label: {
                    Text(phrase("Add"))
                }
                .buttonStyle(QuietButtonStyle())
                .accessibilityLabel(phrase("Add: %@", item.label))
            }
        }
    }
}
