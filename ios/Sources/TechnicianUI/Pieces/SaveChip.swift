import SwiftUI
import Technician

/// The answer to "is my work safe", which no screen of the app goes without.
struct SaveChip: View {
    let save: SaveView

    var body: some View {
        let look = ToneLook(save.tone)
        HStack(spacing: Space.tight) {
            Image(systemName: save.unsent == 0 ? look.symbol : "internaldrive").accessibilityHidden(true)
            Text(save.text)
        }
        .font(TypeScale.small.weight(.semibold))
        .foregroundStyle(.role(look.role))
        .padding(.horizontal, Space.small)
        .padding(.vertical, Space.tight)
        .background(.role(look.ground), in: Capsule())
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(save.text)
        .accessibilityAddTraits(.updatesFrequently)
    }
}
