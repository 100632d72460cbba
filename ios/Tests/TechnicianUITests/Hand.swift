import Support
import SwiftUI
import Technician
import TechnicianKit

@testable import TechnicianUI

/// The app on show, and what a finger does to it.
@MainActor struct Hand {
    let phone: Phone
    let screen: Inspector<RootScreen>

    init(_ phone: Phone) {
        self.phone = phone
        screen = Inspector(RootScreen(phone.app))
    }

    /// Waits until the button is there and can be tapped, and taps it.
    func tap(_ title: String) async throws {
        try await phone.wait("“\(title)” on \(screen.tree.texts)") { _ in screen.tree.button(title)?.isEnabled }
        screen.tree.button(title)?.tap()
    }

    func enter(_ text: String, in field: String) async throws {
        try await phone.wait("the field “\(field)”") { _ in screen.tree.field(field) != nil }
        screen.tree.field(field)?.enter(text)
    }

    func sees(_ text: String) async throws {
        try await phone.wait("“\(text)” on \(screen.tree.texts)") { _ in
            screen.tree.texts.contains { $0.contains(text) }
        }
    }

    /// The engine's word for a step of the only visit.
    func label(_ visit: VisitModel, to status: Status) async throws -> String {
        try await phone.wait("a way to \(status)") { _ in
            visit.view?.actions.contains { $0.to == status && $0.enabled }
        }
        return visit.view!.actions.first { $0.to == status && $0.enabled }!.label
    }

    /// Takes the step that the engine offers to a status, and waits until it is taken.
    func take(_ status: Status, _ visit: VisitModel) async throws {
        try await tap(try await label(visit, to: status))
        try await phone.wait("\(status)") { _ in visit.view?.status == status }
    }

    /// Takes a step that asks why.
    func take(_ status: Status, _ visit: VisitModel, because reason: String) async throws {
        try await tap(try await label(visit, to: status))
        try await enter(reason, in: "Why")
        try await tap("Save")
        try await phone.wait("\(status)") { _ in visit.view?.status == status }
    }
}
