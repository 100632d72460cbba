import SwiftUI
import Technician

/// Settings, and what this phone is. Language and text size are the phone's own settings: iOS has a place for each.
public struct SettingsScreen: View {
    private let settings: SettingsView
    private let setWifiOnly: @MainActor (Bool) -> Void
    private let openPhoneSettings: @MainActor () -> Void
    private let signOut: @MainActor () -> Void
    @State private var isAsking = false

    public init(
        _ settings: SettingsView, setWifiOnly: @escaping @MainActor (Bool) -> Void,
        openPhoneSettings: @escaping @MainActor () -> Void, signOut: @escaping @MainActor () -> Void
    ) {
        self.settings = settings
        self.setWifiOnly = setWifiOnly
        self.openPhoneSettings = openPhoneSettings
        self.signOut = signOut
    }

    public var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: Space.between) {
                Card {
                    Text(settings.technicianName).font(TypeScale.heading)
                    ForEach(about, id: \.self) { Text($0).font(TypeScale.support).foregroundStyle(.role(.inkSoft)) }
                }
                Card {
                    Toggle(
                        phrase("Send full photos on Wi-Fi only"),
                        isOn: Binding(get: { settings.wifiOnly }, set: { setWifiOnly($0) })
                    )
                    .font(TypeScale.body)
                    .frame(minHeight: Target.other)
                    Button(phrase("Language and text size"), action: openPhoneSettings).buttonStyle(QuietButtonStyle())
                }
                if isAsking {
                    Banner(settings.unsent == 0 ? .calm : .warning, settings.signOut)
                    Button(phrase("Sign out"), role: .destructive, action: signOut).buttonStyle(QuietButtonStyle())
                    Button(phrase("Stay")) { isAsking = false }.buttonStyle(QuietButtonStyle())
                } else {
                    Button(phrase("Sign out…")) { isAsking = true }.buttonStyle(QuietButtonStyle())
                }
            }
            .padding(Space.margin)
        }
        .background(.role(.paper))
        .navigationTitle(phrase("Settings"))
    }

    private var about: [String] {
        [settings.companyName, settings.server, phrase("Version %@", settings.appVersion)].filter { !$0.isEmpty }
    }
}
