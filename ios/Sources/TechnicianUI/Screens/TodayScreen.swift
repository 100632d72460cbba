import SwiftUI
import Technician

/// What a tap on Today asks for.
public enum TodayTap: Equatable, Sendable {
    case open(VisitId)
    case step(VisitId, ActionView)
    case later
    case attention
    case messages
    case settings
}

/// The day: what to do next, what would stop it, and whether the work is safe.
public struct TodayScreen: View {
    private let today: TodayView
    private let tap: @MainActor (TodayTap) -> Void
    private let refresh: @MainActor () async -> Void

    public init(
        _ today: TodayView, tap: @escaping @MainActor (TodayTap) -> Void,
        refresh: @escaping @MainActor () async -> Void
    ) {
        self.today = today
        self.tap = tap
        self.refresh = refresh
    }

    public var body: some View {
        ScrollView {
            LazyVStack(alignment: .leading, spacing: Space.between) {
                header
                ForEach(today.notices, id: \.key) { Banner($0) }
                decisions
                if isEmpty {
                    EmptyState(phrase("No visits"), message: today.empty, symbol: "calendar")
                }
                ForEach(today.sections, id: \.key) { section in
                    if !section.visits.isEmpty {
                        SectionTitle(section.title)
                        ForEach(section.visits, id: \.visit) { card in
                            VisitRow(card: card, isNext: card.visit == next?.visit, tap: tap)
                        }
                    }
                }
                if let later = today.later {
                    Button(later.label, systemImage: "calendar") { tap(.later) }
                        .buttonStyle(QuietButtonStyle())
                }
                ForEach(today.moved, id: \.visit) { moved in
                    Banner(.calm, "\(moved.number) · \(moved.text)")
                }
                HStack(spacing: Space.small) {
                    Button(phrase("Messages"), systemImage: "bubble.left.fill") { tap(.messages) }
                    Button(phrase("Settings"), systemImage: "gearshape.fill") { tap(.settings) }
                }
                .buttonStyle(QuietButtonStyle())
            }
            .padding(Space.margin)
        }
        .refreshable { await refresh() }
        .background(.role(.paper))
        .navigationTitle(today.date)
    }

    private var header: some View {
        VStack(alignment: .leading, spacing: Space.small) {
            Text(today.date)
                .font(TypeScale.display)
                .foregroundStyle(.role(.ink))
                .accessibilityAddTraits(.isHeader)
            HStack(spacing: Space.small) {
                SaveChip(save: today.save)
                Text(today.age).font(TypeScale.small).foregroundStyle(.role(.inkSoft))
            }
        }
    }

    @ViewBuilder private var decisions: some View {
        if today.attention > 0 {
            Banner(
                .danger, phrase("%lld things need your decision.", Int(today.attention)), actionTitle: phrase("Decide")
            ) {
                tap(.attention)
            }
        }
        if today.unread > 0 {
            Banner(.calm, phrase("%lld new messages from the office.", Int(today.unread)), actionTitle: phrase("Read"))
            {
                tap(.messages)
            }
        }
    }

    private var isEmpty: Bool { today.sections.allSatisfy(\.visits.isEmpty) }

    /// The one visit whose action is offered large: the first that has one.
    private var next: VisitCard? { today.sections.lazy.flatMap(\.visits).first { $0.action != nil } }
}

/// One visit in the list: a tap opens it; the next one has its action right here.
private struct VisitRow: View {
    let card: VisitCard
    let isNext: Bool
    let tap: @MainActor (TodayTap) -> Void

    var body: some View {
        Card {
            Button {
                tap(.open(card.visit))
            } label: {
                summary
            }
            .buttonStyle(CardButtonStyle())
            .accessibilityLabel(spoken)
            .accessibilityHint(phrase("Opens the visit"))
            if isNext, let action = card.action {
                StepButton(action: action) { tap(.step(card.visit, $0)) }
            }
        }
    }

    private var summary: some View {
        VStack(alignment: .leading, spacing: Space.small) {
            HStack(spacing: Space.small) {
                Text(card.window).font(TypeScale.strong)
                Spacer()
                StatusBadge(status: card.status, label: card.statusLabel)
            }
            Text(card.reason.isEmpty ? card.title : card.reason).font(TypeScale.heading)
            Text("\(card.customer) · \(card.address)").font(TypeScale.support).foregroundStyle(.role(.inkSoft))
            ForEach(card.badges, id: \.key) { Mark(badge: $0) }
            if card.changed {
                Mark(badge: BadgeView(key: card.number, tone: .calm, label: phrase("Changed since you opened it")))
            }
        }
    }

    /// What matters first: the job, when, where, how it stands.
    private var spoken: String {
        let what = card.reason.isEmpty ? card.title : card.reason
        let marks = card.badges.map(\.label) + (card.changed ? [phrase("Changed since you opened it")] : [])
        return ([what, card.window, card.customer, card.address, card.statusLabel] + marks)
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

/// A whole card as a button: looks like its content.
struct CardButtonStyle: ButtonStyle {
    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .frame(maxWidth: .infinity, minHeight: Target.main, alignment: .leading)
            .foregroundStyle(.role(.ink))
            .opacity(configuration.isPressed ? 0.7 : 1)
    }
}
