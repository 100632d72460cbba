/// What `@State` holds, by place in the tree: a view's struct is made anew on each look, its state is not.
@MainActor final class StateMemory {
    private var boxes: [String: AnyObject] = [:]

    func box<Value>(at place: String, or initial: Box<Value>) -> Box<Value> {
        if let known = boxes[place] as? Box<Value> { return known }
        boxes[place] = initial
        return initial
    }
}

@MainActor final class Box<Value> {
    var value: Value
    init(_ value: Value) { self.value = value }
}

/// A property wrapper that gets its content from its place in the tree.
@MainActor protocol Slot {
    func adopt(at place: String)
}

@MainActor @propertyWrapper public struct State<Value>: Slot {
    private let holder: Box<Box<Value>>

    public init(wrappedValue: Value) { holder = Box(Box(wrappedValue)) }
    public init(initialValue: Value) { self.init(wrappedValue: initialValue) }
    public var wrappedValue: Value {
        get { holder.value.value }
        nonmutating set { holder.value.value = newValue }
    }
    public var projectedValue: Binding<Value> {
        let box = holder.value
        return Binding(get: { box.value }, set: { box.value = $0 })
    }
    func adopt(at place: String) { holder.value = Rendering.memory.box(at: place, or: holder.value) }
}

@MainActor @propertyWrapper @dynamicMemberLookup public struct Binding<Value> {
    let get: @MainActor () -> Value
    let set: @MainActor (Value) -> Void

    public init(get: @escaping @MainActor () -> Value, set: @escaping @MainActor (Value) -> Void) {
        self.get = get
        self.set = set
    }
    public var wrappedValue: Value {
        get { get() }
        nonmutating set { set(newValue) }
    }
    public var projectedValue: Binding<Value> { self }
    public static func constant(_ value: Value) -> Binding<Value> { Binding(get: { value }, set: { _ in }) }
    public subscript<Part>(dynamicMember path: WritableKeyPath<Value, Part>) -> Binding<Part> {
        Binding<Part>(
            get: { self.get()[keyPath: path] },
            set: {
                var whole = self.get()
                whole[keyPath: path] = $0
                self.set(whole)
            })
    }
}

@MainActor @propertyWrapper @dynamicMemberLookup public struct Bindable<Value: AnyObject & Observable> {
    public var wrappedValue: Value

    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
    public init(_ wrappedValue: Value) { self.wrappedValue = wrappedValue }
    public var projectedValue: Bindable<Value> { self }
    public subscript<Part>(dynamicMember path: ReferenceWritableKeyPath<Value, Part>) -> Binding<Part> {
        let object = wrappedValue
        return Binding<Part>(get: { object[keyPath: path] }, set: { object[keyPath: path] = $0 })
    }
}

@MainActor @propertyWrapper public struct Environment<Value>: Slot {
    private let path: KeyPath<EnvironmentValues, Value>
    private let values = Box(EnvironmentValues())

    public init(_ path: KeyPath<EnvironmentValues, Value>) { self.path = path }
    public var wrappedValue: Value { values.value[keyPath: path] }
    func adopt(at place: String) { values.value = Rendering.environment }
}
