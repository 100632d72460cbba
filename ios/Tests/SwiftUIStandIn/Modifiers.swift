public struct Edge: Sendable {
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let horizontal = Set(rawValue: 1), vertical = Set(rawValue: 2), all = Set(rawValue: 3)
    }
}

extension View {
    public func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { self }
    public func padding(_ length: CGFloat) -> some View { self }
    public func frame(
        minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
        idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center
    ) -> some View {
        each { $0.attributes["minHeight"] = minHeight.map { "\($0)" } }
    }
    public func overlay<Content: View>(alignment: Alignment = .center, @ViewBuilder content: () -> Content) -> some View
    {
        let content = content()
        return adding("overlay") { content }
    }
    public func opacity(_ opacity: Double) -> some View { each { $0.attributes["opacity"] = "\(opacity)" } }
    public func task(_ action: @escaping @MainActor () async -> Void) -> some View { each { $0.tasks.append(action) } }
}

public struct AccessibilityTraits: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let isHeader = Self(rawValue: 1), updatesFrequently = Self(rawValue: 2)
}

public enum AccessibilityChildBehavior: Sendable { case ignore, contain, combine }

extension View {
    public func accessibilityLabel(_ label: some StringProtocol) -> some View {
        each { $0.attributes["accessibilityLabel"] = String(label) }
    }
    public func accessibilityHint(_ hint: some StringProtocol) -> some View {
        each { $0.attributes["accessibilityHint"] = String(hint) }
    }
    public func accessibilityValue(_ value: some StringProtocol) -> some View {
        each { $0.attributes["accessibilityValue"] = String(value) }
    }
    public func accessibilityHidden(_ hidden: Bool) -> some View {
        each { $0.attributes["accessibilityHidden"] = "\(hidden)" }
    }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View {
        each { if traits.contains(.isHeader) { $0.attributes["isHeader"] = "true" } }
    }
    /// One element for VoiceOver. Only `contain` keeps the parts apart.
    public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View {
        ModifiedView(
            content: self,
            change: { nodes in
                let group = ViewNode("AccessibilityElement", "", nodes)
                group.attributes["children"] = "\(children)"
                return [group]
            })
    }
}
