import Technician

// Choices come from the engine as keys with words; these say which value a key stands for.

extension PhotoKind {
    init?(key: String) {
        switch key {
        case "before": self = .before
        case "after": self = .after
        case "plate": self = .plate
        case "document": self = .document
        case "other": self = .other
        default: return nil
        }
    }
}

extension FlagKind {
    init?(key: String) {
        switch key {
        case "access_problem": self = .accessProblem
        case "delay": self = .delay
        case "material_shortage": self = .materialShortage
        case "extra_work": self = .extraWork
        case "need_backup": self = .needBackup
        case "customer_escalation": self = .customerEscalation
        default: return nil
        }
    }
}

extension TimeKind {
    /// Travel and work aren't begun by hand: the steps count them.
    init?(key: String) {
        switch key {
        case "break": self = .break
        case "wait": self = .wait
        case "parts_run": self = .partsRun
        default: return nil
        }
    }
}

extension WorkOutcome {
    init?(key: String) {
        switch key {
        case "fixed": self = .fixed
        case "temporary": self = .temporary
        case "return_needed": self = .returnNeeded
        case "quoted": self = .quoted
        case "no_fault": self = .noFault
        default: return nil
        }
    }
}
