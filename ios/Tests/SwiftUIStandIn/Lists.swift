public struct ScrollView<Content: View>: NodeView {
    let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("ScrollView", "", render(content))] }
}

/// Lazy on a phone; here everything is made at once.
public struct LazyVStack<Content: View>: NodeView {
    let content: Content
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content)
    {
        self.content = content()
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] { [ViewNode("LazyVStack", "", render(content))] }
}

public struct ForEach<Items: RandomAccessCollection, ID: Hashable, Content: View>: NodeView {
    let items: Items
    let id: KeyPath<Items.Element, ID>
    let content: (Items.Element) -> Content
    public init(
        _ items: Items, id: KeyPath<Items.Element, ID>, @ViewBuilder content: @escaping (Items.Element) -> Content
    ) {
        (self.items, self.id, self.content) = (items, id, content)
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] { items.flatMap { render(content($0), as: "\($0[keyPath: id])") } }
}

public struct TextField: NodeView {
    let prompt: String
    let value: Binding<String>
    public init(_ prompt: some StringProtocol, text: Binding<String>) {
        self.prompt = String(prompt)
        value = text
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] {
        let node = ViewNode("TextField", prompt)
        node.binding = value
        return [node]
    }
}

public enum VerticalEdge: Sendable { case top, bottom }

extension View {
    public func refreshable(action: @escaping @MainActor () async -> Void) -> some View { each { $0.refresh = action } }
    public func navigationTitle(_ title: some StringProtocol) -> some View {
        each { $0.attributes["title"] = String(title) }
    }
    public func safeAreaInset<Inset: View>(
        edge: VerticalEdge, spacing: CGFloat? = nil, @ViewBuilder content: () -> Inset
    ) -> some View {
        let content = content()
        return adding("inset") { content }
    }
}

public struct Toggle: NodeView {
    let title: String
    let isOn: Binding<Bool>
    public init(_ title: some StringProtocol, isOn: Binding<Bool>) {
        self.title = String(title)
        self.isOn = isOn
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] {
        let node = ViewNode("Toggle", "", [ViewNode("Text", title)])
        let isOn = isOn
        node.binding = Binding(get: { "\(isOn.wrappedValue)" }, set: { isOn.wrappedValue = $0 == "true" })
        return [node]
    }
}

public struct DatePickerComponents: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let hourAndMinute = Self(rawValue: 1), date = Self(rawValue: 2)
}

public struct DatePicker: NodeView {
    let title: String
    let selection: Binding<Date>
    public init(
        _ title: some StringProtocol, selection: Binding<Date>,
        displayedComponents: DatePickerComponents = [.hourAndMinute, .date]
    ) {
        self.title = String(title)
        self.selection = selection
    }
    public typealias Body = Never
    func nodes() -> [ViewNode] {
        let node = ViewNode("DatePicker", "", [ViewNode("Text", title)])
        node.attributes["timeZone"] = Rendering.environment.timeZone.identifier
        let selection = selection
        node.binding = Binding(
            get: { selection.wrappedValue.ISO8601Format() },
            set: { text in
                if let date = try? Date(text, strategy: .iso8601) { selection.wrappedValue = date }
            })
        return [node]
    }
}
