import SwiftUI
import Technician
import TechnicianKit

/// A visit, or one of its forms, with its model.
struct VisitPlace: View {
    let model: VisitModel
    let route: Route

    var body: some View {
        Tapped(model.taps) {
            Shown(model.watched) { view in place(view) }
        }
    }

    private var isWorking: Bool { model.taps.isWorking }

    @ViewBuilder private func place(_ view: VisitView) -> some View {
        switch route {
        case .reason(_, let key):
            TextForm(
                title: view.actions.first { $0.key == key }?.label ?? "", label: phrase("Why"),
                actionTitle: phrase("Save"), reasonNeeded: phrase("Say why first.")
            ) { model.step(key, reason: $0) }
        case .note:
            TextForm(
                title: phrase("Add a note"), label: phrase("Note"), actionTitle: phrase("Save"),
                reasonNeeded: phrase("Write something first.")
            ) { model.addNote($0) }
        case .photo:
            PhotoForm(view.photoKinds, isWorking: isWorking) { model.takePhoto($0, caption: $1) }
        case .part:
            PartForm(isWorking: isWorking) { model.addPart($0, quantity: $1, serial: $2, isReturned: $3) }
        case .answer(_, let key):
            if let item = view.checklist.first(where: { $0.item == key }) {
                AnswerForm(item, isWorking: isWorking) { model.answer(key, $0) }
            } else {
                Gone()
            }
        case .estimate:
            EstimateForm(isWorking: isWorking) { model.proposeEstimate($0, lines: $1) }
        case .flag:
            FlagForm(view.flagKinds, isWorking: isWorking) { model.raiseFlag($0, text: $1) }
        case .message:
            MessageForm(isWorking: isWorking) { model.send($0, isUrgent: $1) }
        case .mark(_, let field):
            if let row = view.packet.lazy.flatMap(\.rows).first(where: { $0.field == field }) {
                MarkForm(row, isWorking: isWorking) { model.mark(field, isWrong: $0, text: $1) }
            } else {
                Gone()
            }
        default:
            VisitScreen(view, gateCode: model.gateCode, isWorking: isWorking, tap: tap)
        }
    }

    private func tap(_ tap: VisitTap) {
        let visit = model.visit
        switch tap {
        case .step(let action): model.step(action)
        case .undo: model.undo()
        case .gateCode: model.showGateCode()
        case .seen: model.markSeen()
        case .mark(let field): model.open(.mark(visit, field: field))
        case .closeout: model.open(.closeout(visit))
        case .addNote: model.open(.note(visit))
        case .addPhoto: model.open(.photo(visit))
        case .addPart: model.open(.part(visit))
        case .answer(let item): model.open(.answer(visit, item: item))
        case .estimate: model.open(.estimate(visit))
        case .flag: model.open(.flag(visit))
        case .message: model.open(.message(visit))
        case .doorIsHere: model.doorIsHere()
        }
    }
}
