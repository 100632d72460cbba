import SwiftUI
import Technician

/// A row of the packet: a label, its value, and one tap for "this is missing or wrong".
struct PacketRow: View {
    let row: RowView
    /// Nil where nothing can be marked: the visit is read-only.
    let mark: (@MainActor (RowView) -> Void)?

    var body: some View {
        VStack(alignment: .leading, spacing: Space.tight) {
            HStack(spacing: Space.small) {
                Text(row.label).font(TypeScale.support).foregroundStyle(.role(.inkSoft))
                if row.changed { note("arrow.triangle.2.circlepath", phrase("Changed"), .link) }
                if row.marked { note("flag.fill", phrase("Marked"), .caution) }
            }
            if row.missing {
                note("exclamationmark.triangle.fill", phrase("Missing"), .wrong)
            }
            ForEach(Array(row.values.enumerated()), id: \.offset) { line in
                Text(line.element).font(TypeScale.body).foregroundStyle(.role(.ink))
            }
            if let mark, !row.marked {
                Button {
                    mark(row)
                } label: {
                    Text(phrase("Missing or wrong?"))
                }
                .buttonStyle(LinkButtonStyle())
                .accessibilityLabel(phrase("Missing or wrong: %@", row.label))
            }
        }
    }

    private func note(_ symbol: String, _ word: String, _ role: ColorRole) -> some View {
        HStack(spacing: Space.tight) {
            Image(systemName: symbol).accessibilityHidden(true)
            Text(word)
        }
        .font(TypeScale.small.weight(.semibold))
        .foregroundStyle(.role(role))
    }
}
