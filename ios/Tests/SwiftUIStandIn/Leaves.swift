public struct Text: NodeView {
    let content: String
    public init(_ content: some StringProtocol) { self.content = String(content) }
    public init(verbatim content: String) { self.content = content }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("Text", content)] }
}

extension Text {
    public func strikethrough(_ isActive: Bool = true) -> some View {
        each { $0.attributes["strikethrough"] = isActive ? "true" : nil }
    }
}

public struct Image: NodeView {
    let name: String
    public init(systemName: String) { name = systemName }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("Image", name)] }
}

public struct Label: NodeView {
    let title: String
    let symbol: String
    public init(_ title: some StringProtocol, systemImage: String) {
        self.title = String(title)
        symbol = systemImage
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("Label", "", [ViewNode("Image", symbol), ViewNode("Text", title)])] }
}

public struct Spacer: NodeView {
    public init(minLength: CGFloat? = nil) {}
    public typealias Body = Never
    func nodes() -> [ViewNode] { [] }
}

public struct ProgressView: NodeView {
    public init() {}
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("ProgressView")] }
}

public enum ButtonRole: Sendable { case destructive, cancel }

public struct Button<Content: View>: NodeView {
    let role: ButtonRole?
    let action: @MainActor () -> Void
    let label: Content

    public init(role: ButtonRole? = nil, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Content) {
        self.role = role
        self.action = action
        self.label = label()
    }
    public init(_ title: some StringProtocol, role: ButtonRole? = nil, action: @escaping @MainActor () -> Void)
    where Content == Text {
        self.init(role: role, action: action) { Text(title) }
    }
    public init(_ title: some StringProtocol, systemImage: String, action: @escaping @MainActor () -> Void)
    where Content == Label {
        self.init(action: action) { Label(title, systemImage: systemImage) }
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] {
        let node = ViewNode("Button", "", styled(), action: action)
        node.attributes["role"] = role.map { "\($0)" }
        return [node]
    }
    private func styled() -> [ViewNode] {
        guard let style = Rendering.environment.buttonStyle else { return render(label, as: "label") }
        return style.render(label)
    }
}

/// A button style whose type is forgotten.
@MainActor struct AnyButtonStyle {
    let style: any ButtonStyle
    func render<Content: View>(_ label: Content) -> [ViewNode] {
        adoptSlots(of: style)
        return body(style, label)
    }
    private func body<Style: ButtonStyle, Content: View>(_ style: Style, _ label: Content) -> [ViewNode] {
        let made = ButtonStyleConfiguration.Label { SwiftUI.render(label, as: "label") }
        return SwiftUI.render(style.makeBody(configuration: .init(label: made, isPressed: false)), as: "style")
    }
}

private struct ButtonStyleKey: EnvironmentKey {
    static var defaultValue: AnyButtonStyle? { nil }
}

extension EnvironmentValues {
    var buttonStyle: AnyButtonStyle? {
        get { self[ButtonStyleKey.self] }
        set { self[ButtonStyleKey.self] = newValue }
    }
}

extension View {
    public func buttonStyle<Style: ButtonStyle>(_ style: Style) -> some View {
        inEnvironment { $0.buttonStyle = AnyButtonStyle(style: style) }
    }
}
