import Foundation
import Testing

/// What iOS reads before any code runs: a missing text or identifier there is a crash or a refusal on the phone.
@Suite struct InfoTests {
    let info: [String: Any]
    let sources: String

    init() throws {
        info = try propertyList("App/Info.plist")
        let app = packageFolder.appending(path: "App")
        sources = try FileManager.default.contentsOfDirectory(at: app, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
            .joined()
    }

    @Test(arguments: [
        ("CLLocationManager", "NSLocationWhenInUseUsageDescription"),
        ("UIImagePickerController", "NSCameraUsageDescription"),
        ("DataScannerViewController", "NSCameraUsageDescription"),
    ]) func whatTheAppUsesIsExplained(use: String, key: String) {
        #expect(sources.contains(use))
        #expect((info[key] as? String)?.isEmpty == false)
    }

    @Test func theReasonForTheExactPositionIsTheOneThatTheCodeNames() {
        let reasons = info["NSLocationTemporaryUsageDescriptionDictionary"] as? [String: String]
        #expect(reasons?.keys.map { sources.contains("withPurposeKey: \"\($0)\"") } == [true])
    }

    @Test func backgroundTasksAreTheOnesThatTheCodeRegisters() {
        let permitted = info["BGTaskSchedulerPermittedIdentifiers"] as? [String] ?? []
        let named = sources.matches(of: /static let \w+ID = "(app\.truckroll\.(?:refresh|processing))"/)
        #expect(Set(permitted) == Set(named.map { String($0.output.1) }))
        #expect(permitted.count == 2)
    }

    @Test func backgroundModesAreTheOnesInUse() {
        let modes = info["UIBackgroundModes"] as? [String] ?? []
        #expect(Set(modes) == ["fetch", "processing", "remote-notification"])
    }

    @Test func usageTextsAreInBothLanguages() throws {
        let data = try Data(contentsOf: packageFolder.appending(path: "App/InfoPlist.xcstrings"))
        let catalog = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let strings = try #require(catalog["strings"] as? [String: [String: Any]])
        let reasons = info["NSLocationTemporaryUsageDescriptionDictionary"] as? [String: String] ?? [:]
        let usages = info.filter { $0.key.hasSuffix("UsageDescription") }.compactMapValues { $0 as? String }
        let texts = usages.merging(reasons) { first, _ in first }
        #expect(Set(strings.keys) == Set(texts.keys))
        for (key, text) in texts {
            let languages = try #require(strings[key]?["localizations"] as? [String: [String: [String: String]]])
            #expect(languages["en"]?["stringUnit"]?["value"] == text)
            #expect(languages["es"]?["stringUnit"]?["value"]?.isEmpty == false)
        }
    }

    @Test(arguments: ["App/Truckroll.entitlements", "App/PrivacyInfo.xcprivacy"])
    func propertyListsAreWellFormed(path: String) throws {
        #expect(try !propertyList(path).isEmpty)
    }
}

let packageFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// A property list of the package, whatever its format.
func propertyList(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: packageFolder.appending(path: path))
    let list = try PropertyListSerialization.propertyList(from: data, format: nil)
    return try #require(list as? [String: Any])
}
