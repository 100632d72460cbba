import SwiftUI
import TechnicianUI

@main struct TruckrollApp: App {
    @UIApplicationDelegateAdaptor private var delegate: AppDelegate
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            if let parts = delegate.parts {
                Whole(parts: parts)
                    .onOpenURL { parts.engine.open($0) }
                    .onChange(of: phase) { _, phase in
                        parts.cover.isOn = phase == .background
                        switch phase {
                        case .active:
                            parts.freezeGuard.appIsInFront()
                            parts.engine.isInFront = true
                        case .background:
                            parts.engine.isInFront = false
                            parts.freezeGuard.appWentBehind()
                            parts.background.schedule()
                        default: break
                        }
                    }
            }
        }
    }
}

/// The app's screens, and what covers them.
private struct Whole: View {
    let parts: PhoneParts
    @Bindable private var sheets: Sheets

    init(parts: PhoneParts) {
        self.parts = parts
        sheets = parts.sheets
    }

    var body: some View {
        content.fullScreenCover(item: $sheets.shown) { sheet in
            switch sheet {
            case .camera:
                CameraPicker(onPhoto: { sheets.took($0) }, onFailure: { _ in sheets.cameraFailed() })
                    .ignoresSafeArea()
            case .scanner:
                NavigationStack {
                    CodeScanner { sheets.read($0) }
                        .ignoresSafeArea()
                        .toolbar {
                            Button(role: .cancel) {
                                sheets.shown = nil
                            } label: {
                                Image(systemName: "xmark")
                            }
                        }
                }
            }
        }
    }

    @ViewBuilder private var content: some View {
        if let app = parts.engine.app {
            RootScreen(app)
        } else if parts.engine.failure != nil {
            StartFailedScreen { parts.engine.open(parts.uploader) }
        } else {
            ProgressView()
        }
    }
}
