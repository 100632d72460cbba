@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: View { public var body: Never { fatalError("a view without a body was asked for it") } }
extension View where Body == Never { public var body: Never { fatalError("a view without a body was asked for it") } }

/// A view that says itself which elements it makes.
@MainActor protocol NodeView: View where Body == Never {
    func nodes() -> [ViewNode]
}

/// Where the walk through a view is.
@MainActor enum Rendering {
    static var path: [String] = []
    static var environment = EnvironmentValues()
    static var memory = StateMemory()

    static func inside<T>(_ step: String, _ work: () -> T) -> T {
        path.append(step)
        defer { path.removeLast() }
        return work()
    }

    static func with<T>(_ change: (inout EnvironmentValues) -> Void, _ work: () -> T) -> T {
        let before = environment
        change(&environment)
        defer { environment = before }
        return work()
    }
}

@MainActor func render<V: View>(_ view: V, as step: String = "") -> [ViewNode] {
    Rendering.inside("\(step):\(V.self)") {
        if let primitive = view as? any NodeView { return primitive.nodes() }
        adoptSlots(of: view)
        return render(view.body)
    }
}

/// Gives the property wrappers of a view, a modifier or a style what belongs to this place in the tree.
@MainActor func adoptSlots(of value: Any) {
    for child in Mirror(reflecting: value).children {
        (child.value as? any Slot)?.adopt(at: (Rendering.path + [child.label ?? ""]).joined(separator: "/"))
    }
}

/// A view on show in a test: it keeps `@State` between looks, as the real one does.
@MainActor public final class Inspector<V: View> {
    private let view: V
    private let memory = StateMemory()
    private var environment = EnvironmentValues()

    public init(
        _ view: V, colorScheme: ColorScheme = .light, contrast: ColorSchemeContrast = .standard,
        dynamicTypeSize: DynamicTypeSize = .large
    ) {
        self.view = view
        environment.colorScheme = colorScheme
        environment.colorSchemeContrast = contrast
        environment.dynamicTypeSize = dynamicTypeSize
    }

    /// What the view builds now.
    public var tree: ViewNode {
        let (environmentBefore, memoryBefore) = (Rendering.environment, Rendering.memory)
        (Rendering.environment, Rendering.memory) = (environment, memory)
        defer { (Rendering.environment, Rendering.memory) = (environmentBefore, memoryBefore) }
        return ViewNode("Root", "", render(view))
    }
}

@MainActor @resultBuilder public struct ViewBuilder {
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<repeat each Content>
    {
        TupleView(content: (repeat each content))
    }
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
    public static func buildEither<First: View, Second: View>(first: First) -> _ConditionalContent<First, Second> {
        .first(first)
    }
    public static func buildEither<First: View, Second: View>(second: Second) -> _ConditionalContent<First, Second> {
        .second(second)
    }
}

public struct EmptyView: NodeView {
    public init() {}
    public typealias Body = Never
    func nodes() -> [ViewNode] { [] }
}

public struct TupleView<each Content: View>: NodeView {
    let content: (repeat each Content)
    public typealias Body = Never
    func nodes() -> [ViewNode] {
        var all: [ViewNode] = []
        var position = 0
        for child in repeat each content {
            all += render(child, as: "\(position)")
            position += 1
        }
        return all
    }
}

public enum _ConditionalContent<First: View, Second: View>: NodeView {
    case first(First)
    case second(Second)
    public typealias Body = Never
    func nodes() -> [ViewNode] {
        switch self {
        case .first(let view): render(view, as: "first")
        case .second(let view): render(view, as: "second")
        }
    }
}

extension Optional: View where Wrapped: View { public typealias Body = Never }
extension Optional: NodeView where Wrapped: View {
    func nodes() -> [ViewNode] { map { render($0) } ?? [] }
}

/// What a modifier makes of a view.
public struct ModifiedView<Content: View>: NodeView {
    let content: Content
    var environment: @MainActor (inout EnvironmentValues) -> Void = { _ in }
    var change: @MainActor ([ViewNode]) -> [ViewNode] = { $0 }
    public typealias Body = Never
    func nodes() -> [ViewNode] { Rendering.with(environment) { change(render(content)) } }
}

extension View {
    /// Changes every element that the view makes.
    func each(_ change: @escaping @MainActor (ViewNode) -> Void) -> ModifiedView<Self> {
        ModifiedView(
            content: self,
            change: {
                for node in $0 { change(node) }
                return $0
            })
    }

    /// Adds what another view makes behind this one's elements.
    func adding<Added: View>(_ step: String, _ added: @escaping @MainActor () -> Added?) -> ModifiedView<Self> {
        ModifiedView(content: self, change: { $0 + (added().map { render($0, as: step) } ?? []) })
    }

    func inEnvironment(_ change: @escaping @MainActor (inout EnvironmentValues) -> Void) -> ModifiedView<Self> {
        ModifiedView(content: self, environment: change)
    }
}
