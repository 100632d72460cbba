public enum HorizontalAlignment: Sendable { case leading, center, trailing }
public enum VerticalAlignment: Sendable { case top, center, bottom, firstTextBaseline }
public struct Alignment: Sendable {
    public static let center = Self(), leading = Self(), topLeading = Self(), bottom = Self()
}

public struct VStack<Content: View>: NodeView {
    let content: Content
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content)
    {
        self.content = content()
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("VStack", "", render(content))] }
}

public struct HStack<Content: View>: NodeView {
    let content: Content
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {
        self.content = content()
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("HStack", "", render(content))] }
}
