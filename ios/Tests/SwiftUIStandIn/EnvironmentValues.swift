public enum ColorScheme: Sendable, CaseIterable { case light, dark }
public enum ColorSchemeContrast: Sendable, CaseIterable { case standard, increased }
public enum DynamicTypeSize: Int, Sendable, CaseIterable, Comparable {
    case xSmall, small, medium, large, xLarge, xxLarge, xxxLarge
    case accessibility1, accessibility2, accessibility3, accessibility4, accessibility5
    public var isAccessibilitySize: Bool { self >= .accessibility1 }
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

public protocol EnvironmentKey {
    associatedtype Value
    static var defaultValue: Value { get }
}

public struct EnvironmentValues: @unchecked Sendable {
    private var custom: [ObjectIdentifier: Any] = [:]
    public var colorScheme = ColorScheme.light
    public internal(set) var colorSchemeContrast = ColorSchemeContrast.standard
    public var dynamicTypeSize = DynamicTypeSize.large
    public internal(set) var accessibilityReduceMotion = false
    public var isEnabled = true
    public var timeZone = TimeZone.current
    public internal(set) var dismiss = DismissAction {}
    public var openURL = OpenURLAction { _ in .systemAction }
    var foreground: Color?
    var background: Color?

    public init() {}
    public subscript<Key: EnvironmentKey>(key: Key.Type) -> Key.Value {
        get { custom[ObjectIdentifier(key)] as? Key.Value ?? Key.defaultValue }
        set { custom[ObjectIdentifier(key)] = newValue }
    }
}

@MainActor public struct DismissAction {
    let close: @MainActor () -> Void
    nonisolated init(_ close: @escaping @MainActor () -> Void) { self.close = close }
    public func callAsFunction() { close() }
}

@MainActor public struct OpenURLAction {
    public enum Result: Sendable { case handled, discarded, systemAction }
    let open: @MainActor (URL) -> Result
    nonisolated public init(handler: @escaping @MainActor (URL) -> Result) { open = handler }
    public func callAsFunction(_ url: URL) { _ = open(url) }
}

extension View {
    public func environment<Value>(_ path: WritableKeyPath<EnvironmentValues, Value>, _ value: Value) -> some View {
        inEnvironment { $0[keyPath: path] = value }
    }
    public func disabled(_ disabled: Bool) -> some View {
        inEnvironment { $0.isEnabled = $0.isEnabled && !disabled }
    }
}
