import SwiftUI
import Technician

/// What the technician adds while working: notes, photos, parts, checklist, flags, messages.
struct VisitWork: View {
    let visit: VisitView
    let tap: @MainActor (VisitTap) -> Void

    var body: some View {
        checklist
        SectionTitle(phrase("Your work"))
        Card {
            ForEach(visit.notes, id: \.opId) { note in
                entry(note.text, "\(note.by) · \(note.at.time)" + (note.revised ? " · \(phrase("Edited"))" : ""))
                if !visit.readOnly {
                    Button(phrase("Change")) { tap(.changeNote(note.opId)) }
                        .buttonStyle(QuietButtonStyle())
                        .accessibilityLabel(phrase("Change the note: %@", note.text))
                }
            }
            ForEach(visit.photos, id: \.opId) { photo in
                let name = photo.kindLabel + (photo.caption.isEmpty ? "" : ": \(photo.caption)")
                entry(name, photo.uploadLabel)
                if photo.canSendNow {
                    Button(phrase("Send now")) { tap(.sendPhoto(sha256: photo.sha256)) }
                        .buttonStyle(QuietButtonStyle())
                        .accessibilityLabel(phrase("Send now: %@", name))
                }
            }
            ForEach(visit.parts, id: \.text) { part in
                entry(part.text, part.negative ? phrase("More came back than was used") : "")
            }
            ForEach(visit.flags, id: \.opId) { flag in entry(flag.label, flag.text) }
            ForEach(visit.proposals, id: \.opId) { proposal in entry(proposal.title, proposal.total) }
            if !visit.readOnly { adding }
        }
        if !visit.messages.isEmpty {
            SectionTitle(phrase("Messages"))
            Card {
                ForEach(visit.messages, id: \.id) { message in entry(message.text, "\(message.by) · \(message.at.time)")
                }
            }
        }
    }

    @ViewBuilder private var checklist: some View {
        if !visit.checklist.isEmpty {
            SectionTitle(phrase("Checklist"))
            Card {
                ForEach(visit.checklist, id: \.item) { item in
                    entry(item.text, item.value.isEmpty ? phrase("Not answered") : item.valueLabel)
                    if !visit.readOnly {
                        Button {
                            tap(.answer(item: item.item))
                        } label: {
                            Text(item.value.isEmpty ? phrase("Answer") : phrase("Change"))
                        }
                        .buttonStyle(QuietButtonStyle())
                        .accessibilityLabel(phrase("Answer: %@", item.text))
                    }
                }
            }
        }
    }

    private var adding: some View {
        VStack(alignment: .leading, spacing: Space.small) {
            Button(phrase("Add a photo"), systemImage: "camera.fill") { tap(.addPhoto) }
            Button(phrase("Add a note"), systemImage: "square.and.pencil") { tap(.addNote) }
            Button(phrase("Add a part"), systemImage: "shippingbox.fill") { tap(.addPart) }
            Button(phrase("Draft an estimate"), systemImage: "dollarsign.circle") { tap(.estimate) }
            Button(phrase("Add a follow-up"), systemImage: "calendar.badge.plus") { tap(.followUp) }
            Button(phrase("Raise a flag"), systemImage: "flag.fill") { tap(.flag) }
            Button(phrase("Message the office"), systemImage: "bubble.left.fill") { tap(.message) }
        }
        .buttonStyle(QuietButtonStyle())
    }

    private func entry(_ what: String, _ under: String) -> some View {
        VStack(alignment: .leading, spacing: Space.tight) {
            Text(what).font(TypeScale.body).foregroundStyle(.role(.ink))
            if !under.isEmpty { Text(under).font(TypeScale.small).foregroundStyle(.role(.inkSoft)) }
        }
        .accessibilityElement(children: .combine)
    }
}

/// Who else is on it, and what happened, latest first.
struct VisitHistory: View {
    let visit: VisitView

    var body: some View {
        if !visit.crew.isEmpty {
            SectionTitle(phrase("Crew"))
            Card {
                ForEach(visit.crew, id: \.name) { member in
                    HStack(spacing: Space.small) {
                        Text("\(member.name) · \(member.role)").font(TypeScale.body)
                        Spacer()
                        StatusBadge(status: member.status, label: member.statusLabel)
                    }
                }
            }
        }
        if !visit.timeline.isEmpty {
            SectionTitle(phrase("What happened"))
            Card {
                ForEach(visit.timeline, id: \.opId) { event in
                    VStack(alignment: .leading, spacing: Space.tight) {
                        Text(event.text).strikethrough(event.undone).font(TypeScale.body)
                        Text(([event.at.time, event.by] + event.marks).joined(separator: " · "))
                            .font(TypeScale.small)
                            .foregroundStyle(.role(.inkSoft))
                    }
                    .accessibilityElement(children: .combine)
                }
            }
        }
    }
}
