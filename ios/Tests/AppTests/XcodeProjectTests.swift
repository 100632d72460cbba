import Foundation
import Testing

/// The Xcode project is written by hand: that it holds together is checked here, that Xcode builds it, on a Mac.
@Suite struct XcodeProjectTests {
    let objects: [String: [String: Any]]
    let root: String

    init() throws {
        let project = try propertyList("Truckroll.xcodeproj/project.pbxproj")
        objects = try #require(project["objects"] as? [String: [String: Any]])
        root = try #require(project["rootObject"] as? String)
    }

    @Test func everyReferenceLeadsToAnObject() {
        #expect(objects[root]?["isa"] as? String == "PBXProject")
        for (name, object) in objects {
            for reference in strings(in: object).filter(isIdentifier) {
                #expect(objects[reference] != nil, "\(name) refers to \(reference)")
            }
        }
    }

    @Test func everyObjectIsReferredTo() {
        let referred = Set(objects.values.flatMap(strings(in:))).union([root])
        #expect(Set(objects.keys).subtracting(referred).sorted() == [])
    }

    @Test func filesThatItNamesExist() throws {
        let settings = objects.values.compactMap { $0["buildSettings"] as? [String: Any] }
        let named = settings.flatMap { [$0["INFOPLIST_FILE"], $0["CODE_SIGN_ENTITLEMENTS"]] }.compactMap {
            $0 as? String
        }
        let groups = objects.values.filter { $0["isa"] as? String == "PBXFileSystemSynchronizedRootGroup" }
        let paths = named + groups.compactMap { $0["path"] as? String }
        #expect(paths.count == 5)
        for path in paths {
            #expect(FileManager.default.fileExists(atPath: packageFolder.appending(path: path).path), "\(path)")
        }
    }

    @Test func itTakesAProductThatThePackageHas() throws {
        let manifest = try String(contentsOf: packageFolder.appending(path: "Package.swift"), encoding: .utf8)
        let products = objects.values.compactMap { $0["productName"] as? String }.filter { $0 != "Truckroll" }
        #expect(products == ["TechnicianUI"])
        for product in products { #expect(manifest.contains(".library(name: \"\(product)\"")) }
    }

    /// Before anything else: what is built on stale bindings crashes on the phone.
    @Test func itRefusesStaleBindingsFirst() throws {
        let target = try #require(objects.values.first { $0["isa"] as? String == "PBXNativeTarget" })
        let first = try #require((target["buildPhases"] as? [String])?.first.flatMap { objects[$0] })
        let script = try #require(first["shellScript"] as? String)
        #expect(script.contains("bindings/fresh.sh\" check ios/Artifacts/engine.sha256"))
        // A sandboxed script could not read the engine's sources.
        for settings in objects.values.compactMap({ $0["buildSettings"] as? [String: Any] })
        where settings["SDKROOT"] != nil {
            #expect(settings["ENABLE_USER_SCRIPT_SANDBOXING"] as? String == "NO")
        }
    }

    /// One minimum version, wherever it has to stand.
    @Test func theMinimumVersionIsTheSameEverywhere() throws {
        let manifest = try String(contentsOf: packageFolder.appending(path: "Package.swift"), encoding: .utf8)
        let script = try String(
            contentsOf: packageFolder.deletingLastPathComponent().appending(path: "bindings/build-ios.sh"),
            encoding: .utf8)
        let settings = objects.values.compactMap { $0["buildSettings"] as? [String: Any] }
        let minima = Set(settings.compactMap { $0["IPHONEOS_DEPLOYMENT_TARGET"] as? String })
        #expect(minima == ["17.0"])
        #expect(manifest.contains(".iOS(.v17)"))
        #expect(script.contains("IPHONEOS_DEPLOYMENT_TARGET=17.0"))
    }

    private func isIdentifier(_ text: String) -> Bool { text.wholeMatch(of: /7A[0-9A-F]{22}/) != nil }

    /// Every string anywhere in a value.
    private func strings(in value: Any) -> [String] {
        switch value {
        case let text as String: [text]
        case let list as [Any]: list.flatMap(strings(in:))
        case let table as [String: Any]: table.values.flatMap(strings(in:))
        default: []
        }
    }
}
