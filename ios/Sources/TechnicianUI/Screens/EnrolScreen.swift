import SwiftUI
import Technician

/// Makes this phone the technician's: the office's one-time code, typed or scanned.
public struct EnrolScreen: View {
    private let sync: SyncView
    private let canScan: Bool
    private let scan: @MainActor () -> Void
    private let enrol: @MainActor (_ server: String, _ code: String) -> Void
    @State private var server: String
    @State private var code: String

    /// - Parameters:
    ///   - sync: how the enrolment goes, or why it didn't.
    ///   - server: the address that a scanned code or a link brought; empty without one.
    ///   - code: the code that it brought.
    public init(
        _ sync: SyncView, server: String = "", code: String = "", canScan: Bool,
        scan: @escaping @MainActor () -> Void, enrol: @escaping @MainActor (_ server: String, _ code: String) -> Void
    ) {
        self.sync = sync
        self.canScan = canScan
        self.scan = scan
        self.enrol = enrol
        _server = State(initialValue: server)
        _code = State(initialValue: code)
    }

    public var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: Space.between) {
                Text(phrase("Make this phone yours"))
                    .font(TypeScale.display)
                    .accessibilityAddTraits(.isHeader)
                Text(phrase("Your office gives you an address and a code. The code works once, for 15 minutes."))
                    .font(TypeScale.body)
                    .foregroundStyle(.role(.inkSoft))
                ForEach(sync.notices, id: \.key) { Banner($0) }
                FormField(label: phrase("Office address"), text: $server)
                FormField(label: phrase("Code"), text: $code)
                if canScan {
                    Button(phrase("Scan the code"), systemImage: "qrcode.viewfinder", action: scan)
                        .buttonStyle(QuietButtonStyle())
                }
            }
            .foregroundStyle(.role(.ink))
            .padding(Space.margin)
        }
        .background(.role(.paper))
        .safeAreaInset(edge: .bottom) {
            MainActionButton(phrase("Start"), reason: whatIsMissing) { enrol(server.trimmed, code.trimmed) }
                .padding(Space.margin)
                .background(.role(.paper))
        }
    }

    private var whatIsMissing: String? {
        server.trimmed.isEmpty || code.trimmed.isEmpty ? phrase("Enter the address and the code first.") : nil
    }
}
