import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The office: the real server in a process of its own, on a fresh data folder, driven by the dispatcher's command line.
///
/// The program is `TRUCKROLL_BIN`, else the debug build beside the engine's library.
public final class Office: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// How long a start or a command may take on a busy machine, seconds.
    static let patience = 60.0

    /// Where phones find it.
    public let url: String
    let token: String
    private let folder: URL
    private let server: Process

    /// Starts one, with technicians T01 and T02. It ends with `close`.
    public init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "office-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let said = folder.appending(path: "serve.out")
        try Data().write(to: said)
        server = Process()
        server.executableURL = Self.program
        server.arguments = [
            "--json", "serve", "--data", folder.appending(path: "data").path, "--listen", "127.0.0.1:0",
        ]
        server.standardOutput = try FileHandle(forWritingTo: said)
        server.standardError = FileHandle.nullDevice
        try server.run()
        let until = Date(timeIntervalSinceNow: Self.patience)
        while true {
            let text = try String(contentsOf: said, encoding: .utf8)
            let address = text.split(separator: "\n").first { $0.hasPrefix("listening on ") }
            if let address, text.hasSuffix("\n"), let token = Self.value("owner_token", in: text) {
                url = String(address.dropFirst("listening on ".count))
                self.token = token
                break
            }
            guard server.isRunning, Date() < until else {
                throw Failure(description: "the server doesn't start: \(text)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        try technicians.write(to: folder.appending(path: "technicians.csv"), atomically: true, encoding: .utf8)
    }

    private static var program: URL {
        if let named = ProcessInfo.processInfo.environment["TRUCKROLL_BIN"] { return URL(filePath: named) }
        return URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../target/debug/truckroll")
            .standardizedFileURL
    }

    /// Nothing here is worth a graceful end, which would wait for every phone's stream.
    public func close() {
        kill(server.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Puts a job of today in, gives it to a technician and sends it out.
    public func send(_ job: Job = Job(), to technician: String = "T01") async throws {
        try await plan(job, for: technician)
        try await office("dispatch", job.number)
    }

    /// Sends a job out although its packet lacks something that the office requires.
    public func send(_ job: Job, to technician: String = "T01", because reason: String) async throws {
        try await plan(job, for: technician)
        try await office("dispatch", job.number, "--override-reason", reason)
    }

    private func plan(_ job: Job, for technician: String) async throws {
        let jobs = folder.appending(path: "\(job.number).csv")
        try [Job.header, job.row].joined(separator: "\n").appending("\n").write(
            to: jobs, atomically: true, encoding: .utf8)
        let report = try await run("import", "--json", folder.appending(path: "technicians.csv").path, jobs.path)
        guard report.contains(#""refused":[]"#) else { throw Failure(description: report) }
        try await office("assign", job.number, technician)
    }

    /// A code to enrol one phone with.
    public func code(for technician: String = "T01") async throws -> String {
        let answer = try await office("enrol", technician)
        guard let code = Self.value("code", in: answer) else { throw Failure(description: answer) }
        return code
    }

    /// A dispatcher's command; its JSON.
    @discardableResult public func office(_ command: String...) async throws -> String {
        try await self.command(command)
    }

    /// A dispatcher's command; its JSON.
    @discardableResult public func command(_ words: [String]) async throws -> String {
        try await run(["--json", "office"] + words)
    }

    /// A visit as the office has it, whole, as JSON.
    public func packet(_ number: String = "WO-7001") async throws -> String { try await office("packet", number) }

    /// Waits until the office's packet holds a text.
    public func waits(for text: String, in number: String = "WO-7001") async throws {
        let until = Date(timeIntervalSinceNow: Self.patience)
        while try await !packet(number).contains(text) {
            guard Date() < until else { throw Failure(description: "the office never had “\(text)”") }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Asks phones on the way for their position every so many seconds, or no more.
    public func askForPositions(every seconds: Int?) async throws {
        let known = try JSONSerialization.jsonObject(with: Data(try await office("settings").utf8))
        guard var settings = known as? [String: Any] else { throw Failure(description: "\(known)") }
        settings["travel_position_s"] = seconds
        let file = folder.appending(path: "settings.json")
        try JSONSerialization.data(withJSONObject: settings).write(to: file)
        try await office("settings", "--set", file.path)
    }

    /// Where the board has those who travel, as JSON.
    public func positions() async throws -> String {
        var request = URLRequest(
            url: URL(string: "\(url)/v1/board/positions")!, cachePolicy: .reloadIgnoringLocalCacheData)
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        let (body, _) = try await URLSession.shared.data(for: request)
        return String(decoding: body, as: UTF8.self)
    }

    /// Waits until the board's positions are as a test wants to see them.
    public func waitsForPositions(_ isSo: @Sendable (String) -> Bool) async throws {
        let until = Date(timeIntervalSinceNow: Self.patience)
        while case let json = try await positions(), !isSo(json) {
            guard Date() < until else { throw Failure(description: "the board never showed it: \(json)") }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func run(_ command: String...) async throws -> String { try await run(command) }

    /// Never on the main actor, which a phone's models need meanwhile.
    private func run(_ command: [String]) async throws -> String {
        let child = Process()
        child.executableURL = Self.program
        child.arguments = command
        child.environment = ["TRUCKROLL_SERVER": url, "TRUCKROLL_TOKEN": token]
        let id = UUID().uuidString
        let (out, errors) = (folder.appending(path: "\(id).out"), folder.appending(path: "\(id).err"))
        for file in [out, errors] { try Data().write(to: file) }
        child.standardOutput = try FileHandle(forWritingTo: out)
        child.standardError = try FileHandle(forWritingTo: errors)
        // `waitUntilExit` would run a loop of its own on this thread, with other tests inside it.
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            child.terminationHandler = { _ in ended.resume() }
            do { try child.run() } catch { ended.resume(throwing: error) }
        }
        guard child.terminationStatus == 0 else {
            throw Failure(description: "\(command): \(try String(contentsOf: errors, encoding: .utf8))")
        }
        return try String(contentsOf: out, encoding: .utf8)
    }

    /// A text value of a flat JSON object.
    private static func value(_ key: String, in json: String) -> String? {
        guard let start = json.range(of: "\"\(key)\":\"") else { return nil }
        return json[start.upperBound...].firstIndex(of: "\"").map { String(json[start.upperBound..<$0]) }
    }

    private let technicians = """
        technician_id,name,phone,skills,certifications,home_lat,home_lon,shift_start,shift_end,vehicle
        T01,Ada Zhou,+1 555 0100 2103,hvac;gas,gas-fitter:2037-12-31,38.09,-85.88,00:00,23:59,van-01
        T02,Ana Silva,+1 555 0100 2104,hvac;gas,gas-fitter:2037-12-31,38.09,-85.88,00:00,23:59,van-02

        """
}

/// A job that any technician of `Office` can do: nothing blocks it.
public struct Job: Sendable {
    public var number = "WO-7001"
    public var gateCode = "#4407"
    public let equipment = "gas furnace"
    /// Empty leaves them out of the packet, which requires them.
    public var accessNotes = "Basement entrance behind the house"
    public let lat = 38.2857023
    public let lon = -85.5023064

    public init() {}

    static let header =
        "job_number,date,call_type,job_type,trade,customer_name,phone,email,address,city,state,postal_code,lat,lon,"
        + "time_zone,gate_code,access_notes,equipment,issue,scope,quoted_amount,quote_state,dispatch_fee,window_start,"
        + "window_end,promise_type,customer_availability,membership,warranty_until,promises_made,decision_makers,"
        + "special_instructions,escalation_flags,parts,skills_required,certification_required,estimated_minutes"

    var row: String {
        let today = DateFormatter()
        today.dateFormat = "yyyy-MM-dd"
        today.locale = Locale(identifier: "en_US_POSIX")
        today.timeZone = TimeZone(identifier: "America/Kentucky/Louisville")
        return [
            number, today.string(from: Date()), "same_day", "repair", "hvac", "Dan Lopez", "+1 555 828 1417",
            "customer@example.com", "3408 Bellisima Place", "Louisville", "KY", "40245", "\(lat)", "\(lon)",
            "America/Kentucky/Louisville", gateCode, accessNotes, equipment,
            "No heat since last night", "Diagnose no-heat and restore heat today", "180.00", "approved", "89.00",
            "08:00", "20:00", "window", "until 20:00", "gold", "2037-03-31", "No charge if the part fails again", "1",
            "Call first", "", "flame sensor:on_truck", "hvac", "", "90",
        ].joined(separator: ",")
    }
}
