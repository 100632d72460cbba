import Technician

// UniFFI lists no cases. One that the engine gains has to be added here, and to the looks, which switch over all of them.

extension Status: CaseIterable {
    public static let allCases: [Status] = [
        .scheduled, .dispatched, .declined, .traveling, .onSite, .inProgress, .paused, .completed, .cannotComplete,
        .canceled,
    ]
}

extension Tone: CaseIterable {
    public static let allCases: [Tone] = [.calm, .good, .warning, .danger]
}

// Screens as the engine makes them, for tests of views alone. Each test changes what it is about.

extension SaveView {
    static func sample(tone: Tone = .good, text: String = "All sent", unsent: UInt32 = 0) -> SaveView {
        SaveView(key: "sample", tone: tone, text: text, unsent: unsent, attention: 0)
    }
}

extension ActionView {
    static func sample(
        _ label: String, to: Status? = nil, enabled: Bool = true, whyNot: String? = nil, closeout: Bool = false,
        main: Bool = true
    ) -> ActionView {
        ActionView(
            key: label, to: to, label: label, enabled: enabled, whyNotKey: nil, whyNot: whyNot, needsReason: false,
            needsCheckIn: false, needsCloseout: closeout, main: main)
    }
}

extension TimeView {
    static let sample = TimeView(atMs: 1_773_068_520_000, time: "10:02", day: "Mon 9 Mar", uncertain: false)
}

extension VisitCard {
    static func sample(_ visit: VisitId, action: ActionView? = nil, changed: Bool = false) -> VisitCard {
        VisitCard(
            visit: visit, number: "WO-\(visit)", title: "Repair · HVAC", customer: "Dana Ortiz",
            address: "3408 Bellisima Pl", reason: "No heat since last night", status: .dispatched,
            statusLabel: "Dispatched", day: "2026-03-09", window: "10:00–12:00", starts: nil, ends: nil,
            promise: "Arrival window", badges: [], action: action, place: nil, unsent: 0, changed: changed,
            readOnly: false)
    }
}

extension TodayView {
    static func sample(
        _ visits: [VisitCard], notices: [NoticeView] = [], attention: UInt32 = 0, unread: UInt32 = 0,
        later: ActionView? = nil
    ) -> TodayView {
        TodayView(
            technicianName: "Sam", companyName: "Alder", enrolled: true, date: "Monday 9 March", notices: notices,
            sections: [SectionView(key: "today", title: "Today", visits: visits)], moved: [], save: .sample(),
            age: "Updated 3 min ago", empty: "Your visits come here when the office sends them.",
            attention: attention, unread: unread, later: later)
    }
}

extension VisitView {
    static func sample(
        actions: [ActionView] = [.sample("I'm on my way", to: .traveling)], undo: UndoView? = nil,
        checklist: [ChecklistView] = [], changes: [ChangeView] = [], missing: [String] = [], readOnly: Bool = false
    ) -> VisitView {
        VisitView(
            visit: "1", number: "WO-1001", title: "Repair · HVAC", callLabel: "Emergency", status: .dispatched,
            statusLabel: "Dispatched", statusSince: nil, notices: [], badges: [], readOnly: readOnly,
            window: "10:00–12:00", promise: "Arrival window", timeZone: "",
            actions: actions, undo: undo, checkIn: nil,
            contact: ContactView(
                name: "Dana Ortiz", tier: "", phone: "502 555 0100", callUri: "tel:+15025550100", email: "",
                address: "3408 Bellisima Pl", mapUri: "", place: nil),
            gateCode: GateCodeView(available: true, label: "Show the gate code", viewed: nil),
            packet: [
                PacketSection(
                    key: "call", title: "The call",
                    rows: [
                        RowView(
                            field: "reason", label: "Reason", values: ["No heat since last night"], missing: false,
                            marked: false, changed: false)
                    ])
            ], missing: missing, changes: changes, crew: [], notes: [], photos: [], parts: [],
            checklist: checklist, times: [],
            running: nil, signature: nil, proposals: [], flags: [], marks: [], messages: [], timeline: [],
            save: .sample(), openItems: 0, photoKinds: [], timeKinds: [], flagKinds: [])
    }
}

extension CloseoutView {
    static func sample() -> CloseoutView {
        CloseoutView(
            visit: "1", number: "WO-1001", notices: [],
            items: [
                CloseoutItem(key: "notes", label: "Notes", met: true),
                CloseoutItem(key: "photo_plate", label: "Photo of the nameplate", met: false),
            ], gaps: ["photo_plate"], summary: "1 thing is missing",
            outcomes: [ChoiceView(key: "fixed", label: "Fixed"), ChoiceView(key: "quoted", label: "Quoted")],
            actions: [.sample("Complete with 1 gap", to: .completed)], document: ["Repair · HVAC"],
            documentSha256: "00", signature: nil, parts: [], times: [], photosWaiting: 0)
    }
}
