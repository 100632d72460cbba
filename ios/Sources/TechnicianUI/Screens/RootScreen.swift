import SwiftUI
import Technician
import TechnicianKit

/// The app: enrolment for a phone that is nobody's, else the day, and from there every place.
public struct RootScreen: View {
    private let app: AppModel
    @Bindable private var navigator: Navigator

    public init(_ app: AppModel) {
        self.app = app
        _navigator = Bindable(app.navigator)
    }

    public var body: some View {
        NavigationStack(path: $navigator.path) {
            home.navigationDestination(for: Route.self) { RoutedScreen(app: app, route: $0) }
        }
    }

    @ViewBuilder private var home: some View {
        if let sync = app.sync.view, !sync.enrolled {
            EnrolHome(model: app.enrol, sync: sync)
        } else if let today = app.today.view {
            TodayScreen(today, tap: tap, refresh: { await app.today.refresh() })
        } else {
            ProgressView()
        }
    }

    private func tap(_ tap: TodayTap) {
        switch tap {
        case .open(let visit): app.open(.visit(visit))
        case .step(let visit, let action): app.step(visit, action)
        case .later: app.today.showLater()
        case .attention: app.open(.attention)
        case .messages: app.open(.messages)
        case .settings: app.open(.settings)
        }
    }
}

/// The enrolment, filled in by a link or a scanned code.
private struct EnrolHome: View {
    let model: EnrolModel
    let sync: SyncView

    var body: some View {
        Tapped(model.taps) {
            EnrolScreen(
                sync, server: model.link?.server ?? "", code: model.link?.code ?? "", canScan: model.canScan,
                scan: { model.scan() }, enrol: { model.enrol(server: $0, code: $1) }
            )
            .id(model.link)
        }
    }
}

/// The screen of a place beyond the first.
private struct RoutedScreen: View {
    let app: AppModel
    let route: Route

    var body: some View {
        switch route {
        case .attention:
            Tapped(app.attention.taps) {
                Shown(app.attention.watched) { view in
                    AttentionScreen(view) { app.attention.decide($0, $1) }
                }
            }
        case .messages:
            Shown(app.messages.watched) { view in MessagesScreen(view) { app.open(.visit($0)) } }
        case .settings:
            Tapped(app.settings.taps) {
                Shown(app.settings.watched) { view in
                    SettingsScreen(
                        view, setWifiOnly: { app.settings.setWifiOnly($0) },
                        openPhoneSettings: { app.settings.openPhoneSettings() }, signOut: { app.settings.signOut() })
                }
            }
        case .closeout(let visit):
            CloseoutPlace(model: app.closeout(visit))
        case .signature(let visit):
            let model = app.closeout(visit)
            Tapped(model.taps) {
                Shown(model.watched) { view in
                    SignatureForm(view.document, isWorking: model.taps.isWorking) { model.sign($0, $1) }
                }
            }
        case .visit(let visit), .reason(let visit, _), .note(let visit, _), .photo(let visit), .part(let visit),
            .answer(let visit, _), .time(let visit, _), .estimate(let visit), .followUp(let visit), .flag(let visit),
            .message(let visit), .mark(let visit, _):
            VisitPlace(model: app.visit(visit), route: route)
        }
    }
}

/// A closeout with its model.
private struct CloseoutPlace: View {
    let model: CloseoutModel

    var body: some View {
        Tapped(model.taps) {
            Shown(model.watched) { view in
                CloseoutScreen(view, isWorking: model.taps.isWorking) { tap in
                    switch tap {
                    case .step(let action, let outcome, let gaps): model.step(action, outcome: outcome, gaps: gaps)
                    case .add(let item): model.repair(item)
                    case .sign: model.openSignature()
                    }
                }
            }
        }
    }
}
