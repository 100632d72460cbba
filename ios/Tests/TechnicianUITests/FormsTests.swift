import SwiftUI
import Technician
import Testing

@testable import TechnicianUI

/// Enrolment, forms, messages and settings.
@MainActor @Suite struct FormsTests {
    @Test func enrolmentNeedsAddressAndCode() throws {
        var sent: [String] = []
        let screen = Inspector(
            EnrolScreen(.sample(), canScan: true, scan: { sent.append("scan") }) { sent.append("\($0) \($1)") })
        #expect(screen.tree.button("Start")?.isEnabled == false)
        try #require(screen.tree.field("Office address")).enter(" https://office.example ")
        #expect(screen.tree.button("Start")?.isEnabled == false)
        try #require(screen.tree.field("Code")).enter("H7KQ-2M9P\n")
        try #require(screen.tree.button("Start")).tap()
        try #require(screen.tree.button("Scan the code")).tap()
        #expect(sent == ["https://office.example H7KQ-2M9P", "scan"])
    }

    @Test func whyAnEnrolmentFailedStandsOnItsScreen() {
        let refused = NoticeView(key: "enrolment_refused", tone: .danger, text: "This code was used already.")
        let tree = Inspector(EnrolScreen(.sample([refused]), canScan: false, scan: {}) { _, _ in }).tree
        #expect(tree.texts.contains("This code was used already."))
        #expect(tree.button("Scan the code") == nil)
    }

    @Test func aNeededReasonCannotBeEmpty() throws {
        var saved: [String] = []
        let form = Inspector(
            TextForm(title: "Pause", label: "Why", actionTitle: "Save", reasonNeeded: "Say why.") { saved.append($0) })
        #expect(form.tree.button("Save")?.tap() == false)
        #expect(form.tree.texts.contains("Say why."))
        try #require(form.tree.field("Why")).enter("  ")
        #expect(form.tree.button("Save")?.tap() == false)
        try #require(form.tree.field("Why")).enter("Waiting for the key")
        #expect(form.tree.button("Save")?.tap() == true)
        #expect(saved == ["Waiting for the key"])
    }

    @Test func routineMessagesStandBelowUrgentOnesAndSayThatTheyWait() throws {
        var opened: [VisitId] = []
        let view = MessagesView(
            urgent: [.sample("u", "Call the office")], routine: [.sample("r", "Invoice paid")], quiet: true, unread: 1,
            empty: "")
        let tree = Inspector(MessagesScreen(view) { opened.append($0) }).tree
        let order = ["Urgent", "Call the office", "Routine messages wait while you work.", "Routine", "Invoice paid"]
        #expect(tree.texts.filter(order.contains) == order)
        for button in tree.all where button.kind == "Button" { button.tap() }
        #expect(opened == ["u", "r"])
    }

    @Test func signingOutSaysWhatIsUnsentFirst() throws {
        var log: [String] = []
        let settings = SettingsView(
            wifiOnly: true, language: .en, technicianName: "Sam", companyName: "Alder", deviceId: "", server: "",
            appVersion: "0.1.0", unsent: 2, signOut: "2 entries are only on this phone.")
        let screen = Inspector(
            SettingsScreen(
                settings, setWifiOnly: { log.append("wifi \($0)") }, openPhoneSettings: { log.append("settings") },
                signOut: { log.append("out") }))
        #expect(screen.tree.button("Sign out") == nil)
        try #require(screen.tree.button("Sign out…")).tap()
        #expect(screen.tree.texts.contains("2 entries are only on this phone."))
        try #require(screen.tree.button("Stay")).tap()
        #expect(screen.tree.button("Sign out") == nil)
        try #require(screen.tree.button("Sign out…")).tap()
        try #require(screen.tree.button("Sign out")).tap()
        try #require(screen.tree.control("Send full photos on Wi-Fi only")).enter("false")
        #expect(log == ["out", "wifi false"])
    }
}

extension SyncView {
    static func sample(_ notices: [NoticeView] = []) -> SyncView {
        SyncView(
            key: "not_enrolled", tone: .calm, headline: "", notices: notices, enrolled: false, online: true,
            lastSync: nil, age: "", unsent: 0, sending: 0, attention: 0, photosWaiting: 0, photoBytesWaiting: 0,
            waitingForWifi: 0, retryInMs: nil, settled: true, lastError: "")
    }
}

extension MessageView {
    static func sample(_ visit: VisitId, _ text: String) -> MessageView {
        MessageView(
            id: visit, visit: visit, number: "WO-1001", own: false, by: "Office", lane: .routine, at: .sample,
            text: text,
            unread: true, delivery: .delivered)
    }
}
