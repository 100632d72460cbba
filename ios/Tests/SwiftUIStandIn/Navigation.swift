/// What `navigationDestination` said inside the stack that is being walked.
@MainActor final class Destinations {
    var build: ((Any) -> [ViewNode])?
}

private struct DestinationsKey: EnvironmentKey {
    static var defaultValue: Destinations? { nil }
}

extension EnvironmentValues {
    var destinations: Destinations? {
        get { self[DestinationsKey.self] }
        set { self[DestinationsKey.self] = newValue }
    }
}

/// Shows the last place of the path, or its root where the path is empty.
public struct NavigationStack<Item: Hashable, Root: View>: NodeView {
    let path: Binding<[Item]>
    let root: Root
    public init(path: Binding<[Item]>, @ViewBuilder root: () -> Root) {
        self.path = path
        self.root = root()
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] {
        let destinations = Destinations()
        let home = Rendering.with(
            { $0.destinations = destinations },
            { render(root, as: "root") })
        guard let place = path.wrappedValue.last else { return home }
        return Rendering.inside("\(place)") { destinations.build?(place) ?? [] }
    }
}

/// A view that starts anew when its identity changes.
struct IdentifiedView<Content: View>: NodeView {
    let content: Content
    let identity: String
    typealias Body = Never
    func nodes() -> [ViewNode] { render(content, as: identity) }
}

struct DestinationView<Content: View, Item: Hashable, Destination: View>: NodeView {
    let content: Content
    let destination: (Item) -> Destination
    typealias Body = Never
    func nodes() -> [ViewNode] {
        Rendering.environment.destinations?.build = { item in
            (item as? Item).map { render(destination($0), as: "destination") } ?? []
        }
        return render(content)
    }
}

extension View {
    public func navigationDestination<Item: Hashable, Destination: View>(
        for item: Item.Type, @ViewBuilder destination: @escaping (Item) -> Destination
    ) -> some View {
        DestinationView(content: self, destination: destination)
    }
    public func id<Identity: Hashable>(_ identity: Identity) -> some View {
        IdentifiedView(content: self, identity: "\(identity)")
    }
}
