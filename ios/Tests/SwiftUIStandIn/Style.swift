public protocol ShapeStyle: Sendable {
    associatedtype Resolved: ShapeStyle = Never
    func resolve(in environment: EnvironmentValues) -> Resolved
}

extension Never: ShapeStyle {}
extension ShapeStyle where Resolved == Never {
    public func resolve(in environment: EnvironmentValues) -> Never { fatalError("a style without a resolution") }
}

/// An sRGB colour; components from 0 to 1.
public struct Color: ShapeStyle, Hashable {
    public let red, green, blue, opacity: Double

    public init(red: Double, green: Double, blue: Double, opacity: Double = 1) {
        (self.red, self.green, self.blue, self.opacity) = (red, green, blue, opacity)
    }
    public static let clear = Color(red: 0, green: 0, blue: 0, opacity: 0)
    public typealias Resolved = Never
}

extension ShapeStyle where Self == Color {
    public static var clear: Color { Color.clear }
}

/// The colour that a style comes to in this environment; nil for none.
@MainActor func color<S: ShapeStyle>(of style: S, in environment: EnvironmentValues) -> Color? {
    if let color = style as? Color { return color.opacity == 0 ? nil : color }
    return color(of: style.resolve(in: environment), in: environment)
}

public struct Font: Sendable, Hashable {
    public enum Weight: Sendable, Hashable { case regular, semibold }
    let name: String
    public static let title = Font(name: "title")
    public static let title3 = Font(name: "title3")
    public static let headline = Font(name: "headline")
    public static let body = Font(name: "body")
    public static let subheadline = Font(name: "subheadline")
    public static let footnote = Font(name: "footnote")
    public func weight(_ weight: Weight) -> Font { Font(name: "\(name) \(weight)") }
    public func monospacedDigit() -> Font { self }
}

@MainActor public protocol Shape: View, Sendable {}

public struct RoundedRectangle: Shape, NodeView {
    public init(cornerRadius: CGFloat) {}
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("RoundedRectangle")] }
}

public struct Capsule: Shape, NodeView {
    public init() {}
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("Capsule")] }
}

extension Shape {
    public func fill<S: ShapeStyle>(_ style: S) -> some View {
        inEnvironment { $0.foreground = color(of: style, in: $0) }
    }
    public func stroke<S: ShapeStyle>(_ style: S, lineWidth: CGFloat = 1) -> some View {
        inEnvironment { $0.foreground = color(of: style, in: $0) }
    }
}

extension View {
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View {
        inEnvironment { $0.foreground = color(of: style, in: $0) ?? $0.foreground }
    }
    public func background<S: ShapeStyle>(_ style: S) -> some View {
        inEnvironment { $0.background = color(of: style, in: $0) ?? $0.background }
    }
    public func background<S: ShapeStyle, Outline: Shape>(_ style: S, in outline: Outline) -> some View {
        background(style)
    }
    public func tint<S: ShapeStyle>(_ style: S?) -> some View { self }
    public func font(_ font: Font?) -> some View { each { $0.attributes["font"] = font?.name } }
}

@MainActor public protocol ButtonStyle {
    associatedtype Body: View
    typealias Configuration = ButtonStyleConfiguration
    @ViewBuilder func makeBody(configuration: Configuration) -> Body
}

@MainActor public struct ButtonStyleConfiguration {
    public struct Label: NodeView {
        let build: @MainActor () -> [ViewNode]
        public typealias Body = Never
        func nodes() -> [ViewNode] { build() }
    }
    public let label: Label
    public let isPressed: Bool
}
