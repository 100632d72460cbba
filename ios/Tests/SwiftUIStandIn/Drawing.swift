public struct Rectangle: Shape, NodeView {
    public init() {}
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("Rectangle")] }
}

public struct Path: Shape, NodeView {
    private var ends = 0
    public init(_ build: (inout Path) -> Void) { build(&self) }
    public mutating func move(to point: CGPoint) { ends += 1 }
    public mutating func addLine(to point: CGPoint) { ends += 1 }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("Path", "\(ends)")] }
}

@MainActor public struct GeometryProxy {
    /// Every box here is this large, in points.
    public let size = CGSize(width: 300, height: 160)
}

public struct GeometryReader<Content: View>: NodeView {
    let content: (GeometryProxy) -> Content
    public init(@ViewBuilder content: @escaping (GeometryProxy) -> Content) { self.content = content }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("GeometryReader", "", render(content(GeometryProxy())))] }
}

@MainActor public struct DragGesture {
    public struct Value { public let location: CGPoint }
    var changed: (@MainActor (Value) -> Void)?
    var ended: (@MainActor (Value) -> Void)?
    public init(minimumDistance: CGFloat = 10) {}
    public func onChanged(_ action: @escaping @MainActor (Value) -> Void) -> DragGesture {
        var gesture = self
        gesture.changed = action
        return gesture
    }
    public func onEnded(_ action: @escaping @MainActor (Value) -> Void) -> DragGesture {
        var gesture = self
        gesture.ended = action
        return gesture
    }
}

extension View {
    public func gesture(_ gesture: DragGesture) -> some View { each { $0.drag = gesture } }
    public func contentShape<Outline: Shape>(_ outline: Outline) -> some View { self }
}

extension ViewNode {
    /// Draws a finger over the first element inside that takes it. Returns false when none does.
    @discardableResult public func draw(_ points: [CGPoint]) -> Bool {
        guard let gesture = all.lazy.compactMap(\.drag).first, let last = points.last else { return false }
        for point in points { gesture.changed?(DragGesture.Value(location: point)) }
        gesture.ended?(DragGesture.Value(location: last))
        return true
    }
}
