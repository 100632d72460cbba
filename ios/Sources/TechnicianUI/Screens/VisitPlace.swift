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
                actionTitle: phrase("Save"), reasonNeeded: phrase("Say why first."), isWorking: isWorking
            ) { model.step(key, reason: $0) }
        case .note(_, let revises):
            TextForm(
                title: phrase("Add a note"), label: phrase("Your note"), actionTitle: phrase("Save"),
                text: view.notes.first { $0.opId == revises }?.text ?? "",
                reasonNeeded: phrase("Write something first."), isWorking: isWorking
            ) { model.addNote($0, revises: revises) }
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
        case .time(_, let start):
            if let entry = view.times.first(where: { $0.startOp == start }) {
                TimeForm(entry, timeZone: timeZone(of: view), isWorking: isWorking) {
                    model.correctTime(of: $0, to: $1, reason: $2)
                }
            } else {
                Gone()
            }
        case .followUp:
            FollowUpForm(timeZone: timeZone(of: view), isWorking: isWorking) {
                model.proposeFollowUp($0, nextStep: $1, due: $2)
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

    private func timeZone(of view: VisitView) -> TimeZone { TimeZone(identifier: view.timeZone) ?? .current }

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
        case .changeNote(let note): model.open(.note(visit, revises: note))
        case .addPhoto: model.open(.photo(visit))
        case .sendPhoto(let sha256): model.sendPhotoNow(sha256)
        case .addPart: model.open(.part(visit))
        case .answer(let item): model.open(.answer(visit, item: item))
        case .startTime(let kind): model.startTime(kind)
        case .stopTime(let start): model.stopTime(start)
        case .correctTime(let start): model.open(.time(visit, start: start))
        case .estimate: model.open(.estimate(visit))
        case .followUp: model.open(.followUp(visit))
        case .flag: model.open(.flag(visit))
        case .message: model.open(.message(visit))
        case .doorIsHere: model.doorIsHere()
        case .checkInAgain: model.checkInAgain()
        }
    }
}
