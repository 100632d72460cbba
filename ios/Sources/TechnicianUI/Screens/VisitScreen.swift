import SwiftUI
import Technician
import TechnicianKit

/// What a tap on a visit asks for. Those with a form behind them open it; the rest is done at once.
public enum VisitTap: Equatable, Sendable {
    case step(ActionView)
    case undo(OpId)
    case gateCode
    /// What changed was read.
    case seen
    case mark(field: String)
    case closeout
    case addNote
    case changeNote(OpId)
    case addPhoto
    /// A photo that waits for Wi-Fi, by its hash.
    case sendPhoto(sha256: String)
    case addPart
    case answer(item: String)
    case startTime(kind: String)
    case stopTime(start: OpId)
    case correctTime(start: OpId)
    case estimate
    case followUp
    case flag
    case message
    case doorIsHere
    case checkInAgain
}

/// One visit: what to do, what would stop it, and everything that the office knows about it.
public struct VisitScreen: View {
    private let visit: VisitView
    /// The gate code, while it is being shown.
    private let gateCode: String?
    private let isWorking: Bool
    private let tap: @MainActor (VisitTap) -> Void

    public init(
        _ visit: VisitView, gateCode: String? = nil, isWorking: Bool = false,
        tap: @escaping @MainActor (VisitTap) -> Void
    ) {
        self.visit = visit
        self.gateCode = gateCode
        self.isWorking = isWorking
        self.tap = tap
    }

    public var body: some View {
        ScrollView {
            LazyVStack(alignment: .leading, spacing: Space.between) {
                VisitHeader(visit: visit)
                ForEach(visit.notices, id: \.key) { Banner($0) }
                missing
                changes
                ContactCard(contact: visit.contact, gate: visit.gateCode, gateCode: gateCode) { tap(.gateCode) }
                if let checkIn = visit.checkIn {
                    CheckInCard(checkIn: checkIn, isReadOnly: visit.readOnly, tap: tap)
                }
                packet
                VisitWork(visit: visit, tap: tap)
                VisitTimes(visit: visit, tap: tap)
                VisitHistory(visit: visit)
            }
            .padding(Space.margin)
        }
        .background(.role(.paper))
        .navigationTitle(visit.number)
        .safeAreaInset(edge: .bottom) { thumbZone }
    }

    private var packet: some View {
        ForEach(visit.packet, id: \.key) { section in
            SectionTitle(section.title)
            Card {
                ForEach(section.rows, id: \.field) { PacketRow(row: $0, mark: mark) }
            }
        }
    }

    private var mark: (@MainActor (RowView) -> Void)? {
        guard !visit.readOnly else { return nil }
        return { row in tap(.mark(field: row.field)) }
    }

    @ViewBuilder private var missing: some View {
        if !visit.missing.isEmpty {
            Banner(.warning, phrase("Not in the packet: %@", visit.missing.formatted(.list(type: .and))))
        }
    }

    @ViewBuilder private var changes: some View {
        if !visit.changes.isEmpty {
            SectionTitle(phrase("Changed since you opened it"))
            Card {
                ForEach(visit.changes, id: \.field) { change in
                    VStack(alignment: .leading, spacing: Space.tight) {
                        Text(change.label).font(TypeScale.support).foregroundStyle(.role(.inkSoft))
                        if !change.before.isEmpty {
                            Text(change.before).strikethrough().foregroundStyle(.role(.grey))
                        }
                        Text(change.after).font(TypeScale.body)
                    }
                    .accessibilityElement(children: .ignore)
                    .accessibilityLabel(phrase("%@: now %@, was %@", change.label, change.after, change.before))
                }
                Button(phrase("Got it")) { tap(.seen) }.buttonStyle(QuietButtonStyle())
            }
        }
    }

    /// What the thumb reaches: is it safe, take it back, go on.
    private var thumbZone: some View {
        VStack(alignment: .leading, spacing: Space.small) {
            SaveChip(save: visit.save)
            if let undo = visit.undo {
                Button(undo.label) { tap(.undo(undo.opId)) }.buttonStyle(QuietButtonStyle())
            }
            ForEach(visit.actions, id: \.key) { action in
                StepButton(action: action, isWorking: isWorking) { action in
                    tap(action.needsCloseout ? .closeout : .step(action))
                }
            }
        }
        .padding(Space.margin)
        .background(.role(.paper))
    }
}

/// When, what, how it stands.
private struct VisitHeader: View {
    let visit: VisitView

    var body: some View {
        VStack(alignment: .leading, spacing: Space.small) {
            HStack(spacing: Space.small) {
                Text(visit.window).font(TypeScale.strong)
                Spacer()
                StatusBadge(status: visit.status, label: visit.statusLabel)
            }
            Text(visit.title).font(TypeScale.display).accessibilityAddTraits(.isHeader)
            ForEach(under, id: \.self) { Text($0).font(TypeScale.support).foregroundStyle(.role(.inkSoft)) }
            ForEach(visit.badges, id: \.key) { Mark(badge: $0) }
        }
        .foregroundStyle(.role(.ink))
    }

    private var under: [String] { [visit.callLabel, visit.promise, visit.timeZone].filter { !$0.isEmpty } }
}
