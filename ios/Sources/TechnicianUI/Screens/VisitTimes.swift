import SwiftUI
import Technician

/// Travel and work, which count by themselves from the steps, and breaks, waits and parts runs, which are begun and ended.
struct VisitTimes: View {
    let visit: VisitView
    let tap: @MainActor (VisitTap) -> Void

    var body: some View {
        SectionTitle(phrase("Time"))
        Card {
            ForEach(visit.times, id: \.startOp) { entry in
                TimeRow(entry: entry, correct: correction(of: entry))
            }
            if !visit.readOnly { buttons }
        }
    }

    private func correction(of entry: TimeEntryView) -> (@MainActor () -> Void)? {
        guard !visit.readOnly else { return nil }
        return { tap(.correctTime(start: entry.startOp)) }
    }

    @ViewBuilder private var buttons: some View {
        if let running = visit.running {
            Button(phrase("End: %@", running.label), systemImage: "stop.fill") {
                tap(.stopTime(start: running.startOp))
            }
            .buttonStyle(QuietButtonStyle())
        } else {
            ForEach(visit.timeKinds, id: \.key) { kind in
                Button(phrase("Start: %@", kind.label), systemImage: "play.fill") { tap(.startTime(kind: kind.key)) }
                    .buttonStyle(QuietButtonStyle())
            }
        }
    }
}

/// A stretch of time: what, from when to when, how long.
private struct TimeRow: View {
    let entry: TimeEntryView
    /// Nil where nothing can be corrected: the visit is read-only.
    let correct: (@MainActor () -> Void)?

    var body: some View {
        HStack(spacing: Space.small) {
            VStack(alignment: .leading, spacing: Space.tight) {
                Text("\(entry.label) · \(entry.duration)").font(TypeScale.body).foregroundStyle(.role(.ink))
                Text(about).font(TypeScale.small).foregroundStyle(.role(.inkSoft))
            }
            .accessibilityElement(children: .combine)
            Spacer()
            if let correct {
                Button(phrase("Correct"), action: correct)
                    .buttonStyle(QuietButtonStyle())
                    .accessibilityLabel(phrase("Correct: %@", entry.label))
            }
        }
    }

    private var about: String {
        let span = "\(entry.from.time) – \(entry.to?.time ?? phrase("Still running"))"
        return entry.adjusted ? "\(span) · \(phrase("Corrected"))" : span
    }
}
