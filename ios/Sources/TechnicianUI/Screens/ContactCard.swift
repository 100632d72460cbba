import SwiftUI
import Technician
import TechnicianKit

/// Whom to call and where to go, in one tap each; and the gate code, on a tap that is recorded.
struct ContactCard: View {
    let contact: ContactView
    let gate: GateCodeView?
    let gateCode: String?
    let showGateCode: @MainActor () -> Void
    @Environment(\.openURL) private var openURL

    var body: some View {
        Card {
            Text(contact.name).font(TypeScale.heading)
            if !contact.tier.isEmpty { Text(contact.tier).font(TypeScale.support).foregroundStyle(.role(.inkSoft)) }
            Text(contact.address).font(TypeScale.body)
            HStack(spacing: Space.small) {
                if let call = contact.call {
                    Button(phrase("Call"), systemImage: "phone.fill") { openURL(call) }
                        .accessibilityLabel(phrase("Call %@", contact.name))
                }
                if let directions = contact.directions {
                    Button(phrase("Directions"), systemImage: "arrow.triangle.turn.up.right.diamond.fill") {
                        openURL(directions)
                    }
                }
            }
            .buttonStyle(QuietButtonStyle())
            if let gateCode {
                Text(phrase("Gate code %@", gateCode)).font(TypeScale.display)
            } else if let gate {
                Button(gate.label, action: showGateCode)
                    .buttonStyle(QuietButtonStyle())
                    .disabled(!gate.available)
                    .accessibilityHint(phrase("The office sees that you looked at it"))
            }
        }
    }
}

/// The arrival's grade with its reason, and what helps where it is doubtful.
struct CheckInCard: View {
    let checkIn: CheckInView
    let isReadOnly: Bool
    let tap: @MainActor (VisitTap) -> Void

    var body: some View {
        Card {
            HStack(spacing: Space.small) {
                Mark(badge: BadgeView(key: checkIn.opId, tone: checkIn.tone, label: checkIn.label))
                Text(checkIn.at.time).font(TypeScale.support)
            }
            Text(checkIn.reason).font(TypeScale.body)
            ForEach(evidence, id: \.self) { Text($0).font(TypeScale.support).foregroundStyle(.role(.inkSoft)) }
            if !isReadOnly {
                if checkIn.offersPhoto {
                    Button(phrase("Add a photo as evidence"), systemImage: "camera.fill") { tap(.addPhoto) }
                        .buttonStyle(QuietButtonStyle())
                }
                Button(phrase("Check in again"), systemImage: "location.fill") { tap(.checkInAgain) }
                    .buttonStyle(QuietButtonStyle())
                if checkIn.offersPin {
                    Button(phrase("The door is here"), systemImage: "mappin") { tap(.doorIsHere) }
                        .buttonStyle(QuietButtonStyle())
                }
            }
        }
    }

    private var evidence: [String] {
        [checkIn.distance, checkIn.certainty, checkIn.accuracy, checkIn.said].filter { !$0.isEmpty }
    }
}
